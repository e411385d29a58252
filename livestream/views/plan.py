"""Planning a session on a form: a new one, a changed one, a copy; what clashes while one plans; cancelling."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.plan import Tried, cancel_plan, change_plan, plan_session, try_plan
from livestream.actions.plan_json import plan_of
from livestream.models import LiveSession, Place
from livestream.plan_forms import CancelForm, PlanSheet
from livestream.plan_lists import Lists
from livestream.plan_merge import choose, merge
from livestream.plan_typed import RowsTyped, take_start, take_studio, typed_of
from livestream.rules.clash import Clashing
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from livestream.rules.session import STILL_PLANNED
from livestream.views.desk import session_reached
from livestream.views.signed_in import needs
from livestream.views.undo import say_done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from livestream.plan_merge import Difference
    from livestream.views.signed_in import SignedInRequest

WEEK = timedelta(days=7)
# What a button of the form does besides saving; each comes back to the form as it was typed.
BUTTONS = ("add", "drop", "take", "studio", "check")


class Answer(NamedTuple):
    """What the form says besides what was typed: what clashes, or what somebody else changed meanwhile."""

    status: int = 200
    tried: Tried | None = None
    refused: NotAllowed | None = None
    differences: Sequence[Difference] = ()


ANSWERED = Answer()


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """An empty form, filled with what the address says (a click into the calendar); or a session in draft."""
    lists = Lists(request.user)
    if request.method == "POST":
        return posted(request, lists, None)
    return form_page(request, PlanSheet(asked_for(request.GET, lists), lists=lists, is_judged=False))


def asked_for(asked: QueryDict, lists: Lists) -> QueryDict:
    """What the address says, as somebody would type it. People and places by their keys; what is not theirs is left out."""
    typed = asked.copy()
    typed.setlist("resources", asked.getlist("resource"))
    typed["day"] = asked.get("day") or asked.get("on", "")
    typed["host"] = lists.people.of_key(asked.get("host", ""))
    typed["place"] = lists.places.of_key(asked.get("place", ""))
    for prefix in ("rooms", "goods"):
        typed[f"{prefix}-TOTAL_FORMS"] = "1"
    return typed


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The form of a session that is still planned."""
    session = session_reached(request, session_id, Action.PLAN_SESSION)
    if request.method == "GET" and session.state not in STILL_PLANNED:
        messages.error(request, str(NotAllowed("plan_closed", state=session.get_state_display())))
        return redirect("livestream:session", session.pk)
    plan = plan_of(session)
    lists = Lists(request.user, plan)
    if request.method == "POST":
        return posted(request, lists, session)
    return form_page(request, PlanSheet(typed_of(plan, lists), lists=lists, is_judged=False), session)


@never_cache
@needs(Action.PLAN_SESSION)
@require_GET
def copy(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The form of a new session with all that is planned for this one, a week later, or in the coming one."""
    session = session_reached(request, session_id, Action.PLAN_SESSION)
    plan = plan_of(session)
    lists = Lists(request.user, plan)
    typed = typed_of(plan, lists).copy()
    day, today = plan.planned_start_at.astimezone(SHANGHAI).date(), timezone.localdate()
    while (day := day + WEEK) <= today:
        pass
    typed["day"] = day.isoformat()
    return form_page(request, PlanSheet(typed, lists=lists, is_judged=False))


def posted(request: SignedInRequest, lists: Lists, session: LiveSession | None) -> HttpResponse:
    """Saves, or does what the button says. What was typed stays, whatever is wrong with it."""
    pressed = next((name for name in BUTTONS if name in request.POST), "save")
    if pressed in {"add", "drop", "take", "studio"}:
        sheet = PlanSheet(changed(request.POST, pressed, lists), lists=lists, is_judged=False)
        return form_page(request, sheet, session)
    typed = choose(request.POST, lists.plan, lists) if lists.plan else request.POST
    sheet = PlanSheet(typed, lists=lists, is_judged=True)
    if not sheet.is_valid():
        return form_page(request, sheet, session, Answer(422))
    if pressed == "check":
        return form_page(request, sheet, session, Answer(tried=tried(request, sheet, session)))
    return saved(request, sheet, session)


def changed(typed: QueryDict, pressed: str, lists: Lists) -> QueryDict:
    """The form after a button that changes it and judges nothing."""
    rows, chosen = RowsTyped(typed), str(typed[pressed])
    if pressed == "take":
        return take_start(rows, chosen, today=timezone.localdate())
    if pressed == "studio":
        return take_studio(rows, chosen, lists)
    getattr(rows, pressed)(chosen)
    return rows.whole()


def saved(request: SignedInRequest, sheet: PlanSheet, session: LiveSession | None) -> HttpResponse:
    by, at, excuses = request.user, timezone.now(), sheet.excuses
    try:
        if session is None:
            done = plan_session(sheet.plan, county=county_of(sheet, session), by=by, at=at, excuses=excuses)
        else:
            done = change_plan(session, sheet.plan, version=version_seen(request), by=by, at=at, excuses=excuses)
    except NotAllowed as refused:
        if refused.code == "changed_meanwhile" and session:
            return changed_meanwhile(request, sheet, session, refused)
        if not isinstance(refused, Clashing):
            sheet.say(refused)
        return form_page(request, sheet, session, Answer(422, Tried(refused, [])))
    for clash in done.warnings:
        messages.warning(request, clash.words)
    say_done(request, _("排好了，是草稿。发布以后才通知主播。") if session is None else _("改好了。"), done.step)
    return redirect("livestream:session", done.session.pk)


def changed_meanwhile(request: SignedInRequest, sheet: PlanSheet, session: LiveSession, refused: NotAllowed) -> HttpResponse:
    """My form with what the other changed; nothing is stored until I say which of both is to stand."""
    current = session_reached(request, session.pk, Action.PLAN_SESSION)
    if current.state not in STILL_PLANNED:
        sheet.say(NotAllowed("plan_closed", state=current.get_state_display()))
        return form_page(request, sheet, current, Answer(409))
    theirs = plan_of(current)
    lists = Lists(request.user, theirs)
    typed, differences = merge(current, sheet.plan, theirs, version=version_seen(request), lists=lists)
    merged = PlanSheet(typed, lists=lists, is_judged=False)
    return form_page(request, merged, current, Answer(409, refused=refused, differences=differences))


def version_seen(request: SignedInRequest) -> int:
    """Of the plan that the form was filled from; one that says nothing saw none."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def county_of(sheet: PlanSheet, session: LiveSession | None) -> Place:
    return session.county if session else get_object_or_404(Place, pk=sheet.plan.place.pk[:COUNTY_DIGITS])


def tried(request: SignedInRequest, sheet: PlanSheet, session: LiveSession | None) -> Tried:
    county = county_of(sheet, session)
    return try_plan(sheet.plan, county=county, session=session, by=request.user, at=timezone.now(), excuses=sheet.excuses)


@never_cache
@needs(Action.PLAN_SESSION)
@require_POST
def check(request: SignedInRequest) -> HttpResponse:
    """What clashes with the form as it is now, as a fragment; nothing, as long as it is no plan yet."""
    asked = request.POST.get("session", "")
    session = session_reached(request, uuid_of(asked), Action.PLAN_SESSION) if asked else None
    sheet = PlanSheet(request.POST, lists=Lists(request.user, plan_of(session) if session else None), is_judged=True)
    found = tried(request, sheet, session) if sheet.is_valid() else None
    return render(request, "livestream/_plan_clashes.html", clash_context(sheet, found))


def uuid_of(text: str) -> UUID:
    """Raises Http404."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def clash_context(sheet: PlanSheet, found: Tried | None) -> dict[str, Any]:
    """The clashes in words, those that stop first, with the reasons typed so far; and what would be free."""
    if found is None:
        return {"clashes": [], "free": [], "studios": [], "is_checked": False}
    refused = found.refused
    clashes = refused.clashes if isinstance(refused, Clashing) else found.warnings
    return {
        "is_checked": True,
        "refusal": "" if refused is None or isinstance(refused, Clashing) else str(refused),
        "clashes": [(clash, sheet.excuses.get(clash.key, clash.reason)) for clash in clashes],
        "free": refused.free if isinstance(refused, Clashing) else [],
        "studios": refused.studios if isinstance(refused, Clashing) else [],
    }


def form_page(
    request: SignedInRequest, sheet: PlanSheet, session: LiveSession | None = None, answer: Answer = ANSWERED
) -> HttpResponse:
    newest = session.plan_version if session else None
    context = {
        "sheet": sheet,
        "form": sheet.main,
        "session": session,
        "version": newest if answer.refused else (version_seen(request) or newest),
        "refused": answer.refused,
        "differences": answer.differences,
        **clash_context(sheet, answer.tried),
    }
    return render(request, "livestream/plan_form.html", context, status=answer.status)


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def cancel(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Asks why, and says who has been told already."""
    session = session_reached(request, session_id, Action.PLAN_SESSION)
    form = CancelForm(request.POST or None, initial={"version": session.plan_version})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            done = cancel_plan(session, by=request.user, at=timezone.now(), **said)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            say_done(request, _("“{title}”取消了。").format(title=session.title), done.step)
            return redirect("livestream:session", session.pk)
    context = {"session": session, "form": form, "people": session.people_concerned()}
    return render(request, "livestream/plan_cancel.html", context, status=422 if form.is_bound else 200)
