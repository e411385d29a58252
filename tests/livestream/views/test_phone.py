"""The host's phone: the next session, going live, ending; a tap that comes twice or late."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from livestream.actions.plan import Move, cancel_plan, move_session
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.models import Booking, LiveSession
from livestream.rules.day import shanghai_day
from tests.factories import make_product, make_session, make_user


@pytest.fixture
def phone(client, host):
    client.force_login(host)
    return client


def set_state(session, state, **changes):
    LiveSession.objects.filter(pk=session.pk).update(state=state, **changes)
    session.refresh_from_db()
    return session


def planned(county, host, now, state="approved", hours=1, **kwargs):
    return set_state(make_session(county, host, planned_start_at=now + timedelta(hours=hours), **kwargs), state)


def banners(answer):
    return re.findall(r'<div class="banner (\w+)" role="status">(.*?)</div>', answer.content.decode())


def buttons(answer):
    """The taps that the page offers as its next step, with the words on their buttons."""
    page = answer.content.decode()
    return re.findall(r'name="kind" value="(\w+)"><button class="btn primary">([^<]+)<', page)


def agenda(answer):
    """What comes later: the session, what one does in it, whose it is."""
    return [(one.session, one.duties, name) for _day, _mark, items in answer.context["days"] for one, name in items]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_shows_the_next_session_with_one_action(phone, county, host, now):
    soon = planned(county, host, now, title="今晚花椒")
    later = planned(county, host, now, hours=30, title="明晚小米")

    answer = phone.get("/my/")

    assert buttons(answer) == [("go_live", "开播")]
    assert (answer.context["next"], agenda(answer)) == (soon, [(later.pk, ("host",), "")])


def test_list_puts_going_live_behind_a_second_step_when_it_is_far_off(phone, county, host, now):
    planned(county, host, now, hours=30)

    answer = phone.get("/my/")

    assert buttons(answer) == [("go_live", "现在就开播")]
    assert "还没到时间，要提前开播？" in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "kind", "sentence"),
    [
        ("approved", "county_head", "县长直播和接力直播要先彩排，再开播。"),
        ("approved", "relay", "县长直播和接力直播要先彩排，再开播。"),
    ],
)
def test_list_says_why_a_session_may_not_go_live(phone, county, host, now, state, kind, sentence):
    planned(county, host, now, state, kind=kind)

    answer = phone.get("/my/")

    assert buttons(answer) == []
    assert re.findall(r'<p class="banner warn">(.*?)</p>', answer.content.decode()) == [sentence]


def test_list_shows_what_is_on_air_first_and_what_was(phone, county, host, session, now):
    past = make_session(county, host, room="R2", went_live_at=now - timedelta(days=2), ended_at=now - timedelta(days=2, hours=-1))
    coming = planned(county, host, now)

    answer = phone.get("/my/")

    context = answer.context
    assert context["on_air"] == [(session, "1:00")]
    assert (context["next"], agenda(answer), list(context["past"])) == (None, [(coming.pk, ("host",), "")], [past])


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_list_shows_no_draft(phone, county, host, now, state):
    planned(county, host, now, state)

    assert "县电商中心排好以后，会出现在这里。" in phone.get("/my/").content.decode()


def test_what_is_planned_anew_stands_as_it_was_told(phone, county, host, staff, now):
    begins = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    session = make_session(county, host, planned_start_at=begins, title="今晚花椒")
    release_plan(Scope(county, shanghai_day(now), shanghai_day(begins)), by=staff, at=now)
    later = begins + timedelta(hours=3)
    session.refresh_from_db()
    move_session(session, Move(later, later + timedelta(hours=1)), version=1, by=staff, at=now)
    LiveSession.objects.filter(pk=session.pk).update(title="明晚小米")

    pages = [phone.get(address).content.decode() for address in ("/my/", f"/my/{session.pk}/")]

    clock = f"{timezone.localtime(begins):%H:%M}"
    assert [("今晚花椒" in page, clock in page, "明晚小米" in page) for page in pages] == [(True, True, False)] * 2


def test_crew_reads_what_it_does_and_for_whom_and_has_no_page_of_it(phone, county, host, now):
    other = make_user("host", county, name="申小燕", live_name="小燕")
    session = planned(county, other, now, room="R9", account="")
    Booking.objects.create(session=session, person=host, duty="floor_manager")
    Booking.objects.create(session=session, person=host, duty="controller")

    answer = phone.get("/my/")

    assert (answer.context["next"], agenda(answer)) == (None, [(session.pk, ("floor_manager", "controller"), "小燕")])
    assert "您做：场控、中控" in answer.content.decode()
    assert f"/my/{session.pk}/" not in answer.content.decode()


def test_what_was_cancelled_says_that_nobody_need_come(phone, county, host, staff, now):
    begins = now + timedelta(days=2)
    session = make_session(county, host, planned_start_at=begins)
    release_plan(Scope(county, shanghai_day(now), shanghai_day(begins)), by=staff, at=now)
    cancel_plan(session, version=1, by=staff, at=now, reason="下雨")

    answer = phone.get("/my/")

    assert (answer.context["next"], agenda(answer)) == (None, [(session.pk, ("host",), "")])
    assert "不用来了。" in answer.content.decode()


def test_a_public_holiday_stands_beside_its_day(phone, county, host):
    with time_machine.travel("2026-09-28T00:00:00Z", tick=False):
        planned(county, host, datetime(2026, 9, 28, tzinfo=UTC))
        planned(county, host, datetime(2026, 9, 28, tzinfo=UTC), hours=72)

        days = phone.get("/my/").context["days"]

    assert [(f"{day:%m-%d}", mark and mark.name) for day, mark, _items in days] == [("10-01", "国庆节")]


def test_empty_list_says_what_will_be_there(phone):
    assert "县电商中心排好以后，会出现在这里。" in phone.get("/my/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_whatever_its_length(phone, county, host, now, rows, django_assert_num_queries):
    for n in range(rows):
        planned(county, host, now, hours=24 * n + 1)
        start = now - timedelta(days=n + 1)
        make_session(county, host, room=f"P{n}", went_live_at=start, ended_at=start + timedelta(hours=1))
        make_session(county, host, room=f"L{n}", went_live_at=now - timedelta(minutes=5))

    # session, user; on air, coming, what was told of it and what it holds, questions, past, promotion, who helped, notices
    with django_assert_num_queries(12):
        phone.get("/my/")


# --- one session ------------------------------------------------------------------------------------------------------


def test_session_on_air_shows_its_time_its_goods_and_a_second_step_to_end(phone, county, host, now):
    pepper = make_product(county, title="大红袍花椒 250g", selling_points="今年新椒\n麻味足")
    session = make_session(county, host, went_live_at=now - timedelta(minutes=74), line_up=[(pepper, 2990, 86)])

    page = phone.get(f"/my/{session.pk}/").content.decode()

    assert re.findall(r'<span class="num" data-clock="\d+">([^<]+)</span>', page) == ["1:14"]
    assert re.findall(r"<h2>(大红袍[^<]*)</h2>|<div class=\"price num\">([^<]+)<|<li>([^<]+)</li>", page) == [
        ("大红袍花椒 250g", "", ""), ("", "¥\u200929.90", ""), ("", "", "今年新椒"), ("", "", "麻味足"),
    ]  # fmt: skip
    assert re.findall(r"<a class=\"btn danger\" href=\"#end-sheet\">(.*?)</a>", page) == ["下播"]
    assert f'data-poll="/sessions/{session.pk}/figures/" data-every="5"' in page
    assert f'<a class="btn" href="/sessions/{session.pk}/figures/">看我的订单</a>' in page


def test_session_that_ended_has_no_action(phone, county, host, now):
    session = make_session(county, host, went_live_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))

    answer = phone.get(f"/my/{session.pk}/")

    assert buttons(answer) == []
    assert "复盘稍后" in answer.content.decode()


def test_cancelled_session_says_so(phone, county, host, now):
    session = planned(county, host, now, "cancelled")

    answer = phone.get(f"/my/{session.pk}/")

    assert buttons(answer) == []
    assert "这一场取消了，不用开播。" in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_session_costs_the_same_whatever_its_line_up(phone, county, host, now, rows, django_assert_num_queries):
    line_up = [(make_product(county), 990, None) for _ in range(rows)]
    session = make_session(county, host, went_live_at=now, line_up=line_up)

    with django_assert_num_queries(17):  # session, user; the livestream, its stage and gate (11), offers, cue cards, help
        phone.get(f"/my/{session.pk}/")


def test_session_is_its_hosts_alone(client, county, session, staff, trainer, stranger):
    colleague = make_user("host", county)
    statuses = {}
    for name, person in {"colleague": colleague, "staff": staff, "trainer": trainer, "stranger": stranger}.items():
        client.force_login(person)
        page = client.get(f"/my/{session.pk}/")
        step = client.post(f"/my/{session.pk}/tap/", {"kind": "end"})
        statuses[name] = (page.status_code, step.status_code, list(client.get("/my/").context["on_air"]))

    session.refresh_from_db()
    assert statuses == dict.fromkeys(["colleague", "staff", "trainer", "stranger"], (404, 404, []))
    assert session.state == "live"


@pytest.mark.parametrize("path", ["", "{}/"])
def test_phone_asks_who_it_is(client, session, path):
    path = "/my/" + path.format(session.pk)

    assert client.get(path).headers["Location"] == f"/login/?next={path}"


# --- taps -------------------------------------------------------------------------------------------------------------


def tap(phone, session, kind, **fields):
    return phone.post(f"/my/{session.pk}/tap/", {"kind": kind, **fields})


def test_go_live_puts_the_session_on_air_now(phone, county, host, now):
    session = planned(county, host, now)

    answer = tap(phone, session, "go_live")

    session.refresh_from_db()
    assert answer.headers["Location"] == f"/my/{session.pk}/"
    assert session.state == "live"
    assert now <= session.went_live_at <= now + timedelta(minutes=1)


def test_refused_step_is_said_and_changes_nothing(phone, county, host, now):
    session = planned(county, host, now, kind="county_head")

    answer = phone.post(f"/my/{session.pk}/tap/", {"kind": "go_live"}, follow=True)

    session.refresh_from_db()
    assert banners(answer) == [("bad", "县长直播和接力直播要先彩排，再开播。")]
    assert (session.state, session.went_live_at) == ("approved", None)


def test_kept_taps_count_from_the_moment_of_the_thumb(phone, county, host, now):
    session = planned(county, host, now, hours=-1)
    began, ended = now - timedelta(minutes=50), now - timedelta(minutes=5)

    statuses = [
        tap(phone, session, "go_live", tap="a1", at=began.isoformat()).status_code,
        tap(phone, session, "end", tap="a2", at=ended.isoformat()).status_code,
    ]

    session.refresh_from_db()
    assert statuses == [204, 204]
    assert (session.state, session.went_live_at, session.ended_at) == ("ended", began, ended)


def test_tap_that_comes_again_is_answered_as_done_and_changes_nothing(phone, county, host, now):
    session = planned(county, host, now, hours=-1)
    first = {"tap": "a1", "at": (now - timedelta(minutes=50)).isoformat()}
    tap(phone, session, "go_live", **first)
    tap(phone, session, "end", tap="a2", at=(now - timedelta(minutes=5)).isoformat())
    before = LiveSession.objects.values().get()

    statuses = [tap(phone, session, event, **first).status_code for event in ("go_live", "end", "go_live")]

    assert statuses == [204, 204, 204]
    assert LiveSession.objects.values().get() == before


def test_second_press_without_script_is_done_too(phone, session):
    before = LiveSession.objects.values().get()

    answer = phone.post(f"/my/{session.pk}/tap/", {"kind": "go_live"}, follow=True)

    assert (answer.status_code, banners(answer), LiveSession.objects.values().get()) == (200, [], before)


def test_kept_tap_that_is_refused_says_why_on_the_next_page(phone, county, host, now):
    session = planned(county, host, now, "cancelled")

    answer = tap(phone, session, "go_live", tap="a1")

    assert answer.status_code == 409
    assert banners(phone.get(f"/my/{session.pk}/")) == [("bad", "这场直播现在是“已取消”，不能开播。")]


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"])
def test_tap_of_a_wrong_clock_counts_now(phone, county, host, now, at):
    session = planned(county, host, now)

    tap(phone, session, "go_live", tap="a1", at=at)

    session.refresh_from_db()
    assert now <= session.went_live_at <= now + timedelta(minutes=1)


def test_end_before_the_beginning_counts_now(phone, session, now):
    tap(phone, session, "end", tap="a1", at=(session.went_live_at - timedelta(minutes=1)).isoformat())

    session.refresh_from_db()
    assert session.state == "ended"
    assert now <= session.ended_at <= now + timedelta(minutes=1)


@pytest.mark.parametrize(
    "fields", [{}, {"kind": "nonsense"}, {"kind": "approve"}, {"kind": "end", "at": "soon"}, {"kind": "end", "tap": "x" * 65}]
)
def test_what_no_button_of_the_phone_sends_is_refused(phone, session, fields):
    answer = phone.post(f"/my/{session.pk}/tap/", fields)

    session.refresh_from_db()
    assert (answer.status_code, session.state) == (400, "live")


def test_addresses_of_taps_are_no_pages(phone, session):
    assert {phone.get(f"/my/{session.pk}/{way}/").status_code for way in ("tap", "event", "pitch")} == {405}


def test_what_a_phone_kept_for_an_earlier_release_is_taken_too(phone, county, host, now):
    pepper = make_product(county)
    session = planned(county, host, now, line_up=[(pepper, 2990, 86)])
    steps = [("event", {"event": "go_live"}), ("pitch", {"product": pepper.pk}), ("event", {"event": "end"})]

    statuses = [
        phone.post(f"/my/{session.pk}/{way}/", {**fields, "tap": way + str(n)}).status_code
        for n, (way, fields) in enumerate(steps)
    ]

    session.refresh_from_db()
    assert (statuses, session.state, session.pitches.get().product) == ([204, 204, 204], "ended", pepper)
