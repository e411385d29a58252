"""The code that a classroom's screen shows: large, changing by itself, read by the phones of the last row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.sign_in_code import shown_code
from training.views.attendance import called, counts_of, lesson_for

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.views.signed_in import SignedInRequest
    from training.models import Lesson


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_GET
def lesson_code(request: SignedInRequest, lesson_id: UUID) -> HttpResponse:
    """The screen. Without scripts it has a link that shows the next code."""
    lesson = lesson_for(request.user, lesson_id, Action.KEEP_SCHOOL)
    return render(request, "training/lesson_code.html", {"lesson": lesson, **shown(request, lesson)})


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_GET
def lesson_code_now(request: SignedInRequest, lesson_id: UUID) -> HttpResponse:
    """The part that changes; 204 while neither the code nor the number of those who are there has."""
    lesson = lesson_for(request.user, lesson_id, Action.KEEP_SCHOOL)
    context = {"lesson": lesson, **shown(request, lesson)}
    if request.GET.get("since") == context["since"]:
        return HttpResponse(status=204)
    return render(request, "training/_lesson_code.html", context)


def shown(request: SignedInRequest, lesson: Lesson) -> dict[str, Any]:
    now = timezone.now()
    counts = counts_of(called(lesson))
    try:
        code = shown_code(lesson, at=now)
    except NotAllowed as refused:
        return {"counts": counts, "refusal": str(refused), "since": "none"}
    address = request.build_absolute_uri(reverse("training:sign_in", args=[code.code]))
    return {
        "counts": counts,
        "address": address,
        "qr": segno.make_qr(address, error="m").svg_data_uri(border=4),
        "left": max(1, round((code.changes_at - now).total_seconds())),
        "since": f"{code.slot}-{counts['there']}",
    }
