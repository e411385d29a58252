"""The REST API of orders, of the shops they come from, and of what each day came to. Nothing of a buyer is here: none is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.actions.board import county_scope, session_scope
from livestream.api.door import Door, asker, visible
from livestream.api.fields import LARGEST_ID, chosen, county_code, day, first_moment, one
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import Whole
from livestream.models import LiveSession
from livestream.rules.api_token import Scope
from livestream.rules.place import county_of
from livestream.rules.rights import Action
from orders.models import AfterSale, DayTally, Order, OrderLine, Shop
from orders.platforms import ADAPTERS
from orders.rules.attribution import Evidence
from orders.rules.order import AfterSaleStatus, OrderStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from livestream.models import User

BY_PAYMENT, BY_COUNTING = ("-paid_at", "-id"), ("-counted_at", "-id")


class ShopSerializer(serializers.Serializer[Shop]):
    """Its key stands in the address that its platform sends to; its secret and its tokens are never told."""

    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    platform = serializers.CharField()
    name = serializers.CharField()
    is_practice = serializers.BooleanField()
    is_active = serializers.BooleanField()


class OrderSerializer(serializers.Serializer[Order]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    shop = serializers.IntegerField(source="shop_id")
    order_no = serializers.CharField()
    status = serializers.ChoiceField(OrderStatus.choices)
    status_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    session = serializers.UUIDField(source="session_id", allow_null=True, help_text="null: unattributed")
    evidence = serializers.ChoiceField(Evidence.choices, help_text="what the attribution rests on")
    is_contested = serializers.BooleanField(help_text="more than one session could have sold it")
    is_conflicting = serializers.BooleanField(help_text="its platform contradicts itself")
    province = serializers.CharField(allow_null=True, help_text="of the receiver; nothing else of a buyer is kept")
    counted_at = serializers.DateTimeField(allow_null=True, help_text="when it first counted")
    changed_at = serializers.DateTimeField()


class LineSerializer(serializers.Serializer[OrderLine]):
    line_no = serializers.CharField()
    sku = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    quantity = serializers.IntegerField()
    paid_fen = serializers.IntegerField()


class AfterSaleSerializer(serializers.Serializer[AfterSale]):
    after_sale_no = serializers.CharField()
    line_no = serializers.CharField(allow_null=True, help_text="null: of the whole order")
    status = serializers.ChoiceField(AfterSaleStatus.choices)
    refund_fen = serializers.IntegerField()
    quantity = serializers.IntegerField()
    happened_at = serializers.DateTimeField()
    is_guess = serializers.BooleanField(help_text="only known from an order file")


class OrderDetailSerializer(OrderSerializer):
    lines = LineSerializer(many=True)
    after_sales = AfterSaleSerializer(many=True)


class DayFiguresSerializer(serializers.Serializer[DayTally]):
    """Sums of the ledger; docs/counting.md says what each means."""

    day = serializers.DateField(help_text="Shanghai date of payment")
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    net_fen = serializers.SerializerMethodField()

    def get_net_fen(self, tally: DayTally) -> int:
        return tally.paid_fen - tally.refunded_fen


class ShopQuery(PageQuery):
    county = county_code()
    platform = serializers.ChoiceField(sorted(ADAPTERS), required=False)


class OrderQuery(PageQuery):
    county = county_code()
    session = serializers.UUIDField(required=False, help_text="orders that count for this session, by when they first counted")
    day = day("Shanghai date of payment")
    shop = Whole(min_value=1, max_value=LARGEST_ID, required=False, help_text="a shop's id")
    status = serializers.ChoiceField(OrderStatus.choices, required=False)


class DayFiguresQuery(PageQuery):
    county = county_code()
    session = serializers.UUIDField(required=False)
    vars()["from"] = day("the first Shanghai day")  # a word of Python
    until = day("the last Shanghai day")


class Shops(Door):
    """Shops of your counties, by id, without any secret."""

    scope, right = Scope.READ_ORDERS, Action.SEE_ORDERS
    asked = ShopQuery

    @extend_schema(responses=page_of(ShopSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Shop.objects.all()).filter(**chosen(self.query, county="county_id", platform="platform"))
        return page(self, rows, ("id",), ShopSerializer)


class ShopDetail(Door):
    """One shop, without any secret."""

    scope, right = Scope.READ_ORDERS, Action.SEE_ORDERS

    @extend_schema(responses=ShopSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ShopSerializer(one(visible(request, Shop.objects.all()), pk=pk)).data)


class Orders(Door):
    """Paid orders of one county by payment, the newest first; or those of one session, by when they first counted.

    Whoever sees several counties names one: orders lie by county, and a list across them would have to sort them all."""

    scope, right, is_own = Scope.READ_ORDERS, Action.SEE_ORDERS, True
    asked = OrderQuery

    @extend_schema(responses=page_of(OrderSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Order.objects.all(), place="session__place").filter(
            **chosen(self.query, status="status", shop="shop_id")
        )
        if on := self.query.get("day"):
            rows = rows.filter(paid_at__gte=first_moment(on), paid_at__lt=first_moment(on + timedelta(days=1)))
        if "session" in self.query:
            rows = rows.filter(session_id=self.query["session"], counted_at__isnull=False)
            return page(self, rows, BY_COUNTING, OrderSerializer)
        county = self.query.get("county") or the_county(asker(request))
        return page(self, rows.filter(county_id=county, paid_at__isnull=False), BY_PAYMENT, OrderSerializer)


class OrderDetail(Door):
    """One order with its lines and after-sales."""

    scope, right, is_own = Scope.READ_ORDERS, Action.SEE_ORDERS, True

    @extend_schema(responses=OrderDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(
            OrderDetailSerializer(one(with_lines(visible(request, Order.objects.all(), place="session__place")), pk=pk)).data
        )


class OrderOfShop(Door):
    """The order of this number in this shop, with its lines and after-sales: did it arrive, and what of it?"""

    scope, right = Scope.READ_ORDERS, Action.SEE_ORDERS

    @extend_schema(responses=OrderDetailSerializer)
    def get(self, request: Request, pk: int, order_no: str) -> Response:
        shop = one(visible(request, Shop.objects.all()), pk=pk)
        rows = visible(request, Order.objects.all(), place="session__place").filter(county_id=shop.county_id, shop_id=shop.pk)
        return Response(OrderDetailSerializer(one(with_lines(rows), order_no=order_no)).data)


class DayFigures(Door):
    """What each day came to, in a county or in a session, the newest first. docs/counting.md says what the words mean."""

    scope, right, is_own = Scope.READ_ORDERS, Action.SEE_ORDERS, True
    asked = DayFiguresQuery

    @extend_schema(responses=page_of(DayFiguresSerializer))
    def get(self, request: Request) -> Response:
        rows = DayTally.objects.filter(scope=scope_asked(request, self.query))
        rows = rows.filter(**chosen(self.query, **{"from": "day__gte", "until": "day__lte"}))
        return page(self, rows, ("-day",), DayFiguresSerializer)


def the_county(user: User) -> str:
    """The one county whose orders this person sees. Raises ValidationError for several."""
    counties = {county_of(code) or "" for code in user.reach(Action.SEE_ORDERS)}
    if len(counties) == 1 and "" not in counties:
        return counties.pop()
    raise ValidationError({"county": [_("请写明哪个县（county），或哪一场（session）。")]})


def scope_asked(request: Request, query: dict[str, Any]) -> str:
    """The scope of tallies that is asked for, if it is this person's to see; another's is as empty as one that is not there."""
    user = asker(request)
    if "session" not in query:
        county = query.get("county") or the_county(user)
        return county_scope(county) if user.may(Action.SEE_ORDERS, county) else ""
    session = visible(request, LiveSession.objects.all(), place="place").filter(pk=query["session"]).first()
    if session is None:
        return ""
    sees = session.host_id == user.pk or any(user.may(Action.SEE_ORDERS, code) for code in (session.county_id, session.place_id))
    return session_scope(session.pk) if sees else ""


def with_lines(orders: QuerySet[Order]) -> QuerySet[Order]:
    lines = Prefetch("lines", OrderLine.objects.order_by("line_no"))
    return orders.prefetch_related(lines, Prefetch("after_sales", AfterSale.objects.order_by("after_sale_no")))
