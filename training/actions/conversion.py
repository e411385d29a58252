"""What came of the county's classes, counted anew each time from calls, papers, sessions and the ledger's tallies.

Who counts: natural persons who completed (a merged trainee is the person he was merged into), each once, by the first completion
among the cohorts that are asked about. What proves it: sessions of this county that the person hosted himself with the account
linked to him, aired and no practice. A co-host proves nothing: else one session with forty names on its crew would make 100 %.
Orders are those of the tallies, so they are what the boards count: once, and a refund does not undo it; an order that moves to
another session moves the figure with the next look."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from livestream.models import LiveSession
from livestream.rules.day import shanghai_day
from livestream.rules.session import SessionKind
from orders.models import DayTally
from orders.rules.attribution import GRACE
from training.models import Enrolment, Evidence, FollowUp, Trainee
from training.models.follow_up import conversion_rules_of
from training.rules.conversion import BY_PAPER, ConversionKind, Span, long_enough, months_of, percent, span
from training.rules.follow_up import Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet

    from livestream.models import Place
    from training.models import Cohort, ConversionRule


class Completer(NamedTuple):
    """A natural person and the completion that counts. `trainees` and `users`: the keys of all rows that are this person."""

    trainee: int
    name: str
    enrolment: Enrolment
    trainees: frozenset[int]
    users: tuple[int, ...]

    @property
    def completed_on(self) -> date:
        assert self.enrolment.completed_on is not None
        return self.enrolment.completed_on


class Aired(NamedTuple):
    """A session that a completer hosted, and its counted orders by business day."""

    pk: UUID
    title: str
    went_live_at: datetime
    ended_at: datetime | None
    orders: dict[date, int]

    @property
    def minutes(self) -> int | None:
        return (self.ended_at - self.went_live_at) // timedelta(minutes=1) if self.ended_at else None


class SessionProof(NamedTuple):
    """A session that counts for somebody; `orders`: counted ones paid within his days."""

    session: Aired
    orders: int


class Said(NamedTuple):
    """A call in which somebody said that he is employed: its follow-up's key, when, and who called."""

    follow_up: int
    done_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody of whom a rule holds, and everything that proves it. `first_on`: the day on which it was reached."""

    completer: Completer
    within: Span
    first_on: date
    sessions: tuple[SessionProof, ...] = ()
    months: tuple[date, ...] = ()
    papers: tuple[Evidence, ...] = ()
    calls: tuple[Said, ...] = ()

    @property
    def enrolment(self) -> Enrolment:
        return self.completer.enrolment

    @property
    def orders(self) -> int:
        return sum(proof.orders for proof in self.sessions)


@dataclass(frozen=True, slots=True)
class Conversion:
    """One rule on one day. `completers` is the denominator; those in `missing` have not reached it, `waiting` of them still have
    days left."""

    rule: ConversionRule
    completers: int
    reached: list[Reached]
    missing: list[Completer]
    waiting: int

    @property
    def percent(self) -> Decimal | None:
        return percent(len(self.reached), self.completers)


@dataclass(slots=True)
class Seen:
    """All rows that may prove something, by person."""

    sessions: dict[int, list[Aired]]
    papers: dict[int, list[Evidence]]
    calls: dict[int, list[Said]]


def conversions(county: Place, cohorts: Iterable[Cohort] | None = None, on: date | None = None) -> list[Conversion]:
    """Each rule of the county, for all its completers up to that day (today), or for those of these cohorts. Seven queries."""
    today = on or timezone.localdate()
    rules = conversion_rules_of(county.pk)
    completers = completers_of(county, cohorts, today)
    seen = _seen(county, completers, today)
    return [_converted(rule, completers, seen, today) for rule in rules]


def completers_of(county: Place, cohorts: Iterable[Cohort] | None, on: date) -> list[Completer]:
    """Natural persons who completed by that day, by name. Two queries."""
    done = Enrolment.objects.completed().filter(cohort__county=county, completed_on__lte=on)
    if cohorts is not None:
        done = done.filter(cohort__in=cohorts)
    people = _people(county, done)
    first: dict[int, Enrolment] = {}
    for enrolment in done.select_related("cohort").order_by("completed_on", "cohort__starts_on", "pk"):
        first.setdefault(people[enrolment.trainee_id].root, enrolment)
    rows: dict[int, list[int]] = defaultdict(list)
    for key, person in people.items():
        rows[person.root].append(key)
    found = [
        Completer(
            root,
            people[root].name,
            enrolment,
            frozenset(rows[root]),
            tuple(sorted(user for key in rows[root] if (user := people[key].user) is not None)),
        )
        for root, enrolment in first.items()
    ]
    return sorted(found, key=lambda one: (one.name, one.trainee))


class _Person(NamedTuple):
    root: int
    name: str
    user: int | None


def _people(county: Place, done: QuerySet[Enrolment]) -> dict[int, _Person]:
    """Every trainee of the county by key, with the key of the person he turned out to be."""
    known = Trainee.objects.filter(Q(county=county) | Q(pk__in=done.values("trainee")))
    rows = {row[0]: row for row in known.values_list("pk", "merged_into", "name", "user")}

    def root_of(key: int) -> int:
        passed = {key}
        while (above := rows[key][1]) in rows and above not in passed:
            passed.add(key := above)
        return key

    return {key: _Person(root_of(key), name, user) for key, _above, name, user in rows.values()}


def _seen(county: Place, completers: Sequence[Completer], on: date) -> Seen:
    of_user = {user: one.trainee for one in completers for user in one.users}
    of_trainee = {key: one.trainee for one in completers for key in one.trainees}
    first = min((one.completed_on for one in completers), default=on)
    return Seen(
        _sessions(county, of_user, Span(first, on)),
        _papers(county, of_trainee, on),
        _calls(county, of_trainee, on),
    )


def _sessions(county: Place, of_user: dict[int, int], days: Span) -> dict[int, list[Aired]]:
    """By person, in order of time: sessions that were on air in these days, or whose last carts were paid in them."""
    hosted = LiveSession.objects.aired().exclude(kind=SessionKind.PRACTICE).filter(county=county, host__in=of_user)
    hosted = hosted.filter(Q(ended_at=None) | Q(ended_at__gt=days.begins_at - GRACE), went_live_at__lt=days.ends_at)
    scopes = hosted.annotate(scope=Concat(Value("session:"), Cast("pk", TextField()), output_field=TextField())).values("scope")
    sold: dict[str, dict[date, int]] = defaultdict(dict)
    tallies = DayTally.objects.filter(scope__in=scopes, orders__gt=0, day__range=(days.first_on, days.last_on))
    for scope, day, orders in tallies.values_list("scope", "day", "orders"):
        sold[scope][day] = orders
    found: dict[int, list[Aired]] = defaultdict(list)
    columns = ("pk", "title", "went_live_at", "ended_at", "host")
    for pk, title, went_live_at, ended_at, host in hosted.order_by("went_live_at", "pk").values_list(*columns):
        assert went_live_at is not None
        found[of_user[host]].append(Aired(pk, title, went_live_at, ended_at, sold.get(f"session:{pk}", {})))
    return found


def _papers(county: Place, of_trainee: dict[int, int], on: date) -> dict[int, list[Evidence]]:
    rows = Evidence.objects.standing().filter(enrolment__trainee__county=county, kind__in=BY_PAPER, on__lte=on)
    found: dict[int, list[Evidence]] = defaultdict(list)
    for row in rows.select_related("enrolment", "noted_by").order_by("on", "pk"):
        if (person := of_trainee.get(row.enrolment.trainee_id)) is not None:
            found[person].append(row)
    return found


def _calls(county: Place, of_trainee: dict[int, int], on: date) -> dict[int, list[Said]]:
    rows = FollowUp.objects.filter(enrolment__trainee__county=county, work=Work.EMPLOYED, done_at__lt=Span(on, on).ends_at)
    found: dict[int, list[Said]] = defaultdict(list)
    columns = ("enrolment__trainee", "pk", "done_at", "done_by__name")
    for trainee, pk, done_at, by in rows.order_by("done_at", "pk").values_list(*columns):
        if trainee in of_trainee and done_at is not None:
            found[of_trainee[trainee]].append(Said(pk, done_at, by))
    return found


def _converted(rule: ConversionRule, completers: Sequence[Completer], seen: Seen, on: date) -> Conversion:
    reached, missing, waiting = [], [], 0
    for completer in completers:
        within = span(rule.terms, completer.completed_on)
        if found := PROOFS[ConversionKind(rule.kind)](rule, completer, within, seen):
            reached.append(found)
        else:
            missing.append(completer)
            waiting += within.last_on >= on
    return Conversion(rule, len(completers), reached, missing, waiting)


# --- one person and one rule ----------------------------------------------------------------------------------------------


def _by_air(rule: ConversionRule, completer: Completer, within: Span, seen: Seen) -> Reached | None:
    long = [
        one
        for one in seen.sessions.get(completer.trainee, ())
        if long_enough(rule.terms, within, went_live_at=one.went_live_at, ended_at=one.ended_at)
    ]
    if not long:
        return None
    proofs = tuple(SessionProof(one, _sold(one, within)) for one in long)
    return Reached(completer, within, shanghai_day(long[0].went_live_at), sessions=proofs)


def _sold(session: Aired, within: Span) -> int:
    return sum(orders for day, orders in session.orders.items() if within.holds(day))


def _selling(completer: Completer, within: Span, seen: Seen) -> tuple[tuple[SessionProof, ...], list[tuple[date, int]]]:
    """The sessions that sold within these days, and the counted orders of each of these days, in order."""
    sessions = seen.sessions.get(completer.trainee, ())
    proofs = tuple(SessionProof(one, orders) for one in sessions if (orders := _sold(one, within)))
    by_day: dict[date, int] = defaultdict(int)
    for proof in proofs:
        for day, orders in proof.session.orders.items():
            if within.holds(day):
                by_day[day] += orders
    return proofs, sorted(by_day.items())


def _by_sale(rule: ConversionRule, completer: Completer, within: Span, seen: Seen) -> Reached | None:
    proofs, by_day = _selling(completer, within, seen)
    orders = 0
    for day, sold in by_day:
        orders += sold
        if orders >= rule.least:
            return Reached(completer, within, day, sessions=proofs)
    return None


def _by_months(rule: ConversionRule, completer: Completer, within: Span, seen: Seen) -> Reached | None:
    proofs, by_day = _selling(completer, within, seen)
    months = months_of(day for day, _orders in by_day)
    if len(months) < rule.least:
        return None
    enough = next(day for day, _orders in by_day if day >= months[rule.least - 1])
    return Reached(completer, within, enough, sessions=proofs, months=tuple(months))


def _by_paper(rule: ConversionRule, completer: Completer, within: Span, seen: Seen) -> Reached | None:
    papers = tuple(row for row in seen.papers.get(completer.trainee, ()) if row.kind == rule.kind and within.holds(row.on))
    return Reached(completer, within, papers[0].on, papers=papers) if papers else None


def _by_job(rule: ConversionRule, completer: Completer, within: Span, seen: Seen) -> Reached | None:
    calls = tuple(said for said in seen.calls.get(completer.trainee, ()) if within.holds(shanghai_day(said.done_at)))
    paper = _by_paper(rule, completer, within, seen)
    papers = paper.papers if paper else ()
    days = [*(row.on for row in papers), *(shanghai_day(said.done_at) for said in calls)]
    return Reached(completer, within, min(days), papers=papers, calls=calls) if days else None


PROOFS = {
    ConversionKind.SHOP: _by_paper,
    ConversionKind.LIVE: _by_air,
    ConversionKind.SALE: _by_sale,
    ConversionKind.SUSTAINED: _by_months,
    ConversionKind.EMPLOYED: _by_job,
    ConversionKind.LINKED: _by_paper,
}
