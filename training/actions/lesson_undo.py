"""Taking back the last change of a lesson: as a change of its own, seen by whoever was told of the first."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from livestream.models import Resource, User
from training.actions.lesson import LessonPlan, cancel_lesson, change_lesson, plan_of, restore_lesson
from training.models import Course, Lesson
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES: dict[str, type[Model]] = {"trainer": User, "assistant": User, "room": Resource, "course": Course}


def kept(lesson: Lesson) -> dict[str, Any]:
    """The lesson as it is, as JSON."""
    return {"state": lesson.state, "plan": {name: _plain(value) for name, value in _facts(plan_of(lesson)).items()}}


@transaction.atomic
def undo_lesson(lesson: Lesson, before: Mapping[str, Any] | None, *, version: int, by: User, at: datetime) -> Lesson:
    """As it was (`kept`); None: it was not there, and is called off. Raises NotAllowed, `lesson_changed` when somebody else
    changed it since, Clashing when its time was taken meanwhile."""
    if before is None or before["state"] == LessonState.CANCELLED:
        return cancel_lesson(lesson, because=_("排错了"), version=version, by=by, at=at)
    if lesson.state == LessonState.CANCELLED:
        return restore_lesson(lesson, version=version, by=by, at=at).lesson
    return change_lesson(lesson, _plan(before["plan"]), version=version, by=by, at=at).lesson


def _facts(plan: LessonPlan) -> dict[str, Any]:
    return {field.name: getattr(plan, field.name) for field in fields(plan)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value.pk) if isinstance(value.pk, UUID) else value.pk
    return value


def _plan(words: Mapping[str, Any]) -> LessonPlan:
    facts = dict(words)
    for name in ("starts_at", "ends_at"):
        facts[name] = datetime.fromisoformat(facts[name])
    for name, table in TABLES.items():
        facts[name] = table._default_manager.filter(pk=facts[name]).first() if facts[name] is not None else None
    return LessonPlan(**facts)
