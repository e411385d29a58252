"""The page behind the link of a notice: what changed for me, and whether I come. The link is all that is asked for.

Robots of chat programs fetch every link that is sent. So a GET marks nothing: a notice counts as read when somebody touches the
page (`confirm.js` says so), taps “知道了”, or answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.confirmation import answer, cards_of, mark_read
from livestream.confirmation_forms import AnswerForm
from livestream.models import Confirmation
from livestream.rules.errors import NotAllowed
from livestream.views.invitation import unnamed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from livestream.actions.confirmation import Card
    from livestream.views.signed_in import SignedInRequest


@csrf_exempt  # whoever could forge this form knows the link, and with it could send the form himself; no cookie is asked for
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What this person was told, newest first of all; 404 for a link that is none, 410 when all of it has begun."""
    found = Confirmation.objects.by_token(token).select_related("change", "person").first()
    cards = [card for card in cards_of(found, at=timezone.now()) if not card.has_begun] if found else []
    if found is None or not cards:
        refused = render(request, "livestream/confirm_refused.html", {"is_over": found is not None}, status=410 if found else 404)
        return unnamed(refused)
    refusal = ""
    if request.method == "POST":
        form = AnswerForm(request.POST, cards=cards)
        if form.is_valid():
            refusal = take(form, cards)
            if form.is_beacon:
                return unnamed(HttpResponse(status=204))
            if not refusal:
                return unnamed(redirect("livestream:confirm", token))
    context = {
        "person": found.person,
        "cards": cards,
        "waiting": [card for card in cards if card.is_asked and card.confirmation.answered_at is None],
        "refusal": refusal,
    }
    return unnamed(render(request, "livestream/confirm.html", context, status=409 if refusal else 200))


def take(form: AnswerForm, cards: Iterable[Card]) -> str:
    """Marks and answers what the form says; the sentence of a refusal, or ""."""
    at = timezone.now()
    mark_read([card.confirmation.pk for card in cards], at=at)
    try:
        for card in form.answered:
            answer(card.confirmation, can_come=form.can_come, words=form.cleaned_data["words"], at=at)
    except NotAllowed as refused:
        return str(refused)
    return ""


@login_required
@require_POST
def my_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same answer of somebody who is signed in, from his own page."""
    found = get_object_or_404(Confirmation.objects.filter(person=request.user).select_related("change"), pk=pk)
    cards = [card for card in cards_of(found, at=timezone.now()) if card.confirmation.pk == pk]
    form = AnswerForm(request.POST, cards=cards)
    if not form.is_valid():
        return redirect("livestream:my_sessions")
    if not cards:
        messages.error(request, str(NotAllowed("answer_superseded")))
    elif refusal := take(form, cards):
        messages.error(request, refusal)
    else:
        messages.success(request, _("记下了，谢谢。"))
    return redirect("livestream:my_sessions")
