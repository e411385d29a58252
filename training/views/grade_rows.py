"""What the pages of grades show: each grade with what it asks, each host with what he lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from training.actions.grade import judged_of
from training.rules.grade import GIVEN, RANK, Criterion, Grade, is_up, next_after
from training.rules.grade_words import asked_words, missing_words, value_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from livestream.models import User
    from training.models import GradeDecision, GradeProposal, GradeRule
    from training.rules.grade import Judged, Line, Terms

BEHIND = {Criterion.LESSONS: "attended", Criterion.TAUGHT: "taught", Criterion.HOUSEHOLDS: "households"}


class Said(NamedTuple):
    """A line of what a grade asks, in words. `asked` stands alone, `value` is his, `missing` what to do, `behind` the list on the
    page that proves it."""

    line: Line
    asked: str
    value: str
    missing: str
    behind: str

    @property
    def is_counted(self) -> bool:
        """Whether it is a way to go that a bar can show: so many of so many."""
        return bool(self.line.threshold) and isinstance(self.line.value, int) and self.line.criterion != Criterion.REFUND


class Step(NamedTuple):
    """A grade with all that it asks besides the grades below it; `is_met`: None where only unknown things are left;
    `reached`: he holds it, or one above."""

    grade: Grade
    lines: Sequence[Said]
    is_met: bool | None
    reached: bool = False


class Row(NamedTuple):
    """A host in the list. `missing`: what he lacks for the next grade above the one he holds."""

    host: User
    held: Grade
    since: date | None
    proposal: GradeProposal | None
    next: Grade | None
    missing: Sequence[str]

    @property
    def is_up(self) -> bool:
        return self.proposal is not None and is_up(self.proposal.held, self.proposal.grade)


def steps_of(judged: Judged, terms: Terms, held: Grade = Grade.NONE) -> list[Step]:
    found = []
    for grade in GIVEN:
        lines = [
            Said(
                line,
                asked_words(line, terms),
                value_words(line),
                missing_words(line, terms),
                BEHIND.get(line.criterion, "sessions"),
            )
            for line in judged.lines
            if line.grade == grade
        ]
        each = {one.line.is_met for one in lines}
        is_met = False if False in each else None if None in each else True
        found.append(Step(grade, lines, is_met, RANK[grade] <= RANK[held]))
    return found


def lacking(judged: Judged, terms: Terms, held: Grade) -> list[str]:
    """For the next grade above the one he holds, that of the grades below it too."""
    above = next_after(held)
    if above is None:
        return []
    return [words for line in judged.lines if RANK[line.grade] <= RANK[above] and (words := missing_words(line, terms))]


def grade_in(held: dict[int, GradeDecision], host: int) -> Grade:
    return Grade(held[host].grade) if host in held else Grade.NONE


def rows_of(
    hosts: Iterable[User],
    county: str,
    rule: GradeRule,
    held: dict[int, GradeDecision],
    proposals: dict[int, GradeProposal],
) -> list[Row]:
    """Figures only of those that are shown."""
    shown = list(hosts)
    judged = judged_of(county, [host.pk for host in shown], rule, timezone.localdate())
    rows = []
    for host in shown:
        now, given = grade_in(held, host.pk), held.get(host.pk)
        since = timezone.localdate(given.at) if given else None
        missing = lacking(judged[host.pk], rule.terms, now)
        rows.append(Row(host, now, since, proposals.get(host.pk), next_after(now), missing))
    return rows
