"""The control desk (中控台) of a session: what stands, what is pressed, what must be pressed in the platform's own app."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.stage import stage_of, stage_version
from livestream.control_forms import PressForm
from livestream.incident_forms import IncidentForm
from livestream.models import ControlEvent, LiveSession
from livestream.rules.control import END_REASONS, GUIDE_ELSEWHERE, GUIDES, PULL_REASONS, QUICK_PROMPTS, ControlKind, Device
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import Platform
from livestream.rules.rights import Action
from livestream.rules.session import AIRED
from livestream.views.control_press import PRESSES
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.actions.control_log import Press
    from livestream.actions.stage import Stage, StageItem
    from livestream.views.signed_in import SignedInRequest

PROMPTS_SHOWN = 5
COUPONS_SHOWN = 5
ISSUED = (ControlKind.COUPON_ISSUED, ControlKind.REWARD_ISSUED)


def session_of(request: SignedInRequest, session_id: UUID, action: Action) -> LiveSession:
    """Raises Http404."""
    sessions = LiveSession.objects.reached_by(request.user, action).select_related("host", "place", "county")
    return get_object_or_404(sessions, pk=session_id)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def control_desk(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The desk. With `part=stage` what stands, as a fragment, or 204 when nothing has changed since `since`."""
    session = session_of(request, session_id, Action.SEE_PLAN)
    if request.GET.get("part") != "stage":
        return desk_page(request, session)
    if request.GET.get("since") == str(stage_version(session)):
        return HttpResponse(status=204)
    return render(request, "livestream/_control_stage.html", stage_context(request, session))


def stage_context(request: SignedInRequest, session: LiveSession) -> dict[str, Any]:
    """What the fragment shows. Only who may run the session has buttons."""
    prompts = ControlEvent.objects.filter(session=session, kind=ControlKind.HOST_PROMPTED).select_related("by")
    issued = ControlEvent.objects.filter(session=session, kind__in=ISSUED).select_related("by", "product")
    return {
        "session": session,
        "stage": stage_of(session),
        "prompts": prompts.prefetch_related("answers").order_by("-happened_at", "-pk")[:PROMPTS_SHOWN],
        "issued": issued.order_by("-happened_at", "-pk")[:COUPONS_SHOWN],
        "may_run": session.is_live and session.lies_in(request.user.reach(Action.RUN_SESSION)),
    }


def desk_page(request: SignedInRequest, session: LiveSession, typed: PressForm | None = None) -> HttpResponse:
    """The whole page; with status 422 and what was typed, when a press was refused and no script carried it."""
    context = stage_context(request, session)
    stage: Stage = context["stage"]
    context |= {
        "item": chosen(stage, typed.data.get("item") if typed else request.GET.get("item")),
        "typed": typed_in(typed),
        "sees_figures": session.lies_in(request.user.reach(Action.SEE_ORDERS)),
        "has_aired": session.state in AIRED,
        "page_id": secrets.token_hex(8),
        "phrases": QUICK_PROMPTS,
        "reasons": PULL_REASONS,
        "end_reasons": END_REASONS,
        "platforms": Platform.choices,
        "guides": guides_of(stage),
        "incident": IncidentForm(session),
    }
    return render(request, "livestream/control_desk.html", context, status=422 if typed else 200)


def typed_in(form: PressForm | None) -> dict[str, str]:
    """What stands in the fields again, and in which form."""
    if form is None:
        return {}
    kept = {name: str(form.data.get(name, "")) for name in ("words", "price", "number", "room_id")}
    return {"press": str(form.data.get("press", "")).partition(":")[0], **kept}


def chosen(stage: Stage, number: str | None) -> StageItem | None:
    """The item whose panel is open: the one asked for, else what is presented, else the first."""
    asked = next((one for one in stage.items if str(one.item.product_id) == number), None)
    return asked or stage.pitched or next(iter(stage.items), None)


def guides_of(stage: Stage) -> list[tuple[Any, tuple[Any, ...]]]:
    """What must be pressed in the platforms' own apps, of each platform that the session has a room on."""
    platforms = dict.fromkeys(room.platform for room in stage.rooms)
    return [GUIDES.get(platform, (Platform(platform).label, GUIDE_ELSEWHERE)) for platform in platforms if platform in Platform]


@needs(Action.RUN_SESSION)
@require_POST
def control_press(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """One press. A script gets a sentence (200, or 409 and 422 when refused); a form gets the desk again."""
    session = session_of(request, session_id, Action.RUN_SESSION)
    form = PressForm(request.POST)
    if not form.is_valid():
        words = next(iter(form.errors.values()))[0]
        return answer(request, session, form, str(words), status=422)
    if form.what not in PRESSES:
        raise Http404
    press: Press = {
        "by": request.user,
        "at": form.cleaned_data["at"],
        "device": Device.DESK,
        "tap": form.tap_id,
        "words": form.cleaned_data["phrase"] or form.cleaned_data["words"],
        "platform": form.cleaned_data["platform"],
    }
    try:
        PRESSES[form.what](session, form, press)
    except NotAllowed as refused:
        return answer(request, session, form, str(refused), status=409)
    return answer(request, session, form, _("记下了。"))


def answer(request: SignedInRequest, session: LiveSession, form: PressForm, words: str, *, status: int = 200) -> HttpResponse:
    """To a script the sentence alone."""
    if request.headers.get("HX-Request"):
        return render(request, "livestream/_control_said.html", {"words": words, "is_refused": status != 200}, status=status)
    if status != 200:
        messages.error(request, words)
        return desk_page(request, session, form)
    messages.success(request, words)
    item = request.POST.get("item", "")
    there = reverse("livestream:control_desk", args=[session.pk])
    return redirect(f"{there}?item={item}" if item.isdecimal() else there)
