"""Agreements with partners: what was promised, what was delivered, what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.agreement import (
    add_agreement,
    add_deliverable,
    change_agreement,
    drop_deliverable,
    note_delivery,
)
from livestream.campaign_forms import AT, AgreementForm, DeliveryForm, PromiseForm, agreement_said
from livestream.models import Agreement, Deliverable
from livestream.rules.agreement import Progress
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action, covers
from livestream.typed_fields import say, typed
from livestream.views.campaign import county_of_staff, no_county
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import date

    from django.forms import Form
    from django.http import HttpResponse

    from livestream.rules.agreement import Standing
    from livestream.views.signed_in import SignedInRequest

PROMISES = Prefetch("deliverables", Deliverable.objects.select_related("noted_by"))


class Promised(NamedTuple):
    deliverable: Deliverable
    standing: Standing


class Kept(NamedTuple):
    """An agreement with how its promises stand."""

    agreement: Agreement
    promises: list[Promised]
    done: int
    late: int
    is_over: bool


def kept(agreement: Agreement, today: date) -> Kept:
    promises = [Promised(each, each.standing(today)) for each in agreement.deliverables.all()]
    states = [promise.standing.progress for promise in promises]
    return Kept(agreement, promises, states.count(Progress.DONE), states.count(Progress.LATE), agreement.until_on < today)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def agreements(request: SignedInRequest) -> HttpResponse:
    """Those that hold first, the one that ends next on top."""
    today = timezone.localdate()
    found = Agreement.objects.visible_to(request.user).prefetch_related(PROMISES).order_by("until_on", "pk")
    rows = sorted((kept(each, today) for each in found), key=lambda row: row.is_over)
    context = {"rows": rows, "may_keep": bool(request.user.reach(Action.KEEP_PLAN))}
    return render(request, "livestream/agreements.html", context)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    county = county_of_staff(request.user)
    if county is None:
        return no_county(request, "livestream:agreements")
    form = AgreementForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = add_agreement(form.plan, county=county, by=request.user)
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("协议登记好了。下面写答应了什么。"))
            return redirect("livestream:agreement", made.pk)
    return render(request, "livestream/agreement_edit.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def agreement(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Agreement.objects.visible_to(request.user).prefetch_related(PROMISES), pk=pk)
    return agreement_page(request, found, PromiseForm())


def agreement_page(request: SignedInRequest, found: Agreement, form: Form, status: int = 200) -> HttpResponse:
    context = {
        "row": kept(found, timezone.localdate()),
        "form": form,
        "may_keep": covers(request.user.reach(Action.KEEP_PLAN), found.county_id),
    }
    return render(request, "livestream/agreement.html", context, status=status)


def agreement_kept(request: SignedInRequest, pk: int) -> Agreement:
    """Raises Http404."""
    return get_object_or_404(Agreement.objects.visible_to(request.user, Action.KEEP_PLAN).prefetch_related(PROMISES), pk=pk)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    found = agreement_kept(request, pk)
    form = AgreementForm(typed(request), initial=agreement_said(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_agreement(found, form.plan)
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:agreement", pk)
    context = {"form": form, "agreement": found}
    return render(request, "livestream/agreement_edit.html", context, status=422 if form.errors else 200)


@needs(Action.KEEP_PLAN)
@require_POST
def promise(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more thing that was promised; with status 422 and what was typed, when something was not understood."""
    found = agreement_kept(request, pk)
    form = PromiseForm(request.POST)
    if form.is_valid():
        try:
            add_deliverable(found, form.promise)
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            return redirect("livestream:agreement", pk)
    return agreement_page(request, found, form, status=422)


def deliverable_kept(request: SignedInRequest, pk: int) -> Deliverable:
    """Raises Http404."""
    found = Deliverable.objects.visible_to(request.user, Action.KEEP_PLAN).select_related("agreement")
    return get_object_or_404(found, pk=pk)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def deliver(request: SignedInRequest, pk: int) -> HttpResponse:
    """How much of it there is by now, with a proof."""
    found = deliverable_kept(request, pk)
    form = DeliveryForm(typed(request), initial={"done": found.done or None, "evidence": found.evidence})
    if request.method == "POST" and form.is_valid():
        try:
            note_delivery(found, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, AT | {"wanted_out_of_range": "done"})
        else:
            messages.success(request, _("记下了。"))
            return redirect("livestream:agreement", found.agreement_id)
    context = {"form": form, "deliverable": found, "standing": found.standing(timezone.localdate())}
    return render(request, "livestream/agreement_delivery.html", context, status=422 if form.errors else 200)


@needs(Action.KEEP_PLAN)
@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    found = deliverable_kept(request, pk)
    drop_deliverable(found)
    messages.success(request, _("“{what}”去掉了。").format(what=found.what))
    return redirect("livestream:agreement", found.agreement_id)
