"""The figures of a campaign as one fragment: how far the goal is, the sessions, the year before. Read from day tallies alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.actions.board import session_scope
from livestream.models import Campaign, LiveSession
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from orders.models import DayTally
from orders.rules.campaign import Split, Sums, change, reached, side_by_side
from orders.views.figures import checking_since, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from livestream.rules.campaign import Window
    from livestream.views.signed_in import SignedInRequest

COLUMNS = ("orders", "paid_fen", "refunded_fen")
SUMS = {name: Sum(name, default=0) for name in COLUMNS}


class Compared(NamedTuple):
    """One amount of equal days of both years."""

    now_fen: int
    last_fen: int

    @property
    def percent(self) -> Decimal | None:
        return change(self.now_fen, self.last_fen)


def sums_by(column: str, scope: Q) -> dict[object, Sums]:
    rows = DayTally.objects.filter(scope).values(column).annotate(**{f"{name}_sum": each for name, each in SUMS.items()})
    return {row[column]: Sums(*(row[f"{name}_sum"] for name in COLUMNS)) for row in rows}


def scopes_of(campaign: Campaign) -> list[str]:
    return [session_scope(pk) for pk in LiveSession.objects.filter(campaign=campaign).values_list("pk", flat=True)]


def splits(county: str, scopes: Iterable[str], window: Window) -> dict[date, Split]:
    """By business day of the window: the county, and the sessions of the campaign."""
    inside = Q(day__range=(window.from_on, window.until_on))
    found: dict[date, Split] = defaultdict(Split)
    for day, sums in sums_by("day", inside & Q(scope=f"county:{county}")).items():
        found[day] = found[day]._replace(county=sums)  # type: ignore[index]
    for day, sums in sums_by("day", inside & Q(scope__in=scopes)).items():
        found[day] = found[day]._replace(live=sums)  # type: ignore[index]
    return found


@never_cache
@needs(Action.SEE_ORDERS)
@require_GET
def campaign_figures(request: SignedInRequest, pk: int) -> HttpResponse:
    """With `since`: a fragment, or 204 when nothing changed since. Without: the same figures as a page of their own."""
    campaigns = Campaign.objects.visible_to(request.user, Action.SEE_ORDERS).select_related("county", "follows")
    campaign = get_object_or_404(campaigns, pk=pk)
    today, last = timezone.localdate(), campaign.follows
    scopes, last_scopes = scopes_of(campaign), scopes_of(last) if last else []
    shown = Q(scope__in=[f"county:{campaign.county_id}", *scopes, *last_scopes])
    as_of = f"{stamp(shown)}-{today:%Y%m%d}-{campaign.version}-{len(scopes)}"
    if request.GET.get("since") == as_of:
        return HttpResponse(status=204)
    compared = side_by_side(
        campaign.window,
        splits(campaign.county_id, scopes, campaign.window),
        last.window if last else None,
        splits(campaign.county_id, last_scopes, last.window) if last else {},
        today,
    )
    by_session = sums_by("scope", Q(scope__in=scopes))
    live = Sums()
    for sums in by_session.values():
        live = live.plus(sums)
    is_page = "since" not in request.GET and not request.headers.get("HX-Request")
    equal_now, equal_last = compared.equal_now, compared.equal_last
    context = {
        "campaign": campaign,
        "last": last,
        "stamp": as_of,
        "now": timezone.now(),
        "is_fragment": not is_page,
        "compared": compared,
        "county_net": Compared(equal_now.county.net_fen, equal_last.county.net_fen),
        "live_net": Compared(equal_now.live.net_fen, equal_last.live.net_fen),
        "live": live,
        "outside": live.net_fen - compared.so_far.live.net_fen,
        "reached": reached(live.net_fen, campaign.goal_fen),
        "sessions": [(scope.partition(":")[2], sums) for scope, sums in by_session.items() if isinstance(scope, str)],
        "checking_since": checking_since(shown),
    }
    template = "orders/campaign_figures.html" if is_page else "orders/_campaign_figures.html"
    return render(request, template, context)
