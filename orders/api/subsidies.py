"""The REST API of what a subsidy (价格补贴) has paid: its ledger, and the sums of it. No buyer stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import Door, visible
from livestream.api.fields import chosen, one
from livestream.api.paging import PageQuery, page, page_of
from livestream.models import SubsidyRule
from livestream.rules.api_token import Scope
from livestream.rules.rights import Action
from orders.models import SubsidyEntry

if TYPE_CHECKING:
    from rest_framework.request import Request


class SubsidyEntrySerializer(serializers.Serializer[Any]):
    """What the rule pays for a line of an order, as a difference: what no longer holds is taken back by another entry."""

    id = serializers.IntegerField()
    session = serializers.UUIDField(source="session_id")
    shop = serializers.IntegerField(source="order.shop_id")
    order = serializers.IntegerField(source="order_id")
    order_no = serializers.CharField(source="order.order_no")
    line_no = serializers.CharField()
    units = serializers.IntegerField()
    amount_fen = serializers.IntegerField()
    paid_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class SubsidyEntryQuery(PageQuery):
    session = serializers.UUIDField(required=False)


class SessionSumSerializer(serializers.Serializer[Any]):
    session = serializers.UUIDField(source="session_id")
    title = serializers.CharField(source="session__title")
    orders = serializers.IntegerField(help_text="different ones, those that were taken back too")
    units = serializers.IntegerField()
    amount_fen = serializers.IntegerField()


class SubsidySumsSerializer(serializers.Serializer[Any]):
    """Sums of the ledger as it stands; `amount_fen` of all is what is claimed."""

    units = serializers.IntegerField()
    amount_fen = serializers.IntegerField()
    cap_fen = serializers.IntegerField()
    left_fen = serializers.IntegerField()
    sessions = SessionSumSerializer(many=True)


class OfSubsidy(Door):
    """What one rule has paid: for whoever sees the orders of its county."""

    scope, right = Scope.READ_ORDERS, Action.SEE_ORDERS

    def rule(self, request: Request, pk: int) -> SubsidyRule:
        """Raises Http404."""
        return one(visible(request, SubsidyRule.objects.all()), pk=pk)


class SubsidyLedger(OfSubsidy):
    """Every entry of a subsidy's ledger, as it was recorded."""

    asked = SubsidyEntryQuery

    @extend_schema(responses=page_of(SubsidyEntrySerializer))
    def get(self, request: Request, pk: int) -> Response:
        entries = SubsidyEntry.objects.filter(rule=self.rule(request, pk), **chosen(self.query, session="session_id"))
        return page(self, entries.select_related("order"), ("id",), SubsidyEntrySerializer)


class SubsidySums(OfSubsidy):
    """What a subsidy has paid, in all and by session."""

    @extend_schema(responses=SubsidySumsSerializer, operation_id="subsidies_sums")
    def get(self, request: Request, pk: int) -> Response:
        rule = self.rule(request, pk)
        by_session = SubsidyEntry.objects.filter(rule=rule).order_by().values("session_id", "session__title")
        summed = by_session.annotate(fen=Sum("amount_fen"), pieces=Sum("units"), orders=Count("order_id", distinct=True))
        rows: list[dict[str, Any]] = [
            dict(row) | {"units": row["pieces"], "amount_fen": row["fen"]} for row in summed.order_by("-fen", "session_id")
        ]
        sums: dict[str, int] = {name: sum(row[name] for row in rows) for name in ("units", "amount_fen")}
        facts = sums | {"cap_fen": rule.cap_fen, "left_fen": max(0, rule.cap_fen - sums["amount_fen"])}
        return Response(SubsidySumsSerializer(facts | {"sessions": rows}).data)
