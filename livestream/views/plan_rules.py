"""The rules by which a county plans: how strict it is about clashes, how long its roads are, what it promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.plan_rules import change_rules, forget_road, set_road
from livestream.models import LiveSession, Place, TravelTime
from livestream.models.plan_rules import rules_of
from livestream.plan_rules_forms import RoadForm, RulesForm
from livestream.rules.clash import Clashing
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


def county_kept(request: SignedInRequest) -> Place:
    """The one that the address names, else the person's own, else the first that he keeps. Raises Http404."""
    kept = Place.objects.counties().visible_to(request.user, Action.KEEP_PLAN)
    if wanted := request.GET.get("county", ""):
        return get_object_or_404(kept, pk=wanted)
    found = kept.filter(pk=request.user.county_id).first() or kept.first()
    if found is None:
        raise Http404
    return found


def address_of(county: Place) -> str:
    return f"{reverse('livestream:plan_rules')}?county={county.pk}"


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def rules(request: SignedInRequest) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood, or when sessions stand that would be refused."""
    county = county_kept(request)
    if request.method == "GET":
        return rules_page(request, county, RulesForm(rules=rules_of(county.pk)), RoadForm(county=county))
    form = RulesForm(request.POST, rules=rules_of(county.pk))
    if form.is_valid():
        try:
            change_rules(county, form.plan, at=timezone.now())
        except NotAllowed as refused:
            return rules_page(request, county, form, RoadForm(county=county), refused)
        messages.success(request, _("规则改好了，从现在起照它排。"))
        return redirect(address_of(county))
    return rules_page(request, county, form, RoadForm(county=county))


def rules_page(
    request: SignedInRequest, county: Place, form: RulesForm, road: RoadForm, refused: NotAllowed | None = None
) -> HttpResponse:
    clashes = refused.clashes if isinstance(refused, Clashing) else []
    asked = {pk for clash in clashes for pk in (clash.mine, clash.other) if pk}
    sessions = LiveSession.objects.reached_by(request.user).in_bulk(asked)
    context = {
        "county": county,
        "form": form,
        "road": road,
        "roads": TravelTime.objects.filter(county=county).select_related("one__parent", "other__parent").order_by("one", "other"),
        "promise": rules_of(county.pk).promise,
        "refused": refused,
        "clashes": [(clash, [sessions[pk] for pk in (clash.mine, clash.other) if pk in sessions]) for clash in clashes],
        "here": address_of(county),
    }
    return render(request, "livestream/plan_rules.html", context, status=422 if form.is_bound or road.is_bound else 200)


@needs(Action.KEEP_PLAN)
@require_POST
def road_set(request: SignedInRequest) -> HttpResponse:
    """One row of the table of roads, new or with other minutes."""
    county = county_kept(request)
    road = RoadForm(request.POST, county=county)
    if road.is_valid():
        said = road.cleaned_data
        try:
            set_road(county, said["one"], said["other"], minutes=said["minutes"])
        except NotAllowed as refused:
            road.add_error(None, str(refused))
        else:
            messages.success(request, _("记下了。"))
            return redirect(f"{address_of(county)}#roads")
    return rules_page(request, county, RulesForm(rules=rules_of(county.pk)), road)


@needs(Action.KEEP_PLAN)
@require_POST
def road_forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """The general minutes hold again."""
    road = get_object_or_404(TravelTime.objects.visible_to(request.user, Action.KEEP_PLAN).select_related("county"), pk=pk)
    forget_road(road)
    messages.success(request, _("删掉了，照一般的路上时间算。"))
    return redirect(f"{address_of(road.county)}#roads")
