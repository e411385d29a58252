"""What the county promised of its leaders, month by month, and how far it has come."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.db.models import Min
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.actions.quota import set_promise
from livestream.leader_forms import PromiseForm
from livestream.models import Leader, Place, PlanRules
from livestream.models.leader import guests_of, guests_on_air, guests_to_come
from livestream.models.plan_rules import rules_of
from livestream.rules.day import SHANGHAI, shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.quota import Appearance, MonthState, agreement_year, months_of, people_of, quota, year_of
from livestream.rules.rights import Action
from livestream.rules.session import AIRED
from livestream.views.leader import county_asked, waiting_for
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpResponse

    from livestream.models import Guest
    from livestream.rules.quota import Month, Promise, Quota
    from livestream.views.signed_in import SignedInRequest

YEARS_SHOWN = 10


class Year(NamedTuple):
    """An agreement year as the page shows it."""

    quota: Quota
    months: list[Month]
    last: date  # its last month
    is_current: bool

    @property
    def now(self) -> Month | None:
        return next((month for month in self.months if month.state == MonthState.OPEN), None)

    @property
    def uncovered(self) -> list[Month]:
        """The months that are over, and nobody came."""
        return [month for month in self.months if month.state == MonthState.UNCOVERED]

    @property
    def dots(self) -> list[bool]:
        """One for each person wanted, true where he came."""
        return [n < self.quota.count for n in range(self.quota.wanted)]

    @property
    def still(self) -> int:
        return max(self.quota.wanted - self.quota.count, 0)


def appeared(guest: Guest) -> Appearance:
    return Appearance(guest.session.started_at, guest.name, guest.rank, guest.leader_id)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def quota_page(request: SignedInRequest) -> HttpResponse:
    """One county's year; of somebody who sees many counties and named none, a line for each."""
    county, counties = county_asked(request)
    now = timezone.now()
    if county is None:
        context = {"rows": each_county(counties, now), "waiting": waiting_for(request.user)}
        return render(request, "livestream/quota_counties.html", context)
    promise = rules_of(county.pk).promise
    current = agreement_year(shanghai_day(now), promise.first_month)
    began_on = wanted_year(request.GET.get("year", ""), current, promise)
    on_air = guests_since(county.pk, began_on, now)
    to_come = list(guests_to_come([county.pk], now).select_related("session__request")) if began_on == current else []
    year = year_shown(on_air, to_come, promise, began_on, shanghai_day(now))
    context = {
        "county": county,
        "counties": counties,
        "year": year,
        "cells": cells_of(year, on_air, to_come),
        "years": years_of(county.pk, current, promise),
        "began_on": began_on,
        "missing": missing_leaders(county.pk, on_air, to_come, promise) if year.is_current else [],
        "ranks": promise.ranks,
        "may_keep": request.user.may(Action.KEEP_PLAN, county.pk),
        "waiting": waiting_for(request.user),
    }
    return render(request, "livestream/quota.html", context)


def wanted_year(words: str, current: date, promise: Promise) -> date:
    """`2025` → the first day of the agreement year that began in 2025; whatever is no year to look at is the current one."""
    years = {str(current.year - back): current.year - back for back in range(YEARS_SHOWN + 1)}
    return date(years.get(words, current.year), promise.first_month, 1)


def guests_since(county: str, began_on: date, now: datetime) -> list[Guest]:
    """Who was on air in the agreement year that began on that day."""
    after = agreement_after(began_on)
    first, last = (datetime.combine(day, time(), SHANGHAI) for day in (began_on, after))
    found = guests_on_air([county], now).filter(session__went_live_at__gte=first, session__went_live_at__lt=last)
    return list(found.order_by("session__went_live_at", "pk"))


def agreement_after(began_on: date) -> date:
    return began_on.replace(year=began_on.year + 1)


def year_shown(on_air: Sequence[Guest], to_come: Sequence[Guest], promise: Promise, began_on: date, today: date) -> Year:
    after = agreement_after(began_on)
    is_current = began_on <= today < after
    months = months_of(began_on)
    day = today if is_current else after - timedelta(days=1)
    seen = [appeared(guest) for guest in on_air]
    coming = [appeared(guest) for guest in to_come]
    shown = year_of(seen, coming, today, promise, began_on)
    return Year(quota(seen, day, promise), shown, months[-1], is_current)


class Cell(NamedTuple):
    """A month with its guests beside what the rules say of them: (guest, visit)."""

    month: Month
    visits: list[tuple[Guest, Any]]
    planned: list[tuple[Guest, Any]]


def cells_of(year: Year, on_air: Iterable[Guest], to_come: Iterable[Guest]) -> list[Cell]:
    guests: defaultdict[Appearance, list[Guest]] = defaultdict(list)
    for guest in (*on_air, *to_come):
        guests[appeared(guest)].append(guest)
    return [
        Cell(
            month,
            [(guests[visit.appearance].pop(0), visit) for visit in month.visits],
            [(guests[visit.appearance].pop(0), visit) for visit in month.planned],
        )
        for month in year.months
    ]


def years_of(county: str, current: date, promise: Promise) -> list[date]:
    """The agreement years to look at, the newest first: back to the first leader on air, at most `YEARS_SHOWN`."""
    first = guests_of([county]).filter(session__state__in=AIRED).order_by().aggregate(first=Min("session__went_live_at"))["first"]
    oldest = agreement_year(shanghai_day(first), promise.first_month) if first else current
    back = min(current.year - oldest.year, YEARS_SHOWN)
    return [date(current.year - n, promise.first_month, 1) for n in range(back + 1)]


def missing_leaders(
    county: str, on_air: Sequence[Guest], to_come: Sequence[Guest], promise: Promise
) -> list[tuple[Leader, Guest | None]]:
    """Those in office whose rank counts and who were not on air this year, each with the session that is planned for him."""
    person = people_of([appeared(guest) for guest in (*on_air, *to_come)])
    came = {person(appeared(guest)) for guest in on_air}
    planned: dict[int | str, Guest] = {}
    for guest in to_come:
        planned.setdefault(person(appeared(guest)), guest)
    leaders = Leader.objects.filter(county=county, rank__in=sorted(promise.ranks)).in_office()
    return [(leader, planned.get(leader.pk)) for leader in leaders if leader.pk not in came]


def each_county(counties: list[Place], now: datetime) -> list[tuple[Place, Quota, list[date]]]:
    """How far each county has come in its own agreement year, with its uncovered months; who is furthest behind first."""
    codes = [county.pk for county in counties]
    seen: defaultdict[str, list[Appearance]] = defaultdict(list)
    since = datetime.combine(agreement_year(shanghai_day(now), shanghai_day(now).month % 12 + 1), time(), SHANGHAI)
    for guest in guests_on_air(codes, now).filter(session__went_live_at__gte=since):
        seen[guest.session.county_id].append(appeared(guest))
    rules = PlanRules.objects.in_bulk(codes)
    rows = []
    for county in counties:
        found = quota(seen[county.pk], shanghai_day(now), rules.get(county.pk, PlanRules()).promise)
        rows.append((county, found, [first for first in months_of(found.began_on) if first.month in found.uncovered]))
    return sorted(rows, key=lambda row: (row[1].count - row[1].wanted, -len(row[2]), row[0].pk))


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def promise(request: SignedInRequest, code: str) -> HttpResponse:
    """What the county's agreement says; 422 with what was typed, when it was not understood."""
    county = get_object_or_404(Place.objects.counties().visible_to(request.user, Action.KEEP_PLAN), pk=code)
    form = PromiseForm(request.POST if request.method == "POST" else None, promise=rules_of(county.pk).promise)
    if form.is_valid():
        try:
            set_promise(county.pk, form.promise)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("改好了，按新的约定重新数过了。"))
            return redirect(f"{reverse('livestream:quota')}?county={county.pk}")
    context = {"form": form, "county": county}
    return render(request, "livestream/quota_promise.html", context, status=422 if form.is_bound else 200)
