"""Photos and PDFs of follow-ups and of evidence: sent in, opened by those who keep or audit the class, taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.sheets.paper_scan import is_pdf
from livestream.views.signed_in import needs, needs_one_of
from training.actions.enclosure import MOST, enclose, open_enclosure, remove_enclosure
from training.models import Enclosure, Evidence, FollowUp

if TYPE_CHECKING:
    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest
    from training.models.follow_up import EnclosureQuerySet

OPENS = (Action.KEEP_SCHOOL, Action.AUDIT_SCHOOL)


def opened_by(user: User) -> EnclosureQuerySet:
    """Of the classes that he keeps or audits."""
    return Enclosure.objects.visible_to(user, OPENS[0]) | Enclosure.objects.visible_to(user, OPENS[1])


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def follow_up_enclose(request: SignedInRequest, pk: int) -> HttpResponse:
    kept = FollowUp.objects.visible_to(request.user, Action.KEEP_SCHOOL)
    return enclose_all(request, get_object_or_404(kept, pk=pk))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def evidence_enclose(request: SignedInRequest, pk: int) -> HttpResponse:
    kept = Evidence.objects.visible_to(request.user, Action.KEEP_SCHOOL).select_related("enrolment")
    return enclose_all(request, get_object_or_404(kept, pk=pk))


def enclose_all(request: SignedInRequest, owner: FollowUp | Evidence) -> HttpResponse:
    """Each file by itself: one that is no photo keeps none of the others out."""
    files = request.FILES.getlist("files")[:MOST]
    if not files:
        messages.error(request, str(NotAllowed("enclosure_missing")))
    stored = 0
    for file in files:
        try:
            enclose(owner, file, file.name or "", by=request.user)
            stored += 1
        except NotAllowed as refused:
            messages.error(request, _("{name}：{why}").format(name=(file.name or "")[:60], why=refused))
    if stored:
        messages.success(request, ngettext("传好了 {n} 个附件。", "传好了 {n} 个附件。", stored).format(n=stored))
    return redirect(page_of(owner))


def page_of(owner: FollowUp | Evidence) -> str:
    if isinstance(owner, FollowUp):
        return f"{reverse('training:follow_up', args=[owner.pk])}#enclosures"
    return f"{reverse('training:conversion', args=[owner.enrolment.cohort_id])}#papers"


@needs_one_of(*OPENS)
@require_GET
def enclosure(request: SignedInRequest, pk: int) -> HttpResponse:
    """A photo in the browser; a PDF as a download: what strangers made is opened by no page of ours."""
    found = get_object_or_404(opened_by(request.user).select_related("enrolment__cohort"), pk=pk)
    try:
        content = open_enclosure(found, by=request.user)
    except NotAllowed as gone:
        raise Http404(str(gone)) from gone
    pdf = is_pdf(content)
    answer = HttpResponse(content, content_type="application/pdf" if pdf else "image/jpeg")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=pdf, filename=found.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def enclosure_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = Enclosure.objects.visible_to(request.user, Action.KEEP_SCHOOL)
    found = get_object_or_404(mine.select_related("enrolment", "follow_up", "evidence__enrolment"), pk=pk)
    remove_enclosure(found)
    messages.success(request, _("附件删掉了。"))
    owner = found.follow_up or found.evidence
    return redirect(page_of(owner) if owner else "training:desk")
