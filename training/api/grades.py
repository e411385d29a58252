"""The REST API of hosts' grades: who holds which, by which figures, what is proposed, and what somebody decides about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import asker, visible_places
from livestream.api.fields import HostSerializer, chosen, county_code, one, place_code
from livestream.api.paging import PageQuery, cut, page_of
from livestream.api.strict import Line, Strict, said
from livestream.models import User
from livestream.rules.errors import NotAllowed
from training.actions.grade import REASON_AT_MOST, Said, as_facts, decide, judged_of
from training.api.doors import SchoolDoor, SchoolRead, check_keeps, done_once, writes
from training.models import GradeDecision, GradeProposal
from training.models.grade import grade_rule_of
from training.rules.grade import Answer, Criterion, Grade

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.request import Request


class CriterionSerializer(serializers.Serializer[Any]):
    criterion = serializers.ChoiceField(Criterion.choices)
    grade = serializers.ChoiceField(Grade.choices, help_text="the lowest that asks it")
    value = serializers.JSONField(allow_null=True, help_text="a whole number, a day, or null; of `refund` permille")
    threshold = serializers.IntegerField(allow_null=True, help_text="in the same unit; of `refund` the most that may be")
    is_met = serializers.BooleanField(allow_null=True, help_text="null: nobody knows")


class GradeProposalSerializer(serializers.Serializer[GradeProposal]):
    grade = serializers.ChoiceField(Grade.choices, help_text="what is proposed; say it when you decide")
    rule_version = serializers.IntegerField(source="rule.version")
    computed_at = serializers.DateTimeField()
    postponed_until = serializers.DateField(allow_null=True)
    criteria = CriterionSerializer(many=True, source="facts.lines", help_text="as they stood then")


class GradeDecisionSerializer(serializers.Serializer[GradeDecision]):
    at = serializers.DateTimeField()
    by = serializers.IntegerField(source="by_id")
    answer = serializers.ChoiceField(Answer.choices)
    held = serializers.ChoiceField(Grade.choices, help_text="until then")
    grade = serializers.ChoiceField(Grade.choices, help_text="what was proposed; held from then on where the answer is `accept`")
    because = serializers.CharField(allow_blank=True)
    until_on = serializers.DateField(allow_null=True, help_text="of what was postponed")
    rule_version = serializers.IntegerField(source="rule.version")
    criteria = CriterionSerializer(many=True, source="facts.lines", help_text="as they stood")


class GradeSerializer(serializers.Serializer[Any]):
    host = HostSerializer()
    place = serializers.CharField(help_text="the code of his village")
    held = serializers.ChoiceField(Grade.choices)
    since = serializers.DateTimeField(allow_null=True)
    proposal = GradeProposalSerializer(allow_null=True, help_text="what waits for a person's decision")


class GradeDetailSerializer(GradeSerializer):
    rule_version = serializers.IntegerField(help_text="that holds today")
    grade = serializers.ChoiceField(Grade.choices, help_text="what today's figures say")
    criteria = CriterionSerializer(many=True, help_text="today")
    decisions = GradeDecisionSerializer(many=True, help_text="the newest first")


class GradeBodySerializer(Strict):
    """What somebody decides. `grade`: the proposed one that was seen."""

    answer = serializers.ChoiceField(Answer.choices)
    grade = serializers.ChoiceField(Grade.choices)
    because = Line(
        max_length=REASON_AT_MOST, required=False, allow_blank=True, help_text="`refuse` asks for it; the host reads it"
    )
    until_on = serializers.DateField(input_formats=["%Y-%m-%d"], required=False, help_text="`postpone` asks for it")


class GradeQuery(PageQuery):
    county = county_code()
    within = place_code("a place's code: hosts of it and of all that lies in it")


class Grades(SchoolRead):
    """The hosts of your places, by id, each with the grade he holds and what is proposed for him."""

    asked = GradeQuery

    @extend_schema(responses=page_of(GradeSerializer))
    def get(self, request: Request) -> Response:
        columns = {"county": "place__code__startswith", "within": "place__code__startswith"}
        rows = graded(request)
        for name, column in columns.items():
            rows = rows.filter(**chosen(self.query, **{name: column}))
        found, next_cursor = cut(rows, ("id",), self.query, of="Grades")
        return Response({"next_cursor": next_cursor, "results": GradeSerializer(told(found), many=True).data})


class HostGrade(SchoolRead):
    """One host: today's figures with what is asked, and everything that was decided."""

    @extend_schema(responses=GradeDetailSerializer, operation_id="school_grades_of_host")
    def get(self, request: Request, host_id: int) -> Response:
        return Response(GradeDetailSerializer(detail(host_seen(request, host_id))).data)


class GradeDeciding(SchoolDoor):
    """What somebody decides about the grade that is proposed for a host; never about his own."""

    http_method_names = ["post"]

    @writes(
        "Nothing is proposed or somebody decided first (`grade_decided`), another grade is proposed by now (`grade_meanwhile`),"
        " it cannot be (`grade_own`, `grade_reason_missing`, `grade_until`)",
        GradeBodySerializer,
        responses={200: GradeDetailSerializer},
        operation_id="school_grades_decide",
    )
    def post(self, request: Request, host_id: int) -> Response:
        """Accepted he holds the grade and is told; refused nobody proposes the same for some weeks; postponed it comes back."""
        host = host_seen(request, host_id)
        check_keeps(request, host.place_id)
        return done_once(request, lambda: decided(request, host))


def graded(request: Request) -> Any:
    return visible_places(request, User.objects.hosts(), "place__code")


def host_seen(request: Request, host_id: int) -> User:
    """Raises Http404; also for a host of no county."""
    host: User = one(graded(request), pk=host_id)
    if host.county_id is None:
        raise Http404
    return host


def told(hosts: Iterable[User]) -> list[dict[str, Any]]:
    """Two queries for all of them. A grade of another county, where he was before, is none here."""
    asked = list(hosts)
    given = GradeDecision.objects.filter(host__in=asked, answer=Answer.ACCEPT).order_by("county_id", "host_id", "-pk")
    held = {(one.county_id, one.host_id): one for one in given.distinct("county_id", "host_id")}
    waiting = GradeProposal.objects.open().filter(host__in=asked).select_related("rule")
    proposals = {(one.county_id, one.host_id): one for one in waiting}
    return [_row(host, held.get(key), proposals.get(key)) for host in asked for key in [(host.county_id or "", host.pk)]]


def _row(host: User, given: GradeDecision | None, proposal: GradeProposal | None) -> dict[str, Any]:
    return {
        "host": host,
        "place": host.place_id,
        "held": given.grade if given else Grade.NONE,
        "since": given.at if given else None,
        "proposal": proposal,
    }


def detail(host: User) -> dict[str, Any]:
    county, today = host.county_id or "", timezone.localdate()
    rule = grade_rule_of(county, today)
    judged = judged_of(county, [host.pk], rule, today)[host.pk]
    decisions = GradeDecision.objects.filter(host=host, county=county).select_related("rule").order_by("-pk")
    now = {"rule_version": rule.version, "grade": judged.grade, "criteria": as_facts(judged, rule.terms)["lines"]}
    return {**told([host])[0], **now, "decisions": decisions}


def decided(request: Request, host: User) -> Response:
    body = said(request, GradeBodySerializer)
    proposal = GradeProposal.objects.open().filter(host=host, county=host.county_id or "").first()
    if proposal is None:
        raise NotAllowed("grade_decided")
    answer = Said(Answer(body["answer"]), body["grade"], body.get("because", ""), body.get("until_on"))
    decide(proposal, answer, by=asker(request), at=body["at"])
    return Response(GradeDetailSerializer(detail(host)).data)
