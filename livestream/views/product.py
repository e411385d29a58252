"""The register of goods: what lacks papers first, one product with all that is known of it, new, changed, out of use."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.gate import gate_from, lacks_of, papers_of
from livestream.actions.product import (
    add_geo,
    add_packaging,
    change_geo,
    change_product,
    put_product_in_use,
    register_product,
)
from livestream.models import ControlEvent, GeoIndication, LineUpItem, Place, Product
from livestream.product_forms import NO_CLASS, GeoForm, GoodsFilter, PackagingForm, ProductForm
from livestream.rules.control import ControlKind
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import SOON_DAYS, Asked, line_words, lines_of
from livestream.rules.goods import PaperState, seller_sentence
from livestream.rules.party import Registration
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action, covers, holds
from livestream.typed_fields import say, typed
from livestream.views.desk import home_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.forms import Form
    from django.http import HttpResponse

    from livestream.models import Paper, User
    from livestream.models.product import ProductQuerySet
    from livestream.rules.gate import Lack
    from livestream.views.signed_in import SignedInRequest

ON_A_PAGE = 50
SHOWN = 30
KEY_DIGITS = 19  # a bigint has fewer
FIELDS = {
    "sku_taken": "sku", "product_weight": "net_weight", "geo_elsewhere": "geo", "supplier_elsewhere": "supplier",
    "packaging_day_taken": "from_on", "geo_there": "name",
}  # fmt: skip


class Row(NamedTuple):
    """A product of the list: what it lacks today, and the paper of it that ends first within 30 days."""

    product: Product
    lacks: tuple[Lack, ...]
    ends_on: date | None


def county_kept(user: User) -> Place | None:
    """The county whose goods this person keeps, be it in one of its villages."""
    place = home_of(user, Action.KEEP_GOODS)
    return Place.objects.filter(pk=place.pk[:COUNTY_DIGITS]).first() if place and len(place.pk) >= COUNTY_DIGITS else None


def keeps_all(user: User, county: Place | None) -> bool:
    """Whether this person keeps the goods of the whole county: its rules and indications are not a village's to change."""
    return county is not None and covers(user.reach(Action.KEEP_GOODS), county.pk)


def first_end(papers: Iterable[Paper], today: date) -> date | None:
    """The day on which the first of these that holds now will be over, where that is within 30 days."""
    limit = today + timedelta(days=SOON_DAYS)
    ends = (one.valid_until_on for one in papers if one.state == PaperState.ACCEPTED and one.valid_until_on)
    return min((end for end in ends if today <= end <= limit), default=None)


def rows_of(found: Iterable[Product], today: date) -> list[Row]:
    products = list(found)
    lacks, papers = lacks_of(products, on=today), papers_of(products)
    return [Row(one, lacks[one.pk], first_end(papers[one.pk], today)) for one in products]


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def goods(request: SignedInRequest) -> HttpResponse:
    """What there is, narrowed by what the address says; what lacks papers stands first."""
    asked, today = GoodsFilter(request.GET), timezone.localdate()
    found = Product.objects.visible_to(request.user).select_related("supplier__place", "county", "geo_indication")
    every = rows_of(found.filter(is_in_use=True), today)
    rows = rows_of(narrowed(found, asked), today)
    if asked.said("show") == "lacks":
        rows = [row for row in rows if row.lacks]
    elif asked.said("show") == "soon":
        rows = [row for row in rows if row.ends_on]
    rows.sort(key=lambda row: (not row.lacks, row.product.title, row.product.pk))
    context = {
        "asked": asked,
        "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "total": len(every),
        "lacking": sum(bool(row.lacks) for row in every),
        "soon": sum(row.ends_on is not None for row in every),
        "unclassified": sum(not row.product.product_class for row in every),
        "may_keep": bool(request.user.reach(Action.KEEP_GOODS)),
    }
    return render(request, "livestream/goods.html", context)


def narrowed(found: ProductQuerySet, asked: GoodsFilter) -> ProductQuerySet:
    found = found.filter(is_in_use=asked.said("show") != "retired")
    if words := asked.said("q").replace("\0", "").strip():
        found = found.filter(Q(title__icontains=words) | Q(sku__icontains=words) | Q(supplier__name__icontains=words))
    if wanted := asked.said("product_class"):
        found = found.filter(product_class="" if wanted == NO_CLASS else wanted)
    return found


def product_reached(request: SignedInRequest, pk: int, action: Action) -> Product:
    """Raises Http404."""
    found = Product.objects.visible_to(request.user, action)
    return get_object_or_404(found.select_related("supplier__place", "county", "geo_indication"), pk=pk)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def product(request: SignedInRequest, pk: int) -> HttpResponse:
    return product_page(request, product_reached(request, pk, Action.SEE_PLAN), PackagingForm())


def product_page(request: SignedInRequest, found: Product, form: PackagingForm) -> HttpResponse:
    """Everything about it: what it lacks, its papers, packaging, selections, where it was sold and at which prices."""
    today = timezone.localdate()
    papers = sorted(papers_of([found])[found.pk], key=lambda one: (one.kind, -one.pk))
    gate = gate_from(lacks_of([found], on=today)[found.pk])
    items = LineUpItem.objects.visible_to(request.user).filter(product=found).select_related("session__host", "session__place")
    prices = ControlEvent.objects.filter(
        product=found, kind=ControlKind.PRICE_CHANGED, session__in=items.values("session")
    ).select_related("session", "by")
    context = {
        "product": found,
        "gate": gate,
        "asked_for": [line_words(line) for line in lines_of(asked_of(found))],
        "papers": papers,
        "today": today,
        "soon_on": today + timedelta(days=SOON_DAYS),
        "sentence": seller_sentence(found.seller),
        "sells_his_own": found.supplier.registration == Registration.EXEMPT,
        "packagings": found.packagings.select_related("added_by"),
        "cases": found.selections.select_related("campaign", "opened_by")[:SHOWN],
        "items": items.order_by("-session__planned_start_at", "-pk")[:SHOWN],
        "prices": prices.order_by("-happened_at", "-pk")[:SHOWN],
        "form": form,
        "may_keep": holds(request.user.reach(Action.KEEP_GOODS), county=found.county_id, place=found.supplier.place_id),
    }
    return render(request, "livestream/product.html", context, status=422 if form.errors else 200)


def asked_of(found: Product) -> Asked:
    """Without what the county asks besides: its page says that."""
    return Asked(found.product_class, uses_geo=found.geo_indication_id is not None)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    form = ProductForm(typed(request), by=request.user, initial={"supplier": request.GET.get("supplier", "")[:80]})
    if form.is_bound and form.is_valid():
        try:
            made = register_product(form.goods, supplier=form.supplier_said)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("登记好了。下面把证件传上来。"))
            return redirect("livestream:product", made.pk)
    return render(request, "livestream/product_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    found = product_reached(request, pk, Action.KEEP_GOODS)
    form = ProductForm(typed(request), by=request.user, product=found)
    if form.is_bound and form.is_valid():
        try:
            change_product(found, form.goods, supplier=form.supplier_said, version=form.version_said)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
            if refused.code == "goods_changed":
                keep_over(form, request, Product.objects.get(pk=found.pk).version)
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:product", pk)
    context = {"form": form, "product": found}
    return render(request, "livestream/product_edit.html", context, status=422 if form.is_bound else 200)


def keep_over(form: Form, request: SignedInRequest, version: int) -> None:
    """What was typed, to be saved over what somebody else wrote: whoever sends it again was told of that."""
    data = request.POST.copy()
    data["version"] = str(version)
    form.data = data


@needs(Action.KEEP_GOODS)
@require_POST
def use(request: SignedInRequest, pk: int) -> HttpResponse:
    """Out of use, or back (`in_use` = yes)."""
    found = product_reached(request, pk, Action.KEEP_GOODS)
    put_product_in_use(found, is_in_use=request.POST.get("in_use") == "yes")
    messages.success(request, _("又可以用了。") if found.is_in_use else _("停用了。以前的记录都在。"))
    return redirect("livestream:product", pk)


@needs(Action.KEEP_GOODS)
@require_POST
def packaging(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more packaging; with status 422 and what was typed, when something was not understood or refused."""
    found = product_reached(request, pk, Action.KEEP_GOODS)
    form = PackagingForm(request.POST)
    if form.is_valid():
        try:
            add_packaging(found, by=request.user, **form.cleaned_data)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("新包装记好了。"))
            return redirect("livestream:product", pk)
    return product_page(request, found, form)


@never_cache
@needs(Action.SEE_PLAN)
@require_http_methods(["GET", "POST"])
def geo(request: SignedInRequest) -> HttpResponse:
    """The county's geographical indications with the goods that use them; one more, or one changed (`geo` in the form)."""
    county = county_kept(request.user)
    may_keep = keeps_all(request.user, county)
    found = GeoIndication.objects.visible_to(request.user).select_related("county").prefetch_related("products")
    wanted = request.POST.get("geo") or request.GET.get("geo") or ""
    is_key = wanted.isascii() and wanted.isdigit() and len(wanted) < KEY_DIGITS
    mine = found.filter(pk=wanted, county=county).first() if may_keep and is_key else None
    if request.method == "POST" and (not may_keep or county is None or (wanted and mine is None)):
        messages.error(request, _("地理标志由县里登记，请用县里的账号来办。"))
        return redirect("livestream:geo")
    said = {name: getattr(mine, name) for name in ("name", "number", "holder", "valid_until_on")} if mine else None
    form = GeoForm(typed(request), initial=said)
    if form.is_bound and form.is_valid() and county is not None:
        try:
            change_geo(mine, form.facts) if mine else add_geo(form.facts, county=county)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("存好了。"))
            return redirect("livestream:geo")
    context = {"rows": found, "form": form, "mine": mine, "may_keep": may_keep, "today": timezone.localdate()}
    return render(request, "livestream/geo.html", context, status=422 if form.is_bound else 200)
