"""Certificates at the desk: of a cohort, of a county, one of them; giving, printing, revoking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.certificate import certificate_rule_of, issue_certificates, judge, revoke
from training.actions.certificate_paper import certificates_paper
from training.certificate_forms import CertificateSearch, CorrectForm, RevokeForm
from training.models import Certificate
from training.rules.certificate import asked_in_words
from training.views.results import cohort_to, may_keep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from livestream.views.signed_in import SignedInRequest

ON_A_PAGE = 30
PRINTED_AT_MOST = 200


def address_of(request: HttpRequest) -> str:
    """Where this system is found, without a slash at its end."""
    return settings.PUBLIC_ADDRESS or request.build_absolute_uri("/").rstrip("/")


def pdf(certificates: Sequence[Certificate], request: HttpRequest, name: str) -> HttpResponse:
    body = certificates_paper(certificates, address=address_of(request))
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


# --- of a cohort --------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def cohort_certificates(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who meets the rule, who lacks what, who was given which."""
    cohort = cohort_to(request, pk)
    rule = certificate_rule_of(cohort.county_id)
    judged = judge(cohort, rule)
    standing = [one for one in judged if one.certificate and not one.certificate.is_revoked]
    context = {
        "cohort": cohort,
        "rule": rule,
        "asked": asked_in_words(rule),
        "judged": judged,
        "ready": sum(one.may_be_given for one in judged),
        "standing": len(standing),
        "lacking": sum(not one.meets and one.certificate is None for one in judged),
        "may_keep": may_keep(request, cohort),
    }
    return render(request, "training/cohort_certificates.html", context)


@needs(Action.KEEP_SCHOOL)
@require_POST
def cohort_certificates_issue(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """To everybody who meets the rule and has none; a second tap finds it done."""
    cohort = cohort_to(request, pk, Action.KEEP_SCHOOL)
    try:
        made = issue_certificates(cohort, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext("发了 {n} 张证书。", "发了 {n} 张证书。", len(made)).format(n=len(made))
        messages.success(request, said if made else _("没有新的证书要发。"))
    return redirect("training:cohort_certificates", pk)


@needs(Action.KEEP_SCHOOL)
@require_GET
def cohort_certificates_pdf(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """All of a cohort that are good, in one file, by seat."""
    cohort = cohort_to(request, pk, Action.KEEP_SCHOOL)
    found = (
        Certificate.objects.standing()
        .filter(enrolment__cohort=cohort)
        .select_related("rule", "replaces")
        .order_by("enrolment__seat")
    )
    certificates = list(found[:PRINTED_AT_MOST])
    if not certificates:
        messages.info(request, _("这个班还没有发过证书。"))
        return redirect("training:cohort_certificates", pk)
    return pdf(certificates, request, f"certificates-{cohort.year}-{cohort.number}")


# --- of a county --------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def certificates(request: SignedInRequest) -> HttpResponse:
    """All that were given where this person sees the school, the newest first."""
    seen = Certificate.objects.reached_by(request.user)
    asked = CertificateSearch(request.GET or None)
    found = narrowed(seen, asked).select_related("enrolment__cohort__county", "enrolment__trainee", "rule", "replacement")
    page = Paginator(found.order_by("-issued_at", "-number"), ON_A_PAGE).get_page(request.GET.get("page"))
    year = timezone.localdate().year
    stats = seen.aggregate(
        all=Count("pk", filter=Q(replacement=None)),  # who was given another one for it is counted with that
        this_year=Count("pk", filter=Q(replacement=None, issued_at__year=year)),
        revoked=Count("pk", filter=Q(replacement=None, revoked_at__isnull=False)),
    )
    context = {
        "page": page,
        "asked": asked,
        "stats": stats,
        "narrows": bool(asked.words or asked.is_revoked),
        "rule_county": kept_county(request),
        "sees_many": seen.values("enrolment__cohort__county").distinct().count() > 1,
    }
    return render(request, "training/certificates.html", context)


def kept_county(request: SignedInRequest) -> str:
    """The county whose rule this person keeps; "" for who keeps none, or those of many."""
    codes = Place.objects.counties().visible_to(request.user, Action.KEEP_SCHOOL).values_list("pk", flat=True)[:2]
    return codes[0] if len(codes) == 1 else ""


def narrowed(found: QuerySet[Certificate], asked: CertificateSearch) -> QuerySet[Certificate]:
    if words := asked.words:
        digits = "".join(sign for sign in words if sign.isdigit())
        spelled = Q(number__contains=words) | Q(number__contains=digits) if digits else Q(pk=None)
        found = found.filter(
            spelled | Q(enrolment__trainee__name__icontains=words) | Q(enrolment__cohort__title__icontains=words)
        )
    return found.exclude(revoked_at=None).filter(replacement=None) if asked.is_revoked else found


# --- one ----------------------------------------------------------------------------------------------------------------------


def certificate_to(request: SignedInRequest, pk: int, action: Action = Action.SEE_SCHOOL) -> Certificate:
    """Raises Http404."""
    found = Certificate.objects.reached_by(request.user, action)
    people = ("enrolment__trainee__place", "issued_by", "revoked_by")
    others = ("enrolment__cohort__county", "rule", "replaces", "replacement")
    return get_object_or_404(found.select_related(*people, *others), pk=pk)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def certificate(request: SignedInRequest, pk: int) -> HttpResponse:
    return certificate_page(request, certificate_to(request, pk), RevokeForm())


def certificate_page(
    request: SignedInRequest, found: Certificate, form: RevokeForm, correct: CorrectForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "certificate": found,
        "facts": found.facts,
        "cohort": found.enrolment.cohort,
        "asked": asked_in_words(found.rule),
        "address": f"{address_of(request)}/verify/{found.number}/",
        "form": form,
        "correct": correct or CorrectForm(initial={"name": found.name}),
        "may_keep": may_keep(request, found.enrolment.cohort),
    }
    return render(request, "training/certificate.html", context, status=status)


@needs(Action.KEEP_SCHOOL)
@require_GET
def certificate_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    found = certificate_to(request, pk, Action.KEEP_SCHOOL)
    if found.is_revoked:
        raise Http404
    return pdf([found], request, found.number)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def certificate_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """For ever; 422 and what was typed where it cannot be."""
    found = certificate_to(request, pk, Action.KEEP_SCHOOL)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            revoke(found, because=form.cleaned_data["because"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("撤销了。谁再扫码，都会看到“已撤销”和原因。"))
        return redirect("training:certificate", pk)
    return certificate_page(request, found, form, status=422)
