"""The register of subsidies of a county: listed, made, changed, stopped. What a rule has paid is a page of `orders`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.subsidy import add_subsidy, approve_subsidy, change_subsidy, stop_subsidy, terms_mark
from livestream.models import Place, SubsidyRule
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.subsidy_forms import FIELDS, SubsidyForm
from livestream.typed_fields import say, typed
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest


class Shown(NamedTuple):
    """`mark`: what an approver reads here, and approves."""

    rule: SubsidyRule
    may_approve: bool
    mark: str


def may_approve(user: User, rule: SubsidyRule) -> bool:
    return not rule.is_approved and rule.made_by_id != user.pk and user.may(Action.PASS_GOODS, rule.county_id)


def counties_of(user: User) -> list[Place]:
    """The counties as a whole in which this person keeps goods: a subsidy belongs to nobody below."""
    reach = user.reach(Action.KEEP_GOODS)
    return [county for county in Place.objects.counties().order_by("pk") if any(county.pk.startswith(code) for code in reach)]


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def subsidies(request: SignedInRequest) -> HttpResponse:
    """In use first, each with what is left of it."""
    rules = (
        SubsidyRule.objects.visible_to(request.user)
        .select_related("county", "made_by", "approved_by")
        .order_by("-is_active", "-from_at")
    )
    context = {
        "rules": [Shown(rule, may_approve(request.user, rule), terms_mark(rule)) for rule in rules],
        "may_keep": bool(counties_of(request.user)),
        "sees_orders": bool(request.user.reach(Action.SEE_ORDERS)),
        "now": timezone.now(),
    }
    return render(request, "livestream/subsidies.html", context)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    counties = counties_of(request.user)
    if not counties:
        raise PermissionDenied
    form = SubsidyForm(typed(request), counties=counties)
    if form.is_bound and form.is_valid():
        county = next(county for county in counties if county.pk == form.county_code)
        try:
            made = add_subsidy(form.plan, county=county, by=request.user)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("写好了：{name}。等另一位审批人批准，批准了才算数。").format(name=made.name))
            return redirect("livestream:subsidies")
    return render(request, "livestream/subsidy_edit.html", {"form": form}, status=422 if form.errors else 200)


def rule_reached(request: SignedInRequest, pk: int) -> SubsidyRule:
    """Raises Http404."""
    return get_object_or_404(SubsidyRule.objects.visible_to(request.user, Action.KEEP_GOODS), pk=pk)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    rule = rule_reached(request, pk)
    form = SubsidyForm(typed(request), rule=rule)
    if form.is_bound and form.is_valid():
        try:
            change_subsidy(rule, form.plan, by=request.user)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("存好了：{title}。").format(title=rule.name))
            return redirect("livestream:subsidies")
    return render(request, "livestream/subsidy_edit.html", {"form": form, "rule": rule}, status=422 if form.errors else 200)


@needs(Action.PASS_GOODS)
@require_POST
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """Of what stood on the page (`seen`); back to the list with what came of it."""
    rule = get_object_or_404(SubsidyRule.objects.visible_to(request.user, Action.PASS_GOODS), pk=pk)
    try:
        approve_subsidy(rule, by=request.user, at=timezone.now(), seen=request.POST.get("seen", ""))
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("批准了：{name}。从现在起算数。").format(name=rule.name))
    return redirect("livestream:subsidies")


@needs(Action.KEEP_GOODS)
@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    rule = stop_subsidy(rule_reached(request, pk), at=timezone.now())
    messages.success(request, _("停用了：{name}。现在起付款的不再补，以前的不变。").format(name=rule.name))
    return redirect("livestream:subsidies")
