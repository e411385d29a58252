"""A review as paper: all that its page says, in Chinese, with what each figure means at the end. Nothing is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from livestream.actions.review_paper_parts import (
    NOT_KNOWN,
    Notes,
    Paper,
    actions_part,
    lines,
    live_part,
    money_part,
    of_review,
    people_part,
    platform_name,
    promotion_part,
    rows,
    supply_part,
    trust_part,
)
from livestream.rules.money import yuan
from livestream.rules.review_words import jin
from livestream.rules.trust import percent
from livestream.sheets.paper import paper

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from livestream.actions.review_paper_parts import Cell
    from livestream.models import LiveSession
    from livestream.rules.funnel import Funnel, Rate
    from livestream.rules.statement import Sums


class Curve(NamedTuple):
    """The minutes of a session: a picture (SVG), what stands above it, the hours below it, what happened (hour, what, words)."""

    picture: bytes
    above: str
    ticks: list[str]
    happened: list[tuple[str, str, str]]


CURVE_OF: list[Callable[[LiveSession, datetime], Curve | None]] = []  # `orders`, which counts the minutes, says so when it starts


def review_paper(session: LiveSession, parts: dict[str, Any], *, at: datetime, by: str = "") -> bytes:
    """`parts`: what the page shows (`views/review.py: parts_of`); `by`: who prints it. Raises NotPrinted."""
    made = Paper(session, parts, Notes())
    headline = headline_of(made)
    curve = next((found for of in CURVE_OF if (found := of(session, at))), None)
    sections = [
        goal_part(made),
        figures_part(made),
        funnel_part(made),
        curve_part(made, curve),
        goods_part(made),
        people_part(made),
        supply_part(made),
        money_part(made),
        promotion_part(made),
        live_part(made),
        of_review(_("主播自己说"), made, "host", [], empty=_("主播还没有写。")),
        *trust_part(made),
        actions_part(made),
    ]
    data = {
        "at": timezone.localtime(at).isoformat(),
        "title": _("直播复盘"),
        "below": session.title,
        "folder": session.county.name,
        "class": session.title,
        "foot": _("{at} 打印；数字以账本为准").format(at=f"{timezone.localtime(at):%Y-%m-%d %H:%M}"),
        "is_wide": False,
        "facts": facts_of(session, parts, by),
        "headline": headline,
        "sections": sections,
        "signed": [_("制表"), _("复核"), _("日期")],
        "notes_title": _("怎么算的"),
        "notes": made.notes.told(),
    }
    return paper("review", data, {"curve.svg": curve.picture} if curve else None)


def facts_of(session: LiveSession, parts: dict[str, Any], by: str) -> list[tuple[str, str]]:
    began, ended = timezone.localtime(session.started_at), session.ended_at and timezone.localtime(session.ended_at)
    rooms = [f"{platform_name(room.platform)} {room.account or room.room_id}".strip() for room in session.rooms.order_by("pk")]
    latest = parts["latest"]
    return [
        (_("主播"), session.host.name),
        (_("地方"), session.place.full_name if session.place else session.county.name),
        (_("开播"), f"{began:%Y-%m-%d %H:%M}"),
        (pgettext("moment", "下播"), f"{ended:%Y-%m-%d %H:%M}" if ended else NOT_KNOWN),
        (_("类型"), str(session.get_kind_display())),
        (_("状态"), str(session.get_state_display())),
        (_("直播间"), "、".join(dict.fromkeys(rooms)) or _("没有")),
        (
            _("数字截到"),
            f"{latest.mark.label} · {timezone.localtime(latest.statement.due_at):%Y-%m-%d %H:%M}" if latest else NOT_KNOWN,
        ),
        (_("活动"), session.campaign.name if session.campaign else _("没有")),
        (_("打印的人"), by or NOT_KNOWN),
    ]


def headline_of(made: Paper) -> list[dict[str, Any]]:
    first, latest, settled = made.parts["first"], made.parts["latest"], made.parts["settled"]
    settles_at = made.parts["settles_at"]
    waits = _("到 {at} 才有").format(at=f"{timezone.localtime(settles_at):%Y-%m-%d}") if settles_at else ""
    goal = made.session.goal_fen
    return [
        {
            "name": made.notes.named("net"),
            "value": yuan(settled.figures.sums.net_fen) if settled else _("还没到 T+15"),
            "below": _("T+15，对外说的就是它") if settled else waits,
            "is_first": True,
        },
        _stat(_("下播时净额（临时）"), first),
        _stat(_("最近一次净额"), latest),
        {
            "name": made.notes.named("goal_rate"),
            "value": made.parts["reached"] or (NOT_KNOWN if goal else _("没有定目标")),
            "below": _("目标 {goal}").format(goal=yuan(goal, 0)) if goal else "",
            "is_first": False,
        },
    ]


def _stat(name: str, stated: Any) -> dict[str, Any]:
    value, mark = (yuan(stated.figures.sums.net_fen), str(stated.mark.label)) if stated else (NOT_KNOWN, "")
    return {"name": name, "value": value, "below": mark, "is_first": False}


def goal_part(made: Paper) -> dict[str, Any]:
    latest, goal = made.parts["shown"], made.session.goal_fen
    said = _("没有定目标。")
    if goal and latest:
        said = _("目标 {goal}，{mark} 净额 {net}，完成 {rate}。").format(
            goal=yuan(goal),
            mark=latest.mark.label,
            net=yuan(latest.figures.sums.net_fen),
            rate=made.parts["reached"] or NOT_KNOWN,
        )
    return of_review(_("目标和结果"), made, "goal", [lines([said])])


def figures_part(made: Paper) -> dict[str, Any]:
    """The newest first, as on the page."""
    stated = made.parts["stated"]
    heads = [_("数字"), *[f"{one.mark.label}\n{timezone.localtime(one.statement.due_at):%m-%d %H:%M}" for one in stated]]
    cells = [[made.notes.named(row.definition.code), *[cell or NOT_KNOWN for cell in row.cells]] for row in made.parts["rows"]]
    changes = [_change(change) for change in made.parts["changes"]]
    comes = [f"{mark.label}（{timezone.localtime(at):%Y-%m-%d %H:%M}）" for mark, at in made.parts["expected"]]
    left = [lines([_("还会算：") + "、".join(comes)], is_quiet=True)] if comes else []
    table = rows("", heads, cells if stated else [], first=2, right=range(1, len(heads)), empty=_("还没有算出来。"))
    return {"title": _("每一次的数字"), "blocks": [table, *changes, *left]}


def _change(change: Any) -> dict[str, Any]:
    heads = [_("原因"), _("几次"), _("订单"), _("件数"), pgettext("weight", "斤"), _("支付"), _("退款"), _("净额")]
    cells = [[str(part.cause.label), f"{part.times:,}", *_signed(part.sums)] for part in change.parts]
    if cells:
        cells.append([_("一共"), "", *_signed(change.all)])
    title = _("{since} → {until}：净额变了 {net}，为什么").format(
        since=change.since.label, until=change.until.label, net=yuan(change.all.net_fen)
    )
    return rows(title, heads, cells, right=range(1, 8), empty=_("什么也没有变。"), strong=len(cells) - 1)


def _signed(sums: Sums) -> list[str]:
    money = [yuan(fen) for fen in (sums.paid_fen, sums.refunded_fen, sums.net_fen)]
    return [f"{sums.orders:+,}", f"{sums.units:+,}", jin(sums.grams), *money]


def funnel_part(made: Paper) -> dict[str, Any]:
    blocks = [block for one in made.parts["funnels"] for block in _funnel(made, one)]
    if blocks:
        blocks.append(
            lines(
                [_("平常：下播前 90 天里，县里同一个平台的场次的中位数；“自己平常”只算这位主播的。不到 3 场不比，练习不算。")],
                is_quiet=True,
            )
        )
    empty = _("没有观众数据：平台后台的人数还没有人记下，也没有导入文件。不知道哪一步最弱。")
    return of_review(_("转化"), made, "funnel", blocks, empty=empty)


def _funnel(made: Paper, funnel: Funnel) -> list[dict[str, Any]]:
    counts = [NOT_KNOWN if value is None else f"{value:,}" for _name, value in funnel.told]
    names = [made.notes.named(what.code) for what, _value in funnel.told]
    heads = [_("一步一步"), _("这一场"), _("县里平常"), _("自己平常"), _("先看谁、看什么")]
    steps: list[list[Cell]] = [
        [
            made.notes.named(what.code),
            _rate(rate),
            _usual(rate.usual, rate.compared),
            _usual(rate.own, rate.compared_own),
            str(rate.owner),
        ]
        for rate, what in funnel.steps
    ]
    weak = next((n for n, (rate, _what) in enumerate(funnel.steps) if rate == funnel.weakest), -1)
    if funnel.weakest:
        said = _("最弱的一步：{step}。先看：{owner}").format(step=funnel.weakest.step.label, owner=funnel.weakest.owner)
    elif funnel.is_comparable:
        said = _("每一步都不比县里平常的场次差。")
    else:
        said = _("县里能比的场次不到 3 场，先不说哪一步最弱。")
    return [
        rows(platform_name(funnel.platform), names, [counts], right=range(5)),
        rows("", heads, steps, first=2, right=(1, 2, 3), last=3, strong=weak),
        lines([said]),
    ]


def _rate(rate: Rate) -> str:
    return NOT_KNOWN if rate.value is None else percent(rate.value)


def _usual(value: Any, compared: int) -> str:
    return _("不够比") if value is None else _("{rate}（{n} 场）").format(rate=percent(value), n=compared)


def curve_part(made: Paper, curve: Curve | None) -> dict[str, Any]:
    latest = made.parts["latest"]
    blocks: list[dict[str, Any]] = []
    if curve:
        blocks.append({"kind": "curve", "above": curve.above, "ticks": curve.ticks})
        heads = [_("几点"), _("什么事"), _("说明")]
        blocks.append(rows("", heads, [list(one) for one in curve.happened], last=5, empty=_("没有发券、提示和现场记录。")))
    if latest:
        told = {row.definition.code: row.cells[0] for row in made.parts["rows"]}
        names = [made.notes.named("peak"), made.notes.named("gap")]
        blocks.append(rows("", names, [[told["peak"] or NOT_KNOWN, told["gap"] or NOT_KNOWN]]))
    return of_review(_("每分钟"), made, "curve", blocks, empty=_("等数字算出来再看。"))


def goods_part(made: Paper) -> dict[str, Any]:
    named = made.notes.named
    heads: list[Cell] = [
        _("商品"), _("点击"), named("conversion"), _("看法"), _("订单"), _("件数"), named("sell_through"), _("净额"), _("讲了"),
        named("pitch_minute"),
    ]  # fmt: skip
    table = rows(
        "",
        heads,
        [_good(row) for row in made.parts["goods"]],
        first=3,
        right=(1, 2, 4, 5, 6, 7, 9),
        empty=_("没有排品，也没有订单。"),
    )
    table["widths"] = [12, 5, 6, 12, 4, 4, 6, 9, 8, 7]
    return of_review(_("商品表现"), made, "goods", [table])


def _good(row: Any) -> list[str]:
    good = row.good
    sold = _("没写库存") if good.sell_through is None else percent(good.sell_through)
    if good.oversold:
        sold += "，" + _("超卖 {n} 件").format(n=good.oversold)
    return [
        good.title if good.is_listed else f"{good.title}（{_('不在排品里')}）",
        NOT_KNOWN if row.clicks is None else f"{row.clicks:,}",
        row.conversion or NOT_KNOWN,
        str(row.verdict.label) if row.verdict else _("没有点击数据，不说"),
        f"{good.orders:,}",
        f"{good.units:,}",
        sold,
        yuan(good.net_fen),
        _("{times} 次 · {minutes} 分").format(times=row.times, minutes=row.minutes) if row.times else _("没讲"),
        NOT_KNOWN if row.a_minute_fen is None else yuan(row.a_minute_fen),
    ]
