"""What I teach: on the phone, the next lesson first."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.day import shanghai_day
from livestream.views.signed_in import own_account
from training.actions.lesson import hold_lesson
from training.models import Lesson
from training.rules.lesson import LessonState
from training.views.lesson import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.models.lesson import LessonQuerySet

COMING_SHOWN, PAST_SHOWN = 40, 10
BACK = timedelta(days=30)


def mine(request: SignedInRequest) -> LessonQuerySet:
    """Those that I teach or assist."""
    whole = ("cohort__place", "cohort__county", "room", "trainer", "assistant")
    return Lesson.objects.filter(Q(trainer=request.user) | Q(assistant=request.user)).select_related(*whole)


@never_cache
@own_account
@require_GET
def my_lessons(request: SignedInRequest) -> HttpResponse:
    """What is to come by days, called off ones too; then what is not noted down yet, and what was held lately."""
    now = timezone.now()
    coming = mine(request).filter(ends_at__gt=now)[:COMING_SHOWN]
    past = mine(request).filter(ends_at__lte=now, starts_at__gt=now - BACK).order_by("-starts_at")
    context = {
        "days": [(day, list(its)) for day, its in groupby(coming, key=lambda one: shanghai_day(one.starts_at))],
        "unsaid": past.filter(state=LessonState.PLANNED)[:PAST_SHOWN],
        "held": past.filter(state=LessonState.HELD)[:PAST_SHOWN],
        "now": now,
        "today": shanghai_day(now),
    }
    return render(request, "training/my_lessons.html", context)


@own_account
@require_POST
def my_lesson_hold(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One tap; a second finds it held."""
    found = mine(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    say(request, found, hold_lesson)
    return redirect("training:my_lessons")
