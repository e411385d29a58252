"""`manage.py rebuild_tallies`: makes the tallies the sums of the ledger again, while pushes come in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from orders.actions.audit import rebuild_tallies


class Command(BaseCommand):
    help = "由账本核算并更正全部统计，推送照常进来"

    def handle(self, *_args: Any, **_options: Any) -> None:
        for table, rows in rebuild_tallies().items():
            self.stdout.write(_("{table}：更正 {n} 行").format(table=table, n=rows))
