"""What came of a class, and of all of a county: each figure with its definition and everybody behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.typed_fields import say
from livestream.views.signed_in import needs
from training.actions.conversion import conversions
from training.actions.evidence import note_evidence, withdraw_evidence
from training.conversion_forms import PaperForm
from training.models import Cohort, Evidence
from training.rules.enrolment import EnrolmentState
from training.views.conversion_rows import cards_of, short_cards_of
from training.views.results import cohort_to, may_keep

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

PEOPLE_SHOWN, COHORTS_SHOWN = 100, 60
FIELDS = {"evidence_by_records": "kind", "evidence_day": "on", "not_completed": "enrolment"}


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def conversion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    return cohort_page(request, cohort_to(request, pk), None)


def cohort_page(request: SignedInRequest, cohort: Cohort, form: PaperForm | None, status: int = 200) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    found = conversions(cohort.county, [cohort], today)
    keeps = may_keep(request, cohort)
    papers = Evidence.objects.filter(enrolment__cohort=cohort).select_related("enrolment__trainee", "noted_by")
    reads_places = keeps or user.may(Action.AUDIT_SCHOOL, cohort.county_id)
    context = {
        "cohort": cohort,
        "county": cohort.county,
        "today": today,
        "cards": cards_of(found, user, county=cohort.county_id),
        "completers": found[0].completers if found else 0,
        "papers": papers.prefetch_related("enclosures").order_by("-on", "-pk"),
        "form": form or (paper_form(cohort) if keeps else None),
        "may_keep": keeps,
        "reads_places": reads_places,
        "may_open": reads_places,
    }
    return render(request, "training/conversion.html", context, status=status)


def paper_form(cohort: Cohort, data: object = None) -> PaperForm:
    return PaperForm(data, graduates=list(cohort.enrolments.completed().select_related("trainee").order_by("seat")))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def evidence_add(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    cohort = cohort_to(request, pk, Action.KEEP_SCHOOL)
    form = paper_form(cohort, request.POST)
    if form.is_valid():
        try:
            note_evidence(form.graduate, form.paper, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("材料登记好了，转化率已经重新算过。"))
            return redirect("training:conversion", pk)
    return cohort_page(request, cohort, form, status=422)


@needs(Action.KEEP_SCHOOL)
@require_POST
def evidence_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it withdrawn."""
    kept = Evidence.objects.visible_to(request.user, Action.KEEP_SCHOOL).select_related("enrolment")
    evidence = get_object_or_404(kept, pk=pk)
    withdraw_evidence(evidence, at=timezone.now())
    messages.success(request, _("材料撤回了，不再算数；记录还留着。"))
    return redirect("training:conversion", evidence.enrolment.cohort_id)


# --- a county -------------------------------------------------------------------------------------------------------------


def counties_taught(user: User) -> list[Place]:
    """The counties with classes that this person sees."""
    there = Cohort.objects.reached_by(user).filter(county=OuterRef("pk"))
    return list(Place.objects.counties().filter(Exists(there)))


def county_asked(request: SignedInRequest) -> tuple[Place | None, list[Place]]:
    """The county that the page is about, and those to choose from: the one that the address names, the person's own, the only
    one."""
    return chosen_of(request, counties_taught(request.user))


def chosen_of(request: SignedInRequest, counties: list[Place]) -> tuple[Place | None, list[Place]]:
    """Of these the one that the address names, the person's own, the only one; and all of them."""
    wanted = request.GET.get("county") or request.user.county_id
    chosen = next((county for county in counties if county.pk == wanted), None)
    return chosen or (counties[0] if len(counties) == 1 else None), counties


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def county_conversion(request: SignedInRequest) -> HttpResponse:
    """Of the county, or of what of it this person sees."""
    county, counties = county_asked(request)
    context = {"county": county, "counties": counties, "today": timezone.localdate()}
    return render(request, "training/county_conversion.html", context | (figures_of(county, request.user) if county else {}))


def figures_of(county: Place, user: User) -> dict[str, object]:
    seen = Cohort.objects.reached_by(user).filter(county=county)
    sees_all = user.may(Action.SEE_SCHOOL, county.pk)
    found = conversions(county, None if sees_all else seen)
    done = Count("enrolments", filter=Q(enrolments__state=EnrolmentState.COMPLETED))
    return {
        "cards": short_cards_of(found, most=PEOPLE_SHOWN),
        "completers": found[0].completers if found else 0,
        "cohorts": seen.annotate(done=done).filter(done__gt=0).order_by("-ends_on", "-number")[:COHORTS_SHOWN],
        "sees_all": sees_all,
    }
