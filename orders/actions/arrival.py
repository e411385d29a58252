"""What a door hands to `intake.receive`, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.platforms.contract import HintFact
    from orders.rules.order import OrderEvent, Outcome


@dataclass(frozen=True, slots=True)
class ShopRef:
    """Who sent it: as much of a Shop as counting needs."""

    id: int
    county: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message (a push, a page of an API, a piece of a file) as its adapter understood it.

    `message_id` and `digest` are the key of a push; without them nothing is remembered of the message itself.
    `rejected` are the parts nobody could read: (index in the message, reason).
    """

    shop: ShopRef
    events: tuple[OrderEvent, ...] = ()
    hints: tuple[HintFact, ...] = ()
    rejected: tuple[tuple[int, str], ...] = ()
    message_id: str = ""
    digest: bytes = b""


@dataclass(slots=True)
class Receipt:
    """What became of an arrival. `outcomes` stand in the order of its events; a repeated message has none."""

    applied: int = 0
    duplicate: int = 0
    stale: int = 0
    hinted: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    is_repeat: bool = False

    def count(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)
