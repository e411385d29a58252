"""The staff's desk: today, one session, its steps; and who may not see it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from livestream.models import Guest, LiveSession
from livestream.rules.session import SessionEvent, SessionState, events_from
from tests.factories import make_product, make_session, make_user
from tests.sign_in import enter


@pytest.fixture
def noon():
    """A fixed noon in Shanghai, so that today and tomorrow are far from midnight."""
    moment = timezone.localtime(timezone.now()).replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def desk(client, staff, noon):
    client.force_login(staff)
    return client


def set_state(session, state, **changes):
    LiveSession.objects.filter(pk=session.pk).update(state=state, **changes)
    session.refresh_from_db()
    return session


def planned(county, at, state="approved", **kwargs):
    return set_state(make_session(county, planned_start_at=at, **kwargs), state)


def test_today_puts_what_is_on_air_first_then_goes_by_the_clock(desk, county, other_county, noon):
    evening = planned(county, noon + timedelta(hours=7))
    morning = make_session(county, room="R1", went_live_at=noon - timedelta(hours=3), ended_at=noon - timedelta(hours=1))
    on_air = make_session(county, room="R2", went_live_at=noon - timedelta(hours=1))
    tomorrow = planned(county, noon + timedelta(days=1))
    review = planned(county, noon + timedelta(days=3), "in_review")
    planned(county, noon + timedelta(hours=1), "cancelled")
    make_session(other_county, room="R3", went_live_at=noon - timedelta(hours=1))

    context = desk.get("/desk/").context

    assert context["lanes"] == [on_air, morning, evening]
    assert (context["on_air"], list(context["tomorrow"]), list(context["waiting"])) == (1, [tomorrow], [review])
    assert context["place"] == county


def test_today_leads_to_boards_and_sessions_and_loads_its_figures(desk, county, noon):
    session = make_session(county, went_live_at=noon - timedelta(hours=1))

    page = desk.get("/desk/").content.decode()

    links = re.findall(r'<a [^>]*href="(/(?:board|sessions|desk/figures)[^"]*)"', page)
    assert links == [
        "/board/county/140425/", "/board/links/", "/board/county/140425/", "/desk/figures/", f"/sessions/{session.pk}/",
        f"/sessions/{session.pk}/figures/", f"/board/session/{session.pk}/", f"/sessions/{session.pk}/",
    ]  # fmt: skip
    assert 'data-poll="/desk/figures/" data-every="10"' in page
    assert f'id="figures-{session.pk}"' in page


def test_empty_day_says_what_will_be_there(desk):
    page = desk.get("/desk/").content.decode()

    assert "今天没有排场次" in page
    assert "明天还没有排场次。" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_today_costs_the_same_whatever_its_length(desk, county, noon, rows, django_assert_num_queries):
    for n in range(rows):
        make_session(county, room=f"R{n}", went_live_at=noon - timedelta(hours=1))
        planned(county, noon + timedelta(days=1))
        planned(county, noon + timedelta(days=3), "in_review")

    with django_assert_num_queries(10):  # session, user, posts, alarms, notices; county, late, today, waiting, tomorrow
        desk.get("/desk/")


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("exporter", 403), ("trainer", 200), ("staff", 200), ("admin", 200)])
def test_desk_is_for_those_who_may_see_the_plan(client, county, session, role, status):
    enter(client, make_user(role, county))

    assert [client.get(path).status_code for path in ("/desk/", f"/sessions/{session.pk}/")] == [status, status]


def test_desk_asks_who_it_is(client, session):
    found = [client.get(path).headers["Location"] for path in ("/desk/", f"/sessions/{session.pk}/")]

    assert found == ["/login/?next=/desk/", f"/login/?next=/sessions/{session.pk}/"]


def test_session_of_another_county_does_not_exist(client, session, stranger):
    client.force_login(stranger)

    page = client.get(f"/sessions/{session.pk}/")
    step = client.post(f"/sessions/{session.pk}/event/", {"event": "end"})

    session.refresh_from_db()
    assert (page.status_code, step.status_code, session.state) == (404, 404, "live")
    assert client.get("/desk/").context["lanes"] == []


def test_session_shows_its_plan_rooms_guests_and_line_up(desk, county, noon):
    pepper = make_product(county, title="大红袍花椒")
    session = make_session(county, went_live_at=noon, line_up=[(pepper, 2990, 1200)], title="县长来了")
    Guest.objects.create(session=session, name="武县长", title="县长", rank="top")

    page = desk.get(f"/sessions/{session.pk}/").content.decode()

    assert re.findall(r"<td>(大红袍花椒)</td><td class=\"r\">([^<]+)</td><td class=\"r\">([^<]+)</td>", page) == [
        ("大红袍花椒", "¥\u200929.90", "1,200")
    ]
    assert re.findall(r'<b>(武县长)</b><span class="muted">([^<]+)</span><span class="chip head">([^<]+)<', page) == [
        ("武县长", "县长", "一把手")
    ]
    assert re.findall(r'<span class="num">(R1)</span><span class="muted">(A1)</span>', page) == [("R1", "A1")]
    assert f'data-poll="/sessions/{session.pk}/figures/?part=desk"' in page


@pytest.mark.parametrize("kind", ["village_host", "county_head"])
@pytest.mark.parametrize("state", SessionState.values)
def test_session_offers_exactly_the_steps_of_the_table(desk, county, noon, state, kind):
    session = set_state(make_session(county, kind=kind), state, went_live_at=noon)

    page = desk.get(f"/sessions/{session.pk}/").content.decode()

    # What a request decides has no button here; cancelling is a page of its own.
    steps = events_from(state, kind, by_request=kind == "county_head")
    assert re.findall(r'name="event" value="(\w+)"', page) == [step.value for step in steps if step != SessionEvent.CANCEL]
    assert (f"/plan/{session.pk}/cancel/" in page) == (SessionEvent.CANCEL in steps), "cancelling asks why on a page of its own"
    assert ("没有下一步" in page) == (state in {"archived", "cancelled"}), "who waits for an approval is not told that it is over"
    assert ("县长直播和接力直播要先彩排，再开播。" in page) == (state == "approved" and kind == "county_head")


@pytest.mark.parametrize("rows", [1, 3])
def test_session_costs_the_same_whatever_its_size(desk, county, noon, rows, django_assert_num_queries):
    session = make_session(county, went_live_at=noon, line_up=[(make_product(county), 990, None) for _ in range(rows)])
    Guest.objects.bulk_create(Guest(session=session, name=str(n), title="", rank="other") for n in range(rows))

    # session, user, alarms; the livestream, rooms, guests, segments, what is held, line-up, open pitch, pitches, incidents
    with django_assert_num_queries(18):  # with its promotion, its rewards and what the last review left to do
        desk.get(f"/sessions/{session.pk}/")


def test_step_changes_the_state(desk, county, noon):
    session = planned(county, noon)

    answer = desk.post(f"/sessions/{session.pk}/event/", {"event": "go_live"})

    session.refresh_from_db()
    assert answer.headers["Location"] == f"/sessions/{session.pk}/"
    assert (session.state, session.went_live_at) == ("live", noon)


def test_second_click_is_told_and_changes_nothing(desk, county, noon):
    session = planned(county, noon)
    desk.post(f"/sessions/{session.pk}/event/", {"event": "go_live"})
    before = LiveSession.objects.values().get()

    answer = desk.post(f"/sessions/{session.pk}/event/", {"event": "go_live"}, follow=True)

    told = re.findall(r'<div class="banner (\w+)" role="status">(.*?)</div>', answer.content.decode())
    assert told == [("bad", "这场直播现在是“直播中”，不能开播。")]
    assert LiveSession.objects.values().get() == before


@pytest.mark.parametrize("fields", [{}, {"event": "nonsense"}])
def test_step_that_no_button_sends_is_refused(desk, session, fields):
    assert desk.post(f"/sessions/{session.pk}/event/", fields).status_code == 400
