"""Hosts with the figures that a grade asks for, as rows: sessions, viewers, tallies, lessons, promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from livestream.models import LineUpItem, LiveSession, Place, SupplyPromise, ViewerReading
from livestream.rules.day import SHANGHAI
from orders.models import DayTally
from tests.factories import make_product, make_supplier, make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.models import Attendance

numbers = count(1)
PLANNED = datetime(2020, 1, 1, tzinfo=UTC)  # each at an hour of its own: nobody clashes
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
TODAY = AT.date()


def county_of(host):
    return Place.objects.get(pk=host.county_id)


def aired(host, on=date(2026, 11, 1), *, online=(), paid=0, refunded=0, orders=None, county=None, **kwargs):
    """A session of the host, over at noon of that day. `online`: what was read of each platform, or of one; `paid`: in fen."""
    county = county or county_of(host)
    planned = PLANNED + timedelta(hours=3 * next(numbers))
    live = datetime.combine(on, time(11), SHANGHAI)
    defaults = {"kind": "village_host", "state": "ended", "title": f"场{next(numbers)}", "place": host.place}
    session = LiveSession.objects.create(
        county=county, host=host, planned_start_at=planned, planned_end_at=planned + timedelta(hours=2), went_live_at=live,
        ended_at=live + timedelta(hours=1), **(defaults | kwargs),
    )  # fmt: skip
    each = online if isinstance(online, dict) else {"douyin": online}
    ViewerReading.objects.bulk_create(
        ViewerReading(session=session, platform=platform, source="tap", read_at=live + timedelta(minutes=n), online_now=people)
        for platform, read in each.items()
        for n, people in enumerate(read)
    )
    if paid or refunded or orders:
        sums = {"orders": 1 if orders is None else orders, "units": 1, "paid_fen": paid, "refunded_fen": refunded}
        DayTally.objects.create(county=county, scope=f"session:{session.pk}", day=on, **sums)
    return session


def learns(host, lessons=1, cohort=None):
    """He came to so many lessons of a class."""
    cohort = cohort or make_cohort(county_of(host))
    enrolment = make_enrolment(cohort, make_trainee(cohort.county, user=host))
    for _ in range(lessons):
        lesson = held(cohort)
        Attendance.objects.create(lesson=lesson, enrolment=enrolment, presence="present", way="roll_call", at=AT)
    return enrolment


def held(cohort=None, **kwargs):
    return make_lesson(cohort, state="held", held_at=AT, **kwargs)


def links(session, households):
    """So many households promised to supply one item of the session."""
    county = session.county
    position = LineUpItem.objects.filter(session=session).count() + 1
    item = LineUpItem.objects.create(session=session, product=make_product(county), position=position, live_price_fen=100)
    by = make_user("staff", county, is_checked=False)
    for n in households if not isinstance(households, int) else range(households):
        supplier = n if not isinstance(n, int) else make_supplier(county, kind="household")
        SupplyPromise.objects.create(item=item, supplier=supplier, units=1, promised_on=TODAY, noted_by=by)
    return item


def junior(host):
    """What makes him 初级, and no more."""
    learns(host)
    return [aired(host, date(2026, 10, day), paid=1000) for day in (1, 2, 3)]
