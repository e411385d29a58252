"""`manage.py check_run LOG`: after an incident, what a sender logged against what is here. Exit 1 and the differences if any."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from orders.actions.check_run import check_run
from orders.models import Shop
from orders.rules.run_log import BadLog, read_run_log

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from orders.actions.check_run import RunReport
    from orders.rules.expected import Totals
    from orders.rules.run_log import RunLog

SHOWN = 20


class Command(BaseCommand):
    help = "事故之后：按发送方的日志核对收下的推送、订单和账本，有差异时退出码 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("log", type=Path, help="发送方的日志，例如 manage.py simulate --log 写的")
        parser.add_argument("--json", action="store_true", help="只输出结果（JSON），差异全部列出")

    def handle(self, *_args: Any, **options: Any) -> None:
        log = self._read(options["log"])
        try:
            report = check_run(log)
        except Shop.DoesNotExist as error:
            raise CommandError(_("日志里的店铺 {key} 不在这个数据库里").format(key=error)) from error
        if options["json"]:
            moments = {"began_at": log.began_at.isoformat(), "ended_at": log.ended_at.isoformat()}
            self.stdout.write(json.dumps(moments | asdict(report), ensure_ascii=False))
        else:
            self._tell(log, report)
        if not report.is_clean:
            sys.exit(1)

    def _read(self, path: Path) -> RunLog:
        try:
            with path.open(encoding="utf-8", errors="replace") as lines:
                return read_run_log(lines)
        except OSError as error:
            raise CommandError(_("日志 {path} 打不开：{why}").format(path=path, why=error.strerror)) from error
        except BadLog as error:
            if error.line == 0:
                raise CommandError(_("日志 {path} 里没有一行完整的记录").format(path=path)) from error
            raise CommandError(_("{path} 的第 {line} 行不是发送记录").format(path=path, line=error.line)) from error

    def _tell(self, log: RunLog, report: RunReport) -> None:
        began, ended = (moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") for moment in (log.began_at, log.ended_at))
        self.stdout.write(_("日志：{began} 至 {ended}").format(began=began, ended=ended))
        counted = _("发出 {sent} 条，答复收下 {acked} 条，库里有 {kept} 条，核对订单 {compared} 个")
        self.stdout.write(counted.format(sent=report.sent, acked=report.acked, kept=report.kept, compared=report.compared))
        for sentence, n in (
            (_("{n} 行没有写完（进程被杀时正常），没有核对"), report.cut_lines),
            (_("{n} 条推送读不懂，已留存，等人处理"), report.poison),
            (_("{n} 个订单有同一时刻的不同说法，没有核对"), report.contested),
            (_("{n} 个订单在日志之外也有来源（文件、接口或别的推送），没有核对"), report.elsewhere),
        ):
            if n:
                self.stdout.write(sentence.format(n=n))
        self._tell_differences(report)

    def _tell_differences(self, report: RunReport) -> None:
        if report.is_clean:
            self.stdout.write(_("没有丢失，没有多出，没有记错。"))
        self._list(
            _("丢失：答复过收下、现在不在的 {n} 条"), [" ".join((x.shop, x.message_id, x.order_no)).strip() for x in report.lost]
        )
        self._list(_("多出：期间收到、日志里没有的 {n} 条"), [f"{x.shop} {x.message_id}" for x in report.unexpected])
        wrong = _("{shop} {order}：应为 {expected}，账本为 {ledger}")
        lines = [
            wrong.format(shop=x.shop, order=x.order_no, expected=figures(x.expected), ledger=figures(x.ledger))
            for x in report.wrong
        ]
        self._list(_("记错：账本与推送对不上的订单 {n} 个"), lines)
        self._list(_("统计与账本不一致 {n} 处（manage.py audit_tallies）"), [f"{x.table} {x.key}" for x in report.tallies])

    def _list(self, sentence: str, numbers: Sequence[str]) -> None:
        """The sentence with how many there are, and the first of them."""
        if not numbers:
            return
        self.stdout.write(sentence.format(n=len(numbers)))
        for number in numbers[:SHOWN]:
            self.stdout.write(f"  {number}")
        if len(numbers) > SHOWN:
            self.stdout.write("  " + _("…另有 {n} 个").format(n=len(numbers) - SHOWN))


def figures(totals: Totals) -> str:
    return " ".join(f"{name}={value}" for name, value in totals._asdict().items())
