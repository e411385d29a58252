"""Papers (证件): what ends soon, one of them with its picture, added, checked by somebody; what the county asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions import stored_file
from livestream.actions.paper import (
    add_paper,
    add_paper_rule,
    check_paper,
    content_of,
    drop_paper,
    drop_paper_rule,
)
from livestream.models import Paper, PaperRule, Product, Supplier
from livestream.paper_forms import CheckForm, PaperFilter, PaperForm, PaperRuleForm
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import SOON_DAYS, days_left, line_of, line_words
from livestream.rules.goods import REQUIRED, PaperState, ProductClass
from livestream.rules.rights import Action, holds
from livestream.sheets.paper_scan import is_pdf
from livestream.sheets.photo import smaller
from livestream.typed_fields import say, typed
from livestream.views.product import ON_A_PAGE, county_kept, keeps_all
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

DIGITS = 18  # fewer than a bigint has
FIELDS = {
    "paper_product": "kind", "paper_days": "valid_until_on", "paper_issued_later": "issued_on", "paper_too_large": "file",
    "paper_empty": "file", "paper_file_kind": "file", "photo_broken": "file", "photo_too_large": "file", "photo_kind": "file",
    "paper_refusal": "refusal", "paper_rule_empty": "kinds", "paper_rule_there": "kinds",
}  # fmt: skip


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def papers(request: SignedInRequest) -> HttpResponse:
    """What ends first stands first; what does not end, last."""
    asked, today = PaperFilter(request.GET), timezone.localdate()
    visible = Paper.objects.visible_to(request.user)
    living = visible.exclude(state=PaperState.REFUSED)
    soon_on = today + timedelta(days=SOON_DAYS)
    shown = {
        "": living.filter(Q(valid_until_on=None) | Q(valid_until_on__gte=today)),
        "waiting": visible.filter(state=PaperState.WAITING),
        "over": living.filter(valid_until_on__lt=today),
        "refused": visible.filter(state=PaperState.REFUSED),
    }[asked.said("show")]
    if kind := asked.said("kind"):
        shown = shown.filter(kind=kind)
    if words := asked.said("q").replace("\0", "").strip():
        named = Q(number__icontains=words) | Q(supplier__name__icontains=words) | Q(product__title__icontains=words)
        shown = shown.filter(named)
    context = {
        "asked": asked,
        "page": Paginator(shown.select_related("supplier", "product", "checked_by"), ON_A_PAGE).get_page(request.GET.get("page")),
        "today": today,
        "soon_on": soon_on,
        "soon": living.filter(state=PaperState.ACCEPTED, valid_until_on__range=(today, soon_on)).count(),
        "over": living.filter(valid_until_on__lt=today).count(),
        "waiting": visible.filter(state=PaperState.WAITING).count(),
        "days": calendar_of(living.filter(valid_until_on__range=(today, soon_on)).select_related("supplier", "product")),
        "may_keep": bool(request.user.reach(Action.KEEP_GOODS)),
    }
    return render(request, "livestream/papers.html", context)


def calendar_of(soon: Iterable[Paper]) -> list[tuple[date, list[Paper]]]:
    """The days of the next month on which papers end, each with those."""
    days: dict[date, list[Paper]] = {}
    for one in soon:
        if one.valid_until_on:
            days.setdefault(one.valid_until_on, []).append(one)
    return sorted(days.items())


def paper_reached(request: SignedInRequest, pk: int, action: Action) -> Paper:
    """Raises Http404."""
    found = Paper.objects.visible_to(request.user, action)
    return get_object_or_404(found.select_related("supplier__place", "product", "checked_by", "added_by"), pk=pk)


def may_keep(user: User, supplier: Supplier) -> bool:
    return holds(user.reach(Action.KEEP_GOODS), county=supplier.county_id, place=supplier.place_id)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def paper(request: SignedInRequest, pk: int) -> HttpResponse:
    found = paper_reached(request, pk, Action.SEE_PLAN)
    return paper_page(request, found, CheckForm(initial={"seen": found.state, "state": ""}))


def paper_page(request: SignedInRequest, found: Paper, form: CheckForm) -> HttpResponse:
    context = {
        "paper": found,
        "form": form,
        "left": days_left(found.valid_until_on, timezone.now()),
        "soon_days": SOON_DAYS,
        "is_photo": found.name.endswith(".jpg"),
        "may_keep": may_keep(request.user, found.supplier),
    }
    return render(request, "livestream/paper.html", context, status=422 if form.errors else 200)


@needs(Action.SEE_PLAN)
@require_GET
def paper_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The photo (`?size=small` for lists) in the page; a PDF as a download: what strangers made is opened by no page of ours."""
    found = paper_reached(request, pk, Action.SEE_PLAN)
    try:
        content = content_of(found)
    except stored_file.Gone as gone:
        raise Http404 from gone
    pdf = is_pdf(content)
    if request.GET.get("size") == "small" and not pdf:
        content = smaller(content)
    answer = HttpResponse(content, content_type="application/pdf" if pdf else "image/jpeg")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=pdf, filename=found.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Of a product (`?product=`) or of a supplier as a whole (`?supplier=`), which are to be opened first where the address names
    none; with status 422 and what was typed, when something was not understood or refused."""
    if not (request.GET.get("product") or request.GET.get("supplier")):
        return render(request, "livestream/paper_new.html", {})
    product, supplier = subject_of(request)
    form = PaperForm(typed(request), request.FILES or None, initial={"kind": request.GET.get("kind", "")})
    if form.is_bound and form.is_valid():
        try:
            made = add_paper(
                form.facts, supplier=supplier, product=product, upload=form.upload, by=request.user, at=timezone.now()
            )  # fmt: skip
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("证件收好了，等人核对以后才算数。"))
            return redirect("livestream:paper", made.pk)
    context = {"form": form, "product": product, "supplier": supplier}
    return render(request, "livestream/paper_new.html", context, status=422 if form.is_bound else 200)


def subject_of(request: SignedInRequest) -> tuple[Product | None, Supplier]:
    """Raises Http404."""
    if key := request.GET.get("product", ""):
        mine = Product.objects.visible_to(request.user, Action.KEEP_GOODS).select_related("supplier__place")
        product = get_object_or_404(mine, pk=number_in(key))
        return product, product.supplier
    suppliers = Supplier.objects.visible_to(request.user, Action.KEEP_GOODS).select_related("place")
    return None, get_object_or_404(suppliers, pk=number_in(request.GET.get("supplier", "")))


def number_in(text: str) -> int:
    """Raises Http404."""
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        raise Http404
    return int(text)


@needs(Action.KEEP_GOODS)
@require_POST
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    found = paper_reached(request, pk, Action.KEEP_GOODS)
    form = CheckForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            check_paper(
                found, PaperState(said["state"]), refusal=said["refusal"], seen=said["seen"], by=request.user, at=timezone.now()
            )  # fmt: skip
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("核对好了。"))
            return redirect("livestream:paper", pk)
    return paper_page(request, found, form)


@needs(Action.KEEP_GOODS)
@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    found = paper_reached(request, pk, Action.KEEP_GOODS)
    try:
        drop_paper(found)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("livestream:paper", pk)
    messages.success(request, _("删掉了。"))
    if found.product_id:
        return redirect("livestream:product", found.product_id)
    return redirect("livestream:supplier", found.supplier_id)


@never_cache
@needs(Action.SEE_PLAN)
@require_http_methods(["GET", "POST"])
def rules(request: SignedInRequest) -> HttpResponse:
    """What the law asks of each class, and the county besides; one more line, or one taken away (`drop` in the form)."""
    county = county_kept(request.user)
    keeps = keeps_all(request.user, county)
    form = PaperRuleForm(typed(request) if not request.POST.get("drop") else None)
    if request.method == "POST" and (county is None or not keeps):
        messages.error(request, _("证件要求由县里定，请用县里的账号来办。"))
        return redirect("livestream:paper_rules")
    own = PaperRule.objects.filter(county=county) if county else PaperRule.objects.none()
    if request.method == "POST" and (key := request.POST.get("drop")):
        drop_paper_rule(get_object_or_404(own, pk=number_in(key)))
        return redirect(reverse("livestream:paper_rules"))
    if form.is_bound and form.is_valid() and county is not None:
        try:
            add_paper_rule(county, form.cleaned_data["product_class"], form.cleaned_data["kinds"])
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("加好了，马上生效。"))
            return redirect("livestream:paper_rules")
    context = {"county": county, "form": form, "keeps": keeps, "classes": classes_of(own)}
    return render(request, "livestream/paper_rules.html", context, status=422 if form.is_bound else 200)


def classes_of(own: Iterable[PaperRule]) -> list[tuple[ProductClass, list[str], list[tuple[int, str]]]]:
    """Each class with what the law asks of it, and what the county does, with the keys of its lines."""
    more: dict[str, list[tuple[int, str]]] = {}
    for rule in own:
        more.setdefault(rule.product_class, []).append((rule.pk, line_words(line_of(rule.any_of))))
    return [
        (
            each,
            [line_words(line) for line in REQUIRED[each]],
            more.get(each.value, []),
        )
        for each in ProductClass
    ]
