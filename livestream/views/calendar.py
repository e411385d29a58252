"""The plan as a calendar: a month, a week, a day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.models import LiveSession
from livestream.rules.day import SHANGHAI, shanghai_day
from livestream.rules.rights import Action
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def plan(request: SignedInRequest) -> HttpResponse:
    """The sessions of this month by day."""
    now = timezone.now()
    first = shanghai_day(now).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    begins, ends = (datetime.combine(day, time(), SHANGHAI) for day in (first, after))
    sessions = LiveSession.objects.reached_by(request.user).select_related("host", "place").order_by("planned_start_at")
    found = sessions.filter(planned_start_at__gte=begins, planned_start_at__lt=ends)
    days = [(day, list(those)) for day, those in groupby(found, lambda one: shanghai_day(one.planned_start_at))]
    return render(request, "livestream/calendar.html", {"now": now, "first": first, "days": days})
