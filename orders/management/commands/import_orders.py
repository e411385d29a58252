"""`manage.py import_orders FILE --shop KEY`: counts an export file in the foreground, without a worker."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.actions.file import Counts, begin_import, import_file, rehearse_import, rejected_rows, store_file
from orders.models import OrderFileState, Shop
from orders.sheets.contract import Refused

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable

    from orders.actions.file import Rejected
    from orders.actions.file_reading import Facts
    from orders.models import OrderFile


class Command(BaseCommand):
    help = "Counts the orders of a platform's export file; the same file twice counts once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--shop", required=True, metavar="KEY", help="the shop's key")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            answer = self.answer(options["file"], options["shop"], is_dry=options["dry_run"])
        except Refused as refused:
            self.refuse(str(refused), as_json=options["json"])
        answer["seconds"] = round(time.monotonic() - started, 2)
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else told(answer))

    def answer(self, path: Path, key: str, *, is_dry: bool) -> dict[str, Any]:
        shop = Shop.objects.filter(key=key).first()
        if shop is None:
            raise Refused("no_shop", key=key)
        try:
            upload = path.open("rb")
        except OSError as error:
            raise Refused("no_file", path=path, why=error.strerror) from error
        now = timezone.now()
        with upload:
            if is_dry:
                return rehearsed(*rehearse_import(shop, upload, at=now))
            file = store_file(shop, upload, name=path.name, by=None, at=now)
        begin_import(file, at=now)
        file = import_file(file.pk)
        if file.state != OrderFileState.DONE:
            raise Refused(file.error or "database")
        return done(file)

    def refuse(self, sentence: str, *, as_json: bool) -> None:
        if as_json:
            nothing = {"read": 0, "applied": 0, "duplicate": 0, "rejected": [], "refused": sentence}
            self.stdout.write(json.dumps(nothing, ensure_ascii=False))
            raise SystemExit(1)
        raise CommandError(sentence)


def done(file: OrderFile) -> dict[str, Any]:
    counts = Counts(file.rows_applied, file.rows_duplicate, file.rows_rejected)
    totals = {"rows": file.rows_total, "orders": file.survey["orders"], "paid_fen": file.survey["paid_fen"]}
    rejected = rejected_rows(file) if counts.rejected else ()
    return answer_of(counts, rejected, totals) | {"dry_run": False}


def rehearsed(counts: Counts, found: Facts, rejected: list[Rejected]) -> dict[str, Any]:
    totals = {"rows": found.rows, "orders": found.survey["orders"], "paid_fen": found.survey["paid_fen"]}
    return answer_of(counts, rejected, totals) | {"dry_run": True}


def answer_of(counts: Counts, rejected: Iterable[Rejected], totals: dict[str, int]) -> dict[str, Any]:
    return {
        "read": counts.read,
        "applied": counts.applied,
        "duplicate": counts.duplicate,
        "rejected": [{"line": number, "reason": str(problem)} for number, problem in rejected],
        "totals": totals,
    }


def told(answer: dict[str, Any]) -> str:
    head = _("试算，没有写入。") if answer["dry_run"] else _("已导入。")
    sums = _("读到 {read} 行 = 计入 {applied} + 重复 {duplicate} + 退回 {rejected}").format(
        **(answer | {"rejected": len(answer["rejected"])})
    )
    rows = [_("第 {line} 行：{reason}").format(**row) for row in answer["rejected"]]
    return "\n".join([head + sums, *rows])
