"""The REST API of lessons: planned on the same clash engine as sessions, moved, called off, held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.api.door import asker, visible
from livestream.api.fields import chosen, day, first_moment
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.period import DAY, YEARS
from livestream.api.plan_answers import clashes
from livestream.api.plan_shapes import ClashSerializer, PlanRefusedSerializer
from livestream.api.schema import error
from livestream.api.strict import said
from training.actions.lesson import LessonPlan, cancel_lesson, hold_lesson, move_lesson, plan_lesson
from training.api.bodies import LessonBodySerializer, LessonCancelSerializer, LessonMoveSerializer
from training.api.doors import (
    OfCounty,
    SchoolDoor,
    SchoolRead,
    check_keeps,
    cohort_kept,
    cohort_seen,
    done_once,
    lesson_kept,
    lesson_seen,
    writes,
)
from training.api.shapes import LessonSerializer
from training.lesson_forms import courses_for, rooms_for, teachers_for
from training.models import Lesson
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import User
    from training.actions.lesson import Planned
    from training.models import Cohort

WHOLE = ("trainer", "assistant")
LessonPage = page_of(LessonSerializer)
CLASHES = error(
    409, "It clashes (`clash`), was changed since (`lesson_changed`), or cannot be; or is under way", PlanRefusedSerializer
)


class LessonPlannedSerializer(serializers.Serializer[Any]):
    """The lesson as it is now, and what clashes and was let through."""

    lesson = LessonSerializer()
    warnings = ClashSerializer(many=True)


class LessonQuery(OfCounty):
    state = serializers.ChoiceField(LessonState.choices, required=False)
    from_on = day("a Shanghai day: begins on it or later")
    until_on = day("the last day")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "until_on" in attrs and attrs["until_on"].year not in YEARS:
            raise ValidationError({"until_on": [_("请写 2000 年到 2100 年之间的日期。")]})
        return attrs


class Lessons(SchoolRead):
    """Lessons of your places and those you teach, by the clock."""

    asked = LessonQuery

    @extend_schema(responses=LessonPage)
    def get(self, request: Request) -> Response:
        rows = visible(request, Lesson.objects.select_related(*WHOLE), county="cohort__county", place="cohort__place")
        moments = {}
        if "from_on" in self.query:
            moments["from_on"] = first_moment(self.query["from_on"])
        if "until_on" in self.query:
            moments["until_on"] = first_moment(self.query["until_on"] + DAY)
        columns = {"county": "cohort__county_id", "state": "state", "from_on": "starts_at__gte", "until_on": "starts_at__lt"}
        return page(self, rows.filter(**chosen(self.query | moments, **columns)), ("starts_at", "id"), LessonSerializer)


class LessonDetail(SchoolRead):
    """One lesson."""

    @extend_schema(responses=LessonSerializer)
    def get(self, request: Request, lesson_id: UUID) -> Response:
        return Response(LessonSerializer(lesson_seen(request, lesson_id)).data)


class CohortLessons(SchoolDoor):
    """The timetable of a class, by the clock; and a lesson more."""

    asked = PageQuery

    @extend_schema(responses=LessonPage, operation_id="school_cohorts_lessons_list")
    def get(self, request: Request, cohort_id: UUID) -> Response:
        """The timetable of a class, by the clock."""
        rows = cohort_seen(request, cohort_id).lessons.select_related(*WHOLE)
        return page(self, rows, ("starts_at", "id"), LessonSerializer)

    @writes(
        "",
        LessonBodySerializer,
        responses={201: LessonPlannedSerializer},
        refusal=CLASHES,
        operation_id="school_cohorts_lessons_plan",
    )
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """A lesson more; its trainers and the class are told. What it needs is booked, against lessons and sessions alike."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(request, lambda: planned(request, cohort))


def planned(request: Request, cohort: Cohort) -> Response:
    plan = plan_of(said(request, LessonBodySerializer), cohort, asker(request))
    made = plan_lesson(cohort, plan, by=asker(request), at=timezone.now())
    return told(request, made, status.HTTP_201_CREATED)


def plan_of(body: dict[str, Any], cohort: Cohort, by: User) -> LessonPlan:
    """Raises ValidationError for whom and what the class cannot have."""
    teachers = teachers_for(cohort)
    among = {"trainer": teachers, "assistant": teachers, "room": rooms_for(cohort, by), "course": courses_for(cohort, by)}
    named = {name: among_them(name, rows, body[name]) for name, rows in among.items()}
    return LessonPlan(**{name: value for name, value in body.items() if name != "at"} | named)


def among_them(field: str, rows: Iterable[Any], key: int | None) -> Any:
    found = next((row for row in rows if row.pk == key), None) if key else None
    if key and found is None:
        raise ValidationError({field: [_("没有 {key}，或者这个班不能用。").format(key=key)]})
    return found


def told(request: Request, made: Planned, code: int = status.HTTP_200_OK) -> Response:
    body = {"lesson": LessonSerializer(made.lesson).data, "warnings": clashes(request, made.warnings)}
    return Response(body, status=code)


class LessonMoving(SchoolDoor):
    """A lesson at other hours."""

    http_method_names = ["post"]

    @writes(
        "", LessonMoveSerializer, responses={200: LessonPlannedSerializer}, refusal=CLASHES, operation_id="school_lessons_move"
    )
    def post(self, request: Request, lesson_id: UUID) -> Response:
        """The same lesson at another time; whoever is concerned is told."""
        lesson = lesson_kept(request, lesson_id)
        return done_once(request, lambda: moved(request, lesson))


def moved(request: Request, lesson: Lesson) -> Response:
    body = said(request, LessonMoveSerializer)
    seen = {"version": body["version"], "by": asker(request), "at": body["at"]}
    return told(request, move_lesson(lesson, body["starts_at"], body["ends_at"], **seen))


class LessonCancelling(SchoolDoor):
    """A lesson that does not take place."""

    http_method_names = ["post"]

    @writes(
        "Changed since (`lesson_changed`), not to come (`lesson_state`), or somebody signed in (`lesson_has_marks`)",
        LessonCancelSerializer,
        responses={200: LessonSerializer},
        operation_id="school_lessons_cancel",
    )
    def post(self, request: Request, lesson_id: UUID) -> Response:
        """It does not take place; what it held is free, whoever was to come is told why."""
        lesson = lesson_kept(request, lesson_id)
        return done_once(request, lambda: cancelled(request, lesson))


def cancelled(request: Request, lesson: Lesson) -> Response:
    body = said(request, LessonCancelSerializer)
    done = cancel_lesson(lesson, because=body["because"], version=body["version"], by=asker(request), at=timezone.now())
    return Response(LessonSerializer(done).data)


class LessonHolding(SchoolDoor):
    """A lesson that takes place, or did."""

    http_method_names = ["post"]

    @writes(
        "Has not begun (`lesson_not_begun`), or is called off (`lesson_state`)",
        None,
        responses={200: LessonSerializer},
        operation_id="school_lessons_hold",
    )
    def post(self, request: Request, lesson_id: UUID) -> Response:
        """From now on it counts. By who keeps the school there, or who teaches it; once is enough."""
        lesson = lesson_seen(request, lesson_id)
        if asker(request) not in (lesson.trainer, lesson.assistant):
            check_keeps(request, lesson.cohort.place_id)
        return done_once(request, lambda: held(request, lesson))


def held(request: Request, lesson: Lesson) -> Response:
    return Response(LessonSerializer(hold_lesson(lesson, by=asker(request), at=timezone.now())).data)
