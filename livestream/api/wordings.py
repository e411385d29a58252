"""The REST API of the check of wording (说法检查), and of the terms that a county forbids besides the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.wording import add_term, drop_term, terms_for, terms_of
from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.door import Door, asker, visible
from livestream.api.fields import chosen, county_code
from livestream.api.goods import REFUSALS, Goods, county_in, dropped
from livestream.api.line_up_shapes import choice, words
from livestream.api.on_air import FORBIDDEN, OnAir, seen
from livestream.api.once import GONE, keyed, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.script_shapes import FindingSerializer
from livestream.api.strict import Code, Flag, Line, Strict, Words, said
from livestream.api.verb import answering
from livestream.models import BannedTerm
from livestream.rules.api_token import Scope
from livestream.rules.goods import ProductClass
from livestream.rules.rights import Action
from livestream.rules.wording import ExtraTerm, judge

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

TEXT_AT_MOST = 5000
TERMS = BannedTerm.objects.select_related("added_by")


class FindingsSerializer(serializers.Serializer[Any]):
    findings = FindingSerializer(many=True)


class TextSerializer(Strict):
    text = Words(max_length=TEXT_AT_MOST)
    product_class = choice(ProductClass.choices, "of the goods it is about; empty: of none in particular")


class WordingBodySerializer(TextSerializer):
    with_county = Flag(required=False, default=True, help_text="also the terms of the session's county")


class FreeWordingSerializer(TextSerializer):
    county = Code(required=False, help_text="a county of yours: its own terms too; left out: the law alone")


class WordingCheck(OnAir):
    """Whether words may be said of goods of a class in a session (说法检查)."""

    write_scope, write_right = Scope.READ_SESSIONS, Action.SEE_PLAN

    @extend_schema(
        request=WordingBodySerializer,
        responses={200: FindingsSerializer, 403: FORBIDDEN},
        operation_id="sessions_wording_check",
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """What may not be said, by which law, and what may be said instead. Nothing is kept; nothing found is no promise."""
        session = seen(request, session_id)
        body = said(request, WordingBodySerializer)
        extra = terms_of(session.county_id) if body["with_county"] else []
        return Response(FindingsSerializer({"findings": judge(body["text"], body["product_class"], extra)}).data)


class FreeWordingCheck(Door):
    """Whether words may be said of goods of a class (说法检查)."""

    write_scope, is_own = Scope.READ_SESSIONS, True

    @extend_schema(request=FreeWordingSerializer, responses={200: FindingsSerializer}, operation_id="wording_check")
    def post(self, request: Request) -> Response:
        """The same without a session: for whoever is signed in. Nothing is kept; nothing found is no promise."""
        body = said(request, FreeWordingSerializer)
        extra = terms_for(asker(request), body.get("county", ""))
        return Response(FindingsSerializer({"findings": judge(body["text"], body["product_class"], extra)}).data)


class BannedTermSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    term = serializers.CharField()
    product_class = serializers.ChoiceField(ProductClass.choices, allow_blank=True, help_text="empty: of every class")
    why = serializers.CharField()
    instead = serializers.CharField(allow_blank=True)
    added_by = ColleagueSerializer()
    added_at = serializers.DateTimeField()


class BannedTermBodySerializer(Strict):
    county = Code(help_text="a county of which you keep the goods")
    term = Line(max_length=40)
    product_class = choice(ProductClass.choices, "empty: of every class")
    why = Line(max_length=120)
    instead = words(120, "what may be said")


class BannedTermQuery(PageQuery):
    county = county_code()


class BannedTerms(Goods):
    """What your counties forbid besides the law, by id; and one more term."""

    asked = BannedTermQuery

    @extend_schema(responses=page_of(BannedTermSerializer))
    def get(self, request: Request) -> Response:
        """What your counties forbid besides the law, by id."""
        rows = visible(request, TERMS.all()).filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("id",), BannedTermSerializer)

    @keyed(BannedTermBodySerializer, {201: BannedTermSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """A term that is forbidden in the whole county from now on."""
        return once(request, lambda: term_added(request))


def term_added(request: Request) -> Response:
    body = said(request, BannedTermBodySerializer)
    county = county_in(request, body["county"])
    term = ExtraTerm(**{name: body[name] for name in ExtraTerm._fields})
    with answering():
        made = add_term(county, term, by=asker(request))
    return Response(BannedTermSerializer(made).data, status=status.HTTP_201_CREATED)


class BannedTermDrop(Goods):
    """A term that may be said again."""

    @keyed(None, {204: GONE, **REFUSALS}, "banned_terms_drop")
    def post(self, request: Request, pk: int) -> Response:
        """It may be said again; the log of changes keeps who took it away."""
        return dropped(request, drop_term, TERMS.all(), pk)
