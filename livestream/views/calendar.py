"""The plan as a calendar: a month, a week, a day; of a county, or of all the counties of a city or a province."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.calendar_forms import CalendarFilter
from livestream.models import LiveSession, Place, Resource
from livestream.rules.calendar import Lanes, Show, Span, days_of, page_after, page_before, weeks_around
from livestream.rules.day import SHANGHAI, shanghai_day
from livestream.rules.holiday import day_marks
from livestream.rules.place import COUNTY_DIGITS, county_of
from livestream.rules.rights import EVERYWHERE, Action
from livestream.rules.session import SessionKind, SessionState
from livestream.views.calendar_entries import Loader
from livestream.views.calendar_holds import held_in, with_holds
from livestream.views.calendar_sheet import lane_plan, month_sheet, strips, summary
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from django.http import HttpResponse

    from livestream.models import User
    from livestream.models.session import LiveSessionQuerySet
    from livestream.rules.calendar import Days
    from livestream.rules.holiday import DayMark
    from livestream.views.signed_in import SignedInRequest

NOBODY = UUID(int=0)  # stands in an address where a script puts a session
LED_AT_MOST = 600


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose plan is shown. Without a `county` it is that of several: `counties` says which there are to choose from."""

    home: Place | None
    county: Place | None
    counties: list[Place]
    townships: list[Place]


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def plan(request: SignedInRequest) -> HttpResponse:
    """The sessions of the days that the address names."""
    now = timezone.now()
    scope = scope_of(request.user, request.GET.get("county", ""))
    asked = CalendarFilter(request.GET, today=shanghai_day(now), counties=scope.counties, townships=scope.townships)
    sessions = narrowed(LiveSession.objects.reached_by(request.user), asked, scope)
    days = days_of(asked.span, asked.day)
    sheet = weeks_around(days) if asked.span == Span.MONTH else days
    marks = day_marks(sheet.first, sheet.after, language=get_language() or "")
    context = {
        "asked": asked,
        "scope": scope,
        "days": days,
        "now": now,
        "today": shanghai_day(now),
        "links": links_of(asked, now),
    }
    context["last"] = sheet.each()[-1] if asked.span == Span.WEEK else days.first
    if scope.county is None:
        return render(request, "livestream/calendar_counties.html", context | counties_sheet(sessions, days, scope, marks, now))
    loader = Loader(request.user, now)
    entries = [entry for entry in loader.entries(sessions, sheet) if entry.is_shown(asked.said("show"))]
    context |= {"stats": summary(entries, days), "may_plan": bool(loader.planned_by_him)}
    if asked.span == Span.MONTH:
        begun = [entry for entry in entries if entry.day >= sheet.first]
        context["weeks"] = month_sheet(begun, days, today=shanghai_day(now), marks=marks)
        return render(request, "livestream/calendar.html", context)
    seen = Resource.objects.visible_to(request.user).filter(county=scope.county)
    there = list(seen) if asked.lanes == Lanes.RESOURCE else []
    where: dict[str, Any] = {"county": scope.county, "townships": scope.townships, "resources": there}
    held = held_in(request.user, asked, scope.county, days)
    lanes = with_holds(lane_plan(asked.lanes, entries, **where), held, asked.lanes, **where)
    context["strips"], hour = strips([*entries, *held.entries], days, lanes, now=now, marks=marks)
    context |= {"hour": hour, "hours": range(hour, 24)}
    return render(request, "livestream/calendar_hours.html", context)


def scope_of(user: User, wanted: str) -> Scope:
    """Somebody of one county, or of a part of it, sees that; somebody of more chooses one of those that have sessions."""
    codes = user.reach(Action.SEE_PLAN)
    own = {county_of(code) for code in codes}
    if None not in own and len(own) == 1:
        county = Place.objects.get(pk=own.pop())
        return Scope(county, county, [], townships_of(county, codes))
    has_sessions = Exists(LiveSession.objects.filter(county=OuterRef("pk")))
    counties = list(Place.objects.counties().visible_to(user).filter(has_sessions))
    home = None if EVERYWHERE in codes else Place.objects.filter(pk=codes[0]).first()
    chosen = next((county for county in counties if county.pk == wanted), None)
    return Scope(home, chosen, counties, townships_of(chosen, codes) if chosen else [])


def townships_of(county: Place, codes: tuple[str, ...]) -> list[Place]:
    """Those of the county in which this person sees the plan."""
    found = Place.objects.filter(parent=county)
    wide = [code for code in codes if len(code) <= COUNTY_DIGITS]
    below = {code[:9] for code in codes if len(code) > COUNTY_DIGITS}
    return list(found if wide else found.filter(pk__in=below))


def narrowed(sessions: LiveSessionQuerySet, asked: CalendarFilter, scope: Scope) -> LiveSessionQuerySet:
    if scope.county:
        sessions = sessions.filter(county=scope.county)
    if place := asked.said("place"):
        sessions = sessions.filter(place__code__startswith=place)
    if kind := asked.said("kind"):
        sessions = sessions.filter(kind=kind)
    return sessions


def links_of(asked: CalendarFilter, now: datetime) -> dict[str, Any]:
    """The addresses of the pages around this one."""

    def there(**changes: Any) -> str:
        return f"{reverse('livestream:plan')}?{urlencode(asked.words(**changes))}"

    return {
        "here": there(),
        "before": there(on=page_before(asked.span, asked.day)),
        "after": there(on=page_after(asked.span, asked.day)),
        "today": there(on=shanghai_day(now)),
        "spans": [(span, there(view=span.value), span == asked.span) for span in Span],
        "lanes": [(lanes, there(lane=lanes.value), lanes == asked.lanes) for lanes in Lanes],
        "day": there(view=Span.DAY.value, on="DAY").replace("DAY", ""),
        "move": reverse("livestream:plan_move", args=[NOBODY]),
        "clashes": there(show=Show.CLASH.value),
        "unreleased": there(show=Show.UNRELEASED.value),
        "led": there(show=Show.LEADER.value),
        "all": f"{reverse('livestream:plan')}?{urlencode({'view': asked.span.value, 'on': asked.day.isoformat()})}",
    }


def counties_sheet(
    sessions: LiveSessionQuerySet, days: Days, scope: Scope, marks: Mapping[date, DayMark], now: datetime
) -> dict[str, Any]:
    """Many counties on one sheet: how many sessions each has, day by day, and the county heads by name. Two queries."""
    there = sessions.beginning(days.begins_at, days.ends_at).exclude(state=SessionState.CANCELLED)
    day = TruncDate("planned_start_at", tzinfo=SHANGHAI)
    counted = there.annotate(day=day).values("day", "county_id").annotate(all=Count("pk"), led=Count("pk", filter=LED))
    by_county: dict[str, dict[date, int]] = {county.pk: {} for county in scope.counties}
    for row in counted:
        by_county.setdefault(row["county_id"], {})[row["day"]] = row["all"]
    led: dict[date, list[LiveSession]] = {}
    for session in there.filter(LED).select_related("county", "host").order_by("planned_start_at")[:LED_AT_MOST]:
        led.setdefault(shanghai_day(session.started_at), []).append(session)
    each = days.each()
    rows = [
        (county, [by_county[county.pk].get(on, 0) for on in each], sum(by_county[county.pk].values()))
        for county in scope.counties
    ]
    heads = [
        (on, marks.get(on), on == shanghai_day(now), sum(row[1][at] for row in rows), led.get(on, []))
        for at, on in enumerate(each)
    ]
    stats = {
        "sessions": sum(row[2] for row in rows),
        "counties": sum(row[2] > 0 for row in rows),
        "led": sum(map(len, led.values())),
    }
    return {"rows": rows, "heads": heads, "stats": stats}


LED = Q(kind=SessionKind.COUNTY_HEAD)
