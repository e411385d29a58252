"""What a grade asks, what a host has and what he lacks, in words that he would use himself. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training.rules.grade import PERCENT, Criterion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.rules.grade import Line, Terms

UNKNOWN_ONLINE = frozenset({Criterion.ONLINE, Criterion.CROWD})


def percent_of(permille: int) -> str:
    """`2.0%`"""
    return f"{permille // 10}.{permille % 10}%"


def asked_words(line: Line, terms: Terms) -> str:
    """`近 6 个月播满 12 场`"""
    number = line.threshold or 0
    months, facts = terms.window_months, {"n": number, "months": terms.window_months}
    match line.criterion:
        case Criterion.LESSONS:
            said = ngettext("上过 {n} 次课", "上过 {n} 次课", number)
        case Criterion.SESSIONS:
            said = ngettext("正式播满 {n} 场", "正式播满 {n} 场", number)
        case Criterion.SALE:
            said = _("卖出过东西")
        case Criterion.REFUND:
            return _refund_words(terms)
        case Criterion.TAUGHT:
            said = ngettext("给别人上过 {n} 次课", "给别人上过 {n} 次课", number)
        case Criterion.HOUSEHOLDS:
            said = ngettext("带动 {n} 户农户供货", "带动 {n} 户农户供货", number)
        case _recent:
            return _lately(line.criterion, months).format(**facts)
    return said.format(**facts)


def _lately(criterion: Criterion, months: int) -> str:
    if criterion == Criterion.RECENT:
        return ngettext("近 {months} 个月播满 {n} 场", "近 {months} 个月播满 {n} 场", months)
    return ngettext("近 {months} 个月一般在线 {n} 人", "近 {months} 个月一般在线 {n} 人", months)


def _refund_words(terms: Terms) -> str:
    months, percent = terms.window_months, terms.middle_refund_percent
    if percent == PERCENT:
        said = ngettext("近 {months} 个月退款率不超过全县主播的中位数", "近 {months} 个月退款率不超过全县主播的中位数", months)
        return said.format(months=months)
    said = ngettext(
        "近 {months} 个月退款率不超过全县主播中位数的 {percent}%",
        "近 {months} 个月退款率不超过全县主播中位数的 {percent}%",
        months,
    )
    return said.format(months=months, percent=percent)


def value_words(line: Line) -> str:
    """`12 场`, `2026-03-05`, `2.0%`"""
    value = line.value
    if line.criterion == Criterion.SALE:
        return str(value) if value else _("还没有")
    if value is None:
        return _("没有记录")
    number = int(value)
    match line.criterion:
        case Criterion.REFUND:
            return percent_of(number)
        case Criterion.SESSIONS | Criterion.RECENT:
            said = ngettext("{n} 场", "{n} 场", number)
        case Criterion.LESSONS | Criterion.TAUGHT:
            said = ngettext("{n} 次课", "{n} 次课", number)
        case Criterion.HOUSEHOLDS:
            said = ngettext("{n} 户", "{n} 户", number)
        case _online:
            said = ngettext("{n} 人", "{n} 人", number)
    return said.format(n=f"{number:,}")


def missing_words(line: Line, terms: Terms) -> str:
    """What to do about it, "" where nothing is: `再播 2 场就够`."""
    if line.is_met:
        return ""
    if line.criterion == Criterion.SALE:
        return _("卖出第一单就够")
    if line.is_met is None:
        return _unknown(line, terms)
    if line.criterion == Criterion.REFUND:
        return _("退款率要降到 {most} 以内").format(most=percent_of(line.threshold or 0))
    return _short(line.criterion, (line.threshold or 0) - int(line.value or 0))


def _unknown(line: Line, terms: Terms) -> str:
    if line.criterion in UNKNOWN_ONLINE:
        return _("没有人记过在线人数：直播时在“观众”里记几次")
    months = terms.window_months
    return ngettext("近 {months} 个月还没有卖出，算不出来", "近 {months} 个月还没有卖出，算不出来", months).format(months=months)


def _short(criterion: Criterion, number: int) -> str:
    match criterion:
        case Criterion.LESSONS:
            said = ngettext("再上 {n} 次课就够", "再上 {n} 次课就够", number)
        case Criterion.SESSIONS | Criterion.RECENT:
            said = ngettext("再播 {n} 场就够", "再播 {n} 场就够", number)
        case Criterion.TAUGHT:
            said = ngettext("再教 {n} 次课就够", "再教 {n} 次课就够", number)
        case Criterion.HOUSEHOLDS:
            said = ngettext("再带 {n} 户就够", "再带 {n} 户就够", number)
        case _online:
            said = ngettext("一般在线还差 {n} 人", "一般在线还差 {n} 人", number)
    return said.format(n=number)


def terms_words(lines: Iterable[Line], terms: Terms) -> list[str]:
    return [asked_words(line, terms) for line in lines]
