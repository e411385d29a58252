"""Exports 导出: what may be taken out, by whom, when somebody else must approve it, and what becomes of it. Pure.

Network data security regulations (网络数据安全管理条例) art. 12: who gave what to whom, for what, is known for three years."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.cell import plain
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

LONGEST_PERIOD = timedelta(days=3 * 366)
EARLIEST = date(2015, 1, 1)
SLOTS = (1, 2)  # how many files of one person are made at a time
ATTEMPTS = 3
WORDS_AT_MOST = 200
RECEIVER_AT_MOST = 100


class ExportKind(TextChoices):
    LEDGER = "ledger", _("账本：按日、场次、商品")
    SESSIONS = "sessions", pgettext_lazy("many", "场次")
    ORDERS = "orders", pgettext_lazy("many", "订单")
    LINES = "lines", pgettext_lazy("many", "订单行")
    AFTER_SALES = "after_sales", pgettext_lazy("many", "售后单")
    ENTRIES = "entries", _("账本分录（每一次变动）")
    PEOPLE = "people", _("人员（已隐去）")
    AUDIT = "audit", _("审计记录（已隐去）")


class ExportFormat(TextChoices):
    XLSX = "xlsx", _("Excel 表格（.xlsx）")
    CSV = "csv", _("CSV（.zip，另附说明）")
    JSON = "json", _("JSON（.zip，给程序用）")


class ExportPurpose(TextChoices):
    REPORT = "report", _("上报主管部门")
    SETTLE = "settle", _("和商家、平台对账")
    AUDIT = "audit", _("审计、检查")
    STUDY = "study", _("本单位统计分析")
    LAW = "law", _("依法提供")
    OTHER = "other", _("其他")


class ExportState(TextChoices):
    WAITING = "waiting", _("等批准")
    QUEUED = "queued", _("排队中")
    MAKING = "making", _("生成中")
    READY = "ready", _("可以下载")
    FAILED = "failed", _("没有成功")
    REJECTED = "rejected", _("没有批准")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("文件已删除")


UNDER_WAY = frozenset({ExportState.QUEUED, ExportState.MAKING})
WITHDRAWABLE = frozenset({ExportState.WAITING, ExportState.QUEUED})

# Every right that somebody needs in a place to take this out of it. Auditors read the audit log, so they may also carry it away.
SALES = (Action.EXPORT, Action.SEE_ORDERS)
NEEDS: dict[ExportKind, tuple[Action, ...]] = dict.fromkeys(ExportKind, SALES) | {
    ExportKind.PEOPLE: (Action.EXPORT, Action.SEE_PEOPLE),
    ExportKind.AUDIT: (Action.READ_AUDIT,),
}
DOORS = (Action.EXPORT, Action.APPROVE_EXPORT, Action.READ_AUDIT)  # one of them opens the page of exports


def may_export(kind: ExportKind, may: Callable[[Action], bool]) -> bool:
    """`may` says what the person may do in the place."""
    return all(may(action) for action in NEEDS[kind])


def needs_approval(rows: int, *, free_used: int, free_limit: int) -> bool:
    """More rows than go without asking, alone or together with what the same person took without asking within this hour:
    many small exports are one big one."""
    return free_used + rows > free_limit


def rows_approved(rows: int) -> int:
    """How many rows an approval of `rows` covers: orders go on arriving, but not twice as many."""
    return rows + max(rows // 10, 100)


def check_period(from_on: date, until_on: date, today: date) -> None:
    """Raises NotAllowed for one that ends before it begins, that lies in the future, or is too long."""
    if until_on < from_on:
        raise NotAllowed("period_backwards")
    if from_on < EARLIEST or until_on > today:
        raise NotAllowed("period_outside", earliest=EARLIEST, today=today)
    if until_on - from_on > LONGEST_PERIOD:
        raise NotAllowed("period_too_long", years=3)


def said(text: str, *, field: _StrPromise, limit: int) -> str:
    """What somebody wrote, as one line. Raises NotAllowed when nothing is left, or too much."""
    words = plain(text[: limit * 10])
    if not words:
        raise NotAllowed("words_missing", field=field)
    if len(words) > limit:
        raise NotAllowed("too_long", field=field, limit=limit)
    return words
