"""What people ask about their own data, on the desk of those who answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.erasure import must_be_kept_until
from livestream.actions.subject_request import answer_request, erase_after_term, restore
from livestream.models import SubjectRequest
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.subject_request import OUTCOMES, Outcome, RequestKind, RequestState, offered
from livestream.vault_forms import AnswerForm
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from livestream.views.signed_in import SignedInRequest

ANSWERED_SHOWN = 50


@never_cache
@needs(Action.ANSWER_REQUESTS)
@require_GET
def requests(request: SignedInRequest) -> HttpResponse:
    """Those that wait, the most urgent first; restricted people whose term is over; what was answered."""
    found = SubjectRequest.objects.visible_to(request.user).select_related("user", "user__place", "answered_by")
    today = timezone.localdate()
    context = {
        "waiting": found.open().order_by("due_on", "pk"),
        "over": found.term_is_over(today).order_by("pk"),
        "answered": found.exclude(state=RequestState.OPEN).order_by("-answered_at", "-pk")[:ANSWERED_SHOWN],
        "today": today,
    }
    return render(request, "livestream/requests.html", context)


def request_of(request: SignedInRequest, pk: int) -> SubjectRequest:
    """Raises Http404."""
    found = SubjectRequest.objects.visible_to(request.user).select_related("user", "user__place", "user__personal", "answered_by")
    return get_object_or_404(found, pk=pk)


@never_cache
@needs(Action.ANSWER_REQUESTS)
@require_http_methods(["GET", "POST"])
def subject_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """The request, and the answers that the law leaves open today."""
    asked, today = request_of(request, pk), timezone.localdate()
    kept = must_be_kept_until(asked.user)
    choices = offered(RequestKind(asked.kind), kept, today)
    form = AnswerForm(request.POST if request.method == "POST" else None, offered=choices, initial={"until": kept})
    if form.is_bound and form.is_valid():
        try:
            answer_request(asked, form.answer, by=request.user)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("答复好了。"))
            return redirect("livestream:subject_request", asked.pk)
    personal = getattr(asked.user, "personal", None)
    restricted_until = personal.restricted_until if personal else None
    context = {
        "asked": asked,
        "form": form,
        "kept": kept,
        "is_erasing_held_up": Outcome.ERASED in OUTCOMES[RequestKind(asked.kind)] and Outcome.ERASED not in choices,
        "is_late": asked.state == RequestState.OPEN and asked.due_on < today,
        "restricted_until": restricted_until,
        "may_erase_now": asked.outcome == Outcome.RESTRICTED and restricted_until is not None and restricted_until < today,
        "proof": [(name, *counts) for name, counts in asked.proof.items()],
    }
    return render(request, "livestream/subject_request.html", context, status=422 if form.is_bound else 200)


@needs(Action.ANSWER_REQUESTS)
@require_POST
def request_erase(request: SignedInRequest, pk: int) -> HttpResponse:
    """The term of a restriction is over: erased now."""
    asked = request_of(request, pk)
    try:
        erase_after_term(asked, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("注销了，资料已删除。"))
    return redirect("livestream:subject_request", asked.pk)


@needs(Action.ANSWER_REQUESTS)
@require_POST
def request_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """The reason for the restriction is gone: the person is who he was."""
    asked = request_of(request, pk)
    try:
        restore(asked, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("恢复了，本人可以重新登录。"))
    return redirect("livestream:subject_request", asked.pk)
