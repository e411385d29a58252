"""`manage.py check_statements`: do the reviews' figures still say what their ledger says? Exit 1 and a list if not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from orders.actions.statement import check_statements


class Command(BaseCommand):
    help = "把每一份复盘数字从账本重算一遍，和存下的比：一致时退出码 0，不一致时列出来，退出码 1"

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = check_statements()
        for wrong in found:
            line = _("场次 {session}，{mark}：{what} 和账本不一样")
            self.stdout.write(line.format(session=wrong.session, mark=wrong.mark, what=wrong.what))
        if found:
            sys.exit(1)
        self.stdout.write(_("复盘数字与账本一致。"))
