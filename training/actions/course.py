"""Every write to the catalogue of courses. Who changed what stands in the row log."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.rules.errors import NotAllowed
from training.models import Course
from training.rules.course import TRADE_LEVELS, CourseLevel, Mode, Topic, Trade

if TYPE_CHECKING:
    from livestream.models import Place

BROKEN = {"course_once_per_county": "course_title_taken", "course_of_a_trade_has_its_level": "course_level_missing"}


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """What a course is. `trade` and `trade_level` go together, or are both left out."""

    title: str
    topic: Topic
    academic_hours: int
    level: CourseLevel = CourseLevel.ENTRY
    mode: Mode = Mode.OFFLINE
    trade: Trade | None = None
    trade_level: int | None = None
    about: str = ""


@transaction.atomic
def add_course(county: Place, plan: CoursePlan) -> Course:
    """One more course of the county's catalogue. Raises NotAllowed where one in use has that title, or the
    trade has no such level."""
    return _saved(Course(county=county), plan)


@transaction.atomic
def change_course(course: Course, plan: CoursePlan) -> Course:
    """From now on; what was taught keeps its own title and hours in its lessons. Raises NotAllowed as `add_course`."""
    return _saved(course, plan)


def _saved(course: Course, plan: CoursePlan) -> Course:
    if bool(plan.trade) != bool(plan.trade_level):
        raise NotAllowed("course_level_missing")
    if plan.trade and plan.trade_level not in TRADE_LEVELS[plan.trade]:
        raise NotAllowed("course_level_unknown", trade=plan.trade.label)
    for name, value in (asdict(plan) | {"trade": plan.trade or ""}).items():
        setattr(course, name, value)
    with refusing(BROKEN):
        course.save()
    return course


@transaction.atomic
def retire_course(course: Course) -> None:
    """Nobody plans it any more; its lessons, its materials and what was studied stay. Once is enough."""
    Course.objects.filter(pk=course.pk).update(is_in_use=False)


@transaction.atomic
def restore_course(course: Course) -> None:
    """In use again. Raises NotAllowed(`course_title_taken`) where another one in use has the title meanwhile."""
    with refusing(BROKEN):
        Course.objects.filter(pk=course.pk).update(is_in_use=True)
