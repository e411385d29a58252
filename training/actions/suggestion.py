"""Which lesson a session asks for and who needs which, by what platforms said; and a host comes into a class that has it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Count, Q

from livestream.actions.funnel import funnels_for, funnels_of
from livestream.models import LiveSession
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionKind
from training.actions.enrolment import enrol
from training.actions.trainee import TraineeFacts, accounts_for, add_trainee, link_account
from training.models import Cohort, Enrolment, Trainee
from training.rules.cohort import CohortState
from training.rules.enrolment import SEATED, EnrolmentState, EnrolmentWay
from training.rules.suggestion import Answer, Need, Weak, answer_of, needs_of, weakest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from livestream.models import Place, User
    from livestream.models.session import LiveSessionQuerySet
    from livestream.rules.funnel import Funnel
    from training.models.cohort import CohortQuerySet

LOOKED_AT = timedelta(days=90)
SESSIONS_AT_MOST = 400  # the newest
COHORTS_AT_MOST = 3  # of a topic, those that begin first


class Suggested(NamedTuple):
    """What the review of a session says about lessons; `weak`: where a step is the weakest."""

    answer: Answer
    weak: Weak | None


class Needs(NamedTuple):
    """Who needs what; how many sessions were looked at, of how many nothing is known, how many had too few beside them."""

    needs: list[Need]
    sessions: dict[object, LiveSession]
    looked_at: int
    not_known: int
    too_few: int


def suggestion_of(session: LiveSession) -> Suggested:
    found = funnels_of(session)
    return Suggested(answer_of(found), weak_of(session, found))


def weak_of(session: LiveSession, funnels: Iterable[Funnel]) -> Weak | None:
    found = weakest_of(funnels)
    if found is None or session.ended_at is None:
        return None
    return Weak(session.pk, session.host_id, session.ended_at, *found)


def needs_in(county: Place, reached: LiveSessionQuerySet, at: datetime) -> Needs:
    """Of the sessions `reached` that ended in the last ninety days; practice counts nowhere."""
    mine = reached.filter(county=county, ended_at__gt=at - LOOKED_AT, ended_at__lte=at).exclude(kind=SessionKind.PRACTICE)
    sessions = list(mine.select_related("host__place").order_by("-ended_at", "pk")[:SESSIONS_AT_MOST])
    funnels = funnels_for(county.pk, sessions)
    answers = {session.pk: answer_of(funnels.get(session.pk, ())) for session in sessions}
    said = Counter(answers.values())
    judged = Counter(one.host_id for one in sessions if answers[one.pk] in {Answer.LESSON, Answer.FINE})
    weak = [found for one in sessions if (found := weak_of(one, funnels.get(one.pk, ())))]
    by_key: dict[object, LiveSession] = {session.pk: session for session in sessions}
    return Needs(needs_of(weak, judged), by_key, len(sessions), said[Answer.NOT_KNOWN], said[Answer.TOO_FEW])


# --- the class that has it ------------------------------------------------------------------------------------------------


def open_cohorts(county: str, topics: Iterable[str], on: object) -> CohortQuerySet:
    """Those that take people, are not over and have a course of one of these topics; that begin first first. `taken`: seats."""
    rows = Cohort.objects.filter(county=county, state=CohortState.OPEN, ends_on__gte=on)
    teaching = rows.filter(courses__topic__in=list(topics), courses__is_in_use=True).distinct()
    counted = Cohort.objects.filter(pk__in=teaching.values("pk")).annotate(
        taken=Count("enrolments", filter=Q(enrolments__state__in=SEATED)),
    )
    return counted.order_by("starts_on", "number", "pk")


def learnt(hosts: Iterable[int], topics: Iterable[str]) -> dict[tuple[int, str], Enrolment]:
    """By account and topic: the newest class with a course of it in which he is, waits, or was to the end."""
    there = {EnrolmentState.ENROLLED, EnrolmentState.WAITING, EnrolmentState.COMPLETED}
    rows = Enrolment.objects.filter(trainee__user__in=list(hosts), state__in=there, cohort__courses__topic__in=list(topics))
    found: dict[tuple[int, str], Enrolment] = {}
    pairs = rows.exclude(cohort__state=CohortState.CANCELLED).order_by("cohort__starts_on", "pk")
    for row in pairs.select_related("cohort", "trainee").prefetch_related("cohort__courses").distinct():
        assert row.trainee.user_id is not None
        for course in row.cohort.courses.all():
            found[row.trainee.user_id, course.topic] = row
    return found


def trainee_for(host: User) -> Trainee | None:
    """Who this host is in the school; None: nobody has written him down."""
    return Trainee.objects.filter(user=host, merged_into=None, erased_at=None).first()


@transaction.atomic
def enrol_host(cohort: Cohort, host: User, *, by: User, at: datetime) -> Enrolment:
    """A seat, or the end of the queue. Whom nobody has written down yet is written down by what his account says and joined with
    it; that he agrees is asked where he is taught. Raises NotAllowed as `enrol` and `add_trainee` do, and `trainee_account_taken`
    where his name and number are somebody's who has another account."""
    trainee = trainee_for(host)
    if trainee is None:
        facts = TraineeFacts(host.name, host.phone, host.place)
        trainee = add_trainee(facts, county=cohort.county, by=by, at=at).trainee
        if trainee.user_id is None and accounts_for([trainee]).get(trainee.pk) == host:
            link_account(trainee, by=by)
        elif trainee.user_id != host.pk:
            raise NotAllowed("trainee_account_taken")
    return enrol(cohort, trainee, way=EnrolmentWay.TRAINER, by=by, at=at)


def enrol_self(cohort: Cohort, host: User, *, at: datetime) -> Enrolment:
    """Of a host who is written down already. Raises NotAllowed as `enrol` does, and `trainee_account`."""
    trainee = trainee_for(host)
    if trainee is None:
        raise NotAllowed("trainee_account")
    return enrol(cohort, trainee, way=EnrolmentWay.PHONE, by=None, at=at)


def cohorts_by_topic(county: str, topics: Sequence[str], on: object) -> dict[str, list[Cohort]]:
    found: dict[str, list[Cohort]] = {topic: [] for topic in topics}
    for cohort in open_cohorts(county, topics, on).prefetch_related("courses"):
        for topic in {course.topic for course in cohort.courses.all() if course.is_in_use} & set(found):
            if len(found[topic]) < COHORTS_AT_MOST:
                found[topic].append(cohort)
    return found
