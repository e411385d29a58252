"""The REST API of goods and of those who supply them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import Door, visible
from livestream.api.fields import LARGEST_ID, chosen, county_code, one
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import Whole
from livestream.models import Product, Supplier
from livestream.rules.api_token import Scope
from livestream.rules.party import SupplierKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from rest_framework.request import Request


class SupplierSerializer(serializers.Serializer[Supplier]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(SupplierKind.choices)
    place = serializers.CharField(source="place_id", help_text="the village's code")


class ProductSerializer(serializers.Serializer[Product]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    sku = serializers.CharField(help_text="the merchant code on order lines")
    title = serializers.CharField()
    supplier = serializers.IntegerField(source="supplier_id")
    net_weight_grams = serializers.IntegerField()
    list_price_fen = serializers.IntegerField()
    selling_points = serializers.CharField(allow_blank=True, help_text="one a line")


class SupplierQuery(PageQuery):
    county = county_code()
    kind = serializers.ChoiceField(SupplierKind.choices, required=False)


class ProductQuery(PageQuery):
    county = county_code()
    supplier = Whole(min_value=1, max_value=LARGEST_ID, required=False, help_text="a supplier's id")


class Goods(Door):
    """What a county sells: for all who see its plan."""

    scope, right = Scope.READ_SESSIONS, Action.SEE_PLAN


class Suppliers(Goods):
    """Cooperatives and households of your counties, by id."""

    asked = SupplierQuery

    @extend_schema(responses=page_of(SupplierSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Supplier.objects.all(), place="place").filter(
            **chosen(self.query, county="county_id", kind="kind")
        )
        return page(self, rows, ("id",), SupplierSerializer)


class SupplierDetail(Goods):
    """One supplier."""

    @extend_schema(responses=SupplierSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(SupplierSerializer(one(visible(request, Supplier.objects.all(), place="place"), pk=pk)).data)


class Products(Goods):
    """Goods of your counties, by id."""

    asked = ProductQuery

    @extend_schema(responses=page_of(ProductSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Product.objects.all(), place="supplier__place")
        rows = rows.filter(**chosen(self.query, county="county_id", supplier="supplier_id"))
        return page(self, rows, ("id",), ProductSerializer)


class ProductDetail(Goods):
    """One good."""

    @extend_schema(responses=ProductSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ProductSerializer(one(visible(request, Product.objects.all(), place="supplier__place"), pk=pk)).data)
