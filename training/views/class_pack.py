"""一期一档: asking for the pack of a class, watching it being made, taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs, needs_one_of
from orders.views.stream import streamed
from training.actions.class_pack import ask_pack, take_pack
from training.models import ClassPack, Cohort
from training.rules.class_pack import GIVEN_UP_AFTER, KEPT_DAYS, PURPOSE_AT_MOST, PackItem
from training.views.results import cohort_to

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest
    from training.models.cohort import CohortQuerySet

SHOWN = 50
TAKES = (Action.KEEP_SCHOOL, Action.AUDIT_SCHOOL)  # one of them takes the folder of a class away


def taken_by(user: User) -> CohortQuerySet:
    """The classes that he keeps or audits. Below the county that is by the class's own place."""
    return Cohort.objects.reached_by(user, TAKES[0]) | Cohort.objects.reached_by(user, TAKES[1])


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def class_packs(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What there is; htmx asks whether something has become of what is being made."""
    cohort = cohort_to(request, pk)
    if request.htmx and not waiting(cohort):  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return packs_page(request, cohort)


@never_cache
@needs_one_of(*TAKES)
@require_POST
def class_pack_new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With status 422 and what was typed, where it is refused."""
    cohort = get_object_or_404(taken_by(request.user).select_related("county", "place"), pk=pk)
    purpose = request.POST.get("purpose", "")
    try:
        ask_pack(cohort, purpose=purpose, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return packs_page(request, cohort, error=str(refused), purpose=purpose[: PURPOSE_AT_MOST * 2], status=422)
    messages.success(request, _("开始做了，一般十几秒。做好会出现在下面。"))
    return redirect("training:class_packs", pk)


def waiting(cohort: Cohort) -> bool:
    recent = timezone.now() - GIVEN_UP_AFTER
    return ClassPack.objects.filter(cohort=cohort, made_at=None, error="", asked_at__gt=recent).exists()


def packs_page(
    request: SignedInRequest, cohort: Cohort, *, error: str = "", purpose: str = "", status: int = 200
) -> HttpResponse:
    packs = ClassPack.objects.filter(cohort=cohort).select_related("asked_by").order_by("-asked_at", "-pk")
    context = {
        "cohort": cohort,
        "packs": packs[:SHOWN],
        "is_waiting": waiting(cohort),
        "may_take": taken_by(request.user).filter(pk=cohort.pk).exists(),
        "items": list(PackItem),
        "days": KEPT_DAYS,
        "error": error,
        "purpose": purpose,
        "longest": PURPOSE_AT_MOST,
    }
    template = "training/_class_pack_rows.html" if request.htmx else "training/class_packs.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


@never_cache
@needs_one_of(*TAKES)
@require_POST
def class_pack_file(request: SignedInRequest, pk: UUID, pack: UUID) -> HttpResponse:
    """The file, decrypted while it goes out; every time is one more line in the audit log."""
    mine = ClassPack.objects.filter(cohort__in=taken_by(request.user), cohort=pk)
    found = get_object_or_404(mine.select_related("cohort"), pk=pack)
    try:
        pieces = take_pack(found, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect(reverse("training:class_packs", args=[pk]))
    answer = streamed(request, pieces, content_type="application/zip")
    cohort = found.cohort
    name = f"一期一档-{cohort.year}年第{cohort.number}期-{cohort.title}.zip"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Content-Length"] = str(found.bytes)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
