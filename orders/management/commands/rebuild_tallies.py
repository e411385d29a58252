"""`manage.py rebuild_tallies`: throws the tallies away and sums the ledger again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from orders.actions.audit import rebuild_tallies


class Command(BaseCommand):
    help = "由账本重新汇总全部统计"

    def handle(self, *_args: Any, **_options: Any) -> None:
        for table, rows in rebuild_tallies().items():
            self.stdout.write(_("{table}：{n} 行").format(table=table, n=rows))
