"""Lessons in the calendar of sessions and in calendar feeds, read by two readers that were not written here."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from livestream.actions.feed import make_county_feed, make_own_feed
from livestream.models import Hold, Resource
from tests.calendars import by_icalendar, by_vobject, fact
from tests.clashes import EVENING, HOUR, TOMORROW, plan
from tests.factories import make_user
from tests.school import make_cohort, make_lesson
from tests.sign_in import signed_in
from training.models import Lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="大教室")


@pytest.fixture
def teacher(county):
    return make_user("trainer", county, name="王老师")


@pytest.fixture
def lesson(county, teacher, room):
    cohort = make_cohort(county, title="第3期")
    return make_lesson(cohort, title="选品", starts_at=EVENING, ends_at=EVENING + 2 * HOUR, trainer=teacher, room=room)


def events(client, token):
    """What both readers find."""
    body = client.get(f"/calendar/{token}.ics").content
    assert by_icalendar(body) == by_vobject(body)
    return by_icalendar(body)


@pytest.fixture
def feeds(county, staff, teacher, room):
    """The addresses of the teacher's feed, the county's and the room's."""
    return [
        make_own_feed(teacher, name="手机").token,
        make_county_feed(county, name="大厅", by=staff).token,
        make_county_feed(county, name="教室", by=staff, resource=room).token,
    ]


def test_a_lesson_is_in_the_feeds_of_its_trainer_its_room_and_its_county(client, lesson, feeds):
    def entry(title, sequence, status, begins, alarms):
        return [[fact(f"{lesson.pk}@cunbo", title, sequence, status, begins, EVENING + 2 * HOUR, alarms)]] * 3

    assert [events(client, token) for token in feeds] == entry("选品（第3期）", 1, "CONFIRMED", EVENING, [24, 1])

    Lesson.objects.update(starts_at=EVENING + HOUR)
    assert [events(client, token) for token in feeds] == entry("选品（第3期）", 2, "CONFIRMED", EVENING + HOUR, [24, 1])

    Lesson.objects.update(state="cancelled")
    assert [events(client, token) for token in feeds] == entry("已取消：选品（第3期）", 3, "CANCELLED", EVENING + HOUR, [])


def test_nobody_else_has_it_in_his_feed(client, lesson, host, county, other_county, stranger):
    tokens = [make_own_feed(host, name="手机").token, make_county_feed(other_county, name="大厅", by=stranger).token]

    for token in tokens:
        assert b"BEGIN:VEVENT" not in client.get(f"/calendar/{token}.ics").content


@pytest.mark.parametrize(("lane", "keys"), [("host", ["teacher"]), ("resource", ["room"]), ("township", ["county"])])
def test_a_lesson_stands_grey_in_the_lanes_of_whom_and_what_it_holds(county, staff, host, lesson, teacher, room, lane, keys):
    plan(county, host, hours=-3)

    page = signed_in(staff).get("/plan/", {"view": "day", "on": TOMORROW.isoformat(), "lane": lane})

    (strip,) = page.context["strips"]
    found = [
        (one.key, block.entry.row.title, block.entry.look, block.entry.address)
        for one in strip.lanes for block in one.blocks if block.entry.look == "hold"
    ]  # fmt: skip
    owner = {"teacher": teacher, "room": room, "county": county}[keys[0]]
    assert found == [(str(owner.pk), "选品（第3期）", "hold", "")]
    assert page.context["stats"]["sessions"] == 1
    assert f"/school/lessons/{lesson.pk}/" not in page.content.decode()


def test_asked_for_some_sort_of_sessions_the_calendar_shows_no_lessons(staff, lesson):
    day = {"view": "day", "on": TOMORROW.isoformat()}
    assert "第3期" in signed_in(staff).get("/plan/", day).content.decode()
    for narrow in ({"kind": "village_host"}, {"show": "planned"}):
        assert "第3期" not in signed_in(staff).get("/plan/", day | narrow).content.decode()


def test_the_page_of_a_room_shows_what_it_is_held_for(staff, lesson, room):
    page = signed_in(staff).get(f"/plan/resources/{room.pk}/", {"from": TOMORROW.isoformat()}).content.decode()

    assert "选品（第3期）" in page
    Lesson.objects.update(state="cancelled")
    assert "选品（第3期）" not in signed_in(staff).get(f"/plan/resources/{room.pk}/").content.decode()


def test_a_day_of_many_lessons_asks_as_often_as_of_one(staff, lesson, county):
    desk, day = signed_in(staff), {"view": "day", "on": TOMORROW.isoformat()}

    def asked():
        with CaptureQueriesContext(connection) as queries:
            desk.get("/plan/", day)
        return len(queries)

    first = asked()
    for n in range(4):
        make_lesson(lesson.cohort, starts_at=EVENING - (n + 3) * HOUR, trainer=make_user("trainer", county))
    assert (asked(), Hold.objects.count()) == (first, 5)
    assert timezone.localdate(EVENING) == TOMORROW
