"""The register of suppliers: the list, one with its papers and goods, new, changed, out of use; the phone for who has to call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.party import (
    change_supplier,
    put_supplier_in_use,
    register_supplier,
    reveal_supplier,
)
from livestream.models import Place, Supplier
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import SOON_DAYS
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action, holds
from livestream.rules.vault import RevealReason
from livestream.supplier_forms import SupplierFilter, SupplierForm
from livestream.typed_fields import say, typed
from livestream.vault_forms import RevealForm
from livestream.views.product import ON_A_PAGE, keep_over, rows_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

FIELDS = {"supplier_there": "name", "supplier_place": "place", "supplier_exempt": "registration"}


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def suppliers(request: SignedInRequest) -> HttpResponse:
    """In use first, by name."""
    asked = SupplierFilter(request.GET)
    found = Supplier.objects.visible_to(request.user).select_related("place__parent")
    if words := asked.said("q").replace("\0", "").strip():
        found = found.filter(Q(name__icontains=words) | Q(place__name__icontains=words))
    if kind := asked.said("kind"):
        found = found.filter(kind=kind)
    in_use = Count("products", filter=Q(products__is_in_use=True))
    rows = found.annotate(goods=in_use).order_by("-is_in_use", "name", "pk")
    context = {
        "asked": asked,
        "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "may_keep": bool(request.user.reach(Action.KEEP_GOODS)),
    }
    return render(request, "livestream/suppliers.html", context)


def supplier_reached(request: SignedInRequest, pk: int, action: Action) -> Supplier:
    """Raises Http404."""
    found = Supplier.objects.visible_to(request.user, action).select_related("place__parent", "county")
    return get_object_or_404(found, pk=pk)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def supplier(request: SignedInRequest, pk: int) -> HttpResponse:
    found, today = supplier_reached(request, pk, Action.SEE_PLAN), timezone.localdate()
    goods = found.products.select_related("supplier__place", "geo_indication").order_by("-is_in_use", "title", "pk")
    context = {
        "supplier": found,
        "rows": rows_of(goods, today),
        "papers": found.papers.filter(product=None).select_related("checked_by").order_by("kind", "-pk"),
        "today": today,
        "soon_on": today + timedelta(days=SOON_DAYS),
        "may_keep": holds(request.user.reach(Action.KEEP_GOODS), county=found.county_id, place=found.place_id),
    }
    return render(request, "livestream/supplier.html", context)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    form = SupplierForm(typed(request), by=request.user)
    if form.is_bound and form.is_valid():
        facts = form.facts
        try:
            made = register_supplier(facts, county=Place.objects.get(pk=facts.place.pk[:COUNTY_DIGITS]))
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("登记好了。"))
            return redirect("livestream:supplier", made.pk)
    return render(request, "livestream/supplier_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    found = supplier_reached(request, pk, Action.KEEP_GOODS)
    form = SupplierForm(typed(request), by=request.user, supplier=found)
    if form.is_bound and form.is_valid():
        try:
            change_supplier(found, form.facts, version=form.version_said)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
            if refused.code == "goods_changed":
                keep_over(form, request, Supplier.objects.get(pk=found.pk).version)
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:supplier", pk)
    context = {"form": form, "supplier": found}
    return render(request, "livestream/supplier_edit.html", context, status=422 if form.is_bound else 200)


@needs(Action.KEEP_GOODS)
@require_POST
def use(request: SignedInRequest, pk: int) -> HttpResponse:
    """Out of use, or back (`in_use` = yes)."""
    found = supplier_reached(request, pk, Action.KEEP_GOODS)
    try:
        put_supplier_in_use(found, is_in_use=request.POST.get("in_use") == "yes")
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("又可以用了。") if found.is_in_use else _("停用了。以前的记录都在。"))
    return redirect("livestream:supplier", pk)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks for a reason; the answer to the form shows whom to call, this once."""
    found = supplier_reached(request, pk, Action.KEEP_GOODS)
    form = RevealForm(typed(request), initial={"reason": RevealReason.CONTACT})
    context = {"supplier": found, "form": form}
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            plain = reveal_supplier(
                found, reason=RevealReason(said["reason"]), words=said["words"], by=request.user
            )  # fmt: skip
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "livestream/supplier_reveal.html", context | {"plain": plain})
    return render(request, "livestream/supplier_reveal.html", context, status=422 if form.is_bound else 200)
