"""Every write to who was there: marks as they come, a decision where they differ, and what follows from them."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count, Q

from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line
from training.actions.lesson import hold_lesson
from training.models import Attendance, Enrolment, Lesson, Mark
from training.rules.attendance import BY_CLOCK, WAS_THERE, MarkWay, Presence, Share, resolve
from training.rules.enrolment import SEATED
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from livestream.models import User
    from training.models import Cohort

WORDS_AT_MOST = 120
DEVICE_AT_MOST = 64
EARLY = timedelta(hours=1)  # who comes that early comes to this lesson


@dataclass(frozen=True, slots=True)
class NewMark:
    """A scan, a tap, a line of a sheet. `client_id` was made where it was taken: the same one twice is one mark. `at`: when it
    happened, by the server's clock (`rules/sign_in_code.corrected`)."""

    client_id: UUID
    lesson_id: UUID
    enrolment_id: UUID
    presence: Presence
    way: MarkWay
    at: datetime
    skew_seconds: int = 0
    device: str = ""
    sheet_id: int | None = None
    words: str = ""

    @property
    def pair(self) -> Pair:
        return Pair(self.lesson_id, self.enrolment_id)


class Pair(NamedTuple):
    lesson_id: UUID
    enrolment_id: UUID


class RefusedMark(NamedTuple):
    """`str(NotAllowed(code))` says it in words."""

    mark: NewMark
    code: str

    @property
    def words(self) -> str:
        return str(NotAllowed(self.code))


@dataclass(slots=True)
class Taken:
    """What became of marks, each in the order in which they came: all of it is committed when the caller reads it."""

    stored: list[UUID] = field(default_factory=list)
    repeated: list[UUID] = field(default_factory=list)
    refused: list[RefusedMark] = field(default_factory=list)


@transaction.atomic
def take_marks(marks: Sequence[NewMark], *, by: User | None, at: datetime) -> Taken:
    """Stores each mark once and makes anew what holds for the trainees it concerns. `by` took them; nobody where the trainees
    scanned themselves. A mark that cannot be is refused by itself (`not_in_class`, `not_seated`, `lesson_cancelled`,
    `lesson_gone`, `mark_differs`), the others are stored. A lesson in which somebody
    was is held by that. May be called again with the same marks at any time."""
    taken = Taken()
    lessons = lock_lessons({mark.lesson_id for mark in marks})
    enrolments = Enrolment.objects.in_bulk({mark.enrolment_id for mark in marks})
    known = {mark.client_id: mark for mark in Mark.objects.filter(client_id__in={mark.client_id for mark in marks})}
    fresh: dict[UUID, NewMark] = {}
    for mark in marks:
        before = known.get(mark.client_id) or fresh.get(mark.client_id)
        code = repeated(mark, before) if before else refusal(mark, lessons.get(mark.lesson_id), enrolments.get(mark.enrolment_id))
        if code:
            taken.refused.append(RefusedMark(mark, code))
        elif before:
            taken.repeated.append(mark.client_id)
        else:
            fresh[mark.client_id] = mark
    store(row_of(mark, by, at) for mark in fresh.values())
    landed = settle({mark.pair for mark in fresh.values()})
    taken.stored = [client_id for client_id in fresh if client_id in landed]
    hold({mark.lesson_id for mark in fresh.values() if mark.presence in WAS_THERE}, lessons, by=by, at=at)
    # Its name went to a mark of another lesson at this very moment.
    taken.refused += [RefusedMark(mark, "mark_differs") for mark in fresh.values() if mark.client_id not in landed]
    return taken


def lock_lessons(lessons: Collection[UUID]) -> dict[UUID, Lesson]:
    """The lessons as they are now, locked in the order of their names: whoever marks in one lesson takes turns, and nobody waits
    for somebody who waits for him."""
    locked = Lesson.objects.select_for_update(no_key=True).filter(pk__in=sorted(lessons)).order_by("pk")
    return {lesson.pk: lesson for lesson in locked}


def hold(marked: Collection[UUID], lessons: Mapping[UUID, Lesson], *, by: User | None, at: datetime) -> None:
    """A lesson in which somebody was takes place, from an hour before its time. Where the trainees scanned themselves, its
    trainer holds it, or who made the class."""
    for pk in sorted(marked):
        lesson = lessons[pk]
        if lesson.state == LessonState.PLANNED and at >= lesson.starts_at - EARLY:
            with suppress(NotAllowed):  # a helper without the right to hold it: the marks count all the same
                hold_lesson(lesson, by=by or lesson.trainer or lesson.cohort.made_by, at=max(at, lesson.starts_at))


def repeated(mark: NewMark, before: Mark | NewMark) -> str:
    """ "" where the same mark came again; the code of a refusal where its name was used for another one."""
    is_same = (before.lesson_id, before.enrolment_id, before.presence) == (mark.lesson_id, mark.enrolment_id, mark.presence)
    return "" if is_same else "mark_differs"


def refusal(mark: NewMark, lesson: Lesson | None, enrolment: Enrolment | None) -> str:
    """The code of why this mark cannot be; "" where it can."""
    if lesson is None:
        return "lesson_gone"
    if lesson.state == LessonState.CANCELLED:
        return "lesson_cancelled"
    if enrolment is None or enrolment.cohort_id != lesson.cohort_id:
        return "not_in_class"
    if enrolment.state not in SEATED:
        return "not_seated"
    return "scan_of_nobody" if mark.way in BY_CLOCK and mark.presence not in WAS_THERE else ""


def row_of(mark: NewMark, by: User | None, at: datetime) -> Mark:
    return Mark(
        client_id=mark.client_id,
        lesson_id=mark.lesson_id,
        enrolment_id=mark.enrolment_id,
        presence=mark.presence,
        way=mark.way,
        at=mark.at,
        recorded_at=at,
        skew_seconds=mark.skew_seconds,
        device=one_line(mark.device)[:DEVICE_AT_MOST],
        noted_by=by,
        sheet_id=mark.sheet_id,
        words=one_line(mark.words)[:WORDS_AT_MOST],
    )


def store(rows: Iterable[Mark]) -> None:
    """One that another line brings at this very moment is left to it."""
    Mark.objects.bulk_create(sorted(rows, key=lambda row: row.client_id), ignore_conflicts=True)


def settle(pairs: Collection[Pair]) -> set[UUID]:
    """Makes anew what holds for these pairs, from all their marks; the caller holds their lessons. Returns the marks' names."""
    of_pair: dict[Pair, list[Mark]] = defaultdict(list)
    lessons, enrolments = {pair.lesson_id for pair in pairs}, {pair.enrolment_id for pair in pairs}
    for mark in Mark.objects.filter(lesson__in=lessons, enrolment__in=enrolments):
        of_pair[Pair(mark.lesson_id, mark.enrolment_id)].append(mark)
    rows = []
    for pair in sorted(pairs):
        if holds := resolve(of_pair[pair]):
            rows.append(Attendance(lesson_id=pair.lesson_id, enrolment_id=pair.enrolment_id, **holds._asdict()))
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["lesson", "enrolment"],
        update_fields=["presence", "way", "at", "is_contradicted"],
    )
    return {mark.client_id for marks in of_pair.values() for mark in marks}


@transaction.atomic
def decide(lesson: Lesson, enrolment: Enrolment, presence: Presence, words: str, *, by: User, at: datetime) -> Attendance:
    """What holds, whatever the marks say, and why; a later decision takes its place. Raises NotAllowed (`decision_words_missing`
    and what `take_marks` refuses)."""
    words = one_line(words)
    if not words:
        raise NotAllowed("decision_words_missing")
    if len(words) > WORDS_AT_MOST:
        raise NotAllowed("too_long", field=Mark._meta.get_field("words").verbose_name, limit=WORDS_AT_MOST)
    mark = NewMark(uuid4(), lesson.pk, enrolment.pk, presence, MarkWay.DECISION, at, words=words)
    for refused in take_marks([mark], by=by, at=at).refused:
        raise NotAllowed(refused.code)
    return Attendance.objects.get(lesson=lesson, enrolment=enrolment)


@transaction.atomic
def rebuild_attendance(lesson: Lesson) -> None:
    """Forgets what holds in this lesson and makes it anew from its marks alone: nothing may change by it."""
    lock_lessons({lesson.pk})
    Attendance.objects.filter(lesson=lesson).delete()
    marked = Mark.objects.filter(lesson=lesson).values_list("enrolment", flat=True).distinct()
    settle({Pair(lesson.pk, enrolment) for enrolment in marked})


def shares_of(cohort: Cohort) -> dict[UUID, Share]:
    """Of everybody with a seat, by enrolment; three queries, however many they are."""
    is_held, is_planned = Q(state=LessonState.HELD), ~Q(state=LessonState.CANCELLED)
    due = cohort.lessons.aggregate(held=Count("pk", filter=is_held), planned=Count("pk", filter=is_planned))
    was_there, was_excused = Q(presence__in=WAS_THERE), Q(presence=Presence.EXCUSED)
    of_held = Attendance.objects.filter(lesson__cohort=cohort, lesson__state=LessonState.HELD).values("enrolment")
    counted = of_held.annotate(there=Count("pk", filter=was_there), excused=Count("pk", filter=was_excused))
    marked = {row["enrolment"]: (row["there"], row["excused"]) for row in counted}
    seated = Enrolment.objects.filter(cohort=cohort).seated().values_list("pk", flat=True)
    return {enrolment: Share(due["held"], due["planned"], *marked.get(enrolment, (0, 0))) for enrolment in seated}
