"""What is booked, planned and refused in tests of planning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from livestream.actions.plan import plan_session
from livestream.models import Leader, Resource
from livestream.rules.errors import NotAllowed

NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
START = NOW + timedelta(days=3)
HOUR = timedelta(hours=1)


def make_resource(county, name="一号直播间", kind="studio", **kwargs):
    return Resource.objects.create(county=county, place=kwargs.pop("place", county), kind=kind, name=name, **kwargs)


def make_leader(county, name="张建军", rank="top", **kwargs):
    defaults = {"title": "县长", "department": "government", "unit": "县政府"}
    return Leader.objects.create(county=county, name=name, rank=rank, **(defaults | kwargs))


def planned(plan, county, staff, at=NOW):
    return plan_session(plan, county=county, by=staff, at=at).session


def held(session):
    return sorted(
        f"{b.subject.split(':')[0]} {b.duty} {b.during.lower:%H%M}-{b.during.upper:%H%M}" for b in session.bookings.all()
    )


def refusal(call, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        call(*args, **kwargs)
    return refused.value.code
