"""The button that takes back the last act of planning, beside the sentence that says what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from livestream.actions.plan import undo_step
from livestream.models import PlanStep
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs, next_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from livestream.views.signed_in import SignedInRequest


def say_done(request: HttpRequest, text: str, step: PlanStep) -> None:
    """Says what was done, on the next page, with a button that takes it back."""
    messages.success(request, text, extra_tags=f"undo-{step.pk}")


@needs(Action.PLAN_SESSION)
@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back to where the button stood, or to the session."""
    step = get_object_or_404(PlanStep.objects.visible_to(request.user, Action.PLAN_SESSION), pk=pk)
    try:
        done = undo_step(step, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        say_done(request, _("撤销了。“{title}”和原来一样。").format(title=done.session.title), done.step)
    return redirect(next_of(request) or reverse("livestream:session", args=[step.session_id]))
