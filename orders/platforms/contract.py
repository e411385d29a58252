"""What a platform's adapter offers. An adapter is a module of pure functions: bytes in, facts out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from orders.rules.rank import micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orders.rules.order import OrderEvent

EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)  # no shop platform of ours is older
AHEAD = timedelta(days=1)


class BadSignature(Exception):
    """Nobody with the shop's secret sent this: 401."""


class BadBody(Exception):
    """Signed, but not one document of the platform's shape: 400. `str()` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves a sender."""

    app_key: str
    secret: str


@dataclass(frozen=True, slots=True)
class HintFact:
    """ "Look at this order (or after-sale)": `kind` is a HintKind."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a push: facts about orders, hints at orders, and the parts nobody could read (index, reason).

    `shop_no` is the platform's own number of the shop it is about, where it says one.
    """

    message_id: str
    digest: bytes
    events: tuple[OrderEvent, ...] = ()
    hints: tuple[HintFact, ...] = ()
    rejected: tuple[tuple[int, str], ...] = ()
    shop_no: str = ""

    def refused(self) -> Message:
        """Nothing of it is taken; it is answered all the same, or it would come for ever."""
        return replace(self, events=(), hints=(), rejected=((0, f"of another shop: {self.shop_no}"),))


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a platform's list. `event` is None where the list does not tell all: the number is a hint then."""

    number: str
    changed_at: datetime
    digest: str
    event: OrderEvent | None = None
    order_no: str = ""
    refund_rank: int | None = None  # of an after-sale: what is known with this rank or a higher one is no news


@dataclass(frozen=True, slots=True)
class ListPage:
    """`total` counts all rows that were asked for, on this page or another; `unreadable` those of this page that nobody can
    tell number or time of."""

    rows: tuple[Listed, ...]
    total: int
    unreadable: int = 0

    @property
    def is_last(self) -> bool:
        """Of the first page of a span of time: whether there is no other."""
        return len(self.rows) + self.unreadable >= self.total


@dataclass(frozen=True, slots=True)
class TokenFact:
    """What a platform gives for asking in a shop's name. `refresh` is empty where there is none."""

    access: str
    refresh: str
    expires_at: datetime
    shop_no: str


class Answer(Protocol):
    """What became of a message, as the intake counted it."""

    applied: int
    duplicate: int
    stale: int
    rejected: list[tuple[int, str]]


class Adapter(Protocol):
    """`headers` have lower-case names. `verify` works on the raw bytes and comes before anything is parsed."""

    def verify(self, headers: Mapping[str, str], body: bytes, credentials: Credentials, now: datetime) -> None:
        """Raises BadSignature."""

    def parse(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Message]:
        """The messages of a verified push; none for a platform's probe. Raises BadBody."""

    def answer(self, answers: Sequence[Answer]) -> bytes:
        """The body that tells the platform it need not send this again."""


def is_plausible(moment: datetime, now: datetime) -> bool:
    """Between 2015 and a day ahead: anything else is a wrong unit or a wrong clock (F42)."""
    return EARLIEST <= moment <= now + AHEAD


REFUND_STEPS = ("requested", "rejected", "withdrawn", "succeeded")


def refund_rank(moment: datetime, status: str) -> int:
    """Later wins; at the same moment the further step wins, so that the winner never depends on arrival."""
    return micros(moment) * len(REFUND_STEPS) + REFUND_STEPS.index(status)
