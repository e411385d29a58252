"""Live figures as small fragments: of a session, of a county's day. Read from tallies; no order is ever scanned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.db.models import Min, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.actions.board import session_scope
from livestream.actions.practice import sold_in_practice
from livestream.models import BoardVersion, LiveSession
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import EVERYWHERE, Action
from livestream.rules.session import SessionKind
from livestream.views.desk import first_moment
from livestream.views.signed_in import needs
from livestream.views.stage import log_of, on_stage
from orders.actions.tally_by_hand import tallies_of
from orders.models import BoardCheck, BoardEpoch, DayTally, ItemTally, RefundTally
from orders.rules.stock import StockLevel, stock_level
from orders.views.segments import segment_results
from orders.views.waiting import unsettled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from livestream.models import LineUpItem, User
    from livestream.rules.practice import Sold as Practised
    from livestream.rules.practice import Sums
    from livestream.views.signed_in import SignedInRequest

SUMS = {
    "orders": Sum("orders", default=0),
    "units": Sum("units", default=0),
    "paid_fen": Sum("paid_fen", default=0),
    "refunded_fen": Sum("refunded_fen", default=0),
}
TALLIES_SHOWN = 10
NOTHING = dict.fromkeys(SUMS, 0)
FRAGMENTS = {"phone": "orders/_figures.html", "desk": "orders/_figures_desk.html"}


@dataclass(frozen=True, slots=True)
class Sold:
    """A row of a line-up with what it sold; without a position: sold in the session, but not on its line-up."""

    position: int | None
    title: str
    price_fen: int | None
    committed: int | None
    units: int
    orders: int
    paid_fen: int
    refunded_fen: int

    @property
    def left(self) -> int | None:
        return None if self.committed is None else self.committed - self.units

    @property
    def oversold(self) -> int:
        return max(0, -(self.left or 0))

    @property
    def level(self) -> StockLevel | None:
        return None if self.committed is None else stock_level(left=self.committed - self.units, committed=self.committed)


def stamp(scope: Q) -> str:
    """What the figures of boards are as of, `<epoch>-<version>`: while it stays the same, nothing has changed."""
    epoch = BoardEpoch.objects.values_list("epoch", flat=True).first()
    version = BoardVersion.objects.filter(scope).aggregate(version=Sum("version", default=0))["version"]
    return f"{epoch.hex if epoch else 0}-{version}"


def checking_since(scope: Q) -> datetime | None:
    """Since when these figures may be wrong."""
    since: datetime | None = BoardCheck.objects.open().filter(scope).aggregate(since=Min("since"))["since"]
    return since


def totals(scope: Q) -> dict[str, int]:
    sums: dict[str, int] = DayTally.objects.filter(scope).aggregate(**SUMS)
    return {**sums, "net_fen": sums["paid_fen"] - sums["refunded_fen"]}


def refunded_on(scope: Q, day: date) -> int:
    """Fen refunded on that day, whenever the goods were sold."""
    refunded: int = RefundTally.objects.filter(scope, day=day).aggregate(fen=Sum("refunded_fen", default=0))["fen"]
    return refunded


def sold(sums: dict[str, Any], title: str, slot: LineUpItem | None = None) -> Sold:
    position, price, committed = (slot.position, slot.live_price_fen, slot.committed_stock) if slot else (None, None, None)
    amounts = sums["units"], sums["orders"], sums["paid_fen"], sums["refunded_fen"]
    return Sold(position, title, price, committed, *amounts)


def sold_items(session: LiveSession, line_up: Iterable[LineUpItem]) -> list[Sold]:
    """The line-up with what each item sold, then what was sold beside it."""
    tallies = ItemTally.objects.filter(scope=session_scope(session.pk)).values("item__sku", "item__title").annotate(**SUMS)
    by_sku: dict[str, dict[str, Any]] = {row["item__sku"]: {**row} for row in tallies.order_by("-units", "item__sku")}
    rows: list[Sold] = []
    for slot in line_up:
        sums = by_sku.pop(slot.product.sku, NOTHING)
        rows.append(sold(sums, slot.product.title, slot))
    return rows + [sold(sums, sums["item__title"]) for sums in by_sku.values()]


def practised(sums: Sums) -> dict[str, int]:
    """As `totals` says it of orders: what the made-up audience of a practice bought."""
    return {**sums._asdict(), "refunded_fen": 0, "net_fen": sums.paid_fen}


def practised_items(practice: Practised, line_up: Iterable[LineUpItem]) -> list[Sold]:
    return [sold(practised(practice.of(slot.product_id)), slot.product.title, slot) for slot in line_up]


@never_cache
@login_required
@require_GET
def figures(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """With `since`: a fragment, or 204 when nothing changed since. Without: the same figures as a page of their own."""
    sessions = LiveSession.objects.visible_to(request.user, Action.SEE_ORDERS)
    session = get_object_or_404(sessions, pk=session_id)
    is_mine = session.host_id == request.user.pk
    scope = session_scope(session.pk)
    now = timezone.now()
    practice = sold_in_practice(session, at=now) if session.kind == SessionKind.PRACTICE else None
    as_of = stamp(Q(scope=scope)) if practice is None else f"practice-{practice.seconds}"
    if request.GET.get("since") == as_of:
        return HttpResponse(status=204)
    is_page = "since" not in request.GET and not request.headers.get("HX-Request")
    part = request.GET.get("part", "phone")
    context = on_stage(session) | {
        "shell": "base_phone.html" if is_mine else "base.html",
        "is_mine": is_mine,
        "may_run": session.lies_in(request.user.reach(Action.RUN_SESSION)),
        "session": session,
        "stamp": as_of,
        "now": now,
        "totals": totals(Q(scope=scope)) if practice is None else practised(practice.total),
        "checking_since": checking_since(Q(scope=scope)),
        "is_practice": practice is not None,
        "is_fragment": not is_page,
        "log": log_of(session) if part == "desk" else [],
    }
    line_up = context["line_up"]
    context["items"] = sold_items(session, line_up) if practice is None else practised_items(practice, line_up)
    context["tallies"] = tallies_of(session).prefetch_related("lines")[:TALLIES_SHOWN] if is_mine else []
    context["segments"] = segment_results(session) if is_page or part == "desk" else []
    return render(request, "orders/figures.html" if is_page else FRAGMENTS.get(part, FRAGMENTS["phone"]), context)


def scopes_seen(codes: Iterable[str], kind: str) -> Q:
    """The scopes of a kind of the counties that lie in these places. Below the county there are none."""
    found = Q(pk__in=[])
    for code in codes:
        if len(code) == COUNTY_DIGITS:
            found |= Q(scope=f"{kind}:{code}")
        elif len(code) < COUNTY_DIGITS:
            found |= Q(scope__startswith=f"{kind}:{code}")
    return found


def codes_shown(user: User) -> tuple[str, ...]:
    """Where this person's figures come from. Of all counties an administrator sees the own, if he has one."""
    codes = user.reach(Action.SEE_ORDERS)
    return (user.county_id,) if EVERYWHERE in codes and user.county_id else codes


@never_cache
@needs(Action.SEE_ORDERS)
@require_GET
def county_figures(request: SignedInRequest) -> HttpResponse:
    """The answer line of the desk, and the figures of each of today's sessions, in one fragment. Whoever belongs to a place below
    the county is shown the sums of the sessions there: what no session sold lies in no village."""
    midnight = first_moment(timezone.now())
    day = midnight.date()
    codes = codes_shown(request.user)
    sessions = list(LiveSession.objects.reached_by(request.user, Action.SEE_ORDERS).of_day(midnight).order_by("planned_start_at"))
    of_sessions = Q(scope__in=[session_scope(session.pk) for session in sessions])
    has_counties = any(len(code) <= COUNTY_DIGITS for code in codes)
    shown = scopes_seen(codes, "county") if has_counties else of_sessions
    unsettled_number = unsettled(request.user, timezone.now())
    as_of = f"{stamp(shown)}-{day:%Y%m%d}-{unsettled_number}"
    if request.GET.get("since") == as_of:
        return HttpResponse(status=204)
    tallies = DayTally.objects.filter(of_sessions)
    by_scope = {tally["scope"]: tally for tally in tallies.values("scope").annotate(**SUMS)}
    context = {
        "stamp": as_of,
        "now": timezone.now(),
        "lanes": [(session, by_scope.get(session_scope(session.pk), NOTHING)) for session in sessions],
        "on_air": sum(session.is_live and session.kind != SessionKind.PRACTICE for session in sessions),
        "totals": totals(shown & Q(day=day)),
        "checking_since": checking_since(shown),
        "unattributed": totals(scopes_seen(codes, "unattributed") & Q(day=day)) if has_counties else None,
        "refunded_on_day": refunded_on(shown, day),
        "unsettled": unsettled_number,
    }
    is_page = "since" not in request.GET and not request.headers.get("HX-Request")
    return render(request, "orders/county_figures.html" if is_page else "orders/_county_figures.html", context)
