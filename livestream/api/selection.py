"""The REST API of the goods gate of a session, and of the selection (选品) with its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.gate import gate_of, override_gate
from livestream.actions.selection import Step, open_case, take_step
from livestream.api.door import Door, asker, visible
from livestream.api.fields import LARGEST_ID, chosen, county_code, one
from livestream.api.goods import REFUSALS, Goods, kept, named
from livestream.api.goods_shapes import (
    GatePassSerializer,
    GateSerializer,
    OverrideSerializer,
    SelectionBodySerializer,
    SelectionDetailSerializer,
    SelectionSerializer,
    SelectionStepBodySerializer,
)
from livestream.api.line_up import OfGoods
from livestream.api.on_air import seen
from livestream.api.once import keyed, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import Whole, said
from livestream.api.verb import answering, session_for
from livestream.models import Campaign, Product, SelectionCase
from livestream.rules.api_token import Scope
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import day_asked
from livestream.rules.goods import SelectionStage
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import LiveSession

PLACE = "product__supplier__place"


class Gate(OfGoods):
    """What may be listed in a session, and what it lacks."""

    @extend_schema(responses=GateSerializer, operation_id="sessions_gate")
    def get(self, request: Request, session_id: UUID) -> Response:
        session = seen(request, session_id)
        on = day_asked(session.planned_start_at, timezone.now())
        gates = gate_of(session, on=on)
        rows = []
        for item in session.line_up.select_related("product").order_by("position"):
            gate = gates[item.product_id]
            about = {"missing": list(gate.missing), "is_open": gate.is_open, "override": gate.override}
            rows.append({"sku": item.product.sku, "title": item.product.title} | about)
        return Response(GateSerializer({"on": on, "items": rows}).data)


class GatePass(Door):
    """A product without all its papers that an approver of the county lets through."""

    write_scope, write_right = Scope.WRITE_GOODS, Action.PASS_GOODS

    @keyed(
        GatePassSerializer,
        {201: OverrideSerializer, 403: "The owner of the token is no approver there", 409: REFUSALS[409]},
        "sessions_gate_pass",
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """An approver answers for it with his name and a reason: it is shown wherever the item is."""
        session = session_for(request, session_id, Action.PASS_GOODS)
        return once(request, lambda: passed(request, session))


def passed(request: Request, session: LiveSession) -> Response:
    body = said(request, GatePassSerializer)
    with answering():
        item = session.line_up.filter(product__sku=body["sku"]).select_related("product").first()
        if item is None:
            raise NotAllowed("not_in_line_up", title=body["sku"])
        made = override_gate(session, item.product, reason=body["reason"], by=asker(request), at=timezone.now())
    return Response(OverrideSerializer(made).data, status=status.HTTP_201_CREATED)


class SelectionQuery(PageQuery):
    county = county_code()
    stage = serializers.ChoiceField(SelectionStage.choices, required=False)
    product = Whole(min_value=1, max_value=LARGEST_ID, required=False)


class Selections(Goods):
    """Candidates of your counties and what became of them, by id; and one more."""

    asked = SelectionQuery

    @extend_schema(responses=page_of(SelectionSerializer))
    def get(self, request: Request) -> Response:
        """Candidates of your counties and what became of them, by id."""
        rows = visible(request, SelectionCase.objects.select_related("product", "opened_by"), place=PLACE)
        rows = rows.filter(**chosen(self.query, county="county_id", stage="stage", product="product_id"))
        return page(self, rows, ("id",), SelectionSerializer)

    @keyed(SelectionBodySerializer, {201: SelectionDetailSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """A candidate, for a campaign or in general."""
        return once(request, lambda: opened(request))


def opened(request: Request) -> Response:
    body = said(request, SelectionBodySerializer)
    product = named(request, "product", Product.objects.all(), body["product"])
    campaigns = Campaign.objects.filter(county=product.county_id)
    campaign = named(request, "campaign", campaigns, body["campaign"]) if body["campaign"] else None
    with answering():
        case = open_case(product, why=body["why"], campaign=campaign, by=asker(request), at=timezone.now())
    return Response(SelectionDetailSerializer(whole(case)).data, status=status.HTTP_201_CREATED)


def whole(case: SelectionCase) -> SelectionCase:
    rows = SelectionCase.objects.select_related("product", "opened_by").prefetch_related("steps__by", "samples")
    return rows.get(pk=case.pk)


class SelectionDetail(Goods):
    """One candidate with every step."""

    @extend_schema(responses=SelectionDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        case = one(visible(request, SelectionCase.objects.all(), place=PLACE), pk=pk)
        return Response(SelectionDetailSerializer(whole(case)).data)


class SelectionTake(Goods):
    """A step of a candidate."""

    @keyed(SelectionStepBodySerializer, {200: SelectionDetailSerializer, **REFUSALS}, "selections_step")
    def post(self, request: Request, pk: int) -> Response:
        """The candidate stands there now; chosen or rejected with a reason."""
        case = kept(request, SelectionCase.objects.all(), PLACE, pk=pk)
        return once(request, lambda: taken(request, case))


def taken(request: Request, case: SelectionCase) -> Response:
    body = said(request, SelectionStepBodySerializer)
    step = Step(SelectionStage(body["stage"]), body["words"], body["score"])
    with answering():
        take_step(case, step, seen=body["seen"], by=asker(request), at=timezone.now())
    return Response(SelectionDetailSerializer(whole(case)).data)
