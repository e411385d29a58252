"""The roll call on a trainer's phone. Its page stays open without network (`views/worker.py`), and the phone keeps every tap."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.attendance import NewMark, take_marks
from training.mark_forms import RollForm
from training.models import Enrolment
from training.rules.attendance import MarkWay, Presence
from training.views.attendance import called, counts_of, lesson_for

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.views.signed_in import SignedInRequest
    from training.models import Lesson


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def roll_call(request: SignedInRequest, lesson_id: UUID) -> HttpResponse:
    """One name after another. A form gets the page again; a tap that the phone kept gets 204 once it is committed, or 409 when
    refused, and the page then says why."""
    lesson = lesson_for(request.user, lesson_id, Action.KEEP_SCHOOL)
    if request.method == "POST":
        return take(request, lesson)
    roll = called(lesson)
    context = {
        "lesson": lesson,
        "cohort": lesson.cohort,
        "roll": roll,
        "counts": counts_of(roll),
        "presences": Presence,
        "page_id": secrets.token_hex(8),
    }
    return render(request, "training/roll_call.html", context)


def take(request: SignedInRequest, lesson: Lesson) -> HttpResponse:
    form = RollForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    moment = form.moment
    mark = NewMark(
        form.client_id, lesson.pk, form.enrolment_id, form.presence, MarkWay.ROLL_CALL, moment.at,
        skew_seconds=moment.skew_seconds, device=form.cleaned_data["device"],
    )  # fmt: skip
    taken = take_marks([mark], by=request.user, at=form.now)
    for refused in taken.refused:
        name = Enrolment.objects.filter(cohort=lesson.cohort_id, pk=mark.enrolment_id).values_list("trainee__name", flat=True)
        messages.error(request, " ".join([*name, refused.words]))
    if form.was_kept:
        return HttpResponse(status=409 if taken.refused else 204)
    return redirect(f"{reverse('training:roll_call', args=[lesson.pk])}#row-{mark.enrolment_id}")
