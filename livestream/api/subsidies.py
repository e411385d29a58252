"""The REST API of subsidies (价格补贴): the rules of a county. What a rule has paid, `orders` tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.subsidy import SubsidyPlan, add_subsidy, approve_subsidy, change_subsidy, stop_subsidy, terms_mark
from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.door import Door, asker, visible
from livestream.api.fields import chosen, county_code, one
from livestream.api.goods import REFUSALS, Goods, county_in, kept
from livestream.api.line_up_shapes import choice, words
from livestream.api.once import keyed, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.plan_shapes import PlanMoment
from livestream.api.strict import Code, Line, Number, Strict, Words, said
from livestream.api.verb import answering
from livestream.models import SubsidyRule
from livestream.rules.api_token import Scope
from livestream.rules.plan import MOST_FEN
from livestream.rules.price_words import SubsidyTo
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from rest_framework.request import Request

MOST_CAP_FEN = 10**13


class SubsidySerializer(serializers.Serializer[Any]):
    """Half-open: from `from_at` up to `until_at`."""

    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    name = serializers.CharField()
    payer = serializers.CharField()
    goes_to = serializers.ChoiceField(SubsidyTo.choices)
    per_unit_fen = serializers.IntegerField(help_text="of a piece")
    cap_fen = serializers.IntegerField(help_text="of all; who pays first is served first")
    used_fen = serializers.IntegerField()
    left_fen = serializers.IntegerField()
    left_units = serializers.IntegerField(help_text="whole pieces for which it still lasts")
    from_at = serializers.DateTimeField()
    until_at = serializers.DateTimeField()
    basis = serializers.CharField(allow_blank=True, help_text="the document it rests on")
    is_active = serializers.BooleanField()
    made_by = ColleagueSerializer()
    terms = serializers.SerializerMethodField(help_text="what an approver has read of it, in short: to be sent with the approval")
    approved_by = ColleagueSerializer(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True, help_text="until then it counts in no price and pays nothing more")

    def get_terms(self, rule: SubsidyRule) -> str:
        return terms_mark(rule)


class SubsidyApprovalSerializer(Strict):
    terms = Words(max_length=16, help_text="as it was read; other terms by now are refused (`subsidy_meanwhile`)")


class SubsidyChangeSerializer(Strict):
    name = Line(max_length=60)
    payer = Line(max_length=60)
    goes_to = choice(SubsidyTo.choices, default=SubsidyTo.SELLER.value)
    per_unit_fen = Number(min_value=1, max_value=MOST_FEN)
    cap_fen = Number(min_value=1, max_value=MOST_CAP_FEN)
    from_at = PlanMoment()
    until_at = PlanMoment()
    basis = words(120)


class SubsidyBodySerializer(SubsidyChangeSerializer):
    county = Code(help_text="a county in which you keep the goods")


class SubsidyQuery(PageQuery):
    county = county_code()


ROWS = SubsidyRule.objects.select_related("made_by", "approved_by")


def plan_in(body: dict[str, Any]) -> SubsidyPlan:
    return SubsidyPlan(**{name: body[name] for name in SubsidyPlan.__slots__})


class Subsidies(Goods):
    """Subsidies of your counties, by id; and one more."""

    asked = SubsidyQuery

    @extend_schema(responses=page_of(SubsidySerializer))
    def get(self, request: Request) -> Response:
        """Subsidies of your counties, by id, with what is left of each."""
        rows = visible(request, ROWS.all()).filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("id",), SubsidySerializer)

    @keyed(SubsidyBodySerializer, {201: SubsidySerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """A draft of a rule, of a county as a whole. It counts once another, who may pass goods, approves it."""
        return once(request, lambda: added(request))


def added(request: Request) -> Response:
    body = said(request, SubsidyBodySerializer)
    county = county_in(request, body["county"])
    with answering():
        made = add_subsidy(plan_in(body), county=county, by=asker(request))
    return Response(SubsidySerializer(made).data, status=status.HTTP_201_CREATED)


class SubsidyDetail(Goods):
    """One subsidy."""

    @extend_schema(responses=SubsidySerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(SubsidySerializer(one(visible(request, ROWS.all()), pk=pk)).data)

    @keyed(SubsidyChangeSerializer, {200: SubsidySerializer, **REFUSALS}, "subsidies_change")
    def post(self, request: Request, pk: int) -> Response:
        """All that a rule says, anew. Once orders have used it, amount, beginning and who gets it stay (`subsidy_fixed`). Other
        terms than a smaller sum or an earlier end have to be approved anew."""
        rule = kept(request, ROWS.all(), "", pk=pk)
        return once(request, lambda: changed(request, rule))


def changed(request: Request, rule: SubsidyRule) -> Response:
    plan = plan_in(said(request, SubsidyChangeSerializer))
    with answering():
        stored = change_subsidy(rule, plan, by=asker(request))
    return Response(SubsidySerializer(stored).data)


class SubsidyStop(Goods):
    """A subsidy that ends now."""

    @keyed(None, {200: SubsidySerializer, **REFUSALS}, "subsidies_stop")
    def post(self, request: Request, pk: int) -> Response:
        """What is paid from now on gets it no more; what was paid before keeps it. Once is enough."""
        rule = kept(request, ROWS.all(), "", pk=pk)
        return once(request, lambda: Response(SubsidySerializer(stop_subsidy(rule, at=timezone.now())).data))


class SubsidyApproval(Door):
    """A draft that counts from now on."""

    write_scope, write_right = Scope.WRITE_GOODS, Action.PASS_GOODS

    @keyed(
        SubsidyApprovalSerializer,
        {200: SubsidySerializer, 403: "The owner of the token is no approver there", 409: "`code` says why"},
        "subsidies_approve",
    )
    def post(self, request: Request, pk: int) -> Response:
        """By another person than whoever wrote it down, of the terms he read. Once is enough."""
        rule = one(visible(request, ROWS.all()), pk=pk)
        return once(request, lambda: approved(request, rule))


def approved(request: Request, rule: SubsidyRule) -> Response:
    body = said(request, SubsidyApprovalSerializer)
    with answering():
        stored = approve_subsidy(rule, by=asker(request), at=timezone.now(), seen=body["terms"])
    return Response(SubsidySerializer(stored).data)
