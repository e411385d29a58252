"""Who is free when: entered, entered again, taken back, and which planned sessions it hits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from livestream.actions.availability import hit_now, keep_hours, rows_of, say_away, take_back, times_of
from livestream.models import Availability, Booking, LiveSession, Notice, Resource
from livestream.rules.availability import HOURS_OF, ROWS_AT_MOST, Away, Hours, PartOfDay, Times
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from tests.factories import make_session, make_user

# A Monday.
NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
EVENING = Hours(2, *HOURS_OF[PartOfDay.EVENING])
SICK = Away(date(2026, 11, 24), date(2026, 11, 26), reason="住院")


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间", setup_minutes=30)


def on_tuesday(county, host, clock="19:30", **kwargs):
    hour, minute = map(int, clock.split(":"))
    return make_session(county, host, planned_start_at=datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI), **kwargs)


def test_the_week_is_what_was_said_last(host, staff):
    keep_hours(host, [EVENING, Hours(3, time(9), time(11))], by=host, at=NOW)
    keep_hours(host, [EVENING, Hours(5, time(18), time(2))], by=staff, at=NOW)

    assert times_of(host) == Times(hours=(EVENING, Hours(5, time(18), time(2))))
    assert [row.entered_by for row in rows_of(host)] == [host, staff]
    assert keep_hours(host, [], by=host, at=NOW) == []
    assert times_of(host) == Times()


def test_days_away_said_twice_stand_once_with_the_newer_reason(host, staff):
    say_away(host, SICK, by=host, at=NOW)
    say_away(host, SICK._replace(reason="还在住院"), by=staff, at=NOW)

    (row,) = rows_of(host)
    assert (row.rule, row.entered_by) == (SICK._replace(reason="还在住院"), staff)
    take_back(row)
    assert times_of(host) == Times()


def test_away_says_which_planned_sessions_it_hits_and_only_once(county, host):
    hit = on_tuesday(county, host)
    make_session(county, host, planned_start_at=datetime(2026, 11, 27, 19, 30, tzinfo=SHANGHAI), room="R2", account="A2")
    cancelled = on_tuesday(county, make_user("host", county), room="R3", account="A3")
    LiveSession.objects.filter(pk=cancelled.pk).update(state="cancelled")

    assert say_away(host, SICK, by=host, at=NOW) == [hit]
    assert say_away(host, SICK._replace(until_on=date(2026, 11, 25)), by=host, at=NOW) == []
    assert hit_now(host, at=NOW) == [hit]
    assert say_away(cancelled.host, SICK, by=host, at=NOW) == []


def test_staff_are_told_once_of_what_is_hit_without_the_reason(county, host, staff):
    on_tuesday(county, host, title="核桃专场")
    say_away(host, SICK, by=host, at=NOW)
    say_away(host, SICK, by=host, at=NOW)
    say_away(host, SICK._replace(from_on=date(2026, 11, 27), until_on=date(2026, 11, 27)), by=host, at=NOW)

    notice = Notice.objects.get(way="inbox")
    assert (notice.person, notice.kind, notice.link) == (staff, "cannot_come", f"/people/{host.pk}/times/")
    assert notice.text == f"{host.name}有的时候不行，可是已经排了 1 场：11月24日周二 19:30 核桃专场。请改时间，或者换一个。"


def test_a_week_without_the_evening_hits_the_evening(county, host):
    hit = on_tuesday(county, host)

    assert keep_hours(host, [EVENING], by=host, at=NOW) == []
    assert keep_hours(host, [Hours(2, time(5), time(12))], by=host, at=NOW) == [hit]


def test_who_is_put_on_duty_is_hit_as_the_host_is(county, host):
    helper = make_user("host", county)
    session = on_tuesday(county, host)
    Booking.objects.create(session=session, person=helper, duty="controller")

    assert say_away(helper, SICK, by=helper, at=NOW) == [session]


def test_a_studio_is_not_free_for_its_setting_up_either(county, host, staff, studio):
    session = on_tuesday(county, host, "12:00")
    Booking.objects.create(session=session, resource=studio)
    repair = Away(date(2026, 11, 24), date(2026, 11, 24), time(9), time(11, 31), "修空调")

    assert say_away(studio, repair._replace(until_time=time(11, 30)), by=staff, at=NOW) == []
    assert say_away(studio, repair, by=staff, at=NOW) == [session]


@pytest.mark.parametrize(
    ("away", "code"),
    [
        (Away(date(2026, 11, 26), date(2026, 11, 24)), "away_backwards"),
        (Away(date(2026, 11, 1), date(2026, 11, 22)), "away_past"),
        (Away(date(2026, 11, 24), date(2027, 11, 25)), "away_too_far"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(host, away, code):
    with pytest.raises(NotAllowed) as refused:
        say_away(host, away, by=host, at=NOW)

    assert refused.value.code == code
    assert not Availability.objects.exists()


def test_nobody_fills_the_table(host):
    Availability.objects.bulk_create(
        Availability(person=host, from_on=day, until_on=day, entered_by=host)
        for day in (NOW.date() + timedelta(days=n) for n in range(ROWS_AT_MOST))
    )

    with pytest.raises(NotAllowed) as refused:
        say_away(host, SICK, by=host, at=NOW)

    assert refused.value.code == "too_many_times"


def test_times_of_many_come_in_one_query(host, staff, studio, django_assert_num_queries):
    say_away(host, SICK, by=host, at=NOW)
    keep_hours(host, [EVENING], by=host, at=NOW)
    say_away(studio, SICK, by=staff, at=NOW)

    with django_assert_num_queries(1):
        found = Availability.objects.of(people=[host.pk, staff.pk], resources=[studio.pk]).by_subject()

    assert found == {f"person:{host.pk}": Times((EVENING,), (SICK,)), f"resource:{studio.pk}": Times((), (SICK,))}
