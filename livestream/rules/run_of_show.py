"""The run-of-show (流程表): which minute a row begins in, and one proposed from a line-up. Pure.

The rhythm is the habit of the field: five minutes of opening with a welfare item, cycles of 引流款 → 主推款 → 利润款, the last
ten minutes for the encore and the notice of the next session.
"""

from __future__ import annotations

from collections import deque
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.rules.price_words import SlotRole
from livestream.rules.script import RowKind, Speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

OPENING, GUEST, ENCORE, CLOSING = 5, 5, 7, 3  # minutes
FOR_AN_ITEM = 5  # where nobody planned any: 3 to 8 are usual
ROWS_AT_MOST = 60
MINUTES_AT_MOST = 600
# An item whose role nobody chose is presented as a hero.
CYCLE = (SlotRole.TRAFFIC, SlotRole.HERO, SlotRole.PROFIT)
PART_OF = {SlotRole.BUNDLE: SlotRole.PROFIT, SlotRole.TRAFFIC: SlotRole.TRAFFIC, SlotRole.PROFIT: SlotRole.PROFIT}


class RowPlan(NamedTuple):
    """A row as it is to be; `product` is a key, None for a row about no goods."""

    kind: str
    minutes: int
    what: str
    product: int | None = None
    speaker: str = Speaker.HOST
    control: str = ""
    material: str = ""
    note: str = ""


class Turn(NamedTuple):
    """An item of the line-up, as far as the rhythm needs it."""

    product: int
    title: str
    role: str = ""
    minutes: int | None = None


def minutes_before(minutes: Iterable[int]) -> list[int]:
    """The minute in which each row begins: [5, 8, 3] → [0, 5, 13]."""
    return [0, *accumulate(minutes)][:-1]


def moved(keys: Sequence[int], key: int, steps: int) -> list[int]:
    """The same keys with one moved so many places, not beyond the ends. Raises ValueError for one that is not among them."""
    rest = [each for each in keys if each != key]
    place = min(max(0, keys.index(key) + steps), len(rest))
    return [*rest[:place], key, *rest[place:]]


def proposed(turns: Sequence[Turn], total_minutes: int, *, has_guest: bool) -> list[RowPlan]:
    """A run-of-show of `total_minutes`: cycles go round as long as the next item still fits; what is left over goes to
    questions. A line-up that is longer than the session is told once, and the rows then last longer than it."""
    welfare = deque(turn for turn in turns if turn.role == SlotRole.WELFARE)
    rows = [_opening(welfare.popleft() if welfare else None)]
    if has_guest:
        rows.append(RowPlan(RowKind.GUEST, GUEST, _("嘉宾介绍家乡和公共品牌，不讲价格"), speaker=Speaker.GUEST))
    rows += _middle(turns, welfare, total_minutes - sum(row.minutes for row in rows) - ENCORE - CLOSING)
    return [*rows, _encore(turns), _closing()]


def _middle(turns: Sequence[Turn], welfare: deque[Turn], minutes: int) -> list[RowPlan]:
    pitched = list(_cycle(turns))
    rows: list[RowPlan] = []
    for round_ in range(ROWS_AT_MOST):
        for turn in pitched:
            row = _item(turn)
            if len(rows) >= ROWS_AT_MOST or (round_ > 0 and row.minutes > minutes):
                return [*rows, *_rest(minutes)]
            rows.append(row)
            minutes -= row.minutes
        while welfare and (round_ == 0 or minutes >= FOR_AN_ITEM):
            rows.append(_reward(welfare.popleft()))
            minutes -= rows[-1].minutes
        if not pitched:
            break
    return [*rows, *_rest(minutes)]


def _cycle(turns: Sequence[Turn]) -> Iterator[Turn]:
    """One of each part in turn, until all are told; an encore waits for the end, welfare for its moment."""
    queues: dict[str, deque[Turn]] = {role: deque() for role in CYCLE}
    for turn in turns:
        if turn.role not in {SlotRole.WELFARE, SlotRole.ENCORE}:
            queues[PART_OF.get(SlotRole(turn.role), SlotRole.HERO) if turn.role else SlotRole.HERO].append(turn)
    while any(queues.values()):
        for role in CYCLE:
            if queues[role]:
                yield queues[role].popleft()


def _rest(minutes: int) -> list[RowPlan]:
    if minutes <= 0:
        return []
    return [RowPlan(RowKind.INTERACTION, minutes, _("答疑：念问题，慢慢答，答不上来的记下来"), speaker=Speaker.CO_HOST)]


def _opening(gift: Turn | None) -> RowPlan:
    if gift is None:
        return RowPlan(RowKind.OPENING, OPENING, _("打招呼，说今天有什么货、几点到几点、怎么下单"))
    what = _("打招呼，说今天有什么货；先上福利：{title}").format(title=gift.title)
    return RowPlan(RowKind.OPENING, OPENING, _fits(what), gift.product, control=_("上福利链接"))


def _item(turn: Turn) -> RowPlan:
    minutes = turn.minutes or FOR_AN_ITEM
    return RowPlan(RowKind.ITEM, minutes, _fits(_("讲“{title}”").format(title=turn.title)), turn.product,
                   control=_("弹讲解卡，核对价格和库存"), material=_("样品"))  # fmt: skip


def _reward(turn: Turn) -> RowPlan:
    what = _fits(_("福利：{title}").format(title=turn.title))
    return RowPlan(RowKind.REWARD, turn.minutes or FOR_AN_ITEM, what, turn.product, control=_("上福利链接"))


def _encore(turns: Sequence[Turn]) -> RowPlan:
    """What was chosen for the encore, else the first hero, else the first of all."""
    order = [SlotRole.ENCORE, SlotRole.HERO]
    found = next((turn for role in order for turn in turns if turn.role == role), turns[0] if turns else None)
    if found is None:
        return RowPlan(RowKind.ENCORE, ENCORE, _("返场：再问一遍大家还要什么"))
    return RowPlan(RowKind.ENCORE, ENCORE, _fits(_("返场：{title}").format(title=found.title)), found.product,
                   control=_("看库存，只报还有的数"))  # fmt: skip


def _closing() -> RowPlan:
    return RowPlan(RowKind.CLOSING, CLOSING, _("谢谢大家；说几时发货；预告下一场的时间和货"), control=_("收链接，发下一场预约"))


def _fits(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
