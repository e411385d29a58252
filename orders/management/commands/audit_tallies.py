"""`manage.py audit_tallies`: do the tallies say what the ledger says? Exit 1 and the differences if not."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from orders.actions.audit import TALLIES, audit_tallies

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from orders.actions.audit import Mismatch


class Command(BaseCommand):
    help = "核对统计与账本：一致时退出码 0，不一致时列出差异，退出码 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="只输出差异（JSON 数组）")
        parser.add_argument("--limit", type=int, default=100, help="每张表最多列出多少条差异")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = audit_tallies(options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(mismatch) for mismatch in found], ensure_ascii=False))
        else:
            self._tell(found)
        if found:
            sys.exit(1)

    def _tell(self, found: list[Mismatch]) -> None:
        if not found:
            self.stdout.write(_("账本与统计一致。"))
            return
        sums = {tally.table: list(tally.sums) for tally in TALLIES}
        self.stdout.write(_("账本与统计不一致：{n} 处").format(n=len(found)))
        for mismatch in found:
            names = sums[mismatch.table]
            line = _("{table}　{key}：统计为 {stored}，账本为 {ledger}")
            stored, ledger = _figures(names, mismatch.stored), _figures(names, mismatch.ledger)
            self.stdout.write(line.format(table=mismatch.table, key=mismatch.key, stored=stored, ledger=ledger))
        self.stdout.write(_("重建统计：manage.py rebuild_tallies"))


def _figures(names: list[str], values: list[int] | None) -> str:
    if values is None:
        return _("没有这一行")
    return " ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
