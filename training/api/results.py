"""The REST API of what was learnt in a class: tests, practicals, minutes online, certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import asker, visible
from livestream.api.fields import chosen, one
from livestream.api.paging import page, page_of
from livestream.api.strict import said
from livestream.rules.errors import NotAllowed
from training.actions.exam import enter_marks
from training.actions.results import hours_of, results_of
from training.actions.study import StudyList, enter_rows
from training.api.bodies import ExamMarksBodySerializer, StudyBodySerializer
from training.api.doors import OfCounty, SchoolDoor, SchoolRead, check_keeps, cohort_kept, cohort_seen, done_once, writes
from training.api.lessons import among_them
from training.api.shapes import CertificateSerializer, ExamSerializer, ResultListSerializer
from training.lesson_forms import courses_for
from training.models import Certificate, Exam
from training.rules.results import Results
from training.rules.study import Hours
from training.rules.study_sheet import SENTENCES, TypedRow

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from training.actions.study import Verdict
    from training.models import Cohort


class CohortResults(SchoolRead):
    """What everybody with a seat in a class has reached, by seat; and its tests."""

    @extend_schema(responses=ResultListSerializer, operation_id="school_cohorts_results")
    def get(self, request: Request, cohort_id: UUID) -> Response:
        cohort = cohort_seen(request, cohort_id)
        found, hours = results_of(cohort), hours_of(cohort)
        rows = []
        for each in cohort.enrolments.seated().select_related("trainee").order_by("seat"):
            result = found.get(each.pk, Results())
            who = {"enrolment": each.pk, "trainee": each.trainee, "seat": each.seat}
            sums = {name: getattr(result, name) for name in ("exams", "practical", "study_minutes", "quizzes_passed")}
            rows.append({**who, **sums, "academic_hours": hours.get(each.pk, Hours()).hours})
        return Response(ResultListSerializer({"exams": cohort.exams.order_by("on", "pk"), "results": rows}).data)


# --- tests ------------------------------------------------------------------------------------------------------------------


class ExamMarksSerializer(ExamSerializer):
    changed = serializers.IntegerField(help_text="marks that are different now")


class ExamMarks(SchoolDoor):
    """The marks of a test."""

    http_method_names = ["post"]

    @writes(
        "One of them has no seat in its class (`exam_not_seated`)",
        ExamMarksBodySerializer,
        responses={200: ExamMarksSerializer},
        operation_id="school_exams_marks",
    )
    def post(self, request: Request, exam_id: int) -> Response:
        """Marks of a test, all of them or none."""
        rows = Exam.objects.select_related("cohort")
        exam = one(visible(request, rows, county="cohort__county", place="cohort__place"), pk=exam_id)
        check_keeps(request, exam.cohort.place_id)
        return done_once(request, lambda: marked(request, exam))


def marked(request: Request, exam: Exam) -> Response:
    marks = {row["enrolment"]: row["marks"] for row in said(request, ExamMarksBodySerializer)["marks"]}
    seated = set(exam.cohort.enrolments.seated().filter(pk__in=marks).values_list("pk", flat=True))
    if missing := marks.keys() - seated:
        raise NotAllowed("exam_not_seated", n=len(missing))
    changed = enter_marks(exam, marks, by=asker(request))
    return Response({**ExamSerializer(exam).data, "changed": changed})


# --- minutes online ---------------------------------------------------------------------------------------------------------

ADDED, CHANGED, SAME, REFUSED = "added", "changed", "same", "refused"


class MinutesOutcomeSerializer(serializers.Serializer[Any]):
    enrolment = serializers.UUIDField()
    outcome = serializers.ChoiceField(
        [
            (ADDED, gettext_lazy("新记下")),
            (CHANGED, gettext_lazy("改了")),
            (SAME, gettext_lazy("原来就一样")),
            (REFUSED, gettext_lazy("没有存")),
        ]
    )
    code = serializers.CharField(allow_blank=True, help_text="unknown, twice, day_is_full: why it is refused")
    detail = serializers.CharField(allow_blank=True, help_text="the same in a sentence")


class StudySerializer(serializers.Serializer[Any]):
    results = MinutesOutcomeSerializer(many=True, help_text="in the order of the rows")


class Study(SchoolDoor):
    """Minutes of online study that a platform counted."""

    http_method_names = ["post"]

    @writes("Is under way", StudyBodySerializer, responses={200: StudySerializer}, operation_id="school_cohorts_study")
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """Who watched how many minutes of a course on a platform on one day. Each row stands or is refused by itself; nobody has
        more than twelve hours of a day, from all sources together."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(request, lambda: studied(request, cohort))


def studied(request: Request, cohort: Cohort) -> Response:
    body = said(request, StudyBodySerializer)
    about = StudyList(among_them("course", courses_for(cohort, asker(request)), body["course"]), body["platform"], body["on"])
    rows = [TypedRow(line, "", "", row["minutes"], str(row["enrolment"])) for line, row in enumerate(body["rows"], start=1)]
    verdicts = enter_rows(cohort, rows, about, by=asker(request))
    return Response(StudySerializer({"results": [line_of(verdict) for verdict in verdicts]}).data)


def line_of(verdict: Verdict) -> dict[str, Any]:
    good = ADDED if verdict.before is None else SAME if verdict.is_same else CHANGED
    said_of = {"code": verdict.code, "detail": str(SENTENCES.get(verdict.code, ""))}
    return {"enrolment": verdict.row.key, "outcome": REFUSED if verdict.code else good, **said_of}


# --- certificates -----------------------------------------------------------------------------------------------------------


class CertificateQuery(OfCounty):
    cohort = serializers.UUIDField(required=False)


class Certificates(SchoolRead):
    """Certificates that were given in your places, the newest first; revoked ones say so."""

    asked = CertificateQuery

    @extend_schema(responses=page_of(CertificateSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(
            request,
            Certificate.objects.select_related("enrolment", "rule", "replaces", "replacement"),
            county="enrolment__cohort__county",
            place="enrolment__cohort__place",
        )
        columns = {"county": "enrolment__cohort__county_id", "cohort": "enrolment__cohort_id"}
        return page(self, rows.filter(**chosen(self.query, **columns)), ("-id",), CertificateSerializer)
