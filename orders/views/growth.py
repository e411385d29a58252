"""What the sessions of a host sold, beside how many watched: one fragment, or the same as a page. Read from day tallies alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.actions.board import session_scope
from livestream.actions.growth import growth_of
from livestream.models import LiveSession, User
from livestream.rules import chart
from livestream.rules.day import shanghai_day
from livestream.rules.growth import axis_of, marks_on, months_on
from livestream.rules.rights import Action
from orders.rules.campaign import Sums
from orders.views.campaign import sums_by
from orders.views.figures import checking_since, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from livestream.rules.growth import Evening, Mark
    from livestream.views.signed_in import SignedInRequest


class Sold(NamedTuple):
    evening: Evening
    sums: Sums


class Drawn(NamedTuple):
    """Orders as stems, net and refunded money as lines, on the axis of the viewers' curve."""

    orders: list[tuple[str, str]]
    most_orders: int
    net: str
    net_dots: list[tuple[str, str]]
    refunded: str
    most_fen: int
    months: list[tuple[str, date]]
    marks: list[tuple[str, Mark]]


@never_cache
@login_required
@require_GET
def host_growth(request: SignedInRequest, pk: int) -> HttpResponse:
    """With `since`: a fragment, or 204 when nothing changed since. Without: the same figures as a page of their own."""
    host = get_object_or_404(User.objects.visible_to(request.user, Action.SEE_ORDERS).select_related("place"), pk=pk)
    found = growth_of(LiveSession.objects.visible_to(request.user, Action.SEE_ORDERS).filter(host=host))
    shown = Q(scope__in=[session_scope(evening.session) for evening in found.evenings])
    as_of = f"{stamp(shown)}-{len(found.evenings)}"
    if request.GET.get("since") == as_of:
        return HttpResponse(status=204)
    by_scope = sums_by("scope", shown)
    sold = [Sold(evening, by_scope.get(session_scope(evening.session), Sums())) for evening in found.evenings]
    is_page = "since" not in request.GET and not request.headers.get("HX-Request")
    context = {
        "host": host,
        "shell": "base_phone.html" if host == request.user and not request.user.reach(Action.SEE_ORDERS) else "base.html",
        "stamp": as_of,
        "is_fragment": not is_page,
        "sold": sold[::-1],
        "months": by_month(sold)[::-1],
        "drawn": drawn(sold, found.marks),
        "checking_since": checking_since(shown),
    }
    return render(request, "orders/host_growth.html" if is_page else "orders/_host_growth.html", context)


def by_month(sold: Sequence[Sold]) -> list[tuple[date, Sums]]:
    """By the Shanghai month in which the session began."""
    found: dict[date, Sums] = {}
    for one in sold:
        first = shanghai_day(one.evening.began_at).replace(day=1)
        found[first] = found.get(first, Sums()).plus(one.sums)
    return sorted(found.items())


def drawn(sold: Sequence[Sold], marks: Sequence[Mark]) -> Drawn | None:
    if not sold:
        return None
    axis = axis_of([one.evening.began_at for one in sold])
    places = [axis.x(one.evening.began_at) for one in sold]
    most_orders = max(one.sums.orders for one in sold)
    most_fen = max(max(one.sums.net_fen, one.sums.refunded_fen) for one in sold)
    net = [(x, one.sums.net_fen) for x, one in zip(places, sold, strict=True)]
    refunded = [(x, one.sums.refunded_fen) for x, one in zip(places, sold, strict=True)]
    return Drawn(
        chart.dots([(x, one.sums.orders) for x, one in zip(places, sold, strict=True)], most_orders),
        most_orders,
        chart.line(net, most_fen),
        chart.dots(net, most_fen),
        chart.line(refunded, most_fen),
        most_fen,
        months_on(axis),
        marks_on(axis, marks),
    )
