"""The REST API of what in a county's sessions is worth a second look (防注水). It never says that anybody cheated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import Door, asker
from livestream.rules.api_token import Scope
from livestream.rules.rights import Action
from livestream.rules.trust import Look, Signal
from orders.actions.trust import trust_lines

if TYPE_CHECKING:
    from rest_framework.request import Request


class TrustFindingSerializer(serializers.Serializer[Any]):
    """Figure, threshold and reason in words, in the language of the asker."""

    signal = serializers.ChoiceField(Signal.choices)
    look = serializers.ChoiceField(Look.choices)
    figure = serializers.CharField()
    threshold = serializers.CharField()
    reason = serializers.CharField(help_text="why it is worth a look, or why nobody can say")


class TrustSerializer(serializers.Serializer[Any]):
    session = serializers.UUIDField(source="session.pk")
    county = serializers.CharField(source="session.county_id")
    title = serializers.CharField(source="session.title")
    host = serializers.CharField(source="session.host.name")
    ended_at = serializers.DateTimeField(source="session.ended_at")
    settled_fen = serializers.IntegerField(allow_null=True, help_text="net at T+15, the figure that counts; null: not yet")
    newest_fen = serializers.IntegerField(source="newest.sums.net_fen", help_text="net by the newest statement")
    findings = TrustFindingSerializer(many=True, help_text="all that was looked at, whether there is something to see or not")


class Trust(Door):
    """The newest sixty sessions of the last ninety days, those with most to look at first."""

    scope, right = Scope.READ_ORDERS, Action.SEE_ORDERS

    @extend_schema(responses=TrustSerializer(many=True), operation_id="trust_list")
    def get(self, request: Request) -> Response:
        """Each is measured against the others of its own county that you see."""
        return Response(TrustSerializer(trust_lines(asker(request), timezone.now()), many=True).data)
