"""The REST API of complaints from the public pages, and of what is answered again and again. Nobody's contact is here."""

from __future__ import annotations

from datetime import datetime  # drf-spectacular reads what a method answers
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.comment import drop_quick_answer, keep_quick_answer
from livestream.actions.complaint import answer_complaint
from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.door import Door, asker, visible
from livestream.api.fields import chosen, county_code, one
from livestream.api.goods import REFUSALS, Goods, county_in, dropped, kept
from livestream.api.on_air import EveningQuery
from livestream.api.once import GONE, keyed, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import Code, Flag, Line, Strict, said
from livestream.api.verb import answering
from livestream.models import Complaint, QuickAnswer
from livestream.rules.api_token import Scope
from livestream.rules.comment import ANSWER_AT_MOST as QUICK_AT_MOST
from livestream.rules.comment import TITLE_AT_MOST
from livestream.rules.complaint import ANSWER_AT_MOST, ANSWER_WITHIN, ComplaintKind, ComplaintState
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from rest_framework.request import Request

PLACE = "session__place"
WHOLE = Complaint.objects.select_related("product", "answered_by")


class ComplaintSerializer(serializers.Serializer[Any]):
    """That somebody said something; what it was, only for whoever answers."""

    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    session = serializers.UUIDField(source="session_id")
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    kind = serializers.ChoiceField(ComplaintKind.choices)
    state = serializers.ChoiceField(ComplaintState.choices)
    said_at = serializers.DateTimeField()
    answer_by_at = serializers.SerializerMethodField()
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_answer_by_at(self, complaint: Complaint) -> datetime:
        """Answered by then, it counts as in time."""
        return complaint.said_at + ANSWER_WITHIN


class ComplaintDetailSerializer(ComplaintSerializer):
    words = serializers.CharField()
    has_contact = serializers.SerializerMethodField()
    answer = serializers.CharField(allow_blank=True)
    answered_by = ColleagueSerializer(allow_null=True)

    def get_has_contact(self, complaint: Complaint) -> bool:
        """Whoever may call opens it on the page, with a reason."""
        return bool(complaint.contact)


class ComplaintQuery(EveningQuery):
    county = county_code()
    session = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(ComplaintState.choices, required=False)
    kind = serializers.ChoiceField(ComplaintKind.choices, required=False)


class ComplaintAnswerSerializer(Strict):
    answer = Line(max_length=ANSWER_AT_MOST, help_text="read by whoever has the code of the complaint")
    is_closed = Flag(required=False, default=False)
    seen = serializers.ChoiceField(ComplaintState.choices, help_text="`state` as you read it")


class Complaints(Goods):
    """Complaints about sessions of your places, by id."""

    asked = ComplaintQuery

    @extend_schema(responses=page_of(ComplaintSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Complaint.objects.select_related("product").defer("words", "contact"), place=PLACE)
        columns = {"county": "county_id", "session": "session_id", "state": "state", "kind": "kind"}
        return page(self, rows.filter(**chosen(self.query, **columns)), ("id",), ComplaintSerializer)


class Answering(Door):
    """What only those read and write who answer complaints."""

    scope = write_scope = Scope.WRITE_GOODS
    right = write_right = Action.KEEP_GOODS


class ComplaintDetail(Answering):
    """One complaint, in its words."""

    @extend_schema(responses=ComplaintDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ComplaintDetailSerializer(one(visible(request, WHOLE.all(), place=PLACE), pk=pk)).data)


class ComplaintAnswer(Answering):
    """A complaint that is answered."""

    @keyed(ComplaintAnswerSerializer, {200: ComplaintDetailSerializer, **REFUSALS}, "complaints_answer")
    def post(self, request: Request, pk: int) -> Response:
        """Answered in words that whoever has its code can read; settled with it or not. Said anew, the newest answer stands."""
        found = one(visible(request, WHOLE.all(), place=PLACE), pk=pk)
        return once(request, lambda: answered(request, found))


def answered(request: Request, complaint: Complaint) -> Response:
    body = said(request, ComplaintAnswerSerializer)
    facts = {name: body[name] for name in ("answer", "is_closed", "seen")}
    with answering():
        stored = answer_complaint(complaint, **facts, by=asker(request), at=timezone.now())
    return Response(ComplaintDetailSerializer(stored).data)


# --- quick answers --------------------------------------------------------------------------------------------------------


class QuickAnswerSerializer(serializers.Serializer[Any]):
    """What is answered again and again."""

    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    title = serializers.CharField()
    words = serializers.CharField()


class QuickAnswerChangeSerializer(Strict):
    title = Line(max_length=TITLE_AT_MOST, help_text="what is asked")
    words = Line(max_length=QUICK_AT_MOST, help_text="what is answered")


class QuickAnswerBodySerializer(QuickAnswerChangeSerializer):
    county = Code(help_text="a county of which you keep the goods")


class QuickAnswerQuery(PageQuery):
    county = county_code()


class QuickAnswers(Goods):
    """Quick answers of your counties, by id; and one more."""

    asked = QuickAnswerQuery

    @extend_schema(responses=page_of(QuickAnswerSerializer))
    def get(self, request: Request) -> Response:
        """Quick answers of your counties, by id."""
        rows = visible(request, QuickAnswer.objects.all()).filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("id",), QuickAnswerSerializer)

    @keyed(QuickAnswerBodySerializer, {201: QuickAnswerSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """One more, for every session of the county."""
        return once(request, lambda: quick_added(request))


def quick_added(request: Request) -> Response:
    body = said(request, QuickAnswerBodySerializer)
    county = county_in(request, body["county"])
    with answering():
        made = keep_quick_answer(county, title=body["title"], words=body["words"])
    return Response(QuickAnswerSerializer(made).data, status=status.HTTP_201_CREATED)


class QuickAnswerChange(Goods):
    """One quick answer."""

    @keyed(QuickAnswerChangeSerializer, {200: QuickAnswerSerializer, **REFUSALS}, "quick_answers_change")
    def post(self, request: Request, pk: int) -> Response:
        """Worded anew."""
        found = kept(request, QuickAnswer.objects.select_related("county"), "", pk=pk)
        return once(request, lambda: quick_changed(request, found))


def quick_changed(request: Request, answer: QuickAnswer) -> Response:
    body = said(request, QuickAnswerChangeSerializer)
    with answering():
        stored = keep_quick_answer(answer.county, title=body["title"], words=body["words"], number=answer.pk)
    return Response(QuickAnswerSerializer(stored).data)


class QuickAnswerDrop(Goods):
    """A quick answer that goes."""

    @keyed(None, {204: GONE, **REFUSALS}, "quick_answers_drop")
    def post(self, request: Request, pk: int) -> Response:
        """It is gone; what was answered with it stays."""
        return dropped(request, drop_quick_answer, QuickAnswer.objects.all(), pk)
