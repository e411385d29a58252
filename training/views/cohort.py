"""The cohorts of my place: the list, a new one, one that is changed, opened for people, begun, called off or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, When
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from livestream.typed_fields import say, typed
from livestream.views.desk import home_of
from livestream.views.signed_in import needs
from training.actions.cohort import (
    begin_cohort,
    cancel_cohort,
    change_cohort,
    close_cohort,
    close_link,
    open_link,
    plan_cohort,
)
from training.cohort_forms import AT, CohortFilter, CohortPlanForm, WhyForm
from training.models import Cohort
from training.rules.cohort import TAKES_PEOPLE
from training.rules.enrolment import SEATED, EnrolmentState

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.models import Place
    from livestream.views.signed_in import SignedInRequest
    from training.models.cohort import CohortQuerySet

ON_A_PAGE = 24
SEATS_TAKEN = Count("enrolments", filter=Q(enrolments__state__in=sorted(SEATED)), distinct=True)
ON_FIRST = Case(When(state__in=sorted(TAKES_PEOPLE), then=0), default=1)
WAITING = Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING), distinct=True)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def cohorts(request: SignedInRequest) -> HttpResponse:
    """Those that are on first, then the newest."""
    seen = Cohort.objects.visible_to(request.user)
    years = seen.order_by("-year").values_list("year", flat=True).distinct()
    asked = CohortFilter(request.GET, years=years)
    found = narrowed(seen, asked).annotate(taken=SEATS_TAKEN, waiting=WAITING)
    page = Paginator(found.select_related("place").order_by(ON_FIRST, "-starts_on", "-number", "pk"), ON_A_PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "asked": asked,
        "may_keep": county_of_trainer(request) is not None,
    }
    return render(request, "training/cohorts.html", context)


def narrowed(found: CohortQuerySet, asked: CohortFilter) -> CohortQuerySet:
    if words := asked.said("q"):
        found = found.filter(title__icontains=words)
    if year := asked.said("year"):
        found = found.filter(year=int(year))
    if state := asked.said("state"):
        found = found.filter(state=state)
    return found


def county_of_trainer(request: SignedInRequest) -> Place | None:
    """The county in which this person makes cohorts; None for who does not, or is above the counties."""
    if not request.user.reach(Action.KEEP_SCHOOL):
        return None
    home = home_of(request.user, Action.KEEP_SCHOOL)
    while home is not None and len(home.pk) > COUNTY_DIGITS:
        home = home.parent
    return home if home is not None and len(home.pk) == COUNTY_DIGITS else None


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    county = county_of_trainer(request)
    if county is None:
        messages.error(request, _("班是县里的，请用县里的账号来办。"))
        return redirect("training:cohorts")
    form = CohortPlanForm(typed(request), county=county, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_cohort(form.plan, form.teaching, county=county, by=request.user)
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("班建好了。下一步：打开报名，或者一个一个登记。"))
            return redirect("training:cohort", made.pk)
    return render(request, "training/cohort_edit.html", {"form": form}, status=422 if form.is_bound else 200)


def cohort_to_keep(request: SignedInRequest, pk: UUID) -> Cohort:
    """Raises Http404 for one that is not to be seen, PermissionDenied for one that is, and not to be kept."""
    seen = Cohort.objects.visible_to(request.user).select_related("county", "place")
    found = get_object_or_404(seen, pk=pk)
    if not Cohort.objects.reached_by(request.user, Action.KEEP_SCHOOL).filter(pk=pk).exists():
        raise PermissionDenied
    return found


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood, refused, or changed by somebody else meanwhile."""
    found = cohort_to_keep(request, pk)
    form = CohortPlanForm(typed(request), county=found.county, by=request.user, cohort=found)
    context: dict[str, Any] = {"form": form, "cohort": found}
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            change_cohort(found, form.plan, form.teaching, version=version, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, AT)
            context["is_changed"] = refused.code == "cohort_changed"
        else:
            messages.success(request, _("改好了。"))
            return redirect("training:cohort", pk)
    return render(request, "training/cohort_edit.html", context, status=422 if form.is_bound else 200)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def link(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Opens the link by which people enrol themselves, or closes it (`close`)."""
    found = cohort_to_keep(request, pk)
    if "close" in request.POST:
        return done(request, found, lambda: close_link(found), _("手机报名关上了。已经报上的不变。"))
    return done(request, found, lambda: open_link(found), _("手机报名打开了：把二维码给大家扫，或者把地址发到群里。"))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def begin(request: SignedInRequest, pk: UUID) -> HttpResponse:
    found = cohort_to_keep(request, pk)
    return done(request, found, lambda: begin_cohort(found), _("开班了。"))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With a reason, which everybody in it is told."""
    found, form = cohort_to_keep(request, pk), WhyForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    said = _("班取消了，每位学员都会收到通知。")
    return done(request, found, lambda: cancel_cohort(found, because=because, by=request.user, at=timezone.now()), said)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def close(request: SignedInRequest, pk: UUID) -> HttpResponse:
    found = cohort_to_keep(request, pk)
    try:
        completed = close_cohort(found, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        said = _("结班了：发了 {issued} 张结业证书，{lacking} 人没有结业。")
        messages.success(request, said.format(issued=len(completed.issued), lacking=len(completed.lacking)))
    return redirect("training:cohort", pk)


def done(request: SignedInRequest, cohort: Cohort, work: Callable[[], object], said: str) -> HttpResponse:
    """Back to the cohort, with what was done or why not."""
    try:
        work()
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("training:cohort", cohort.pk)
