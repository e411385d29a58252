"""The REST API of planning the school: courses of the catalogue, classes, lessons anew, tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.api.door import asker, visible
from livestream.api.fields import chosen, one
from livestream.api.paging import page, page_of
from livestream.api.strict import said
from livestream.models import Place
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from training.actions.cohort import CohortPlan, Teaching, begin_cohort, cancel_cohort, change_cohort, plan_cohort
from training.actions.course import CoursePlan, add_course, change_course, restore_course, retire_course
from training.actions.exam import ExamFacts, change_exam, drop_exam, make_exam
from training.actions.lesson import change_lesson
from training.api.bodies import LeaveBodySerializer
from training.api.cohorts import Cohorts, detail_of
from training.api.doors import (
    OfCounty,
    SchoolDoor,
    check_keeps,
    cohort_kept,
    cohort_seen,
    county_meant,
    done_once,
    lesson_kept,
    writes,
)
from training.api.figures import FOREIGN
from training.api.lessons import CLASHES, LessonPlannedSerializer, among_them, plan_of, told
from training.api.plan_bodies import (
    CohortBodySerializer,
    CohortChangeSerializer,
    CourseBodySerializer,
    ExamBodySerializer,
    LessonChangeSerializer,
    NewCourseSerializer,
)
from training.api.shapes import CohortDetailSerializer, CourseSerializer, ExamSerializer
from training.cohort_forms import courses_to_choose, people_who_teach
from training.models import Course, Exam
from training.rules.course import Topic, Trade

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from rest_framework.request import Request

    from training.models import Cohort, Lesson

NOTHING = OpenApiResponse(description="It is gone")
COURSE_REFUSED = (
    "One in use has that title (`course_title_taken`), or the trade has no such level (`course_level_missing`, "
    "`course_level_unknown`)"
)
COHORT_REFUSED = "Cannot be (`cohort_backwards`, `cohort_too_long`, `one_lead`, …)"


# --- courses ------------------------------------------------------------------------------------------------------------------


class CourseQuery(OfCounty):
    topic = serializers.ChoiceField(Topic.choices, required=False)


class Courses(SchoolDoor):
    """The course catalogues of your counties, by id; and a course more."""

    asked = CourseQuery

    @extend_schema(responses=page_of(CourseSerializer), operation_id="school_courses_list")
    def get(self, request: Request) -> Response:
        """The course catalogues of your counties, by id."""
        rows = visible(request, Course.objects.all()).filter(**chosen(self.query, county="county_id", topic="topic"))
        return page(self, rows, ("id",), CourseSerializer)

    @writes(
        COURSE_REFUSED, NewCourseSerializer, responses={201: CourseSerializer, 404: FOREIGN}, operation_id="school_courses_add"
    )
    def post(self, request: Request) -> Response:
        """A course more, of `county`, or of your only one."""
        return done_once(request, lambda: added(request))


def added(request: Request) -> Response:
    body = said(request, NewCourseSerializer)
    county = county_meant(request, body)
    check_keeps(request, county.pk)
    made = add_course(county, course_plan(body))
    return Response(CourseSerializer(made).data, status=status.HTTP_201_CREATED)


def course_plan(body: dict[str, Any]) -> CoursePlan:
    facts = {name: value for name, value in body.items() if name not in {"at", "county"}}
    return CoursePlan(**facts | {"trade": Trade(body["trade"]) if body["trade"] else None})


def course_kept(request: Request, pk: int) -> Course:
    """Raises Http404 also for who only reads it."""
    rows = visible(request, Course.objects.select_related("county"))
    return one(rows.filter(pk__in=Course.objects.visible_to(asker(request), Action.KEEP_SCHOOL)), pk=pk)


class CourseDetail(SchoolDoor):
    """One course."""

    http_method_names = ["get", "head"]

    @extend_schema(responses=CourseSerializer, operation_id="school_courses_read")
    def get(self, request: Request, course_id: int) -> Response:
        return Response(CourseSerializer(one(visible(request, Course.objects.all()), pk=course_id)).data)


class CourseChanging(SchoolDoor):
    """A course from now on."""

    http_method_names = ["post"]

    @writes(COURSE_REFUSED, CourseBodySerializer, responses={200: CourseSerializer}, operation_id="school_courses_change")
    def post(self, request: Request, course_id: int) -> Response:
        """The whole of it anew; what was taught keeps its title and hours."""
        course = course_kept(request, course_id)
        return done_once(request, lambda: shown(change_course(course, course_plan(said(request, CourseBodySerializer)))))


def shown(course: Course) -> Response:
    course.refresh_from_db()
    return Response(CourseSerializer(course).data)


class CourseRetiring(SchoolDoor):
    """A course that nobody plans any more."""

    http_method_names = ["post"]

    @writes("Is under way", None, responses={200: CourseSerializer}, operation_id="school_courses_retire")
    def post(self, request: Request, course_id: int) -> Response:
        """Its lessons and materials stay. Once is enough."""
        return turned(request, course_kept(request, course_id), retire_course)


class CourseRestoring(SchoolDoor):
    """A course in use again."""

    http_method_names = ["post"]

    @writes(
        "Another one in use has its title (`course_title_taken`)",
        None,
        responses={200: CourseSerializer},
        operation_id="school_courses_restore",
    )
    def post(self, request: Request, course_id: int) -> Response:
        """Once is enough."""
        return turned(request, course_kept(request, course_id), restore_course)


def turned(request: Request, course: Course, verb: Callable[[Course], None]) -> Response:
    def work() -> Response:
        verb(course)
        return shown(course)

    return done_once(request, work)


# --- classes ------------------------------------------------------------------------------------------------------------------


def cohort_plan(request: Request, body: dict[str, Any], cohort: Cohort | None = None) -> tuple[CohortPlan, Teaching]:
    """Raises ValidationError for a place, courses or people that the class cannot have."""
    by, code = asker(request), body["place"]
    place = Place.objects.filter(pk=code).first() if by.may(Action.KEEP_SCHOOL, code) else None
    if place is None:
        raise ValidationError({"place": [_("{key} 不在您办班的地方，或者没有这个地方。").format(key=code)]})
    county = Place.objects.get(pk=code[:COUNTY_DIGITS])
    courses, people = list(courses_to_choose(county, by, cohort)), list(people_who_teach(county))
    people += [row.user for row in cohort.trainers.select_related("user")] if cohort else []
    teaching = Teaching(
        trainers=[(among_them("trainers", people, row["person"]), row["duty"]) for row in body["trainers"]],
        courses=[among_them("courses", courses, key) for key in dict.fromkeys(body["courses"])],
    )
    facts = {name: value for name, value in body.items() if name not in {"at", "place", "courses", "trainers", "version"}}
    return CohortPlan(place=place, **facts), teaching


class ClassList(Cohorts, SchoolDoor):
    """Classes of your places, those that begin last first; and a class more."""

    @writes(COHORT_REFUSED, CohortBodySerializer, responses={201: CohortDetailSerializer}, operation_id="school_cohorts_plan")
    def post(self, request: Request) -> Response:
        """A class in preparation, with the county's next number of its year."""
        return done_once(request, lambda: planned_class(request))


def planned_class(request: Request) -> Response:
    plan, teaching = cohort_plan(request, said(request, CohortBodySerializer))
    county = Place.objects.get(pk=plan.place.pk[:COUNTY_DIGITS])
    made = plan_cohort(plan, teaching, county=county, by=asker(request))
    return Response(detail_of(made.pk), status=status.HTTP_201_CREATED)


class CohortChanging(SchoolDoor):
    """A class from now on."""

    http_method_names = ["post"]

    @writes(
        f"Changed since (`cohort_changed`), over (`cohort_over`), seats are taken (`seats_are_held`), or: {COHORT_REFUSED}",
        CohortChangeSerializer,
        responses={200: CohortDetailSerializer},
        operation_id="school_cohorts_change",
    )
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """The whole of it anew. Who waits gets the new seats, and is told."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(request, lambda: changed_class(request, cohort))


def changed_class(request: Request, cohort: Cohort) -> Response:
    body = said(request, CohortChangeSerializer)
    plan, teaching = cohort_plan(request, body, cohort)
    change_cohort(cohort, plan, teaching, version=body["version"], by=asker(request), at=timezone.now())
    return Response(detail_of(cohort.pk))


class CohortBeginning(SchoolDoor):
    """A class that begins."""

    http_method_names = ["post"]

    @writes(
        "Not from its state (`cohort_state`)",
        None,
        responses={200: CohortDetailSerializer},
        operation_id="school_cohorts_begin",
    )
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """It is running. Once is enough."""
        cohort = cohort_kept(request, cohort_id)

        def work() -> Response:
            begin_cohort(cohort)
            return Response(detail_of(cohort.pk))

        return done_once(request, work)


class CohortCancelling(SchoolDoor):
    """A class that does not take place."""

    http_method_names = ["post"]

    @writes(
        "Not from its state (`cohort_state`), or it was taught already (`cohort_was_taught`)",
        LeaveBodySerializer,
        responses={200: CohortDetailSerializer},
        operation_id="school_cohorts_cancel",
    )
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """Whoever was in or waited is out and told why, its lessons to come are off."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(request, lambda: cancelled_class(request, cohort))


def cancelled_class(request: Request, cohort: Cohort) -> Response:
    body = said(request, LeaveBodySerializer)
    cancel_cohort(cohort, because=body["because"], by=asker(request), at=body["at"])
    return Response(detail_of(cohort.pk))


class LessonChanging(SchoolDoor):
    """A lesson from now on."""

    http_method_names = ["post"]

    @writes(
        "",
        LessonChangeSerializer,
        responses={200: LessonPlannedSerializer},
        refusal=CLASHES,
        operation_id="school_lessons_change",
    )
    def post(self, request: Request, lesson_id: UUID) -> Response:
        """The whole of it anew; whoever is concerned is told of another time, place or teacher."""
        lesson = lesson_kept(request, lesson_id)
        return done_once(request, lambda: changed_lesson(request, lesson))


def changed_lesson(request: Request, lesson: Lesson) -> Response:
    body = said(request, LessonChangeSerializer)
    version = body.pop("version")
    plan = plan_of(body, lesson.cohort, asker(request))
    return told(request, change_lesson(lesson, plan, version=version, by=asker(request), at=body["at"]))


# --- tests --------------------------------------------------------------------------------------------------------------------


class Exams(SchoolDoor):
    """The tests of a class, by day; and a test more."""

    @extend_schema(responses=ExamSerializer(many=True), operation_id="school_exams_list")
    def get(self, request: Request, cohort_id: UUID) -> Response:
        """The tests of a class, by day."""
        rows: Any = cohort_seen(request, cohort_id).exams.order_by("on", "pk")
        return Response(ExamSerializer(rows, many=True).data)

    @writes(
        "The class has a test of that name (`exam_there`)",
        ExamBodySerializer,
        responses={201: ExamSerializer},
        operation_id="school_exams_add",
    )
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """A test more; its marks go to `school/exams/<id>/marks/`."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(
            request,
            lambda: Response(ExamSerializer(make_exam(cohort, exam_facts(request))).data, status=status.HTTP_201_CREATED),
        )


def exam_facts(request: Request) -> ExamFacts:
    body = said(request, ExamBodySerializer)
    return ExamFacts(*(body[name] for name in ExamFacts._fields))


def exam_kept(request: Request, pk: int) -> Exam:
    """Raises Http404, PermissionDenied."""
    rows = Exam.objects.select_related("cohort")
    exam = one(visible(request, rows, county="cohort__county", place="cohort__place"), pk=pk)
    check_keeps(request, exam.cohort.place_id)
    return exam


class ExamChanging(SchoolDoor):
    """A test from now on."""

    http_method_names = ["post"]

    @writes(
        "The class has another test of that name (`exam_there`)",
        ExamBodySerializer,
        responses={200: ExamSerializer},
        operation_id="school_exams_change",
    )
    def post(self, request: Request, exam_id: int) -> Response:
        """The whole of it anew; its marks stay."""
        exam = exam_kept(request, exam_id)
        return done_once(request, lambda: Response(ExamSerializer(change_exam(exam, exam_facts(request))).data))


class ExamDropping(SchoolDoor):
    """A test that was made by mistake."""

    http_method_names = ["post"]

    @writes("It has marks (`exam_has_marks`)", None, responses={204: NOTHING}, operation_id="school_exams_drop")
    def post(self, request: Request, exam_id: int) -> Response:
        exam = exam_kept(request, exam_id)

        def work() -> Response:
            drop_exam(exam)
            return Response(status=status.HTTP_204_NO_CONTENT)

        return done_once(request, work)
