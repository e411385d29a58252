"""`manage.py check_invariants`: is everything true that must be? Exit 1 and a sentence for each thing that is not."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.actions.check import check_everything

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "核对账目的全部规则：都成立时退出码 0；不成立的逐条列出，相关大屏标为核对中，退出码 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=float, metavar="HOURS", help="订单和推送只看最近多少小时的（不写：全部）")

    def handle(self, *_args: Any, **options: Any) -> None:
        at = timezone.now()
        since = None if options["since"] is None else at - timedelta(hours=options["since"])
        found = check_everything(at=at, since=since)
        for broken in found:
            self.stdout.write(str(broken))
        if found:
            sys.exit(1)
        self.stdout.write(_("全部规则成立。"))
