"""The REST API of a session's posters, and of how often their codes were opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.poster import PosterPlan, make_poster, withdraw_poster
from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.door import asker
from livestream.api.fields import one
from livestream.api.line_up import FORBIDDEN, OfGoods, kept_session
from livestream.api.line_up_shapes import words
from livestream.api.on_air import seen
from livestream.api.once import keyed, once
from livestream.api.scripts import product_in
from livestream.api.strict import Flag, Line, Strict, Words, said
from livestream.api.verb import answering
from livestream.rules.poster import WHY_AT_MOST, is_advertisement, kept_until
from livestream.rules.script import PosterKind

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import LiveSession, Poster

REFUSED = "A law forbids the wording (`words_forbidden`), or somebody in office stands beside a price or goods; `code` says why"
REFUSALS = {403: FORBIDDEN, 409: REFUSED}


class VisitsSerializer(serializers.Serializer[Any]):
    on = serializers.DateField(help_text="Shanghai day")
    visits = serializers.IntegerField()


class PosterSerializer(serializers.Serializer[Any]):
    """Its words are kept as they went out; the picture is drawn from them on its page."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(PosterKind.choices)
    headline = serializers.CharField()
    line = serializers.CharField(allow_blank=True)
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    shows_price = serializers.BooleanField()
    address = serializers.CharField(help_text="what its code opens: the public page, counted")
    is_advertisement = serializers.BooleanField(help_text="it says so")
    kept_until_on = serializers.DateField(help_text="at least")
    visits = serializers.IntegerField(help_text="how often the code was opened; nobody is known of who opened it")
    days = VisitsSerializer(many=True)
    made_by = ColleagueSerializer()
    made_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="taken back: its code says so and leads nowhere")


class PostersSerializer(serializers.Serializer[Any]):
    results = PosterSerializer(many=True)


class PosterBodySerializer(Strict):
    kind = serializers.ChoiceField(PosterKind.choices)
    headline = Line(max_length=30)
    line = words(60)
    sku = Words(max_length=64, required=False, allow_null=True, default=None, help_text="of a product in the line-up")
    shows_price = Flag(required=False, default=False)


def poster_told(request: Request, poster: Poster, session: LiveSession) -> dict[str, Any]:
    """Under the names of `PosterSerializer`."""
    days = sorted(poster.days.all(), key=lambda day: day.on)
    same = ("pk", "kind", "headline", "line", "product", "shows_price", "made_by", "made_at", "withdrawn_at")
    return {name: getattr(poster, name) for name in same} | {
        "address": request.build_absolute_uri(reverse("livestream:poster_link", args=[poster.code])),
        "is_advertisement": is_advertisement(poster.kind, is_public_interest=session.is_public_interest),
        "kept_until_on": kept_until(timezone.localdate(poster.made_at)),
        "visits": sum(day.visits for day in days),
        "days": days,
    }


class Posters(OfGoods):
    """The posters of a session; and one more."""

    @extend_schema(responses=PostersSerializer, operation_id="sessions_posters")
    def get(self, request: Request, session_id: UUID) -> Response:
        """The newest first, each with how often its code was opened, by day."""
        session = seen(request, session_id)
        rows = session.posters.select_related("product", "made_by").prefetch_related("days")
        told = [poster_told(request, row, session) for row in rows.order_by("-made_at", "-pk")]
        return Response(PostersSerializer({"results": told}).data)

    @keyed(PosterBodySerializer, {201: PosterSerializer, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        """A poster with its code. It is never changed."""
        session = kept_session(request, session_id)
        return once(request, lambda: made(request, session))


def made(request: Request, session: LiveSession) -> Response:
    body = said(request, PosterBodySerializer)
    with answering():
        product = product_in(session, body["sku"])
        plan = PosterPlan(body["kind"], body["headline"], body["line"], product, body["shows_price"])
        poster = make_poster(session, plan, by=asker(request), at=timezone.now())
    return Response(PosterSerializer(poster_told(request, poster, session)).data, status=status.HTTP_201_CREATED)


class PosterWithdrawalSerializer(Strict):
    why = Line(max_length=WHY_AT_MOST)


class PosterWithdrawal(OfGoods):
    """A poster that is taken back."""

    @keyed(PosterWithdrawalSerializer, {200: PosterSerializer, **REFUSALS}, "sessions_posters_withdraw")
    def post(self, request: Request, session_id: UUID, poster_id: int) -> Response:
        """Its code says so from now on. Its words and what was counted stay. Once is enough."""
        session = kept_session(request, session_id)
        poster = one(session.posters.select_related("product", "made_by"), pk=poster_id)
        return once(request, lambda: withdrawn(request, poster, session))


def withdrawn(request: Request, poster: Poster, session: LiveSession) -> Response:
    body = said(request, PosterWithdrawalSerializer)
    with answering():
        stored = withdraw_poster(poster, why=body["why"], by=asker(request), at=timezone.now())
    return Response(PosterSerializer(poster_told(request, stored, session)).data)
