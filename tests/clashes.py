"""Planning sessions tomorrow evening, in tests about clashes."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from livestream.actions.clash import booking_told, check_clashes
from livestream.models import Booking, LiveSession, PlanRules
from livestream.models.plan_rules import default_levels
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from tests.factories import make_user

TOMORROW = timezone.localdate() + timedelta(days=1)
EVENING = datetime.combine(TOMORROW, time(19), SHANGHAI).astimezone(UTC)
HOUR = timedelta(hours=1)
AT = EVENING - timedelta(hours=30)
DAY_WORDS = f"{TOMORROW.month}月{TOMORROW.day}日"


def plan(county, host=None, hours=0, lasts=2, title="花椒专场", **kwargs):
    """A session that begins so many hours after seven tomorrow evening."""
    start = EVENING + hours * HOUR
    return LiveSession.objects.create(
        county=county, place=kwargs.pop("place", county), kind="village_host", title=title,
        host=host or make_user("host", county), planned_start_at=start, planned_end_at=start + lasts * HOUR, **kwargs,
    )  # fmt: skip


def set_levels(county, **levels):
    PlanRules.objects.update_or_create(county=county, defaults={"levels": default_levels() | levels})


def plan_in(studio, make, by):
    """As a verb does it: the session, then what it books, then the question."""
    with booking_told(f"resource:{studio.pk}", county=studio.county_id):
        session = make()
        Booking.objects.create(session=session, resource=studio)
        check(session, by)
    return session


def plan_of(county, **kwargs):
    return lambda: plan(county, **kwargs)


@contextmanager
def refused_as(code):
    with pytest.raises(NotAllowed) as refused:
        yield
    assert refused.value.code == code


def words(clashes):
    return [clash.words for clash in clashes]


def check(session, by, excuses=None):
    return check_clashes(session, excuses=excuses or {}, by=by, at=AT)
