"""A review as paper: the same figures, findings and conclusions as on the page, in Chinese. Nothing is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.rules.money import yuan
from livestream.rules.review_words import jin
from livestream.sheets.paper import paper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import LiveSession
    from livestream.rules.statement import Sums

NOT_KNOWN = "不知道"


def review_paper(session: LiveSession, parts: dict[str, Any], *, at: datetime) -> bytes:
    """`parts`: what the page shows (`views/review.py: parts_of`). Raises NotPrinted."""
    blocks = [
        _facts(_goal(session, parts)),
        _figures(parts),
        *[_change(change) for change in parts["changes"]],
        _goods(parts),
        *_trust(parts),
        *_notes(parts),
        _actions(parts),
        _words([f"{one.definition.name}：{one.definition.formula}" for one in parts["rows"]], _("怎么算的"), is_small=True),
    ]
    data = {
        "at": timezone.localtime(at).isoformat(),
        "title": _("复盘"),
        "below": f"{session.title} · {session.host.name} · {timezone.localtime(session.started_at):%Y-%m-%d %H:%M}",
        "folder": session.county.name,
        "class": session.title,
        "foot": _("{at} 打印；数字以账本为准").format(at=f"{timezone.localtime(at):%Y-%m-%d %H:%M}"),
        "is_wide": True,
        "blocks": blocks,
    }
    return paper("dossier", data)


def _goal(session: LiveSession, parts: dict[str, Any]) -> list[tuple[str, str]]:
    first, latest, settled = parts["first"], parts["latest"], parts["settled"]
    waits = (
        _("到 {at} 才有").format(at=f"{timezone.localtime(parts['settles_at']):%Y-%m-%d}") if parts["settles_at"] else NOT_KNOWN
    )
    return [
        (_("目标"), yuan(session.goal_fen) if session.goal_fen else _("没有定目标")),
        (_("下播时净额"), yuan(first.figures.sums.net_fen) if first else NOT_KNOWN),
        (_("最近一次净额"), f"{yuan(latest.figures.sums.net_fen)}（{latest.mark.label}）" if latest else NOT_KNOWN),
        (_("T+15 净额"), yuan(settled.figures.sums.net_fen) if settled else waits),
        (_("目标完成率"), parts["reached"] or NOT_KNOWN),
    ]


def _figures(parts: dict[str, Any]) -> dict[str, Any]:
    heads = [_("数字"), *[str(one.mark.label) for one in parts["stated"]]]
    rows = [[str(row.definition.name), *[cell or NOT_KNOWN for cell in row.cells]] for row in parts["rows"]]
    return _table(_("每一次的数字"), heads, rows if parts["stated"] else [])


def _change(change: Any) -> dict[str, Any]:
    heads = [_("原因"), _("几次"), _("订单"), _("件数"), _("斤"), _("支付"), _("退款"), _("净额")]
    rows = [[str(part.cause.label), str(part.times), *_signed(part.sums)] for part in change.parts]
    rows.append([_("一共"), "", *_signed(change.all)])
    return _table(f"{change.since.label} → {change.until.label}", heads, rows)


def _signed(sums: Sums) -> list[str]:
    money = [yuan(fen) for fen in (sums.paid_fen, sums.refunded_fen, sums.net_fen)]
    return [f"{sums.orders:+,}", f"{sums.units:+,}", jin(sums.grams), *money]


def _goods(parts: dict[str, Any]) -> dict[str, Any]:
    heads = [_("商品"), _("订单"), _("件数"), _("支付"), _("退款"), _("点击"), _("商品转化"), _("讲了几次、几分钟"), _("看法")]
    rows = [
        [
            row.good.title,
            f"{row.good.orders:,}",
            f"{row.good.units:,}",
            yuan(row.good.paid_fen),
            yuan(row.good.refunded_fen),
            NOT_KNOWN if row.clicks is None else f"{row.clicks:,}",
            row.conversion or NOT_KNOWN,
            f"{row.times} · {row.minutes}",
            str(row.verdict.label) if row.verdict else NOT_KNOWN,
        ]
        for row in parts["goods"]
    ]
    return _table(_("商品表现"), heads, rows)


def _trust(parts: dict[str, Any]) -> list[dict[str, Any]]:
    if not parts["trust"]:
        return []
    heads = [_("看什么"), _("怎样"), _("数字"), _("界限"), _("为什么看")]
    rows = [[str(one.signal.label), str(one.look.label), one.figure, one.threshold, one.reason] for one in parts["trust"]]
    return [_table(_("值得看一看的地方"), heads, rows)]


def _notes(parts: dict[str, Any]) -> list[dict[str, Any]]:
    lines = [f"{part.label}：{row.words}（{row.by.name}）" for part, rows in parts["sections"] for row in rows]
    return [_words(lines, _("结论"))] if lines else []


def _actions(parts: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [row.what, row.owner.name, f"{row.due_on:%Y-%m-%d}", row.outcome if row.done_at else _("还没做完")]
        for row in [*parts["actions"].own, *parts["actions"].carried]
    ]
    return _table(_("要做的事"), [_("做什么"), _("谁来做"), _("哪天做完"), _("做得怎样")], rows)


def _facts(rows: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"kind": "facts", "rows": [[name, [value]] for name, value in rows]}


def _words(lines: Sequence[str], title: str, *, is_small: bool = False) -> dict[str, Any]:
    return {"kind": "words", "title": title, "lines": list(lines), "is_small": is_small}


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    widths = [3, *[2] * (len(heads) - 1)]
    right = [False] * len(heads)
    return {
        "kind": "table",
        "title": title,
        "note": "",
        "heads": list(heads),
        "widths": widths,
        "right": right,
        "rows": list(rows),
    }
