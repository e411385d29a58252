"""What sessions book besides people: the list by kind and township, one of them with its week, new, changed, out of use."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.availability import coming_bookings, times_of
from livestream.actions.resource import add_resource, change_resource, put_back_into_use, put_out_of_use
from livestream.models import Availability, Booking, Place, Resource
from livestream.resource_forms import ResourceFilter, ResourceForm
from livestream.rules.availability import Times
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.planning import ResourceKind
from livestream.rules.resource import Standing, standing
from livestream.rules.rights import Action
from livestream.rules.session import SessionState
from livestream.views.desk import first_moment
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WEEK_DAYS = 7
FURTHEST = timedelta(days=366)
COMING_SHOWN = 10
FIELDS = {
    "place_elsewhere": "place",
    "resource_name_taken": "name",
    "account_taken": "account",
    "account_is_booked": "account",
    "ready_hits_bookings": "setup_minutes",
}


class Row(NamedTuple):
    """A resource as the list shows it: how it stands now, and what holds it today."""

    resource: Resource
    standing: Standing
    today: list[Booking]


class Bar(NamedTuple):
    """A stretch of a day's bar, in minutes since midnight: `setup`, `on`, `clearing` or `away`."""

    look: str
    begins: int
    lasts: int


class DayLine(NamedTuple):
    """One day of the week: its bar, and what holds the resource in it."""

    on: date
    bars: list[Bar]
    bookings: list[Booking]


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def resources(request: SignedInRequest) -> HttpResponse:
    """What there is, narrowed by what the address says, kind by kind."""
    asked = ResourceFilter(request.GET, places=places_to_choose(request.user))
    found = Resource.objects.visible_to(request.user).select_related("place__parent")
    if kind := asked.said("kind"):
        found = found.filter(kind=kind)
    if place := asked.said("place"):
        found = found.filter(place__code__startswith=place)
    rows = rows_of(list(found.order_by("kind", "-is_in_use", "name")), timezone.now())
    kinds = [(kind, [row for row in rows if row.resource.kind == kind]) for kind in ResourceKind]
    context = {
        "asked": asked,
        "kinds": [(kind, its) for kind, its in kinds if its],
        "every_kind": ResourceKind,
        "may_keep": bool(request.user.reach(Action.KEEP_PLAN)),
        "now": timezone.now(),
    }
    return render(request, "livestream/resources.html", context)


def places_to_choose(user: User) -> list[Place]:
    """What lies one step below the places where this person sees the plan."""
    return list(Place.objects.filter(parent_id__in=user.reach(Action.SEE_PLAN)))


def rows_of(found: list[Resource], now: datetime) -> list[Row]:
    """In two queries however many there are."""
    midnight = first_moment(now)
    today: dict[int, list[Booking]] = {}
    for booking in bookings_of(found, midnight, midnight + DAY):
        today.setdefault(booking.resource_id or 0, []).append(booking)
    known = Availability.objects.of(resources=[one.pk for one in found]).by_subject()
    return [row_of(one, today.get(one.pk, []), known.get(f"resource:{one.pk}", Times()), now) for one in found]


def row_of(resource: Resource, today: list[Booking], times: Times, now: datetime) -> Row:
    is_held = any(booking.during.lower <= now < booking.during.upper for booking in today)
    is_away = bool(times.gaps(now, now + MINUTE))
    return Row(resource, standing(is_in_use=resource.is_in_use, is_held=is_held, is_away=is_away), today)


def bookings_of(found: Iterable[Resource], begins: datetime, ends: datetime) -> list[Booking]:
    """Of what was not cancelled, by the clock."""
    held = Booking.objects.filter(resource__in=[one.pk for one in found]).overlapping(begins, ends)
    held = held.exclude(session__state=SessionState.CANCELLED).exclude(hold__is_standing=False).order_by("during", "pk")
    return list(held.select_related("session__host", "session__place", "segment", "hold"))


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def resource(request: SignedInRequest, pk: int) -> HttpResponse:
    return resource_page(request, resource_reached(request, pk, Action.SEE_PLAN))


def resource_page(request: SignedInRequest, found: Resource, refused: str = "") -> HttpResponse:
    """With its week and what comes; with status 422 and why, when it cannot be put out of use."""
    now = timezone.now()
    first = first_day(request.GET.get("from", ""), now)
    coming, days = list(coming_bookings(found, at=now)), week_of(found, first)
    shown = [*coming, *(booking for day in days for booking in day.bookings)]
    context = {
        "resource": found,
        "standing": row_of(found, bookings_of([found], now, now + MINUTE), times_of(found), now).standing,
        "days": days,
        "reached": {
            one.session_id for one in shown if one.hold is None and one.session.lies_in(request.user.reach(Action.SEE_PLAN))
        },
        "first": first,
        "before": first - timedelta(days=WEEK_DAYS),
        "after": first + timedelta(days=WEEK_DAYS),
        "coming": coming if refused else coming[:COMING_SHOWN],
        "coming_number": len(coming),
        "may_keep": bool(Resource.objects.visible_to(request.user, Action.KEEP_PLAN).filter(pk=found.pk)),
        "may_plan": bool(Resource.objects.visible_to(request.user, Action.PLAN_SESSION).filter(pk=found.pk)),
        "refused": refused,
        "now": now,
    }
    return render(request, "livestream/resource.html", context, status=422 if refused else 200)


def resource_reached(request: SignedInRequest, pk: int, action: Action) -> Resource:
    """Raises Http404."""
    return get_object_or_404(Resource.objects.visible_to(request.user, action).select_related("place__parent"), pk=pk)


def first_day(asked: str, now: datetime) -> date:
    """The day that the address names; today, where it names none within a year."""
    today = timezone.localdate(now)
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST else today


def week_of(found: Resource, first: date) -> list[DayLine]:
    begins = datetime.combine(first, datetime.min.time(), SHANGHAI)
    bookings = bookings_of([found], begins, begins + WEEK_DAYS * DAY)
    times = times_of(found)
    return [day_of(begins + n * DAY, bookings, times) for n in range(WEEK_DAYS)]


def day_of(midnight: datetime, bookings: list[Booking], times: Times) -> DayLine:
    ends = midnight + DAY
    its = [booking for booking in bookings if booking.during.lower < ends and midnight < booking.during.upper]
    stretches = [("away", gap.begins, gap.ends) for gap in times.gaps(midnight, ends)]
    for booking in its:
        starts, stops = booking.hours
        stretches += [
            ("setup", booking.during.lower, starts),
            ("on", starts, stops),
            ("clearing", stops, booking.during.upper),
        ]
    return DayLine(midnight.date(), [bar for each in stretches for bar in bar_of(*each, midnight)], its)


def bar_of(look: str, begins: datetime, ends: datetime, midnight: datetime) -> list[Bar]:
    """What of it lies in that day; none where it has no minutes."""
    first, last = max(begins, midnight), min(ends, midnight + DAY)
    return [Bar(look, (first - midnight) // MINUTE, (last - first) // MINUTE)] if first < last else []


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """One of the kind that the address names; with status 422 and what was typed, when that was not understood or refused."""
    asked = request.GET.get("kind", ResourceKind.STUDIO)
    if asked not in ResourceKind.values:
        raise Http404
    kind = ResourceKind(asked)
    form = ResourceForm(posted(request), kind=kind, by=request.user)
    if form.is_valid():
        try:
            made = add_resource(form.plan)
        except NotAllowed as refused:
            say_refusal(form, refused)
        else:
            messages.success(request, _("加好了，排场次时可以选它。"))
            return redirect("livestream:resource", made.pk)
    context = {"form": form, "kind": kind}
    return render(request, "livestream/resource_edit.html", context, status=422 if form.is_bound else 200)


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    found = resource_reached(request, pk, Action.KEEP_PLAN)
    kind = ResourceKind(found.kind)
    form = ResourceForm(posted(request), kind=kind, resource=found, by=request.user)
    if form.is_valid():
        try:
            change_resource(found, form.plan, at=timezone.now())
        except NotAllowed as refused:
            say_refusal(form, refused)
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:resource", pk)
    context = {"form": form, "kind": kind, "resource": found}
    return render(request, "livestream/resource_edit.html", context, status=422 if form.is_bound else 200)


def posted(request: SignedInRequest) -> Any:
    """What a form of the page sent, be it empty; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def say_refusal(form: Any, refused: NotAllowed) -> None:
    """At the field that it is about."""
    field = FIELDS.get(refused.code)
    form.add_error(field if field in form.fields else None, str(refused))


@needs(Action.KEEP_PLAN)
@require_POST
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Out of use; or its page, which lists what still needs it."""
    found = resource_reached(request, pk, Action.KEEP_PLAN)
    try:
        put_out_of_use(found, at=timezone.now())
    except NotAllowed as refused:
        return resource_page(request, found, str(refused))
    messages.success(request, _("停用了。以前的记录都在。"))
    return redirect("livestream:resource", pk)


@needs(Action.KEEP_PLAN)
@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    found = resource_reached(request, pk, Action.KEEP_PLAN)
    put_back_into_use(found)
    messages.success(request, _("又可以用了。"))
    return redirect("livestream:resource", pk)
