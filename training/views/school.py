"""What the pages of the school share: of which county they are; and the page of what a county agreed on."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.school import set_rules
from training.models import Cohort, SchoolMonth, school_rules_of
from training.school_forms import RulesForm

T = TypeVar("T")
P = ParamSpec("P")

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from livestream.models import User
    from livestream.models.place import PlaceQuerySet
    from livestream.views.signed_in import SignedInRequest

    OfCounty = Callable[Concatenate[SignedInRequest, Place, P], HttpResponse]


def counties_reached(user: User, action: Action, *, from_below: bool = False) -> PlaceQuerySet:
    """Those that lie in a county, city or province where this person may do that; `from_below`: also those in which his township
    or village lies."""
    codes = [code[:COUNTY_DIGITS] for code in user.reach(action) if from_below or len(code) <= COUNTY_DIGITS]
    return Place.objects.counties().in_reach(codes)


def counties_taught(user: User, action: Action = Action.SEE_SCHOOL, *, from_below: bool = False) -> list[Place]:
    """The counties whose school this person reaches as a whole; of more than one, those that have one, and his own. A village's
    trainer reaches his classes and, `from_below`, the county's courses, not what else belongs to the county (docs/rights.md)."""
    found = counties_reached(user, action, from_below=from_below)
    first = list(found[:2])
    if len(first) < 2:
        return first
    has_cohorts = Exists(Cohort.objects.filter(county=OuterRef("pk")))
    has_months = Exists(SchoolMonth.objects.filter(county=OuterRef("pk")))
    return list(found.filter(has_cohorts | has_months | Q(pk=user.county_id))) or first


def county_asked(
    request: SignedInRequest, action: Action = Action.SEE_SCHOOL, *, from_below: bool = False
) -> tuple[Place | None, list[Place]]:
    """The county that the page is about, and those to choose from: what the address names, else the person's own, else the first;
    None for somebody who reaches none. Raises Http404 for one that he does not reach."""
    wanted = request.GET.get("county", "")
    if wanted:
        reached = counties_reached(request.user, action, from_below=from_below)
        return get_object_or_404(reached, pk=wanted), counties_taught(request.user, action, from_below=from_below)
    counties = counties_taught(request.user, action, from_below=from_below)
    own = [county for county in counties if county.pk == request.user.county_id]
    return next(iter(own or counties), None), counties


def of_county(action: Action) -> Callable[[OfCounty[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """As `needs`, for a page that is about a county, which the view gets. Whoever may do that below a county alone is told so, at
    the desk."""

    def guard(view: OfCounty[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            county, _counties = county_asked(request, action)
            if county is None:
                messages.info(request, _("这一页归县里管。您管的地方不到一个县，请问县电商中心。"))
                return redirect("training:desk")
            return view(request, county, *args, **kwargs)

        return needs(action)(update_wrapper(guarded, view))

    return guard


def at(name: str, county: Place, *args: object) -> str:
    """The address of a page of the school, of this county."""
    return f"{reverse(f'training:{name}', args=args)}?county={county.pk}"


def posted(request: SignedInRequest) -> Any:
    """What a form of the page sent, be it empty; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def tried(form: forms.Form, verb: Callable[[], T], fields: Mapping[str, str] | None = None) -> T | None:
    """What the verb gives where the form is valid and nothing refuses; else None, and the form says why, at the field that
    `fields` names for the code of the refusal."""
    if not form.is_valid():
        return None
    try:
        return verb()
    except NotAllowed as refused:
        form.add_error((fields or {}).get(refused.code), str(refused))
        return None


def status_of(form: forms.Form) -> int:
    return 422 if form.is_bound else 200


@never_cache
@of_county(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def rules(request: SignedInRequest, county: Place) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood."""
    form = RulesForm(posted(request), rules=school_rules_of(county.pk))
    if tried(form, lambda: set_rules(county, form.plan)):
        messages.success(request, _("规则改好了，数字从现在起照它算。"))
        return redirect(at("school_rules", county))
    context = {"county": county, "counties": counties_taught(request.user, Action.KEEP_SCHOOL), "form": form}
    return render(request, "training/school_rules.html", context, status=status_of(form))
