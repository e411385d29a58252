"""Graduates who went live and sold, by the real doors: sessions by their verbs, orders as a platform sends them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.db import transaction

from livestream.rules.day import SHANGHAI
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session, make_user
from tests.school import make_cohort, make_enrolment, make_trainee

numbers = count(1)
DONE = date(2026, 3, 2)
TODAY = date(2026, 11, 22)


def moment(day, hour=12, minute=0) -> datetime:
    """Shanghai time on the so-manieth day after DONE."""
    on = DONE + timedelta(days=day)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=SHANGHAI)


def make_class(county, size, **kwargs):
    """A closed cohort of so many who completed on DONE, each with an account."""
    days = {"starts_on": DONE - timedelta(days=28), "ends_on": DONE, "state": "closed"}
    cohort = make_cohort(county, **(days | kwargs))
    return cohort, [graduate(cohort) for _ in range(size)]


def graduate(cohort, *, user=..., **kwargs):
    """One completed enrolment; `user=None`: without an account."""
    if user is ...:
        user = make_user("host", cohort.county)
    trainee = make_trainee(cohort.county, user=user)
    return make_enrolment(cohort, trainee, **({"state": "completed", "completed_on": cohort.ends_on} | kwargs))


def air(enrolment, starts_at, minutes=45, **kwargs):
    """A session that this graduate hosted, in a room of its own."""
    kwargs.setdefault("room", f"R-{next(numbers)}")
    ended_at = starts_at + timedelta(minutes=minutes)
    return make_session(
        enrolment.cohort.county, enrolment.trainee.user, account="", went_live_at=starts_at, ended_at=ended_at, **kwargs
    )


def sell(shop, session, paid_at, *, room=None, order_no="", **kwargs):
    """A paid order that names the room of the session; its number."""
    order_no = order_no or f"NO{next(numbers):06d}"
    body = make_order_body(order_no, at=paid_at, room=room or session.rooms.get().room_id, **kwargs)
    at = datetime.now(UTC)
    with transaction.atomic():
        receive([make_arrival(shop, body, now=at)], cause=Cause.PUSH, at=at)
    return order_no
