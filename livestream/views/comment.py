"""The desk of comments: what viewers said, what it is, how it was answered or why it was hidden; and the quick answers."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.comment import (
    Said,
    answer_comment,
    drop_quick_answer,
    hide_comment,
    keep_quick_answer,
    note_comment,
    show_again,
)
from livestream.audience_forms import AnswerForm, CommentForm, HidingForm, QuickAnswerForm
from livestream.models import Comment, LiveSession, Place, Product, QuickAnswer
from livestream.rules.audience import CommentKind, CommentState, age_words
from livestream.rules.comment import NEVER_HIDDEN
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import EVERYWHERE, Action
from livestream.views.signed_in import needs
from livestream.views.viewers import seen_or_run

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

SHOWN = 200
# What presses most comes first: a complaint waits least, praise waits best.
URGENCY = [CommentKind.COMPLAINT, CommentKind.QUESTION, CommentKind.PRIVATE, CommentKind.FALSE, CommentKind.ABUSE]


def open_first(session: LiveSession) -> Any:
    """Open ones first, and of them what presses most and has waited longest; then what was settled, newest first."""
    urgency = Case(
        *(When(kind=kind, then=Value(n)) for n, kind in enumerate(URGENCY)), default=Value(9), output_field=IntegerField()
    )
    return Comment.objects.filter(session=session).select_related("product", "noted_by", "settled_by").annotate(urgency=urgency)


def comment_rows(session: LiveSession, now: datetime) -> dict[str, Any]:
    found = open_first(session)
    waiting = list(found.filter(state=CommentState.OPEN).order_by("urgency", "said_at", "pk")[:SHOWN])
    settled = list(found.exclude(state=CommentState.OPEN).order_by("-settled_at", "-pk")[:SHOWN])
    oldest = min((one.said_at for one in waiting), default=None)
    return {
        "waiting": [(one, age_words(now - one.said_at), one.kind not in NEVER_HIDDEN) for one in waiting],
        "settled": settled,
        "oldest": age_words(now - oldest) if oldest else "",
        "comment_stamp": f"{len(waiting)}-{max((one.pk for one in waiting), default=0)}-{now:%H%M}",
    }


@never_cache
@needs(Action.SEE_PLAN)
@require_http_methods(["GET", "POST"])
def comments(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The page; with `part` only what waits. POST: another comment is noted."""
    session = seen_or_run(request, session_id)
    if request.method == "POST":
        return noted(request, session)
    if "part" in request.GET:
        context = comment_rows(session, timezone.now()) | {"session": session}
        is_same = request.GET.get("since") == context["comment_stamp"]
        return HttpResponse(status=204) if is_same else render(request, "livestream/_comments_waiting.html", context)
    return comments_page(request, session)


def comments_page(request: SignedInRequest, session: LiveSession, form: CommentForm | None = None) -> HttpResponse:
    context = comment_rows(session, timezone.now()) | {
        "session": session,
        "may_run": session.lies_in(request.user.reach(Action.RUN_SESSION)),
        "form": form or CommentForm(session=session),
        "kinds": list(CommentKind),
        "quick": QuickAnswer.objects.filter(county=session.county_id),
        "page_id": secrets.token_hex(8),
    }
    return render(request, "livestream/comments.html", context, status=422 if form else 200)


def noted(request: SignedInRequest, session: LiveSession) -> HttpResponse:
    form = CommentForm(request.POST, session=session)
    if not form.is_valid():
        return comments_page(request, session, form)
    facts = form.cleaned_data
    product = Product.objects.filter(pk=facts["product"]).first() if facts["product"] else None
    said = Said(
        facts["words"], CommentKind(facts["kind"]), moment_of(session, facts["at"]), facts["platform"], product, form.tap_id
    )
    try:
        _comment, kept = note_comment(session, said, by=request.user)
    except NotAllowed as refused:
        form.add_error("words" if refused.code.startswith("comment") else None, str(refused))
        return comments_page(request, session, form)
    if kept.taken_out:
        messages.warning(request, _("记下了，{what}没有存：只留说了什么，不留是谁。").format(what="、".join(kept.taken_out)))
    else:
        messages.success(request, _("记下了。"))
    return redirect("livestream:comments", session.pk)


def moment_of(session: LiveSession, at: datetime) -> datetime:
    """What is written down after the end was said at the end."""
    return min(at, session.ended_at) if session.ended_at else at


def comment_to_settle(request: SignedInRequest, pk: int) -> Comment:
    """Raises Http404."""
    reached = LiveSession.objects.reached_by(request.user, Action.RUN_SESSION)
    return get_object_or_404(Comment.objects.filter(session__in=reached).select_related("session"), pk=pk)


@needs(Action.RUN_SESSION)
@require_POST
def comment_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answered, by voice or in writing; a quick answer that is pressed is the answer."""
    comment = comment_to_settle(request, pk)
    form = AnswerForm(request.POST)
    quick = quick_words(comment, request.POST.get("quick", ""))
    try:
        if not form.is_valid():
            raise NotAllowed("answer_too_long", limit=form.fields["answer"].max_length)  # type: ignore[attr-defined]
        answer_comment(comment, answer=quick or form.cleaned_data["answer"], by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("记下了：已答。"))
    return redirect("livestream:comments", comment.session_id)


def quick_words(comment: Comment, number: str) -> str:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return ""
    found = QuickAnswer.objects.filter(county=comment.session.county_id, pk=number).first()
    return found.words if found else ""


@needs(Action.RUN_SESSION)
@require_POST
def comment_hide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hidden on the platform, and why."""
    comment = comment_to_settle(request, pk)
    form = HidingForm(request.POST)
    try:
        if not form.is_valid():
            raise NotAllowed("reason_too_long", limit=form.fields["reason"].max_length)  # type: ignore[attr-defined]
        hide_comment(comment, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("记下了：已隐藏。平台上的，请在平台的 App 里点隐藏。"))
    return redirect("livestream:comments", comment.session_id)


@needs(Action.RUN_SESSION)
@require_POST
def comment_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was hidden by mistake waits for an answer again."""
    comment = show_again(comment_to_settle(request, pk))
    messages.success(request, _("放回来了，等着回答。平台上的，请在平台的 App 里取消隐藏。"))
    return redirect("livestream:comments", comment.session_id)


def counties_kept(user: User) -> list[Place]:
    """Where this person keeps quick answers: they belong to whole counties."""
    codes = [code for code in user.reach(Action.KEEP_GOODS) if code == EVERYWHERE or len(code) <= COUNTY_DIGITS]
    return list(Place.objects.counties().in_reach(codes))


@never_cache
@needs(Action.SEE_PLAN)
@require_http_methods(["GET", "POST"])
def quick_answers(request: SignedInRequest) -> HttpResponse:
    """What is answered again and again, by county. POST: another one, for whoever keeps goods."""
    if request.method == "POST" and not request.user.reach(Action.KEEP_GOODS):
        raise PermissionDenied
    kept = counties_kept(request.user)
    chosen = next((county for county in kept if county.pk == request.POST.get("county")), kept[0] if len(kept) == 1 else None)
    form = QuickAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and chosen is None:
        form.add_error(None, _("请选县。快捷回复由县里的人维护。"))
    elif request.method == "POST" and form.is_valid() and chosen is not None:
        try:
            keep_quick_answer(chosen, **form.cleaned_data)
        except NotAllowed as refused:
            form.add_error("title", str(refused))
        else:
            messages.success(request, _("记下了。"))
            return redirect("livestream:quick_answers")
    context = {
        "answers": QuickAnswer.objects.visible_to(request.user).select_related("county").order_by("county", "title"),
        "kept": kept,
        "kept_codes": {county.pk for county in kept},
        "form": form,
    }
    return render(request, "livestream/quick_answers.html", context, status=422 if form.errors else 200)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def quick_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of them, to be worded anew or dropped."""
    found = get_object_or_404(QuickAnswer.objects.visible_to(request.user, Action.KEEP_GOODS).select_related("county"), pk=pk)
    form = QuickAnswerForm(
        request.POST if request.method == "POST" else None, initial={"title": found.title, "words": found.words}
    )
    if request.method == "POST" and "drop" in request.POST:
        drop_quick_answer(found)
        messages.success(request, _("删掉了。"))
        return redirect("livestream:quick_answers")
    if request.method == "POST" and form.is_valid():
        try:
            keep_quick_answer(found.county, **form.cleaned_data, number=found.pk)
        except NotAllowed as refused:
            form.add_error("title", str(refused))
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:quick_answers")
    context = {"answer": found, "form": form}
    return render(request, "livestream/quick_answer.html", context, status=422 if form.errors else 200)
