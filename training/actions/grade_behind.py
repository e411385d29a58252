"""The lists behind the figures of one host: which sessions, which lessons, which households."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from training.actions.grade_facts import aired_of, rows_of
from training.rules.grade import permille
from training.rules.grade_words import percent_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from training.rules.conversion import Span

SHOWN = 60  # the newest; a host of many years has more


class Session(NamedTuple):
    """`is_recent`: it counts as "lately"; `permille`: of its paid money that was given back."""

    pk: UUID
    title: str
    on: date
    is_recent: bool
    typical: int | None
    permille: int | None

    @property
    def rate(self) -> str:
        return "" if self.permille is None else percent_of(self.permille)


class Taught(NamedTuple):
    """A lesson that he came to, or gave."""

    pk: UUID
    title: str
    cohort: str
    at: datetime


class Household(NamedTuple):
    name: str
    place: str
    sessions: int


class Behind(NamedTuple):
    """`left_out`: older sessions than the newest sixty."""

    sessions: Sequence[Session]
    left_out: int
    attended: Sequence[Taught]
    taught: Sequence[Taught]
    households: Sequence[Household]


def behind(county: str, host: int, days: Span) -> Behind:
    """Of the host of this key. Six queries."""
    seen = rows_of(county, [host], days.last_on)
    newest = seen.sessions.order_by("-went_live_at", "-pk")
    titles = dict(newest.values_list("pk", "title"))
    aired = aired_of(seen.sessions, days.first_on).get(host, {})
    sessions = [
        Session(pk, title, one.on, one.on >= days.first_on, one.typical, permille(one.refunded_fen, one.paid_fen))
        for pk, title in list(titles.items())[:SHOWN]
        if (one := aired.get(pk))
    ]
    columns = ("lesson", "lesson__title", "lesson__cohort__title", "lesson__starts_at")
    attended = seen.attended.order_by("-lesson__starts_at", "lesson").distinct().values_list(*columns)
    taught = seen.taught.order_by("-starts_at", "pk").values_list("pk", "title", "cohort__title", "starts_at")
    return Behind(
        sessions,
        max(0, len(titles) - SHOWN),
        [Taught(*row) for row in attended[:SHOWN]],
        [Taught(*row) for row in taught[:SHOWN]],
        _households(seen.promises.values_list("supplier", "supplier__name", "supplier__place__name", "item__session")),
    )


def _households(rows: object) -> list[Household]:
    found: dict[int, tuple[str, str, set[UUID]]] = {}
    for supplier, name, place, session in rows:  # type: ignore[attr-defined]
        found.setdefault(supplier, (name, place, set()))[2].add(session)
    return [Household(name, place, len(sessions)) for name, place, sessions in sorted(found.values(), key=lambda one: one[:2])]
