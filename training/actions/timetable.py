"""Many lessons at once: every week on the same days, or as an earlier class had them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.actions.clash import booking_told
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.holiday import DayKind, day_marks
from livestream.rules.series import check_rule, dates, window_of
from training.actions.lesson import plan_lesson, plan_of, subjects_of
from training.actions.lesson_telling import tell_many
from training.models import Lesson

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from livestream.models import User
    from livestream.rules.clash import Clash
    from livestream.rules.series import SeriesRule
    from training.actions.lesson import LessonPlan
    from training.models import Cohort


class Dated(NamedTuple):
    """What became of one lesson: it is there, or why not; and what it clashes with and may."""

    plan: LessonPlan
    lesson: Lesson | None
    refusal: NotAllowed | None
    warnings: list[Clash]


def weekly_plans(plan: LessonPlan, rule: SeriesRule, *, skips_holidays: bool) -> list[LessonPlan]:
    """One for every date of the rule, numbered where they are several; without public holidays when asked. Raises NotAllowed for
    a rule that cannot be meant."""
    off = holidays(rule.from_on, rule.until_on) if skips_holidays else frozenset()
    rule = replace(rule, without=off)
    check_rule(rule)
    windows = [window_of(day, rule.from_time, rule.minutes) for day in dates(rule)]
    plans = [replace(plan, starts_at=window.starts_at, ends_at=window.ends_at) for window in windows]
    return [replace(one, title=f"{plan.title}（{n}）") for n, one in enumerate(plans, 1)] if len(plans) > 1 else plans


def holidays(from_on: date, until_on: date) -> frozenset[date]:
    marks = day_marks(from_on, until_on)
    return frozenset(day for day, mark in marks.items() if mark.kind == DayKind.OFF)


def copied_plans(earlier: Cohort, *, first_on: date, with_people: bool) -> list[LessonPlan]:
    """The lessons of an earlier class that were not called off, from that day on, as many days apart as they were and at the same
    hours. Raises NotAllowed(`lessons_nothing`)."""
    lessons = list(Lesson.objects.standing().filter(cohort=earlier).select_related("trainer", "assistant", "room", "course"))
    if not lessons:
        raise NotAllowed("lessons_nothing")
    later = first_on - shanghai_day(lessons[0].starts_at)
    plans = [plan_of(lesson) for lesson in lessons]
    moved = [replace(plan, starts_at=plan.starts_at + later, ends_at=plan.ends_at + later) for plan in plans]
    return moved if with_people else [replace(plan, trainer=None, assistant=None, room=None) for plan in moved]


def try_many(cohort: Cohort, plans: Sequence[LessonPlan], *, by: User, at: datetime) -> list[Dated]:
    """What `plan_many` would make of each; nothing is kept, nobody is told."""
    with transaction.atomic():
        dated = _plan_each(cohort, plans, by, at)
        transaction.set_rollback(True)
    return [one._replace(lesson=None) for one in dated]


@transaction.atomic
def plan_many(cohort: Cohort, plans: Sequence[LessonPlan], *, by: User, at: datetime) -> list[Dated]:
    """Every one that is free; the others are left out, and said. Raises NotAllowed(`lessons_none_free`)."""
    dated = _plan_each(cohort, plans, by, at)
    made = [one.lesson for one in dated if one.lesson]
    if not made:
        raise NotAllowed("lessons_none_free")
    tell_many(made)
    return dated


def _plan_each(cohort: Cohort, plans: Sequence[LessonPlan], by: User, at: datetime) -> list[Dated]:
    """One after the other, all turns taken first: so each sees those before it, and nobody waits crosswise."""
    found = []
    with booking_told(*(subject for plan in plans for subject in subjects_of(plan)), county=cohort.county_id):
        for plan in plans:
            try:
                planned = plan_lesson(cohort, plan, by=by, at=at, tells=False)
            except NotAllowed as refused:
                found.append(Dated(plan, None, refused, []))
            else:
                found.append(Dated(plan, planned.lesson, None, planned.warnings))
    return found
