"""The classes of the present: the one of this month runs, the one of the next takes people. Looked after at every load."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, time
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

from config.demo.people import HOST
from config.demo.school_class import (
    BEGINS,
    DAY,
    MINUTE,
    Outline,
    School,
    a_name,
    at_of,
    attend,
    become,
    examine,
    make_class,
    plan_lessons,
    seat,
)
from config.demo.school_people import LIVE_TEACHER, Villagers, trainee_of
from config.demo.school_plan import LAW, LIVE, LIVE_TOPICS
from livestream.models import Place
from livestream.rules.errors import NotAllowed
from training.actions.attendance import NewMark, take_marks
from training.actions.certificate import complete_cohort
from training.actions.cohort import begin_cohort, open_link
from training.actions.lesson import LessonPlan, plan_lesson
from training.models import Cohort, Quiz, QuizTry, StudyEntry, Trainee
from training.rules.attendance import MarkWay, Presence
from training.rules.cohort import SEATS, TAKES_PEOPLE, CohortState
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from training.models import Enrolment

TITLE = "{month}月直播带货班"
LESSON_DAYS = {1, 4}  # Tuesdays and Fridays
FIRST_DAY, MOST_LESSONS = 2, 8
WAITING = 4
FIRST_NUMBER = 1000
STUDIED = (35, 50, 20, 90, 65)  # minutes


def keep_up(school: School) -> None:
    """What is over was held or is closed; the class that begins this month begins; each month of the two has its class."""
    for cohort in _classes(school).order_by("starts_on"):
        _hold_past_lessons(school, cohort)
        if cohort.ends_on < school.today:
            _close(school, cohort)
    this, following = school.month(0), school.month(-1)
    for first_on in (this, following):
        if not Cohort.objects.filter(county=school.county, title=_title(first_on), year=first_on.year).exists():
            _make(school, first_on)
    _run_this_month(school, _classes(school).filter(starts_on__lte=this.replace(day=27), starts_on__gte=this))


def _title(first_on: date) -> str:
    return TITLE.format(month=first_on.month)


def _classes(school: School) -> QuerySet[Cohort]:
    """Those of these titles that are not over."""
    titles = [_title(date(2000, month, 1)) for month in range(1, 13)]
    return Cohort.objects.filter(county=school.county, title__in=titles, state__in=TAKES_PEOPLE)


def _make(school: School, first_on: date) -> Cohort:
    """Forty in, among them the demo's host, and of who came later four who wait; whoever has the link can come too."""
    last = monthrange(first_on.year, first_on.month)[1]
    days = [first_on.replace(day=n) for n in range(FIRST_DAY, last - 1) if first_on.replace(day=n).weekday() in LESSON_DAYS]
    aims = "种花椒、核桃、小米的农户，会用手机就行；学会自己开一场播。"
    outline = Outline(_title(first_on), school.county, first_on, first_on.replace(day=last), LIVE_TOPICS, LIVE_TEACHER, aims=aims)
    cohort = make_class(school, outline)
    open_link(cohort)
    cohort.refresh_from_db()
    enrolled_at = min(at_of(first_on - 20 * DAY, BEGINS), school.now - DAY)
    host = trainee_of(school.people[HOST.phone], at=enrolled_at, by=school.lead)
    villagers = Villagers(school.cast, cohort.title, FIRST_NUMBER + 100 * first_on.month)
    waiting = 0 if first_on == school.month(0) else WAITING
    people = [host, *villagers.some(SEATS - 1 + waiting, at=enrolled_at, women=57, by=school.lead)]
    seat(cohort, people, at=enrolled_at, by=school.lead)
    plan_lessons(school, cohort, outline, [day for day in days if day != school.today][:MOST_LESSONS])
    _hold_past_lessons(school, cohort, is_burst=True)
    if first_on == school.month(0):
        _study(school, cohort)
        _doubtful(school, cohort)
    return cohort


def _seated(cohort: Cohort) -> list[Enrolment]:
    return list(cohort.enrolments.seated().select_related("trainee").order_by("seat"))


def _hold_past_lessons(school: School, cohort: Cohort, *, is_burst: bool = False) -> None:
    over = cohort.lessons.filter(state=LessonState.PLANNED, ends_at__lt=school.now).order_by("starts_at")
    if lessons := list(over):
        attend(lessons, _seated(cohort), by=school.lead, is_burst=is_burst)


def _close(school: School, cohort: Cohort) -> None:
    """Its month is over: the test, the certificates."""
    cohort.enrolments.waiting().update(state="withdrawn", left_because="结班时还在候补")
    examine(cohort, _seated(cohort), by=school.lead)
    Cohort.objects.filter(pk=cohort.pk).update(join_code=None)
    over_at = at_of(cohort.ends_on, BEGINS)
    become(cohort, CohortState.CLOSED, over_at)
    complete_cohort(cohort, by=school.lead, at=over_at, tells=False)


def _run_this_month(school: School, cohorts: QuerySet[Cohort]) -> None:
    """It runs, and has a lesson today: one that began a quarter of an hour ago, where the timetable has none."""
    for cohort in cohorts:
        if cohort.state == CohortState.OPEN:
            begin_cohort(cohort)
            cohort.refresh_from_db()
        if not cohort.lessons.filter(
            starts_at__gte=at_of(school.today, time(0)), starts_at__lt=at_of(school.today + DAY, time(0))
        ):
            _teach_today(school, cohort)


def _teach_today(school: School, cohort: Cohort) -> None:
    began = school.now.replace(second=0, microsecond=0) - (school.now.minute % 5 + 15) * MINUTE
    starts_at = max(began, at_of(school.today, time(0)))
    plan = LessonPlan(
        "今天现场练：一人讲五分钟", starts_at, starts_at + 90 * MINUTE, trainer=school.lead, room_note="电商中心二楼教室",
        course=school.courses[LIVE],
    )  # fmt: skip
    try:
        plan_lesson(cohort, plan, by=school.lead, at=school.now, tells=False)
    except NotAllowed:  # she has something else to do: another one teaches
        another = replace(plan, trainer=None)
        plan_lesson(cohort, another, by=school.lead, at=school.now, tells=False)


# --- what somebody should look at ---------------------------------------------------------------------------------------------


def _study(school: School, cohort: Cohort) -> None:
    """Online minutes as the platform's list told them, and the first tries of the quiz."""
    chance = Random("study")
    seated = _seated(cohort)
    quiz = Quiz.objects.get(course=school.courses[LIVE])
    keys = {str(one.pk): one.answers for one in quiz.questions.all()}
    on = min(cohort.starts_on + 6 * DAY, school.today)
    StudyEntry.objects.bulk_create(
        StudyEntry(
            client_id=a_name(chance), enrolment=one, course=school.courses[LAW], on=on, minutes=chance.choice(STUDIED),
            source="县学习平台", noted_by=school.lead,
        )
        for one in seated[4:34]
    )  # fmt: skip
    tries = []
    for one in seated[2:28]:
        right = {key: answers if chance.random() < 0.8 else [2] for key, answers in keys.items()}
        marks = 100 * sum(right[key] == answers for key, answers in keys.items()) // len(keys)
        tries.append(QuizTry(client_id=a_name(chance), quiz=quiz, enrolment=one, answers=right, marks=marks, at=school.now - DAY))
    QuizTry.objects.bulk_create(tries)


def _doubtful(school: School, cohort: Cohort) -> None:
    """A scan of somebody who did not answer when called; one person twice in the list; three names on one phone."""
    seated = _seated(cohort)
    last = cohort.lessons.filter(state=LessonState.HELD).order_by("-starts_at").first()
    scanned = last and last.attendances.filter(way=MarkWay.QR, enrolment__trainee__user=None).order_by("enrolment__seat").first()
    if last and scanned:
        called_at = last.starts_at + 20 * MINUTE
        called = NewMark(uuid4(), last.pk, scanned.enrolment_id, Presence.ABSENT, MarkWay.ROLL_CALL, called_at)
        take_marks([called], by=school.lead, at=last.ends_at)
    _twice(seated[5].trainee, school)
    _on_one_phone([one.trainee for one in seated[10:13]])


def _twice(known: Trainee, school: School) -> None:
    """Written down once more, in the village of her mother."""
    villages = Place.objects.inside(school.county.pk).filter(level="village").exclude(pk=known.place_id)
    Trainee.objects.create(
        county=school.county, place=villages.order_by("pk")[7], name=known.name, phone=known.phone,
        phone_digest=known.phone_digest, phone_end=known.phone_end, sex=known.sex, birth_year=known.birth_year,
        category=known.category, made_by=school.lead,
    )  # fmt: skip


def _on_one_phone(people: Sequence[Trainee]) -> None:
    first = people[0]
    for one in people[1:]:
        one.phone, one.phone_digest, one.phone_end = first.phone, first.phone_digest, first.phone_end
    Trainee.objects.bulk_update(people[1:], ["phone", "phone_digest", "phone_end"])
