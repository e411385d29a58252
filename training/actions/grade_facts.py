"""What the system knows of hosts for their grades: real sessions, viewers as they were noted, the ledger's sums, lessons, and
what households promised to supply. Practice counts nowhere. The number of queries does not grow with the hosts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, Min, Q, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from livestream.actions.growth import counted, crowds_of
from livestream.models import LiveSession, SupplyPromise
from livestream.rules.audience import typical
from livestream.rules.day import shanghai_day
from livestream.rules.growth import strongest
from livestream.rules.party import SupplierKind
from livestream.rules.session import AIRED, SessionKind
from orders.models import DayTally
from training.actions.counting import rows
from training.models import Attendance, Lesson
from training.rules.conversion import Span
from training.rules.follow_up import due_on
from training.rules.grade import Aired, Facts, Other, facts_from, permille
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from livestream.models.session import LiveSessionQuerySet

SESSION = "session:"
RATES = """
SELECT session.host_id, sum(tally.paid_fen), sum(tally.refunded_fen)
FROM livestream_livesession session JOIN orders_daytally tally ON tally.scope = 'session:' || session.id
WHERE session.county_id = %(county)s AND session.state = ANY(%(aired)s) AND session.kind <> %(practice)s
    AND session.went_live_at >= %(begins)s AND session.went_live_at < %(ends)s
GROUP BY session.host_id"""


class Seen(NamedTuple):
    """The rows behind the figures of some hosts, in the county of this code, up to the last day of the window."""

    sessions: LiveSessionQuerySet
    attended: QuerySet[Any]  # Attendance, with `learner`
    taught: QuerySet[Lesson]
    promises: QuerySet[Any]  # SupplyPromise, with `host`


def window(on: date, months: int) -> Span:
    """The months before that day, and the day itself: of six, on 22 November, from 22 May on."""
    return Span(due_on(on, -months), on)


def rows_of(county: str, hosts: Iterable[int], until: date) -> Seen:
    """A host in a lesson is who has the account of its trainee, or of the person that this trainee turned out to be; a promise
    counts once its session was on air."""
    asked, ends = list(hosts), Span(until, until).ends_at
    sessions = counted(LiveSession.objects.filter(county=county, host__in=asked, went_live_at__lt=ends))
    held = Lesson.objects.held().filter(cohort__county=county, starts_at__lt=ends)
    learner = Coalesce("enrolment__trainee__user", "enrolment__trainee__merged_into__user")
    there = Attendance.objects.there().filter(
        lesson__cohort__county=county, lesson__state=LessonState.HELD, lesson__starts_at__lt=ends
    )
    promised = SupplyPromise.objects.filter(item__session__in=sessions, supplier__kind=SupplierKind.HOUSEHOLD)
    return Seen(
        sessions,
        there.annotate(learner=learner).filter(learner__in=asked),
        held.filter(Q(trainer__in=asked) | Q(assistant__in=asked)),
        promised.annotate(host=F("item__session__host")),
    )


def facts_of(county: str, hosts: Iterable[int], days: Span) -> dict[int, Facts]:
    """Of each of these hosts, by his key, in the county of this code; "lately" are these days. Seven queries."""
    asked = sorted(set(hosts))
    seen = rows_of(county, asked, days.last_on)
    aired = aired_of(seen.sessions, days.first_on)
    median = typical(rates_of(county, days).values())
    lessons = dict(seen.attended.order_by().values_list("learner").annotate(number=Count("lesson", distinct=True)))
    households = dict(seen.promises.order_by().values_list("host").annotate(number=Count("supplier", distinct=True)))
    taught = _taught(seen.taught)
    return {
        host: facts_from(
            aired.get(host, {}).values(),
            Other(lessons.get(host, 0), median, taught.get(host, 0), households.get(host, 0)),
            since=days.first_on,
        )
        for host in asked
    }


def _taught(lessons: QuerySet[Lesson]) -> dict[int, int]:
    """By trainer or assistant, who are never the same."""
    found: dict[int, int] = defaultdict(int)
    for pair in lessons.order_by().values_list("trainer", "assistant"):
        for teacher in pair:
            if teacher is not None:
                found[teacher] += 1
    return found


def rates_of(county: str, days: Span) -> dict[int, int]:
    """The refund rate (permille) of everybody whose sessions of these days sold something: what the county's median is of."""
    asked = {
        "county": county,
        "aired": sorted(AIRED),
        "practice": SessionKind.PRACTICE.value,
        "begins": days.begins_at,
        "ends": days.ends_at,
    }
    found = {host: permille(int(refunded), int(paid)) for host, paid, refunded in rows(RATES, asked)}
    return {host: rate for host, rate in found.items() if rate is not None}


def aired_of(sessions: LiveSessionQuerySet, since: date) -> dict[int, dict[UUID, Aired]]:
    """By host and session. Viewers are looked up only of what was on air since that day."""
    there = [(pk, host, shanghai_day(at)) for pk, host, at in sessions.values_list("pk", "host", "went_live_at") if at]
    crowds = crowds_of(pk for pk, _host, on in there if on >= since)
    sold = _sums(sessions)
    found: dict[int, dict[UUID, Aired]] = defaultdict(dict)
    for pk, host, on in there:
        crowd = strongest(crowds.get(pk, []))
        paid, refunded, first = sold.get(f"{SESSION}{pk}", (0, 0, None))
        found[host][pk] = Aired(on, crowd.typical if crowd else None, paid, refunded, first)
    return found


def _sums(sessions: LiveSessionQuerySet) -> dict[str, tuple[int, int, date | None]]:
    """By scope: paid, refunded, the first business day with a counted order."""
    scopes = sessions.order_by().annotate(scope=Concat(Value(SESSION), Cast("pk", TextField()), output_field=TextField()))
    sums = DayTally.objects.filter(scope__in=scopes.values("scope")).order_by().values_list("scope")
    summed = sums.annotate(paid=Sum("paid_fen"), refunded=Sum("refunded_fen"), first=Min("day", filter=Q(orders__gt=0)))
    return {scope: (int(paid), int(refunded), first) for scope, paid, refunded, first in summed}
