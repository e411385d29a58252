"""A session as people were told of it: what a host reads on the phone and in a calendar, whatever is planned anew. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from livestream.rules.day import shanghai_day
from livestream.rules.planning import Duty
from livestream.rules.session import AIRED, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

# Those that people come to although no release told of them: an approver, or staff, said yes.
AGREED = frozenset({SessionState.APPROVED, SessionState.REHEARSED}) | AIRED


@dataclass(frozen=True, slots=True)
class Announced:
    """`version` is the plan_version that was told; `told_at` when that was. `duties` are those of the person who reads it."""

    session: UUID
    version: int
    told_at: datetime
    kind: str
    title: str
    host: int
    host_now: int  # of the plan as it is now: whoever that is has the session's page
    place: str
    sites: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    state: str
    is_cancelled: bool
    duties: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Nobody is still asked about it."""
        return self.state in AGREED

    @property
    def duty_words(self) -> list[str]:
        return [str(Duty(duty).label) for duty in self.duties]

    @property
    def only_hosts(self) -> bool:
        return self.duties == (Duty.HOST,)

    @property
    def state_label(self) -> str:
        return str((SessionState.CANCELLED if self.is_cancelled else SessionState(self.state)).label)

    @property
    def where(self) -> str:
        return " · ".join([self.place, *self.sites])


def in_trade_order(duties: Iterable[str]) -> tuple[str, ...]:
    """The host's part first."""
    return tuple(sorted(duties, key=Duty.values.index))


def by_day(found: Iterable[Announced]) -> list[tuple[date, list[Announced]]]:
    """The Shanghai days on which they begin, in order, each with its own."""
    return [(day, list(those)) for day, those in groupby(in_order(found), lambda one: shanghai_day(one.starts_at))]


def in_order(found: Iterable[Announced]) -> list[Announced]:
    return sorted(found, key=lambda one: (one.starts_at, str(one.session)))
