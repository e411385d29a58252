"""Every Tuesday and Friday until December: made, one moved by hand, the rest changed, cancelled, extended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from livestream.actions.plan import Move, cancel_plan, move_session
from livestream.actions.series import (
    Change,
    Seen,
    cancel_rest,
    change_rest,
    extend_series,
    is_as_said,
    make_series,
    try_series,
)
from livestream.actions.session import CrewPlan, RoomPlan, SessionPlan
from livestream.models import LiveSession, Resource, Series
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.series import SeriesRule
from tests.factories import make_session, make_user

NOW = datetime(2026, 11, 22, 17, tzinfo=SHANGHAI)
RULE = SeriesRule(date(2026, 11, 23), date(2026, 12, 6), time(19, 30), 120, weekdays=(2, 5))
DAYS = [date(2026, 11, 24), date(2026, 11, 27), date(2026, 12, 1), date(2026, 12, 4)]


def at(day, clock="19:30"):
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间", setup_minutes=30)


@pytest.fixture
def plan(county, host, studio):
    helper = make_user("host", county)
    start = at(RULE.from_on)
    return SessionPlan(
        "village_host", "谷雨家的小米", host, county, start, start + timedelta(hours=2),
        rooms=[RoomPlan("douyin", "", "guyujia")], crew=[CrewPlan(helper, "co_host")], resources=[studio], note="带样品",
    )  # fmt: skip


@pytest.fixture
def series(plan, county, staff):
    return make_series(plan, RULE, county=county, by=staff, at=NOW).series


def sessions(series):
    return list(series.sessions.order_by("series_on"))


def starts(series):
    return [session.planned_start_at for session in sessions(series)]


def told(made):
    return {one.on: one.refusal.code if one.refusal else "" for one in made.dated}


def refusal(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        verb(*args, **kwargs)
    return refused.value.code


def test_every_date_is_a_session_of_its_own(series, plan, studio):
    assert [(session.series_on, session.planned_start_at, session.state) for session in sessions(series)] == [
        (day, at(day), "draft") for day in DAYS
    ]
    for session in sessions(series):
        held = session.bookings.order_by("pk").values_list("duty", "person", "resource")
        assert set(held) == {("host", plan.host.pk, None), ("co_host", plan.crew[0].person.pk, None), ("", None, studio.pk)}
        assert (session.note, session.rooms.get().account, is_as_said(session, series)) == ("带样品", "guyujia", True)
    assert (series.rule, series.kind, series.host) == (RULE, "village_host", plan.host)


def test_what_clashes_is_left_out_and_said(plan, county, staff, host):
    make_session(county, host, planned_start_at=at(DAYS[1], "20:00"))

    made = make_series(plan, RULE, county=county, by=staff, at=NOW)

    assert told(made) == {DAYS[0]: "", DAYS[1]: made.refused[0].refusal.code, DAYS[2]: "", DAYS[3]: ""}
    assert [session.series_on for session in sessions(made.series)] == [DAYS[0], DAYS[2], DAYS[3]]


def test_a_day_that_is_taken_out_is_not_planned(plan, county, staff):
    made = make_series(plan, replace(RULE, without=frozenset(DAYS[:2])), county=county, by=staff, at=NOW)

    assert told(made) == dict.fromkeys(DAYS[2:], "")


def test_a_trial_says_the_same_and_keeps_nothing(plan, county, staff, host):
    make_session(county, host, planned_start_at=at(DAYS[1], "20:00"))

    trial = try_series(plan, RULE, county=county, by=staff, at=NOW)

    assert (Series.objects.count(), LiveSession.objects.count()) == (0, 1)
    assert told(trial) == told(make_series(plan, RULE, county=county, by=staff, at=NOW))


def test_a_series_of_which_no_date_is_free_is_not_made(plan, county, staff, host):
    for number, day in enumerate(DAYS):
        make_session(county, host, planned_start_at=at(day), room=f"R{number}")

    assert refusal(make_series, plan, RULE, county=county, by=staff, at=NOW) == "series_all_clash"
    assert not Series.objects.exists()


def test_one_moved_and_one_cancelled_leave_the_rest_alone(series, staff):
    first, second, *_rest = sessions(series)
    move_session(first, Move(at(DAYS[0], "20:00"), at(DAYS[0], "22:00")), version=1, by=staff, at=NOW)
    cancel_plan(second, version=1, by=staff, at=NOW, reason="下雪")

    assert starts(series) == [at(DAYS[0], "20:00"), *(at(day) for day in DAYS[1:])]
    assert [session.state for session in sessions(series)] == ["draft", "cancelled", "draft", "draft"]


def test_the_rest_changes_but_for_what_was_moved_by_hand(series, staff):
    third = sessions(series)[2]
    move_session(third, Move(at(DAYS[2], "10:00"), at(DAYS[2], "12:00")), version=1, by=staff, at=NOW)

    made = change_rest(series, Change(from_time=time(20), title="小米夜场"), Seen(DAYS[1], staff, NOW))

    assert told(made) == {DAYS[1]: "", DAYS[2]: "moved_by_hand", DAYS[3]: ""}
    assert starts(series) == [at(DAYS[0])]
    assert starts(made.series) == [at(DAYS[1], "20:00"), at(DAYS[2], "10:00"), at(DAYS[3], "20:00")]
    assert [session.title for session in sessions(made.series)] == ["小米夜场", "谷雨家的小米", "小米夜场"]
    series.refresh_from_db()
    assert (series.until_on, made.series.from_on, made.series.until_on) == (date(2026, 11, 26), DAYS[1], RULE.until_on)
    assert (made.series.follows, made.series.from_time) == (series, time(20))


def test_a_change_of_all_of_it_needs_no_second_series(series, staff, county):
    other = make_user("host", county)

    made = change_rest(series, Change(host=other, minutes=90), Seen(DAYS[0], staff, NOW))

    assert (made.series, Series.objects.count()) == (series, 1)
    assert [(session.host, session.planned_end_at) for session in sessions(series)] == [(other, at(day, "21:00")) for day in DAYS]


def test_what_somebody_changed_since_it_was_seen_stays(series, staff):
    seen = {session.pk: session.plan_version for session in sessions(series)}
    changed = sessions(series)[3]
    LiveSession.objects.filter(pk=changed.pk).update(plan_version=2)

    made = change_rest(series, Change(from_time=time(20)), Seen(DAYS[0], staff, NOW, versions=seen))

    assert told(made) == dict.fromkeys(DAYS[:3], "") | {DAYS[3]: "changed_meanwhile"}


def test_the_rest_where_it_cannot_be_stays(series, staff, county, host):
    make_session(county, host, planned_start_at=at(DAYS[2], "22:00"), room="R9")

    made = change_rest(series, Change(from_time=time(21)), Seen(DAYS[1], staff, NOW))

    assert {on: bool(code) for on, code in told(made).items()} == {DAYS[1]: False, DAYS[2]: True, DAYS[3]: False}
    assert starts(made.series) == [at(DAYS[1], "21:00"), at(DAYS[2]), at(DAYS[3], "21:00")]


def test_the_rest_is_cancelled(series, staff):
    third = sessions(series)[2]
    move_session(third, Move(at(DAYS[2], "10:00"), at(DAYS[2], "12:00")), version=1, by=staff, at=NOW)

    made = cancel_rest(series, Seen(DAYS[1], staff, NOW), reason="秋收")

    assert told(made) == {DAYS[1]: "", DAYS[2]: "moved_by_hand", DAYS[3]: ""}
    assert [session.state for session in sessions(series)] == ["draft", "cancelled", "draft", "cancelled"]
    series.refresh_from_db()
    assert series.until_on == date(2026, 11, 26)
    cancel_rest(series, Seen(DAYS[1], staff, NOW), reason="秋收", also_moved=True)
    assert sessions(series)[2].state == "cancelled"
    assert refusal(cancel_rest, series, Seen(DAYS[1], staff, NOW), reason="秋收") == "series_over"


def test_it_goes_on_until_a_later_day(series, staff, plan, studio):
    studio.is_in_use = False
    studio.save(update_fields=["is_in_use"])

    made = extend_series(series, until_on=date(2026, 12, 12), by=staff, at=NOW)

    assert [one.on for one in made.planned] == [date(2026, 12, 8), date(2026, 12, 11)]
    new = made.planned[0].session
    assert (new.title, new.host, new.rooms.get().account) == ("谷雨家的小米", plan.host, "guyujia")
    assert not new.bookings.filter(resource=studio).exists()
    series.refresh_from_db()
    assert series.until_on == date(2026, 12, 12)
    assert refusal(extend_series, series, until_on=date(2026, 12, 12), by=staff, at=NOW) == "series_until_earlier"


def test_a_day_that_was_cancelled_stays_so_when_the_series_goes_on(series, staff):
    cancel_rest(series, Seen(DAYS[2], staff, NOW), reason="秋收")

    made = extend_series(series, until_on=date(2026, 12, 9), by=staff, at=NOW)

    assert told(made) == {DAYS[2]: "series_day_cancelled", DAYS[3]: "series_day_cancelled", date(2026, 12, 8): ""}
