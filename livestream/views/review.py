"""The review of a session (复盘): made by itself at the end, restated by T+30; what was concluded and what is to be done."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.notice import in_chinese
from livestream.actions.review import OVER, add_action, finish_action, may_review, note_part, reopen_action
from livestream.actions.review_paper import review_paper
from livestream.actions.session import change_state
from livestream.models import LiveSession, ReviewAction
from livestream.review_forms import AT, ActionForm, DoneForm, NoteForm
from livestream.rules.definitions import BY_CODE, DEFINITIONS
from livestream.rules.errors import NotAllowed
from livestream.rules.review import ReviewPart
from livestream.rules.rights import Action
from livestream.rules.session import SessionEvent, SessionKind
from livestream.typed_fields import say
from livestream.views.desk import session_reached
from livestream.views.promotion import promotion_card
from livestream.views.review_parts import actions_of, review_of, stated_of, trust_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest


def session_to_review(user: User, pk: UUID) -> LiveSession:
    """Of whoever sees the plan there, and the own. Raises Http404."""
    found = LiveSession.objects.visible_to(user, Action.SEE_PLAN).select_related("host", "place__parent", "county", "campaign")
    return get_object_or_404(found, pk=pk)


def may_write(user: User, session: LiveSession) -> bool:
    """Staff who run sessions there, and the host himself."""
    return session.host_id == user.pk or session.lies_in(user.reach(Action.RUN_SESSION))


def writable(request: SignedInRequest, pk: UUID) -> LiveSession:
    """Raises Http404, also for who may only read."""
    return get_object_or_404(LiveSession.objects.visible_to(request.user, Action.RUN_SESSION).select_related("county"), pk=pk)


@never_cache
@login_required
@require_GET
def review(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    return review_page(request, session_to_review(request.user, session_id))


def review_page(
    request: SignedInRequest, session: LiveSession, note: NoteForm | None = None, action: ActionForm | None = None
) -> HttpResponse:
    """With status 422 and what was typed, when a form of it was not understood."""
    user, now = request.user, timezone.now()
    context: dict[str, Any] = {
        "session": session,
        "shell": "base_phone.html" if is_host_only(user, session) else "base.html",
        "is_mine": is_host_only(user, session),
        "is_over": session.state in OVER,
        "is_practice": session.kind == SessionKind.PRACTICE,
        "sees_figures": sees_figures(user, session),
        "may_write": may_write(user, session),
        "may_run": session.lies_in(user.reach(Action.RUN_SESSION)),
        "is_open": session.state == "ended",
        "why_not": may_review(session),
        "today": timezone.localdate(now),
        "defs": BY_CODE,
        "note_form": note,
    }
    if session.state in OVER:
        context |= parts_of(request, session)
        context["action_form"] = action or ActionForm(by=user, session=session)
    return render(request, "livestream/review.html", context, status=422 if note or action else 200)


def parts_of(request: SignedInRequest, session: LiveSession) -> dict[str, Any]:
    user, now = request.user, timezone.now()
    stated = stated_of(session)
    notes = defaultdict(list)
    for row in session.review_notes.select_related("by"):
        notes[row.part].append(row)
    context = {
        **review_of(session, stated if sees_figures(user, session) else [], now),
        **promotion_card(session, user, now),
        "may_promote": False,  # a review looks back
        "may_reward": False,
        "sections": [(part, notes[part.value]) for part in ReviewPart],
        "notes": {part.value: notes[part.value] for part in ReviewPart},
        "actions": actions_of(session),
    }
    sees_trust = session.lies_in(user.reach(Action.SEE_ORDERS))
    return context | {"trust": trust_of(session, stated[-1].figures, now) if sees_trust and stated else []}


def is_host_only(user: User, session: LiveSession) -> bool:
    """Whether this person sees the page as its host, on a phone."""
    return session.host_id == user.pk and not session.lies_in(user.reach(Action.SEE_PLAN))


def sees_figures(user: User, session: LiveSession) -> bool:
    return session.host_id == user.pk or session.lies_in(user.reach(Action.SEE_ORDERS))


@login_required
@require_POST
def review_note(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    session = writable(request, session_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        part = ReviewPart(form.cleaned_data["part"])
        try:
            note_part(session, part, words=form.cleaned_data["words"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, {})
        else:
            messages.success(request, _("记下了。"))
            return to_review(session, part)
    return review_page(request, session, note=form)


@login_required
@require_POST
def review_action_new(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    session = writable(request, session_id)
    form = ActionForm(request.POST, by=request.user, session=session)
    if form.is_valid():
        try:
            add_action(session, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("记下了，会通知{name}。").format(name=form.cleaned_data["owner"].name))
            return to_review(session, "actions")
    return review_page(request, session, action=form)


def action_reached(request: SignedInRequest, pk: int) -> ReviewAction:
    """Of its owner, of who runs sessions there, and of the host. Raises Http404."""
    found = ReviewAction.objects.visible_to(request.user, Action.RUN_SESSION) | ReviewAction.objects.filter(
        session__host=request.user
    )
    return get_object_or_404(found.select_related("session", "owner"), pk=pk)


@login_required
@require_POST
def review_action_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """From the review of a later session it goes back there (`from`)."""
    found = action_reached(request, pk)
    form = DoneForm(request.POST)
    if form.is_valid():
        finish_action(found, outcome=form.cleaned_data["outcome"], at=timezone.now())
        messages.success(request, _("“{what}”做完了。").format(what=found.what))
    else:
        messages.error(request, _("请写一句做得怎样，再点“做完了”。"))
    return back_from(request, found)


@login_required
@require_POST
def review_action_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    found = action_reached(request, pk)
    reopen_action(found)
    messages.success(request, _("又打开了。"))
    return back_from(request, found)


def back_from(request: SignedInRequest, action: ReviewAction) -> HttpResponse:
    """To the review from which it was pressed, if that may be seen."""
    asked = request.POST.get("from", "")
    session = action.session
    if len(asked) == len(str(session.pk)):
        mine = LiveSession.objects.visible_to(request.user, Action.SEE_PLAN)
        session = next((one for one in mine.filter(host=session.host_id) if str(one.pk) == asked), session)
    if not LiveSession.objects.visible_to(request.user, Action.SEE_PLAN).filter(pk=session.pk).exists():
        return redirect("livestream:my_sessions")
    return to_review(session, "actions")


def to_review(session: LiveSession, part: str) -> HttpResponse:
    return redirect(f"{reverse('livestream:review', args=[session.pk])}#{part}")


@needs(Action.RUN_SESSION)
@require_POST
def review_close(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The review is over. Pressed twice it has one effect."""
    session = session_reached(request, session_id, Action.RUN_SESSION)
    try:
        change_state(session, SessionEvent.REVIEW, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("复盘结束了。后面的数字（T+7、T+15、T+30）还会自己算。"))
    return redirect("livestream:review", session.pk)


@never_cache
@login_required
@require_GET
def review_pdf(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The same as paper, for who sees the figures."""
    whole = ("host", "place__parent", "county", "campaign")
    found = LiveSession.objects.visible_to(request.user, Action.SEE_ORDERS).select_related(*whole)
    session = get_object_or_404(found, pk=session_id)
    if session.state not in OVER:
        return redirect("livestream:review", session.pk)
    with in_chinese():
        made = review_paper(session, parts_of(request, session), at=timezone.now(), by=request.user.name)
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="review-{session.started_at:%Y%m%d}.pdf"'
    return answer


@login_required
@require_GET
def definitions(request: HttpRequest) -> HttpResponse:
    """Every figure's formula, what it counts, over which time, from whom (C-21)."""
    return render(request, "livestream/definitions.html", {"definitions": DEFINITIONS})
