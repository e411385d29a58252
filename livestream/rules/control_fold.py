"""What the log of a session comes to. Pure.

The log is a set of events, each at its own moment; phones keep taps while they have no network, so events arrive in any order.
Whatever the order of arrival, the same set comes to the same: it is folded in the order (happened_at, tap, id), and what answers
something names it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.control import ControlKind, ItemState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

K = ControlKind
TO_STATE = {
    K.ITEM_LISTED: ItemState.LISTED,
    K.ITEM_UNLISTED: ItemState.UNLISTED,
    K.ITEM_SOLD_OUT: ItemState.SOLD_OUT,
    K.ITEM_PULLED: ItemState.PULLED,
    K.ITEM_RELEASED: ItemState.UNLISTED,
}
# What is answered, and by which kinds; the answer is `about` it.
ANSWERS = {
    K.PRICE_PROPOSED: frozenset({K.PRICE_CHANGED, K.PRICE_REFUSED}),
    K.HOST_PROMPTED: frozenset({K.PROMPT_SEEN}),
    K.HELP_ASKED: frozenset({K.HELP_ANSWERED}),
    K.STREAM_LOST: frozenset({K.STREAM_REOPENED}),
}


class Happened(NamedTuple):
    """One event of the log. `new` is a price in fen or a stock in pieces."""

    at: datetime
    tap: str
    pk: int
    kind: str
    product: int | None = None
    new: int | None = None
    about: int | None = None

    @property
    def key(self) -> tuple[datetime, str, int]:
        return self.at, self.tap, self.pk


@dataclass(slots=True)
class Standing:
    """`states`, `prices_fen` and `stocks` by product, of those that the log speaks of. `open`: what waits for an answer, by kind,
    the oldest first."""

    states: dict[int, ItemState] = field(default_factory=dict)
    prices_fen: dict[int, int] = field(default_factory=dict)
    stocks: dict[int, int] = field(default_factory=dict)
    open: dict[str, list[int]] = field(default_factory=dict)


def next_item_state(state: ItemState, kind: str) -> ItemState:
    """What was pulled stays so until it is released, whatever else is pressed; a release changes nothing else."""
    if kind not in TO_STATE:
        return state
    if state == ItemState.PULLED:
        return TO_STATE[K(kind)] if kind == K.ITEM_RELEASED else state
    return state if kind == K.ITEM_RELEASED else TO_STATE[K(kind)]


def fold(events: Iterable[Happened]) -> Standing:
    """The standing after these events, in whatever order they are given."""
    standing, ordered = Standing(), sorted(events, key=lambda event: event.key)
    for event in ordered:
        _apply(standing, event)
    standing.open = open_questions(ordered)
    return standing


def _apply(standing: Standing, event: Happened) -> None:
    if event.product is None:
        return
    if event.kind in TO_STATE:
        before = standing.states.get(event.product, ItemState.PLANNED)
        standing.states[event.product] = next_item_state(before, event.kind)
    elif event.new is not None and event.kind == K.PRICE_CHANGED:
        standing.prices_fen[event.product] = event.new
    elif event.new is not None and event.kind == K.STOCK_CHANGED:
        standing.stocks[event.product] = event.new


def open_questions(ordered: Sequence[Happened]) -> dict[str, list[int]]:
    """Ids of what nobody has answered, by kind."""
    answered = {(event.about, event.kind) for event in ordered if event.about is not None}
    waiting: dict[str, list[int]] = {kind.value: [] for kind in ANSWERS}
    for event in ordered:
        if event.kind in waiting and not any((event.pk, kind) in answered for kind in ANSWERS[K(event.kind)]):
            waiting[event.kind].append(event.pk)
    return waiting
