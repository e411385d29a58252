"""Every write to a lesson: planned, changed, moved, called off, held, and each of these undone.

Its people and its room are booked by triggers (`models/holding.py`); who has them already is told by name. Whoever changes a
lesson says which version of it he saw."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.actions.clash import booking_told, check_hold
from livestream.models import Hold
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import clock
from livestream.rules.planning import ResourceKind
from livestream.rules.rights import Action
from livestream.rules.text import one_line
from training.actions.lesson_telling import (
    facts_of,
    teachers_of,
    tell_cancelled,
    tell_changed,
    tell_planned,
    tell_restored,
    tell_teachers_changed,
)
from training.models import Cohort, Lesson
from training.rules.cohort import TAKES_PEOPLE
from training.rules.course import Mode
from training.rules.lesson import BECAUSE_AT_MOST, LessonState, check_hours

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Resource, User
    from livestream.rules.clash import Clash
    from training.models import Course

ROOMS = (ResourceKind.STUDIO, ResourceKind.PLACE, ResourceKind.KIT)
WHOLE = ("cohort__county", "cohort__place", "trainer", "assistant", "room")


@dataclass(frozen=True, slots=True)
class LessonPlan:
    """What a trainer writes into the timetable. Times are aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    trainer: User | None = None
    assistant: User | None = None
    room: Resource | None = None
    room_note: str = ""
    course: Course | None = None
    academic_hours: int = 2
    mode: str = Mode.OFFLINE
    note: str = ""


class Planned(NamedTuple):
    """The lesson as it is now, and what clashes and was let through."""

    lesson: Lesson
    warnings: list[Clash]


def plan_of(lesson: Lesson) -> LessonPlan:
    return LessonPlan(**{field.name: getattr(lesson, field.name) for field in fields(LessonPlan)})


def subjects_of(plan: LessonPlan) -> set[str]:
    """All that it books, as bookings name it."""
    people = {f"person:{one.pk}" for one in (plan.trainer, plan.assistant) if one}
    return people | ({f"resource:{plan.room.pk}"} if plan.room else set())


@transaction.atomic
def plan_lesson(cohort: Cohort, plan: LessonPlan, *, by: User, at: datetime, tells: bool = True) -> Planned:
    """A lesson more; its trainers are told, and, once the class takes people, its trainees. Raises NotAllowed, Clashing with the
    next free times and rooms."""
    plan = _tidy(plan)
    _check_cohort(cohort, by)
    _check(plan, cohort)
    with booking_told(*subjects_of(plan), county=cohort.county_id):
        lesson = Lesson(cohort=cohort)
        _write(lesson, plan)
        lesson.save(force_insert=True)
        warnings = check_hold(Hold.objects.get(pk=lesson.pk), at=at)
    if tells:
        tell_planned(lesson)
    return Planned(lesson, warnings)


@transaction.atomic
def change_lesson(lesson: Lesson, plan: LessonPlan, *, version: int | None, by: User, at: datetime) -> Planned:
    """The whole of it anew. `version`: of the lesson that was seen; None takes it as it is. Whoever is concerned is told of
    another time, place or teacher. Raises NotAllowed(`lesson_changed`, `lesson_state`, …), Clashing."""
    current, plan = _to_change(lesson, version, by), _tidy(plan)
    before, told, taught = plan_of(current), facts_of(current), set(teachers_of(current))
    _check(plan, current.cohort, old=before)
    with booking_told(*subjects_of(before), *subjects_of(plan), county=current.cohort.county_id):
        _write(current, plan)
        _save(current, [field.name for field in fields(plan)])
        is_moved = _booked(before) != _booked(plan)
        warnings = check_hold(Hold.objects.get(pk=current.pk), at=at) if is_moved else []
    new = set(teachers_of(current))
    if facts_of(current).where != told.where or (plan.starts_at, plan.ends_at) != (before.starts_at, before.ends_at):
        tell_changed(current, told, taught - new)
    elif new != taught:
        tell_teachers_changed(current, told, new=new - taught, gone=taught - new)
    return Planned(current, warnings)


def move_lesson(
    lesson: Lesson, starts_at: datetime, ends_at: datetime | None = None, *, version: int | None, by: User, at: datetime
) -> Planned:
    """The same at another time, as long as before unless `ends_at` says otherwise."""
    plan = plan_of(lesson)
    ends_at = ends_at or starts_at + (plan.ends_at - plan.starts_at)
    return change_lesson(lesson, replace(plan, starts_at=starts_at, ends_at=ends_at), version=version, by=by, at=at)


@transaction.atomic
def cancel_lesson(lesson: Lesson, *, because: str, by: User, at: datetime, version: int | None = None) -> Lesson:
    """It does not take place; its people and its room are free, no reminder leaves, whoever was to come is told why. Raises
    NotAllowed(`lesson_because`, `lesson_has_marks`, …)."""
    current = _to_change(lesson, version, by)
    reason = one_line(because)[:BECAUSE_AT_MOST]
    if not reason:
        raise NotAllowed("lesson_because")
    _check_unmarked(current)
    current.state, current.cancelled_because = LessonState.CANCELLED, reason
    _save(current, ["state", "cancelled_because"])
    tell_cancelled(current)
    return current


@transaction.atomic
def restore_lesson(lesson: Lesson, *, by: User, at: datetime, version: int | None = None) -> Planned:
    """A lesson that was called off takes place after all, where nobody took its hours meanwhile. Raises NotAllowed, Clashing."""
    current = _locked(lesson, version)
    if current.state != LessonState.CANCELLED:
        raise NotAllowed("lesson_state", state=current.get_state_display())
    _check_cohort(current.cohort, by)
    _check(plan_of(current), current.cohort)
    with booking_told(*subjects_of(plan_of(current)), county=current.cohort.county_id):
        current.state, current.cancelled_because = LessonState.PLANNED, ""
        _save(current, ["state", "cancelled_because"])
        warnings = check_hold(Hold.objects.get(pk=current.pk), at=at)
    tell_restored(current)
    return Planned(current, warnings)


@transaction.atomic
def hold_lesson(lesson: Lesson, *, by: User, at: datetime) -> Lesson:
    """It takes place, or did: from now on it counts. By who keeps the school there, or who teaches it; once is enough. Raises
    NotAllowed(`lesson_not_begun`, `lesson_not_yours`, `lesson_state`)."""
    current = _locked(lesson, None)
    if not _may_hold(current, by):
        raise NotAllowed("lesson_not_yours")
    if current.state == LessonState.HELD:
        return current
    if current.state == LessonState.CANCELLED:
        raise NotAllowed("lesson_state", state=current.get_state_display())
    if at < current.starts_at:
        raise NotAllowed("lesson_not_begun", when=clock(current.starts_at))
    current.state, current.held_at, current.held_by = LessonState.HELD, at, by
    _save(current, ["state", "held_at", "held_by"])
    return current


@transaction.atomic
def unhold_lesson(lesson: Lesson, *, by: User, at: datetime) -> Lesson:
    """It was a slip of the finger: not held yet. Raises NotAllowed(`lesson_has_marks`) once somebody signed in."""
    current = _locked(lesson, None)
    if not _may_hold(current, by):
        raise NotAllowed("lesson_not_yours")
    if current.state != LessonState.HELD:
        raise NotAllowed("lesson_state", state=current.get_state_display())
    _check_unmarked(current)
    current.state, current.held_at, current.held_by = LessonState.PLANNED, None, None
    _save(current, ["state", "held_at", "held_by"])
    return current


@transaction.atomic
def cancel_lessons_of(cohort: Cohort, *, because: str, by: User, at: datetime) -> int:
    """All of a class that are still to come; returns how many. Each is told."""
    left = Lesson.objects.filter(cohort=cohort, state=LessonState.PLANNED).order_by("pk")
    return len([cancel_lesson(lesson, because=because, by=by, at=at) for lesson in left])


def _may_hold(lesson: Lesson, by: User) -> bool:
    return by in teachers_of(lesson) or by.may(Action.KEEP_SCHOOL, lesson.cohort.place_id)


def _locked(lesson: Lesson, version: int | None) -> Lesson:
    """As it is; nobody else changes it until the transaction ends."""
    current = Lesson.objects.select_for_update(of=("self",)).select_related(*WHOLE).get(pk=lesson.pk)
    if version is not None and current.version != version:
        raise NotAllowed("lesson_changed")
    return current


def _to_change(lesson: Lesson, version: int | None, by: User) -> Lesson:
    current = _locked(lesson, version)
    _check_cohort(current.cohort, by)
    if current.state != LessonState.PLANNED:
        raise NotAllowed("lesson_state", state=current.get_state_display())
    return current


def _check_cohort(cohort: Cohort, by: User) -> None:
    if not by.may(Action.KEEP_SCHOOL, cohort.place_id):
        raise NotAllowed("lesson_not_yours")
    if cohort.state not in TAKES_PEOPLE:
        raise NotAllowed("lesson_cohort_over", state=cohort.get_state_display())


def _check_unmarked(lesson: Lesson) -> None:
    if lesson.marks.exists():
        raise NotAllowed("lesson_has_marks")


def _tidy(plan: LessonPlan) -> LessonPlan:
    said = {name: one_line(getattr(plan, name)) for name in ("title", "room_note", "note")}
    return replace(plan, **said)  # type: ignore[arg-type]


def _check(plan: LessonPlan, cohort: Cohort, old: LessonPlan | None = None) -> None:
    """What it names must be here; what it named before may stay."""
    if not plan.title:
        raise NotAllowed("lesson_title_missing")
    if not 1 <= plan.academic_hours <= 24:
        raise NotAllowed("lesson_hours")
    check_hours(plan.starts_at, plan.ends_at, from_on=cohort.starts_on, until_on=cohort.ends_on)
    if plan.trainer and plan.trainer == plan.assistant:
        raise NotAllowed("lesson_assistant")
    for one in (plan.trainer, plan.assistant):
        if one and not one.is_active and not (old and one in {old.trainer, old.assistant}):
            raise NotAllowed("lesson_person", name=one.name)
    room, is_old = plan.room, old is not None and plan.room == old.room
    if room and not is_old and not (room.is_in_use and room.county_id == cohort.county_id and room.kind in ROOMS):
        raise NotAllowed("lesson_room")


def _booked(plan: LessonPlan) -> tuple[object, ...]:
    return plan.starts_at, plan.ends_at, plan.trainer, plan.assistant, plan.room


def _write(lesson: Lesson, plan: LessonPlan) -> None:
    for field in fields(plan):
        setattr(lesson, field.name, getattr(plan, field.name))


def _save(lesson: Lesson, names: list[str]) -> None:
    lesson.version += 1
    lesson.save(update_fields=[*names, "version"])
