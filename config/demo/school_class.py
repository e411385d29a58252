"""How a class of the demo county's school is filled: its people, its lessons, who came, how the test went, what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from config.demo.people import TRAINER
from livestream.rules.day import SHANGHAI
from training.actions.attendance import NewMark, row_of, settle, store
from training.actions.cohort import CohortPlan, Teaching, plan_cohort
from training.models import Cohort, Course, Enrolment, Exam, ExamResult, Feedback, Lesson
from training.rules.attendance import BY_CLOCK, MarkWay, Presence, presence_by_clock
from training.rules.cohort import CohortForm, CohortState, Funding, TeachingDuty
from training.rules.counting import month_after
from training.rules.exam import ExamKind, FeedbackKind
from training.rules.feedback import ITEMS
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.demo.cast import Cast
    from config.demo.people import Person
    from config.demo.school_plan import Topic
    from livestream.models import Place, User
    from training.models import Trainee

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LATE_MINUTES = 10
BURST = 12
BEGINS, LASTS, HOURS = time(9, 0), timedelta(minutes=135), 3
LOYAL, BUSY = (0.97, 0.84, 0.45), (80, 12, 8)  # how sure people come, and how many of a hundred are so
WORDS = ("讲得明白，回去就能用。", "希望多几次动手练。", "村里信号不好，线上课看不全。", "离家远，能不能到乡里上？", "")


@dataclass(frozen=True, slots=True)
class School:
    """What classes are made of: everybody by phone, courses by title, and when it is."""

    cast: Cast
    people: dict[str, User]
    courses: dict[str, Course]

    @property
    def county(self) -> Place:
        return self.cast.county

    @property
    def lead(self) -> User:
        return self.people[TRAINER.phone]

    @property
    def now(self) -> datetime:
        return self.cast.now

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    def month(self, ago: int) -> date:
        return month_after(self.today.replace(day=1), -ago)


class Outline(NamedTuple):
    """A class: its first day and its last, the days of its lessons, its topics, who teaches beside the demo trainer."""

    title: str
    place: Place
    starts_on: date
    ends_on: date
    topics: Sequence[Topic]
    second: Person
    form: CohortForm = CohortForm.MONTH
    funding: Funding = Funding.DEMONSTRATION
    aims: str = ""


def at_of(day: date, begins: time) -> datetime:
    return datetime.combine(day, begins, SHANGHAI).astimezone(UTC)


def make_class(school: School, outline: Outline) -> Cohort:
    """By the verb, with its trainers and courses; it takes people."""
    plan = CohortPlan(
        outline.title, outline.place, outline.starts_on, outline.ends_on, outline.form, funding=outline.funding,
        funding_note=f"平电商办发〔{outline.starts_on.year}〕7 号", budget_fen=2_400_000, aims=outline.aims,
    )  # fmt: skip
    trainers = [(school.lead, TeachingDuty.LEAD), (school.people[outline.second.phone], TeachingDuty.TEACHER)]
    courses = [school.courses[title] for title in dict.fromkeys(topic.course for topic in outline.topics)]
    return plan_cohort(plan, Teaching(trainers, courses), county=school.county, by=school.lead)


def become(cohort: Cohort, state: CohortState, at: datetime | None = None) -> None:
    cohort.state, cohort.closed_at = state, at
    cohort.save(update_fields=["state", "closed_at"])


def seat(cohort: Cohort, people: Sequence[Trainee], *, at: datetime, by: User) -> list[Enrolment]:
    """One by one as the database gives seats, then places in the queue; nobody is told: it was long ago."""
    Enrolment.objects.bulk_create(
        Enrolment(cohort=cohort, trainee=one, enrolled_at=at + n * 7 * MINUTE, told_at=at + n * 7 * MINUTE, enrolled_by=by)
        for n, one in enumerate(people)
    )
    return list(Enrolment.objects.filter(cohort=cohort).select_related("trainee").order_by("seat", "queue_no"))


def plan_lessons(school: School, cohort: Cohort, outline: Outline, days: Sequence[date]) -> list[Lesson]:
    """A morning each, the trainers in turn."""
    trainers = (school.lead, school.people[outline.second.phone])
    return Lesson.objects.bulk_create(
        Lesson(
            cohort=cohort, course=school.courses[topic.course], title=topic.title, starts_at=at_of(day, BEGINS),
            ends_at=at_of(day, BEGINS) + LASTS, academic_hours=HOURS, trainer=trainers[n % 2], room_note="电商中心二楼教室",
        )
        for n, (day, topic) in enumerate(zip(days, outline.topics, strict=False))
    )  # fmt: skip


# --- who came -----------------------------------------------------------------------------------------------------------------


def attend(lessons: Sequence[Lesson], seated: Sequence[Enrolment], *, by: User, is_burst: bool = False) -> None:
    """These lessons were held; most scanned, some were called, the first lesson was signed on paper. `is_burst`: in the second
    one the last seats were signed within seconds, on two phones."""
    for lesson in lessons:
        lesson.state, lesson.held_at, lesson.held_by, lesson.version = LessonState.HELD, lesson.ends_at, by, lesson.version + 1
    Lesson.objects.bulk_update(lessons, ["state", "held_at", "held_by", "version"])
    marks = [
        mark
        for place, lesson in enumerate(lessons)
        for mark in _marks(lesson, seated, is_paper=place == 0, is_burst=is_burst and place == 1)
    ]
    recorded = {lesson.pk: lesson.ends_at for lesson in lessons}
    store(row_of(mark, None if mark.way in BY_CLOCK else by, recorded[mark.lesson_id]) for mark in marks)
    settle({mark.pair for mark in marks})


def _marks(lesson: Lesson, seated: Sequence[Enrolment], *, is_paper: bool, is_burst: bool) -> list[NewMark]:
    chance = Random(f"{lesson.cohort.title} {lesson.title} {lesson.starts_at.date()}")
    came = seated[:-BURST] if is_burst else seated
    burst = seated[-BURST:] if is_burst else ()
    marks = [_mark(lesson, one, chance, is_paper=is_paper) for one in came]
    return [*marks, *(_burst(lesson, one, n) for n, one in enumerate(burst))]


def _burst(lesson: Lesson, one: Enrolment, n: int) -> NewMark:
    at = lesson.starts_at - MINUTE + timedelta(milliseconds=240 * n)
    name = a_name(Random(f"{lesson.cohort_id} {n}"))
    return NewMark(name, lesson.pk, one.pk, Presence.PRESENT, MarkWay.QR, at, device=f"phone-{n % 2}")


def _mark(lesson: Lesson, one: Enrolment, chance: Random, *, is_paper: bool) -> NewMark:
    sure = Random(f"{one.trainee.name}{one.trainee.phone_end}").choices(LOYAL, BUSY)[0]
    arrived = lesson.starts_at + timedelta(minutes=chance.triangular(-25, 24, -6))
    name, is_there, scans = a_name(chance), chance.random() < sure or one.trainee.user_id is not None, chance.random() < 0.8
    if not is_there:
        presence = Presence.EXCUSED if chance.random() < 0.4 else Presence.ABSENT
        return NewMark(name, lesson.pk, one.pk, presence, MarkWay.ROLL_CALL, lesson.starts_at + 20 * MINUTE)
    way = MarkWay.PAPER if is_paper else MarkWay.QR if scans else MarkWay.ROLL_CALL
    presence = presence_by_clock(arrived, starts_at=lesson.starts_at, late_minutes=LATE_MINUTES)
    at = arrived if way == MarkWay.QR else lesson.starts_at + 20 * MINUTE
    return NewMark(name, lesson.pk, one.pk, presence, way, at, device=f"phone-{one.trainee_id}" if way == MarkWay.QR else "")


def a_name(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


# --- what they learnt and said ------------------------------------------------------------------------------------------------


def examine(cohort: Cohort, seated: Sequence[Enrolment], *, by: User, kinds: Sequence[ExamKind] = (ExamKind.THEORY,)) -> None:
    chance = Random(f"exam {cohort.title}")
    for kind in kinds:
        exam = Exam.objects.create(cohort=cohort, title=f"结业{kind.label}考试", kind=kind, on=cohort.ends_on)
        ExamResult.objects.bulk_create(
            ExamResult(exam=exam, enrolment=one, marks=max(38, min(99, round(chance.gauss(79, 10)))), noted_by=by)
            for one in seated
        )


def say(seated: Sequence[Enrolment], *, starts_at: datetime, ends_at: datetime) -> None:
    """How they judged themselves before and after, and the class; nine of ten answered."""
    chance = Random("feedback")
    moments = {FeedbackKind.BEFORE: starts_at, FeedbackKind.AFTER: ends_at, FeedbackKind.SATISFACTION: ends_at}
    best = {FeedbackKind.BEFORE: (1, 2, 2, 3), FeedbackKind.AFTER: (3, 4, 4, 5), FeedbackKind.SATISFACTION: (3, 4, 5, 5)}
    Feedback.objects.bulk_create(
        Feedback(
            enrolment=one, kind=kind, answers={item.key: chance.choice(best[kind]) for item in ITEMS[kind]},
            words=chance.choice(WORDS) if kind == FeedbackKind.SATISFACTION else "", client_id=a_name(chance),
            at=at + chance.randrange(300) * MINUTE,
        )
        for kind, at in moments.items() for one in seated if chance.random() < 0.9
    )  # fmt: skip
