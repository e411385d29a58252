"""A session is moved: by a drag or a key on the calendar, which gets a piece of HTML to show, or by a small form of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.actions.plan import move_session
from livestream.calendar_forms import MoveForm
from livestream.rules.clash import Clashing
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import shown
from livestream.rules.planning import Level
from livestream.rules.rights import Action
from livestream.rules.session import STILL_PLANNED
from livestream.views.desk import session_reached
from livestream.views.signed_in import needs, next_of
from livestream.views.undo import say_done

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, QueryDict

    from livestream.actions.plan import Planned
    from livestream.models import LiveSession
    from livestream.views.signed_in import SignedInRequest

EXCUSE = "excuse-"  # the field of a reason; the clash's key follows


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def move(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Another time, host or resource. A clash answers 409 and names the nearest free times; so does a plan that somebody else
    changed meanwhile."""
    session = session_reached(request, session_id, Action.PLAN_SESSION)
    if request.method == "GET":
        return page(request, session, MoveForm(initial=asked(request.GET, session), session=session))
    form = MoveForm(request.POST, session=session)
    if not form.is_valid():
        return page(request, session, form, status=422)
    version = form.cleaned_data["version"]
    try:
        done = move_session(
            session, form.move, version=version, by=request.user, at=timezone.now(), excuses=excuses(request.POST)
        )
    except NotAllowed as refused:
        session = session_reached(request, session_id, Action.PLAN_SESSION)  # as it is now
        return page(request, session, form, refused, status=409)
    return moved(request, done)


def asked(query: QueryDict, session: LiveSession) -> dict[str, Any]:
    """What a link filled in; the time as it is where it says nothing."""
    said = {name: query[name] for name in ("starts_at", "host", "resource_from", "resource_to") if query.get(name)}
    return {"starts_at": timezone.localtime(session.planned_start_at), **said, "version": session.plan_version}


def excuses(said: QueryDict) -> dict[str, str]:
    given = {name.removeprefix(EXCUSE): str(said.get(name, "")) for name in said if name.startswith(EXCUSE)}
    return {key: reason for key, reason in given.items() if reason.strip()}


def is_dragged(request: HttpRequest) -> bool:
    return request.headers.get("X-Piece") == "1"


def moved(request: SignedInRequest, done: Planned) -> HttpResponse:
    """Said here, with the button that takes it back."""
    session, back = done.session, next_of(request)
    words = _("“{title}”移到了 {when}。").format(title=session.title, when=shown(session.planned_start_at))
    words = " ".join([words, *(clash.words for clash in done.warnings)])
    if is_dragged(request):
        return render(request, "livestream/_calendar_said.html", {"words": words, "step": done.step, "back": back})
    say_done(request, words, done.step)
    return redirect(back or reverse("livestream:session", args=[session.pk]))


def page(
    request: SignedInRequest, session: LiveSession, form: MoveForm, refused: NotAllowed | None = None, status: int = 200
) -> HttpResponse:
    """The form, or for a drag what is wrong alone. Whoever was late sees the newest, and may move that."""
    clashing = refused if isinstance(refused, Clashing) else None
    clashes = clashing.clashes if clashing else []
    given = excuses(request.POST)
    context = {
        "session": session,
        "form": form,
        "version": session.plan_version,
        "is_open": session.state in STILL_PLANNED,
        "refusal": "" if refused is None or clashing else str(refused),
        "clashes": [(clash, given.get(clash.key, ""), clash.level == Level.APPROVE) for clash in clashes],
        "needs_reason": bool(clashes) and all(clash.level == Level.APPROVE for clash in clashes),
        "free": [timezone.localtime(start) for start in clashing.free] if clashing else [],
        "back": next_of(request),
        "session_page": reverse("livestream:session", args=[session.pk]),
        "status": status,
    }
    template = "livestream/_calendar_said.html" if is_dragged(request) else "livestream/plan_move.html"
    return render(request, template, context, status=status)
