"""What a trainee's phone sends: by a form, or later by a tap that it kept (`outbox.js`)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

if TYPE_CHECKING:
    from livestream.rules.errors import NotAllowed
    from training.models import Enrolment
    from training.views.trainee_pass import TraineeRequest


def own_enrolment(request: TraineeRequest, pk: UUID) -> Enrolment:
    """A seat of this trainee. Raises Http404."""
    return get_object_or_404(request.trainee.enrolments.seated().select_related("cohort"), pk=pk)


def client_id_of(request: TraineeRequest) -> UUID | None:
    """What makes this tap one, however often it comes: the phone's own id of it, else that of the page; None for neither."""
    try:
        return UUID(request.POST.get("tap") or request.POST.get("client_id", ""))
    except ValueError:
        return None


def answer(request: TraineeRequest, address: str, refused: NotAllowed | None = None) -> HttpResponse:
    """To the next page; a kept tap is told that it was taken, or why it never will be by the next page that is opened."""
    if refused:
        messages.error(request, str(refused))
    if request.POST.get("tap"):
        return HttpResponse(status=409 if refused else 204)
    return redirect(address)
