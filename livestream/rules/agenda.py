"""A session as people were told of it: what a host reads on the phone and in a calendar, whatever is planned anew. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livestream.rules.planning import Duty
from livestream.rules.session import AIRED, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
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
    def where(self) -> str:
        return " · ".join([self.place, *self.sites])


def in_order(found: Iterable[Announced]) -> list[Announced]:
    return sorted(found, key=lambda one: (one.starts_at, str(one.session)))
