"""The REST API of what anybody may read of a session, and of what a practice came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from livestream.actions.practice import done_in_practice, sold_in_practice
from livestream.actions.public_page import public_page, public_session
from livestream.api.door import Door, asker
from livestream.api.fields import one
from livestream.api.on_air import OnAir, seen
from livestream.models import LiveSession
from livestream.rules.api_token import Scope
from livestream.rules.goods import PaperKind
from livestream.rules.practice_hints import hints_for
from livestream.rules.public_page import CONSUMER_LINE, Phase
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.rules.public_page import PublicItem


class PublicPaperSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(PaperKind.choices)
    number = serializers.CharField(allow_blank=True, help_text="of a product standard alone")
    valid_until_on = serializers.DateField(allow_null=True)
    is_over = serializers.BooleanField()


class FactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    words = serializers.CharField()


class PublicItemSerializer(serializers.Serializer[Any]):
    """In words, as the page has them; empty: there is nothing to say."""

    title = serializers.CharField()
    seller = serializers.CharField(help_text="who sells, as a sentence")
    supplier = serializers.CharField(help_text="a household that did not agree to be named is not")
    village = serializers.CharField()
    registration = serializers.CharField(allow_blank=True)
    price = serializers.CharField()
    final_price = serializers.CharField(allow_blank=True)
    jin_price = serializers.CharField(allow_blank=True)
    geo = serializers.CharField(allow_blank=True, help_text="the geographical indication")
    returns = serializers.CharField()
    state = serializers.CharField(allow_blank=True)
    facts = serializers.SerializerMethodField()
    papers = PublicPaperSerializer(many=True)

    @extend_schema_field(FactSerializer(many=True))
    def get_facts(self, item: PublicItem) -> Any:
        return [{"name": name, "words": words} for name, words in item.facts]


class PublicPageSerializer(serializers.Serializer[Any]):
    """Nobody is named in it who did not agree to that."""

    address = serializers.CharField(help_text="the page itself: it needs no login")
    phase = serializers.ChoiceField(Phase.choices)
    title = serializers.CharField()
    host = serializers.CharField()
    place = serializers.CharField()
    county = serializers.CharField(help_text="its name")
    starts_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    items = PublicItemSerializer(many=True)
    return_words = serializers.CharField(allow_blank=True)
    line_phone = serializers.CharField(allow_blank=True, help_text="the county's service phone")
    line_hours = serializers.CharField(allow_blank=True)
    consumer_line = serializers.CharField()
    is_ai_made = serializers.BooleanField()
    is_public_interest = serializers.BooleanField()
    replay_url = serializers.CharField(allow_blank=True)


class PublicFacts(OnAir):
    """What the public page of a session says."""

    @extend_schema(responses=PublicPageSerializer, operation_id="sessions_public")
    def get(self, request: Request, session_id: UUID) -> Response:
        """As anybody may read it, a minute old at most; 404 where nobody outside may know of the session yet."""
        found = public_session(seen(request, session_id).pk)
        if found is None:
            raise Http404
        page = public_page(found, at=timezone.now())
        facts = {name: getattr(page, name) for name in page.__slots__}
        address = request.build_absolute_uri(reverse("livestream:public_session", args=[found.pk]))
        return Response(PublicPageSerializer(facts | {"address": address, "consumer_line": CONSUMER_LINE}).data)


class PracticeSumsSerializer(serializers.Serializer[Any]):
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()


class PracticeItemSerializer(PracticeSumsSerializer):
    sku = serializers.CharField()
    title = serializers.CharField()


class PracticeSerializer(serializers.Serializer[Any]):
    """What a host did and what a made-up audience bought: counted nowhere."""

    is_over = serializers.BooleanField()
    seconds = serializers.IntegerField()
    presented = serializers.IntegerField(help_text="goods, of `goods`")
    goods = serializers.IntegerField()
    longest_silence_s = serializers.IntegerField()
    longest_pitch_s = serializers.IntegerField()
    prompts_unseen = serializers.IntegerField()
    sold = PracticeSumsSerializer()
    items = PracticeItemSerializer(many=True)
    hints = serializers.ListField(child=serializers.CharField(), help_text="three, what matters most first")


class PracticeResult(Door):
    """What one's own practice came to."""

    scope, is_own = Scope.READ_SESSIONS, True

    @extend_schema(responses=PracticeSerializer, operation_id="sessions_practice")
    def get(self, request: Request, session_id: UUID) -> Response:
        """Up to now, or to its end. Only for the host who practised."""
        own = LiveSession.objects.filter(host=asker(request), kind=SessionKind.PRACTICE, went_live_at__isnull=False)
        return Response(PracticeSerializer(result_of(one(own, pk=session_id))).data)


def result_of(session: LiveSession) -> dict[str, Any]:
    """Under the names of `PracticeSerializer`."""
    at = timezone.now()
    done, sold = done_in_practice(session, at=at), sold_in_practice(session, at=at)
    rows = [
        {"sku": item.product.sku, "title": item.product.title, **sold.of(item.product_id)._asdict()}
        for item in session.line_up.select_related("product").order_by("position")
    ]
    names = ("seconds", "presented", "goods", "longest_silence_s", "longest_pitch_s", "prompts_unseen")
    facts = {name: getattr(done, name) for name in names}
    return facts | {"is_over": not session.is_live, "sold": sold.total, "items": rows, "hints": hints_for(done)}
