"""The stage of a session as phone, desk and API show it: items, what is presented, what waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from livestream.actions.board import stage_scope
from livestream.actions.control_log import standing_of
from livestream.actions.gate import gate_of
from livestream.actions.price import price_of
from livestream.actions.start_gate import left_out
from livestream.models import BoardVersion, ControlEvent
from livestream.rules.control import ControlKind, ItemState
from livestream.rules.gate import lacks_words
from livestream.rules.lineup import next_up

if TYPE_CHECKING:
    from livestream.models import LineUpItem, LiveSession, Pitch, Room
    from livestream.rules.gate import Lack
    from livestream.rules.price import Price


@dataclass(slots=True)
class StageItem:
    """An item of the line-up as it stands: `item.live_price_fen` is the live price now, `item.committed_stock` what may be sold
    in all. `price`: what a buyer pays for one piece and what its seller receives. `missing`: the papers without which it may
    not be listed, in words; `lacks`: the same, each with what to do. `is_left_out`: its host went on air without it, and nobody
    has listed it since. `proposal`: the newest price that waits for a second person."""

    item: LineUpItem
    price: Price
    missing: tuple[str, ...] = ()
    is_pitched: bool = False
    is_next: bool = False
    proposal: ControlEvent | None = None
    is_left_out: bool = False
    lacks: tuple[Lack, ...] = ()

    @property
    def lacks_words(self) -> str:
        return lacks_words(self.lacks)

    @property
    def to_do(self) -> list[str]:
        """About what it lacks: each step once."""
        return list(dict.fromkeys(lack.to_do for lack in self.lacks))

    @property
    def is_listed(self) -> bool:
        return self.item.state == ItemState.LISTED

    @property
    def is_pulled(self) -> bool:
        return self.item.state == ItemState.PULLED


@dataclass(slots=True)
class Stage:
    """`version` grows with every change of it. Lists of events: what nobody has answered yet, the oldest first; `seen`: the last
    notes to the host that he has seen, each with when; `notice`: what is pinned on top."""

    version: int
    items: list[StageItem]
    pitch: Pitch | None
    prompts: list[ControlEvent] = field(default_factory=list)
    help: list[ControlEvent] = field(default_factory=list)
    proposals: list[ControlEvent] = field(default_factory=list)
    lost: list[ControlEvent] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    notice: ControlEvent | None = None

    @property
    def pitched(self) -> StageItem | None:
        return next((one for one in self.items if one.is_pitched), None)

    @property
    def following(self) -> StageItem | None:
        return next((one for one in self.items if one.is_next), None)


def stage_version(session: LiveSession) -> int:
    """0: nothing has ever changed."""
    found = BoardVersion.objects.filter(scope=stage_scope(session.pk)).values_list("version", flat=True).first()
    return found or 0


def stage_of(session: LiveSession) -> Stage:
    """A dozen questions, however long the evening and the line-up; asked after the version, so that the next look sees what
    changes meanwhile."""
    version = stage_version(session)
    waiting = standing_of(session).open
    events = ControlEvent.objects.select_related("by", "product").in_bulk([pk for those in waiting.values() for pk in those])
    asked = {kind: [events[pk] for pk in those if pk in events] for kind, those in waiting.items()}
    pitch = session.pitches.open().select_related("product").first() if session.is_live else None
    return Stage(
        version=version,
        items=_items(session, pitch, asked[ControlKind.PRICE_PROPOSED]),
        pitch=pitch,
        prompts=asked[ControlKind.HOST_PROMPTED],
        help=asked[ControlKind.HELP_ASKED],
        proposals=asked[ControlKind.PRICE_PROPOSED],
        lost=asked[ControlKind.STREAM_LOST],
        rooms=list(session.rooms.order_by("platform", "pk")),
        notice=ControlEvent.objects.filter(session=session, kind=ControlKind.NOTICE_PINNED).in_order().last(),
    )


def _items(session: LiveSession, pitch: Pitch | None, proposals: list[ControlEvent]) -> list[StageItem]:
    """What cannot be had in the room is not next."""
    now = timezone.now()
    line_up = list(session.line_up.select_related("product__supplier", "subsidy").prefetch_related("offers"))
    gates = gate_of(session, on=timezone.localdate(now)) if line_up else {}
    newest = {event.product_id: event for event in proposals}
    pitched = pitch.product_id if pitch else None
    without = left_out(session) if any(item.state == ItemState.PLANNED for item in line_up) else frozenset()
    closed = {ItemState.PULLED, ItemState.UNLISTED, ItemState.SOLD_OUT}
    can_come = [one.product_id for one in line_up if one.product_id == pitched or _can_come(one, closed, without)]
    following = next_up(can_come, pitched)
    shown = []
    for item in line_up:
        item.session, product = session, item.product_id
        gate = gates.get(product)
        one = StageItem(item, price_of(item, at=now))
        if gate and not gate.is_open:
            one.missing, one.lacks = gate.missing, gate.lacks
        one.is_left_out = _is_left_out(item, without)
        one.is_pitched, one.is_next, one.proposal = product == pitched, product == following, newest.get(product)
        shown.append(one)
    return shown


def _is_left_out(item: LineUpItem, without: frozenset[int]) -> bool:
    return item.state == ItemState.PLANNED and item.product_id in without


def _can_come(item: LineUpItem, closed: set[ItemState], without: frozenset[int]) -> bool:
    return item.state not in closed and not _is_left_out(item, without)
