"""What in a county's sessions is worth a second look: all of the last ninety days, read from statements alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from livestream.models import LiveSession, Statement
from livestream.rules.review import Mark
from livestream.rules.rights import Action
from livestream.rules.statement import Figures, figures_of
from livestream.rules.trust import Look, findings, usual_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from livestream.models import User
    from livestream.rules.trust import Finding

LAST = timedelta(days=90)
SHOWN = 60


class Line(NamedTuple):
    """A session: its net at T+15 (None: not yet), its newest figures, and everything that was looked at."""

    session: LiveSession
    settled_fen: int | None
    newest: Figures
    findings: list[Finding]

    @property
    def looks(self) -> list[Finding]:
        """What of it is worth a look."""
        return [one for one in self.findings if one.look == Look.LOOK]


def trust_lines(user: User, at: datetime) -> list[Line]:
    """The newest sixty that this person sees the orders of, each measured against the others of its own county among them; those
    with most to look at first."""
    reached = LiveSession.objects.reached_by(user, Action.SEE_ORDERS).filter(ended_at__gt=at - LAST)
    found = list(reached.select_related("host", "county").order_by("-ended_at")[:SHOWN])
    stated: dict[UUID, dict[str, Figures]] = {}
    rows = Statement.objects.filter(session__in=found).order_by("due_at").values_list("session", "mark", "figures")
    for session, mark, figures in rows:
        stated.setdefault(session, {})[mark] = figures_of(figures)
    newest = {session: list(by_mark.values())[-1] for session, by_mark in stated.items()}
    lines = [_line(session, stated[session.pk], newest, found) for session in found if session.pk in stated]
    return sorted(lines, key=lambda line: len(line.looks), reverse=True)


def _line(session: LiveSession, stated: dict[str, Figures], newest: dict[UUID, Figures], all_of_them: list[LiveSession]) -> Line:
    here = [one.pk for one in all_of_them if one.county_id == session.county_id and one.pk != session.pk and one.pk in newest]
    found = findings(newest[session.pk], usual_of([newest[pk] for pk in here]))
    settled = stated.get(Mark.T15)
    return Line(session, settled.sums.net_fen if settled else None, newest[session.pk], found)
