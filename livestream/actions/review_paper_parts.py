"""The second half of a review's paper: people, supply, money, promotion, what happened on air, what is worth a look, what is to
be done; and the blocks that all of it is made of (`papers/review.typ`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from livestream.rules.definitions import BY_CODE
from livestream.rules.money import yuan
from livestream.rules.plan import Platform
from livestream.rules.promotion import TaskState
from livestream.rules.trust import Look, percent

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from livestream.models import LiveSession, RewardRule

NOT_KNOWN = "不知道"
Cell = str | dict[str, Any]
Block = dict[str, Any]


@dataclass(slots=True)
class Notes:
    """The figures that a paper names, numbered as they come; each has its definition at the end."""

    codes: list[str] = field(default_factory=list)

    def named(self, code: str) -> dict[str, Any]:
        if code not in self.codes:
            self.codes.append(code)
        return {"text": str(BY_CODE[code].name), "note": self.codes.index(code) + 1}

    def told(self) -> list[dict[str, str]]:
        more = _("数什么：{grain}；哪段时间：{window}；哪里来的：{source}；第 {version} 版")
        found = [BY_CODE[code] for code in self.codes]
        return [
            {
                "name": str(one.name),
                "formula": f"{one.formula}。".replace("Σ", _("合计")),  # which the fonts of papers lack
                "more": more.format(grain=one.grain, window=one.window, source=one.source, version=one.version),
            }
            for one in found
        ]


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper is made from: the session, what its page shows, the notes so far."""

    session: LiveSession
    parts: dict[str, Any]
    notes: Notes


# --- blocks ---------------------------------------------------------------------------------------------------------------


def rows(
    title: str,
    heads: Sequence[Cell],
    cells: Sequence[Sequence[Cell]],
    *,
    right: Collection[int] = (),
    empty: str = "",
    **look: int,
) -> Block:
    """`right`: the columns of numbers; `first`, `last`: how wide those are, against 1; `strong`: the row that stands out."""
    widths = [1] * len(heads)
    widths[0], widths[-1] = look.get("first", 1), look.get("last", 1)
    return {
        "kind": "rows",
        "title": title,
        "heads": list(heads),
        "widths": widths,
        "right": [n in right for n in range(len(heads))],
        "rows": [list(row) for row in cells],
        "empty": empty or _("没有。"),
        "strong": look.get("strong", -1),
    }


def lines(said: Sequence[str], title: str = "", *, is_quiet: bool = False) -> Block:
    return {"kind": "lines", "title": title, "lines": list(said), "is_quiet": is_quiet}


def of_review(title: str, made: Paper, part: str, blocks: Sequence[Block], *, empty: str = "") -> dict[str, Any]:
    """A section with what people concluded of it; `empty` stands where there is neither."""
    said = [{"words": row.words, "by": f"{row.by.name} · {_at(row.at)}"} for row in made.parts["notes"][part]]
    found = [*blocks, *([{"kind": "said", "lines": said}] if said else [])]
    nothing = [lines([empty], is_quiet=True)] if empty and not blocks and not said else []
    return {"title": title, "blocks": [*found, *nothing]}


def _at(moment: Any, pattern: str = "%m-%d %H:%M") -> str:
    return f"{timezone.localtime(moment):{pattern}}" if moment else NOT_KNOWN


def platform_name(platform: str) -> str:
    return str(Platform(platform).label) if platform in Platform.values else platform or _("没写平台")


# --- sections -------------------------------------------------------------------------------------------------------------


def people_part(made: Paper) -> dict[str, Any]:
    people = made.parts["people"]
    pressed = [[name, "、".join(f"{what} {number:,}" for what, number in counts)] for name, counts in people["pressed"]]
    without = _("中控没有记录；讲解 {number} 次。").format(number=people["pitches"])
    wrong = [
        [_at(one.at, "%H:%M:%S"), one.kind or made.notes.named("late_listing"), one.about, one.words]
        for one in people["mistakes"]
    ]
    heads = [_("几点"), _("什么事"), _("商品"), _("说明")]
    none = _("没有记下差错：没有更正、断播、紧急下架，也没有先讲后上架。")
    blocks = [
        rows("", [_("谁"), _("按了什么")], pressed, last=5, empty=without),
        rows(_("出过的差错"), heads, wrong, last=3, empty=none),
    ]
    return of_review(_("人和节奏"), made, "people", blocks)


def supply_part(made: Paper) -> dict[str, Any]:
    supply = made.parts["supply"]
    sold_out = [
        f"{event.product.title if event.product else ''} {_at(event.happened_at, '%H:%M')}" for event in supply["sold_out"]
    ]
    oversold = [f"{good.title} {good.oversold:,}" for good in supply["oversold"]]
    none = _("没有") if supply["is_promised"] else _("不知道：没有商品写了承诺库存")
    said = [f"{kind} {number:,}" for kind, number in supply["complaints"]]
    cells: list[list[Cell]] = [
        [_("卖完的"), "、".join(sold_out) or _("没有记下卖完")],
        [made.notes.named("oversold"), "、".join(oversold) or none],
        [made.notes.named("preship"), _shipping(supply["shipping"])],
        [_("按时发货"), _("不知道：平台的订单里没有发货时间")],
        [_("破损、坏果"), _("不知道：平台不说退款的原因；下面是观众提的意见")],
        [_("意见和投诉"), "、".join(said) or _("没有收到")],
    ]
    return of_review(_("供货和售后"), made, "supply", [_facts(cells)])


def _shipping(shipping: Any) -> str:
    if shipping is None:
        return _("不知道：这一次算得太晚，订单的状态已经变了")
    return _("发货前 {before} 单，发货后 {after} 单，关闭了分不清的 {unknown} 单").format(
        before=shipping.before, after=shipping.after, unknown=shipping.unknown
    )


def _facts(cells: Sequence[Sequence[Cell]]) -> Block:
    return rows("", [_("看什么"), _("怎样")], cells, last=4)


def money_part(made: Paper) -> dict[str, Any]:
    money = made.parts["money"]
    if money is None:
        return of_review(_("钱"), made, "money", [], empty=_("等数字算出来再看。"))
    share = _("不知道：没有商品写了结算价") if money.share is None else f"{percent(money.share)} · {yuan(money.settled_fen)}"
    if money.share is not None and money.unsettled_units:
        share += "；" + _("{n} 件没写结算价，不在里面：实际比这个多").format(n=money.unsettled_units)
    cells: list[list[Cell]] = [
        [made.notes.named("farmer_share"), share],
        [made.notes.named("subsidy"), _("不知道：补贴台账还没有记") if money.subsidy_fen is None else yuan(money.subsidy_fen)],
        [made.notes.named("commission"), yuan(money.commission_fen)],
        [_("坑位费"), yuan(money.slot_fee_fen)],
        [_("投流的钱"), _("不知道：系统里没有登记")],
    ]
    return of_review(_("钱"), made, "money", [_facts(cells)])


def promotion_part(made: Paper) -> dict[str, Any]:
    heads = [_("做什么"), _("谁做"), _("什么时候做完"), _("怎样了"), _("短链接打开"), _("预约")]
    tasks = [_task(row) for row in made.parts["tasks"]]
    prizes = [_("奖品"), _("几份"), _("每份值"), _("谁出钱"), _("怎样了")]
    rewards = [
        [rule.prize, f"{rule.number:,}", yuan(rule.worth_fen), rule.payer, _reward(rule)] for rule in made.parts["rewards"]
    ]
    blocks = [
        rows(_("预播推广"), heads, tasks, first=3, right=(5,), empty=_("没有派过推广任务。")),
        rows(_("奖励规则"), prizes, rewards, first=2, right=(1, 2), last=2, empty=_("没有奖励规则。")),
    ]
    return of_review(pgettext("review", "推广"), made, "promotion", blocks)


def _task(row: Any) -> list[str]:
    task = row.task
    state = _("晚了 {days} 天").format(days=row.days_late) if row.state == TaskState.LATE else str(row.state.label)
    opened = _("{visits} 次 · {days} 天").format(visits=f"{task.visits:,}", days=task.visit_days) if task.link else "—"
    owner = task.owner.name if task.owner else _("还没有定")
    known = "—" if task.appointments is None else f"{task.appointments:,}"
    return [f"{task.get_kind_display()}：{task.what}", owner, _at(task.due_at), state, opened, known]


def _reward(rule: RewardRule) -> str:
    if getattr(rule, "draw", None):
        return _("开过奖了")
    return _("公布了") if rule.published_at else _("草稿")


def live_part(made: Paper) -> dict[str, Any]:
    """What was let pass, what happened and how it was put right."""
    passed = [
        [row.product.title, row.missing, row.reason, f"{row.by.name} · {_at(row.at)}"] for row in made.parts["overrides"]
    ] + [
        [row.product.title if row.product else "—", str(what), row.reason, f"{row.by.name} · {_at(row.at)}"]
        for what, row in made.parts["passes"]
    ]
    happened = [
        [_at(row.happened_at, "%H:%M:%S"), str(row.get_kind_display()), row.product.title if row.product else "—",
         row.note or "—", row.said or "—", _("有") if row.proof_stored_as else "—", row.noted_by.name]
        for row in made.parts["incidents"]
    ]  # fmt: skip
    heads = [_("几点"), _("什么事"), _("商品"), _("说明"), _("当场怎么说的"), _("凭据"), _("记录人")]
    incidents = rows(_("现场记录和更正"), heads, happened, empty=_("没有记下什么事。"))
    incidents["widths"] = [3, 3, 3, 4, 4, 2, 3]
    none = _("没有放行：货都有证件，开播前也没有跳过检查。")
    overrides = rows(_("放行"), [_("商品"), _("放行了什么"), _("为什么"), _("谁、什么时候")], passed, empty=none)
    return {"title": _("放行和现场"), "blocks": [overrides, incidents]}


def trust_part(made: Paper) -> list[dict[str, Any]]:
    """For who sees the figures of others."""
    if not made.parts["trust"]:
        return []
    heads = [_("看什么"), _("怎样"), _("数字"), _("界限"), _("为什么看")]
    cells = [
        [str(one.signal.label), str(one.look.label), "—" if one.look == Look.UNKNOWN else one.figure, one.threshold, one.reason]
        for one in made.parts["trust"]
    ]
    table = rows("", heads, cells)
    table["widths"] = [3, 2, 4, 4, 7]
    note = _("这里只说数字和平时不一样在哪里，不说谁做错了什么。对外只用 T+15 的净额。")
    return [{"title": _("值得看一看的地方"), "blocks": [lines([note], is_quiet=True), table]}]


def actions_part(made: Paper) -> dict[str, Any]:
    heads = [_("做什么"), _("谁来做"), _("哪天做完"), _("做得怎样")]
    actions = made.parts["actions"]
    carried = [[f"{row.what}（{row.session.title}）", *_action(row)] for row in actions.carried]
    own = [[row.what, *_action(row)] for row in actions.own]
    blocks = [rows("", heads, own, first=3, last=2, empty=_("还没有。"))]
    if carried:
        blocks.append(rows(_("上次说好要做的，做了吗"), heads, carried, first=3, last=2))
    return {"title": _("要做的事"), "blocks": blocks}


def _action(row: Any) -> list[str]:
    return [row.owner.name, f"{row.due_on:%Y-%m-%d}", row.outcome or _("做完了") if row.done_at else _("还没做完")]
