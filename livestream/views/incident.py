"""What went wrong or was corrected on air: noted with proof, one on its page, the proof for those who run or audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.incident import About, kept_proof, proof_of, record_incident
from livestream.actions.stored_file import Gone
from livestream.incident_forms import IncidentForm
from livestream.models import Incident, LiveSession, Product
from livestream.rules.correction import GUIDES
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import IncidentKind
from livestream.rules.rights import Action
from livestream.views.desk import session_page, session_reached
from livestream.views.signed_in import needs, needs_one_of, next_of

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.rules.correction import Guide
    from livestream.views.signed_in import SignedInRequest

PROOF_SEEN_BY = (Action.RUN_SESSION, Action.READ_AUDIT)


@needs(Action.RUN_SESSION)
@require_POST
def session_incident(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """One line in the log of the session, or the page again with what was typed and what is wrong with it."""
    found = session_reached(request, session_id, Action.RUN_SESSION)
    form = IncidentForm(found, request.POST, request.FILES)
    if not form.is_valid():
        return session_page(request, found, form)
    try:
        noted = note_down(request, found, form)
    except NotAllowed as refused:
        form.add_error(field_of(refused.code), str(refused))
        return session_page(request, found, form)
    messages.success(request, _("记下了。"))
    wanted = next_of(request)
    if wanted:
        return redirect(wanted)
    if noted.kind == IncidentKind.CORRECTION_MADE:
        return redirect("livestream:incident", noted.pk)
    return redirect("livestream:session", found.pk)


def field_of(code: str) -> str | None:
    if code.startswith(("proof", "photo")):
        return "proof"
    return "said" if code == "said_missing" else None


def note_down(request: SignedInRequest, session: LiveSession, form: IncidentForm) -> Incident:
    """Raises NotAllowed; the proof is not left behind then."""
    facts = form.cleaned_data
    product = Product.objects.filter(pk=facts["product"]).first() if facts["product"] else None
    upload = (facts["proof"], facts["proof"].name) if facts["proof"] else None
    with kept_proof(upload) as proof:
        about = About(product, facts["said"], proof, form.tap_id)
        return record_incident(
            session, kind=IncidentKind(facts["kind"]), at=facts["clock"], note=facts["note"], by=request.user, about=about
        )


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def incident(request: SignedInRequest, pk: int) -> HttpResponse:
    """What happened, what was said, the proof; of a correction, the sentences that say it."""
    found = incident_reached(request, pk, Action.SEE_PLAN)
    session = found.session
    context = {
        "session": session,
        "incident": found,
        "sees_proof": any(session.lies_in(request.user.reach(action)) for action in PROOF_SEEN_BY),
        "guides": guides_for(found.product),
    }
    return render(request, "livestream/incident.html", context)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def corrections(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """How something wrong is corrected, with what is presented now."""
    session = session_reached(request, session_id, Action.SEE_PLAN)
    pitch = session.pitches.open().select_related("product").first()
    context = {"session": session, "guides": guides_for(pitch.product if pitch else None)}
    return render(request, "livestream/corrections.html", context)


def guides_for(product: Product | None) -> list[tuple[Guide, str]]:
    """Each mistake with the sentence that puts it right."""
    name = product.title if product else _("这个商品")
    return [(guide, str(guide.say).format(product=name)) for guide in GUIDES]


def incident_reached(request: SignedInRequest, pk: int, *actions: Action) -> Incident:
    """Raises Http404."""
    sessions = LiveSession.objects.none()
    for action in actions:
        sessions = sessions | LiveSession.objects.reached_by(request.user, action)
    incidents = Incident.objects.filter(session__in=sessions).select_related("session", "product", "noted_by")
    return get_object_or_404(incidents, pk=pk)


@never_cache
@needs_one_of(*PROOF_SEEN_BY)
@require_GET
def incident_proof(request: SignedInRequest, pk: int) -> HttpResponse:
    """The photo: a screenshot may show viewers, so only who runs the session or audits it sees it."""
    found = incident_reached(request, pk, *PROOF_SEEN_BY)
    if not found.proof_stored_as:
        raise Http404
    try:
        answer = HttpResponse(proof_of(found), content_type="image/jpeg")
    except Gone as error:
        raise Http404(str(NotAllowed("proof_gone"))) from error
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
