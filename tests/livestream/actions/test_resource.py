"""Studios, kits and accounts: registered, changed, out of use; never against what is booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from livestream.actions.resource import ResourcePlan, add_resource, change_resource, put_back_into_use, put_out_of_use
from livestream.models import Booking, LiveSession, Resource
from livestream.rules.errors import NotAllowed
from livestream.rules.planning import ResourceKind
from tests.factories import make_place, make_session, make_user

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def plan(county):
    return ResourcePlan(
        ResourceKind.STUDIO, "一号直播间", make_place("140425100201", "青羊村"), setup_minutes=30, clearing_minutes=15
    )


@pytest.fixture
def studio(plan):
    return add_resource(plan)


def booked(studio, county, hours, **kwargs):
    session = make_session(county, make_user("host", county), planned_start_at=NOW + timedelta(hours=hours), **kwargs)
    return Booking.objects.create(session=session, resource=studio)


def refusal(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        verb(*args, **kwargs)
    return refused.value.code


def test_a_resource_belongs_to_the_county_of_its_place(studio, county):
    assert (studio.county, studio.place_id, studio.setup_minutes, studio.is_in_use) == (county, "140425100201", 30, True)


def test_what_the_county_has_already_is_refused(studio, plan, county):
    account = replace(plan, kind=ResourceKind.ACCOUNT, name="官方号", platform="douyin", account="ps1")
    assert (add_resource(account).setup_minutes, add_resource(replace(plan, kind=ResourceKind.KIT)).platform) == (0, "")

    assert refusal(add_resource, plan) == "resource_name_taken"
    assert refusal(add_resource, replace(account, name="又一个")) == "account_taken"
    assert refusal(add_resource, replace(account, name="没号", account="")) == "account_missing"
    assert refusal(add_resource, replace(plan, name="二号", setup_minutes=721)) == "ready_too_long"
    assert refusal(add_resource, replace(plan, place=county.parent)) == "place_elsewhere"


def test_a_change_moves_what_is_booked(studio, plan, county):
    booking = booked(studio, county, 10)

    change_resource(studio, replace(plan, name="大直播间", setup_minutes=60), at=NOW)

    booking.refresh_from_db()
    assert booking.during.lower == NOW + timedelta(hours=9)
    assert Resource.objects.get().name == "大直播间"


def test_longer_minutes_that_make_two_bookings_meet_are_refused(studio, plan, county):
    booked(studio, county, 10)
    booked(studio, county, 13, room="R2", account="A2")

    assert refusal(change_resource, studio, replace(plan, setup_minutes=60), at=NOW) == "ready_hits_bookings"
    assert Resource.objects.get().setup_minutes == 30


def test_a_change_out_of_the_county_is_refused(studio, plan, other_county):
    assert refusal(change_resource, studio, replace(plan, place=other_county), at=NOW) == "place_elsewhere"


def test_a_booked_account_stays_the_account(plan, county):
    plan = replace(plan, kind=ResourceKind.ACCOUNT, platform="douyin", account="A1")
    account = add_resource(plan)
    make_session(county, planned_start_at=NOW + timedelta(hours=10))  # on account A1, which books it

    assert refusal(change_resource, account, replace(plan, account="A2"), at=NOW) == "account_is_booked"
    assert change_resource(account, replace(plan, note="密码在站长处"), at=NOW).note == "密码在站长处"


def test_out_of_use_only_when_nothing_to_come_needs_it(studio, county):
    booking = booked(studio, county, 10)
    assert refusal(put_out_of_use, studio, at=NOW) == "resource_is_booked"

    LiveSession.objects.filter(pk=booking.session_id).update(state="cancelled")
    assert put_out_of_use(studio, at=NOW).is_in_use is False
    assert put_back_into_use(studio).is_in_use is True
