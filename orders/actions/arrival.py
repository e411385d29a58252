"""What a door hands to `intake.receive`, and what it gets back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from orders.rules.order import Outcome

if TYPE_CHECKING:
    from orders.platforms.contract import HintFact
    from orders.rules.order import OrderEvent


class ShopRef(Struct, frozen=True):
    """Who sent it: as much of a Shop as counting needs."""

    id: int
    county: str


class Arrival(Struct, frozen=True):
    """One message (a push, a page of an API, a piece of a file) as its adapter understood it.

    `message_id` and `digest` are the key of a push; without them nothing is remembered of the message itself.
    `rejected` are the parts nobody could read: (index in the message, reason). `body` is what came, kept encrypted for a month.
    """

    shop: ShopRef
    events: tuple[OrderEvent, ...] = ()
    hints: tuple[HintFact, ...] = ()
    rejected: tuple[tuple[int, str], ...] = ()
    message_id: str = ""
    digest: bytes = b""
    body: bytes = b""


class Receipt(Struct):
    """What became of an arrival. `outcomes` stand in the order of its events; a repeated message has none."""

    applied: int = 0
    duplicate: int = 0
    stale: int = 0
    hinted: int = 0
    rejected: list[tuple[int, str]] = msgspec.field(default_factory=list)
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    is_repeat: bool = False

    def count(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        if outcome is Outcome.APPLIED:
            self.applied += 1
        elif outcome is Outcome.DUPLICATE:
            self.duplicate += 1
        else:
            self.stale += 1
