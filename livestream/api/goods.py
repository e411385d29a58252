"""The REST API of goods and of those who supply them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from livestream.actions.party import SupplierFacts, change_supplier, register_supplier
from livestream.actions.product import Goods as GoodsFacts
from livestream.actions.product import change_product, register_product
from livestream.api.door import Door, asker, visible
from livestream.api.fields import LARGEST_ID, chosen, county_code, one
from livestream.api.goods_shapes import (
    ProductBodySerializer,
    ProductChangeSerializer,
    ProductSerializer,
    SupplierBodySerializer,
    SupplierChangeSerializer,
    SupplierSerializer,
)
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import Whole, said
from livestream.api.verb import answering
from livestream.models import Place, Product, Supplier
from livestream.rules.api_token import Scope
from livestream.rules.party import SupplierKind
from livestream.rules.place import county_of
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request


class SupplierQuery(PageQuery):
    county = county_code()
    kind = serializers.ChoiceField(SupplierKind.choices, required=False)


class ProductQuery(PageQuery):
    county = county_code()
    supplier = Whole(min_value=1, max_value=LARGEST_ID, required=False, help_text="a supplier's id")


class Goods(Door):
    """What a county sells: for all who see its plan; written by whoever keeps the goods there."""

    scope, write_scope = Scope.READ_SESSIONS, Scope.WRITE_GOODS
    right, write_right = Action.SEE_PLAN, Action.KEEP_GOODS


FORBIDDEN = "You may see it, but not keep it; or the token is not for goods (`scope`)"
REFUSED = "Refused, or changed since (`goods_changed`): `code` says why"
REFUSALS = {403: FORBIDDEN, 409: REFUSED}


def kept(request: Request, rows: QuerySet[Any], place: str, **key: Any) -> Any:
    """A row that the asker sees and may keep. Raises Http404, PermissionDenied."""
    found = one(visible(request, rows, place=place), **key)
    if not rows.visible_to(asker(request), Action.KEEP_GOODS).filter(pk=found.pk).exists():  # type: ignore[attr-defined]
        raise PermissionDenied
    return found


def dropped(request: Request, verb: Callable[[Any], None], rows: QuerySet[Any], pk: int) -> Response:
    """Nothing, once a row of a county is gone. It is looked for inside, so that the same key is answered the same then too.
    Raises Http404, PermissionDenied."""

    def work() -> Response:
        verb(kept(request, rows, "", pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    return once(request, work)


def named(request: Request, field: str, rows: QuerySet[Any], key: Any) -> Any:
    """What a body names, where the asker keeps the goods. Raises ValidationError under the field's name."""
    found = rows.visible_to(asker(request), Action.KEEP_GOODS).filter(pk=key).first()  # type: ignore[attr-defined]
    if found is None:
        raise ValidationError({field: [_("没有 {key}，或者不归您管。").format(key=key)]})
    return found


def county_in(request: Request, code: str) -> Place:
    """A county that a body names, of which the asker keeps the goods as a whole. Raises ValidationError."""
    county = Place.objects.counties().visible_to(asker(request), Action.KEEP_GOODS).filter(pk=code).first()
    if county is None:
        raise ValidationError({"county": [_("没有 {key}，或者不归您管。").format(key=code)]})
    return county


class Suppliers(Goods):
    """Cooperatives and households of your counties, by id."""

    asked = SupplierQuery

    @extend_schema(responses=page_of(SupplierSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Supplier.objects.all(), place="place").filter(
            **chosen(self.query, county="county_id", kind="kind")
        )
        return page(self, rows, ("id",), SupplierSerializer)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=SupplierBodySerializer, responses={201: SupplierSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """A supplier that was not there. Phone and contact are written on the page alone."""
        return once(request, lambda: supplier_added(request))


def supplier_added(request: Request) -> Response:
    facts = supplier_in(request, said(request, SupplierBodySerializer))
    county = Place.objects.get(pk=county_of(facts.place.pk))
    with answering():
        made = register_supplier(facts, county=county)
    return Response(SupplierSerializer(made).data, status=status.HTTP_201_CREATED)


def supplier_in(request: Request, body: dict[str, Any]) -> SupplierFacts:
    place = Place.objects.in_reach(asker(request).reach(Action.KEEP_GOODS)).filter(pk=body["place"]).first()
    if place is None:
        raise ValidationError({"place": [_("没有 {key}，或者不归您管。").format(key=body["place"])]})
    names = ("name", "kind", "registration", "licence_no", "address")
    return SupplierFacts(place=place, **{name: body[name] for name in names})


class SupplierDetail(Goods):
    """One supplier."""

    @extend_schema(responses=SupplierSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(SupplierSerializer(one(visible(request, Supplier.objects.all(), place="place"), pk=pk)).data)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=SupplierChangeSerializer,
        responses={200: SupplierSerializer, **REFUSALS},
        operation_id="suppliers_change",
    )
    def post(self, request: Request, pk: int) -> Response:
        """All that is said of a supplier, anew; phone and contact stay."""
        supplier = kept(request, Supplier.objects.all(), "place", pk=pk)
        return once(request, lambda: supplier_changed(request, supplier))


def supplier_changed(request: Request, supplier: Supplier) -> Response:
    body = said(request, SupplierChangeSerializer)
    with answering():
        stored = change_supplier(supplier, supplier_in(request, body), version=body["version"])
    return Response(SupplierSerializer(stored).data)


class Products(Goods):
    """Goods of your counties, by id."""

    asked = ProductQuery

    @extend_schema(responses=page_of(ProductSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Product.objects.select_related("geo_indication"), place="supplier__place")
        rows = rows.filter(**chosen(self.query, county="county_id", supplier="supplier_id"))
        return page(self, rows, ("id",), ProductSerializer)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=ProductBodySerializer, responses={201: ProductSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """A product that was not there."""
        return once(request, lambda: product_added(request))


def product_added(request: Request) -> Response:
    body = said(request, ProductBodySerializer)
    supplier = named(request, "supplier", Supplier.objects.filter(is_in_use=True), body["supplier"])
    with answering():
        made = register_product(product_in(body), supplier=supplier)
    return Response(ProductSerializer(made).data, status=status.HTTP_201_CREATED)


def product_in(body: dict[str, Any], old: Product | None = None) -> GoodsFacts:
    said = {name: body[name] for name in GoodsFacts.__slots__ if name in body}
    points = tuple(body["selling_points"])
    return GoodsFacts(**said | {"selling_points": points, "geo_indication": old.geo_indication if old else None})


class ProductDetail(Goods):
    """One good."""

    @extend_schema(responses=ProductSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ProductSerializer(one(visible(request, Product.objects.all(), place="supplier__place"), pk=pk)).data)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=ProductChangeSerializer,
        responses={200: ProductSerializer, **REFUSALS},
        operation_id="products_change",
    )
    def post(self, request: Request, pk: int) -> Response:
        """All that is said of a product, anew. A line-up keeps the prices that it was given."""
        product = kept(request, Product.objects.all(), "supplier__place", pk=pk)
        return once(request, lambda: product_changed(request, product))


def product_changed(request: Request, product: Product) -> Response:
    body = said(request, ProductChangeSerializer)
    supplier = named(request, "supplier", Supplier.objects.all(), body["supplier"])
    with answering():
        stored = change_product(product, product_in(body, product), supplier=supplier, version=body["version"])
    return Response(ProductSerializer(stored).data)
