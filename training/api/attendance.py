"""The REST API of who was there: of a lesson, of a class, and marks as devices bring them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import asker, visible
from livestream.api.schema import error
from livestream.api.strict import StrictJSON, said
from livestream.rules.rights import Action
from training.actions.attendance import NewMark, RefusedMark, Taken, shares_of, take_marks
from training.api.bodies import MarksBodySerializer
from training.api.doors import SchoolDoor, SchoolRead, cohort_seen, done_once, lesson_seen, writes
from training.api.shapes import AttendanceListSerializer, ShareListSerializer
from training.models import Lesson, school_rules_of
from training.rules.attendance import MarkWay, Presence
from training.rules.sign_in_code import corrected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request

STORED, REPEATED, REFUSED = "stored", "repeated", "refused"


class LessonAttendance(SchoolRead):
    """Who was in a lesson, by seat: everybody who has one, marked or not."""

    @extend_schema(responses=AttendanceListSerializer, operation_id="school_lessons_attendance")
    def get(self, request: Request, lesson_id: UUID) -> Response:
        lesson = lesson_seen(request, lesson_id)
        of = {row.enrolment_id: row for row in lesson.attendances.all()}
        results = []
        for one in lesson.cohort.enrolments.seated().select_related("trainee").order_by("seat"):
            row = of.get(one.pk)
            facts = (
                {"presence": row.presence, "way": row.way, "at": row.at} if row else {"presence": None, "way": None, "at": None}
            )
            who = {"enrolment": one.pk, "trainee": one.trainee, "seat": one.seat}
            results.append({**who, **facts, "is_contradicted": bool(row and row.is_contradicted)})
        return Response(AttendanceListSerializer({"results": results}).data)


class CohortShares(SchoolRead):
    """In how many lessons of a class everybody was, by seat: over held and over planned."""

    @extend_schema(responses=ShareListSerializer, operation_id="school_cohorts_attendance")
    def get(self, request: Request, cohort_id: UUID) -> Response:
        cohort = cohort_seen(request, cohort_id)
        percent, shares = school_rules_of(cohort.county_id).attendance_percent, shares_of(cohort)
        results = []
        for one in cohort.enrolments.filter(pk__in=shares).select_related("trainee").order_by("seat"):
            share = shares[one.pk]
            sums = {"held": share.held, "planned": share.planned, "there": share.there, "excused": share.excused}
            percents = {"percent_of_held": share.over_held, "percent_of_planned": share.over_planned}
            reach = {"best_possible": share.best_possible, "can_reach": share.can_reach(percent)}
            results.append({"enrolment": one.pk, "trainee": one.trainee, "seat": one.seat, **sums, **percents, **reach})
        return Response(ShareListSerializer({"percent": percent, "results": results}).data)


# --- marks ------------------------------------------------------------------------------------------------------------------


class MarksJSON(StrictJSON):
    """Five hundred marks fit in it."""

    longest = 524_288


class MarkOutcomeSerializer(serializers.Serializer[Any]):
    client_id = serializers.UUIDField()
    outcome = serializers.ChoiceField(
        [(STORED, _("已存")), (REPEATED, _("早就有了")), (REFUSED, _("没有存"))], help_text="repeated: was stored before"
    )
    code = serializers.CharField(allow_blank=True, help_text="why it is refused, for programs")
    detail = serializers.CharField(allow_blank=True, help_text="why it is refused, in a sentence")


class MarksTakenSerializer(serializers.Serializer[Any]):
    """All of it is committed. What is refused stays refused: do not send it again."""

    stored = serializers.IntegerField()
    repeated = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = MarkOutcomeSerializer(many=True, help_text="in the order of the marks")


class Marks(SchoolDoor):
    """Marks of who was there."""

    http_method_names = ["post"]
    parser_classes = [MarksJSON]

    @writes(
        "Is under way",
        MarksBodySerializer,
        responses={200: MarksTakenSerializer, 413: error(413, "The body is over 512 KB")},
        operation_id="school_marks",
    )
    def post(self, request: Request) -> Response:
        """Up to 500 scans and taps of lessons where you keep the school or that you teach, taken without network, sent later, and
        again until an answer comes. Each is stored once, or refused by itself with the reason; the others are stored."""
        return done_once(request, lambda: taken_of(request))


def taken_of(request: Request) -> Response:
    body = said(request, MarksBodySerializer)
    marks = [mark_of(row, body) for row in body["marks"]]
    mine = lessons_to_mark(request, {mark.lesson_id for mark in marks})
    taken = take_marks([mark for mark in marks if mark.lesson_id in mine], by=asker(request), at=body["at"])
    taken.refused += [RefusedMark(mark, "lesson_gone") for mark in marks if mark.lesson_id not in mine]
    return Response(MarksTakenSerializer(told(marks, taken)).data)


def lessons_to_mark(request: Request, asked: set[UUID]) -> set[UUID]:
    """Those of them where the asker keeps the school, or that he teaches."""
    by = asker(request)
    seen = visible(request, Lesson.objects.filter(pk__in=asked), county="cohort__county", place="cohort__place")
    kept = Lesson.objects.reached_by(by, Action.KEEP_SCHOOL).filter(pk__in=asked).values_list("pk", flat=True)
    taught = {pk for pk, *teachers in seen.values_list("pk", "trainer", "assistant") if by.pk in teachers}
    return taught | set(kept)


def mark_of(row: dict[str, Any], body: dict[str, Any]) -> NewMark:
    received_at: datetime = body["at"]
    moment = corrected(row["at"], sent_at=body["sent_at"] or received_at, received_at=received_at)
    return NewMark(
        row["client_id"], row["lesson"], row["enrolment"], Presence(row["presence"]), MarkWay(row["way"]), moment.at,
        skew_seconds=moment.skew_seconds, device=body["device"], words=row["words"],
    )  # fmt: skip


def told(marks: Sequence[NewMark], taken: Taken) -> dict[str, Any]:
    """A line for each mark. One name that stands twice in the batch is stored once, and repeated or refused the second time."""
    refused = {id(one.mark): one for one in taken.refused}
    left = set(taken.stored)
    lines = []
    for mark in marks:
        no = refused.get(id(mark))
        outcome = REFUSED if no else STORED if mark.client_id in left else REPEATED
        if outcome == STORED:
            left.discard(mark.client_id)
        lines.append(
            {"client_id": mark.client_id, "outcome": outcome, "code": no.code if no else "", "detail": no.words if no else ""}
        )
    sums = {name: sum(line["outcome"] == name for line in lines) for name in (STORED, REPEATED, REFUSED)}
    return {**sums, "results": lines}
