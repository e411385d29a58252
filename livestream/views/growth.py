"""How hosts grow: the list, one host, oneself. Orders and money come as a fragment of whoever counts them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.actions.growth import growth_of, hosts_of
from livestream.models import LiveSession, User
from livestream.rules.growth import by_month, curves
from livestream.rules.rights import Action
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.models.session import LiveSessionQuerySet
    from livestream.rules.growth import Evening, Month
    from livestream.views.signed_in import SignedInRequest

LOOKED_BACK = timedelta(days=365)
HOSTS_SHOWN = 200


class Grown(NamedTuple):
    """A host with the first and the newest month in which somebody noted viewers."""

    host: User
    sessions: int
    first: Month | None
    newest: Month | None
    peak: int | None


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def growth(request: SignedInRequest) -> HttpResponse:
    """Who was on air within a year, who has most people first."""
    since = timezone.now() - LOOKED_BACK
    evenings = hosts_of(LiveSession.objects.reached_by(request.user).filter(went_live_at__gte=since))
    people = User.objects.select_related("place").in_bulk(evenings)
    found = [grown(people[host], those) for host, those in evenings.items()]
    found.sort(key=lambda one: (-(one.newest.typical or 0 if one.newest else -1), one.host.name, one.host.pk))
    context = {"hosts": found[:HOSTS_SHOWN], "more": max(0, len(found) - HOSTS_SHOWN)}
    return render(request, "livestream/growth.html", context)


def grown(host: User, evenings: list[Evening]) -> Grown:
    months = [month for month in by_month(evenings) if month.typical is not None]
    peak = max((month.peak for month in months if month.peak is not None), default=None)
    return Grown(host, len(evenings), months[0] if months else None, months[-1] if months else None, peak)


@never_cache
@needs(Action.SEE_PEOPLE)
@require_GET
def person_growth(request: SignedInRequest, pk: int) -> HttpResponse:
    """One host, in the sessions that this person sees."""
    host = get_object_or_404(User.objects.visible_to(request.user).select_related("place"), pk=pk)
    return growth_page(request, host, LiveSession.objects.visible_to(request.user).filter(host=host), "base.html")


@never_cache
@login_required
@require_GET
def my_growth(request: SignedInRequest) -> HttpResponse:
    """The host's own."""
    return growth_page(request, request.user, LiveSession.objects.filter(host=request.user), "base_phone.html")


def growth_page(request: SignedInRequest, host: User, sessions: LiveSessionQuerySet, shell: str) -> HttpResponse:
    found = growth_of(sessions)
    context: dict[str, Any] = {
        "host": host,
        "shell": shell,
        "is_mine": shell == "base_phone.html",
        "sees_figures": host == request.user or request.user.may(Action.SEE_ORDERS, host.place_id),
        "evenings": found.evenings[::-1],
        "months": by_month(found.evenings)[::-1],
        "marks": [mark for mark in found.marks if mark.is_first],
        "curves": curves(found.evenings, found.marks),
        "is_several": any(evening.several for evening in found.evenings),
    }
    return render(request, "livestream/person_growth.html", context)
