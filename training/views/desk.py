"""The trainer's desk. Cohorts and lessons come later; what is shown is what the county's hosts really did this month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Max, Q, Sum
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.models import User
from livestream.rules.rights import Action
from livestream.rules.session import AIRED, SessionKind
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

HOSTS_SHOWN = 100


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """The first moment of the Shanghai month of `at`, and of the month after."""
    first = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=32)).replace(day=1)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def desk(request: SignedInRequest) -> HttpResponse:
    first, following = month_of(timezone.now())
    on_air = Q(sessions__state__in=AIRED) & ~Q(sessions__kind=SessionKind.PRACTICE)
    this_month = on_air & Q(sessions__went_live_at__gte=first, sessions__went_live_at__lt=following)
    hosts = User.objects.reached_by(request.user, Action.SEE_SCHOOL).hosts()
    counted = hosts.annotate(
        aired=Count("sessions", filter=this_month), last_aired_at=Max("sessions__went_live_at", filter=on_air)
    )
    sums = counted.aggregate(
        hosts_count=Count("pk"), hosts_on_air=Count("pk", filter=Q(aired__gt=0)), sessions_count=Sum("aired", default=0)
    )
    by_use = counted.select_related("place").order_by("-aired", F("last_aired_at").desc(nulls_last=True), "name", "pk")
    context = {"month": first, "hosts": by_use[:HOSTS_SHOWN], **sums}
    return render(request, "training/desk.html", context)
