import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from livestream.actions.feed import make_county_feed, make_own_feed, revoke_feed
from livestream.actions.plan import Move, cancel_plan, move_session
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.models import AuditEntry, Booking, CalendarFeed, LiveSession, Resource
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.token import digest_of
from tests.calendars import (
    by_ical_js_in_chromium,
    by_ical_js_in_node,
    by_icalendar,
    by_vobject,
    fact,
    has_chromium,
)
from tests.factories import make_session, make_user
from tests.sign_in import signed_in


@pytest.fixture(autouse=True)
def nobody_asked_yet():
    cache.clear()


@pytest.fixture
def evening(now):
    """23:30 in Shanghai in three days: its session ends after midnight."""
    return now.replace(hour=15, minute=30, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def planned(county, host, evening):
    return make_session(county, host, planned_start_at=evening, title="花椒, 小米; 夜场")


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间")


def release(county, by, at):
    return release_plan(Scope(county, shanghai_day(at), shanghai_day(at) + timedelta(days=30)), by=by, at=at)


def read(client, token, **headers):
    return client.get(f"/calendar/{token}.ics", **headers)


def expected(session, sequence, status, begins, title=None):
    alarms = [] if status == "CANCELLED" else [24, 1]
    title = title or session.title
    return [fact(f"{session.pk}@cunbo", title, sequence, status, begins, begins + timedelta(hours=2), alarms)]


@pytest.mark.browser
def test_three_programs_read_the_same_after_create_move_and_cancel(client, county, host, staff, planned, evening, now, tmp_path):
    if not has_chromium():
        pytest.skip("apt-get install chromium")
    _feed, token = make_own_feed(host, name="手机")
    bodies = [read(client, token).content]  # a draft: nothing
    release(county, staff, now)
    bodies.append(read(client, token).content)
    later = evening + timedelta(days=1)
    move_session(planned, Move(later, later + timedelta(hours=2)), version=1, by=staff, at=now)
    bodies.append(read(client, token).content)  # not announced: as before
    release(county, staff, now + timedelta(minutes=1))
    bodies.append(read(client, token).content)
    cancel_plan(planned, version=2, by=staff, at=now, reason="下雨")
    release(county, staff, now + timedelta(minutes=2))
    bodies.append(read(client, token).content)

    wanted = [
        [],
        expected(planned, 1, "CONFIRMED", evening),
        expected(planned, 1, "CONFIRMED", evening),
        expected(planned, 2, "CONFIRMED", later),
        expected(planned, 3, "CANCELLED", later, f"已取消：{planned.title}"),
    ]
    assert [by_icalendar(body) for body in bodies] == wanted
    assert [by_vobject(body) for body in bodies] == wanted
    assert by_ical_js_in_chromium(bodies) == wanted
    assert by_ical_js_in_node(bodies, tmp_path) == wanted


def test_a_feed_says_all_that_a_calendar_shows(client, county, host, staff, planned, evening, now):
    release(county, staff, now)
    _feed, token = make_own_feed(host, name="手机")

    text = read(client, token).content.decode().replace("\r\n ", "").replace("\r\n", "\n")

    (event,) = re.findall(r"BEGIN:VEVENT\n.*END:VEVENT", text, re.DOTALL)
    start, stamp = f"{timezone.localtime(evening):%Y%m%dT%H%M%S}", f"{now:%Y%m%dT%H%M%SZ}"
    for line in (
        f"DTSTART;TZID=Asia/Shanghai:{start}", f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}", "SEQUENCE:1", "STATUS:CONFIRMED",
        "SUMMARY:花椒\\, 小米\\; 夜场", "LOCATION:平顺县", "CATEGORIES:村播", "DESCRIPTION:您的分工：主播",
        f"URL:http://testserver/my/{planned.pk}/", "TRIGGER:-P1D", "TRIGGER:-PT1H",
    ):  # fmt: skip
        assert f"\n{line}\n" in event, line
    assert "BEGIN:VTIMEZONE\nTZID:Asia/Shanghai\n" in text
    assert "TZOFFSETTO:+0800\n" in text


def test_what_was_not_told_is_in_no_feed_of_a_person_or_county(client, county, host, staff, planned, now):
    tokens = [make_own_feed(host, name="手机").token, make_county_feed(county, name="大厅", by=staff).token]

    assert [by_icalendar(read(client, token).content) for token in tokens] == [[], []]

    release(county, staff, now)
    moved = planned.planned_start_at + timedelta(hours=1)
    LiveSession.objects.filter(pk=planned.pk).update(title="新题目", planned_start_at=moved, plan_version=2)
    found = [by_icalendar(read(client, token).content) for token in tokens]
    assert found == [expected(planned, 1, "CONFIRMED", planned.planned_start_at)] * 2


def test_an_approved_session_is_told_although_no_release_did(client, county, host, planned, evening):
    _feed, token = make_own_feed(host, name="手机")
    LiveSession.objects.filter(pk=planned.pk).update(state="approved")

    assert by_icalendar(read(client, token).content) == expected(planned, 1, "CONFIRMED", evening)


def test_crew_reads_its_duty_and_who_was_replaced_reads_nothing_more(client, county, host, staff, planned, now):
    helper = make_user("host", county)
    Booking.objects.create(session=planned, person=helper, duty="floor_manager")
    release(county, staff, now)
    _feed, token = make_own_feed(helper, name="手机")
    assert "您的分工：场控" in read(client, token).content.decode()

    Booking.objects.filter(person=helper).delete()
    assert "您的分工：场控" in read(client, token).content.decode()  # not announced yet

    LiveSession.objects.filter(pk=planned.pk).update(plan_version=2)
    release(county, staff, now + timedelta(minutes=1))
    assert by_icalendar(read(client, token).content) == []


def test_what_is_cancelled_is_marked_before_the_next_release(client, county, host, staff, planned, now):
    release(county, staff, now)
    cancel_plan(planned, version=1, by=staff, at=now, reason="下雨")
    _feed, token = make_own_feed(host, name="手机")

    found = by_icalendar(read(client, token).content)

    assert found == expected(planned, 1, "CANCELLED", planned.planned_start_at, f"已取消：{planned.title}")


def test_a_county_names_hosts_as_they_agreed_to_and_a_resource_nobody(client, county, staff, studio, evening, now):
    shy = make_user("host", county, name="申小红", shows_name=False)
    session = make_session(county, shy, planned_start_at=evening)
    Booking.objects.create(session=session, resource=studio)
    tokens = [
        make_county_feed(county, name="大厅", by=staff).token,
        make_county_feed(county, name="门口", by=staff, resource=studio).token,
    ]

    draft = [read(client, token).content.decode() for token in tokens]
    release(county, staff, now)
    told = [read(client, token).content.decode() for token in tokens]

    assert [text.count("BEGIN:VEVENT") for text in draft] == [0, 1]
    assert "SUMMARY:预留（还没发布）" in draft[1]
    assert "STATUS:TENTATIVE" in draft[1]
    assert ["DESCRIPTION:主播：主播" in text for text in told] == [True, False]
    assert [f"SUMMARY:{session.title}" in text for text in told] == [True, True]
    assert ["LOCATION:平顺县 · 一号直播间" in text for text in told] == [True, True]
    assert [name for text in draft + told for name in ("申小红",) if name in text] == []


def test_who_has_it_already_is_not_sent_it_again(client, county, host, staff, planned, now):
    _feed, token = make_own_feed(host, name="手机")
    first = read(client, token)
    again = read(client, token, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    release(county, staff, now)
    changed = read(client, token, HTTP_IF_NONE_MATCH=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in first.headers


def test_only_the_last_months_and_the_coming_year_are_in_it(client, county, host, now):
    for days in (-61, -59, 364, 366):
        session = make_session(county, host, planned_start_at=now + timedelta(days=days), title=str(days))
        LiveSession.objects.filter(pk=session.pk).update(state="approved")
    _feed, token = make_own_feed(host, name="手机")

    assert [one["title"] for one in by_icalendar(read(client, token).content)] == ["-59", "364"]


def test_a_feed_that_was_revoked_or_whose_person_left_opens_nothing(client, county, host, staff, now):
    feed, token = make_own_feed(host, name="手机")
    other = make_user("host", county)
    _feed, others = make_own_feed(other, name="手机")
    assert [read(client, each).status_code for each in (token, others, "x" * 43, "x", "x" * 5000)] == [200, 200, 404, 404, 404]

    assert revoke_feed(feed, by=host, at=now)
    assert not revoke_feed(feed, by=host, at=now)
    other.is_active = False
    other.save(update_fields=["is_active"])

    assert [read(client, each).status_code for each in (token, others)] == [404, 404]
    with pytest.raises(NotAllowed, match="不是您能管的"):
        revoke_feed(feed, by=staff, at=now)


def test_the_token_lies_nowhere_and_who_made_and_took_back_is_noted(county, staff, studio, now):
    feed, token = make_county_feed(county, name="门\u202e口\0", by=staff, resource=studio)
    revoke_feed(feed, by=staff, at=now)

    feed.refresh_from_db()
    entries = AuditEntry.objects.filter(deed__startswith="feed_").order_by("pk")
    assert bytes(feed.digest) == digest_of(token)
    assert [(entry.deed, entry.place, entry.detail) for entry in entries] == [
        (deed, county.pk, {"name": "门 口", "resource": studio.pk}) for deed in ("feed_made", "feed_revoked")
    ]
    assert token not in str([entry.detail for entry in AuditEntry.objects.all()])


def test_who_asks_without_pause_is_told_to_slow_down(client, host):
    _feed, token = make_own_feed(host, name="手机")

    own = [read(client, token).status_code for _ in range(31)]
    wrong = [read(client, f"{number:043}").status_code for number in range(61)]

    assert own == [200] * 30 + [429]
    assert wrong == [404] * 60 + [429]


def test_reading_is_noted_now_and_then(client, host):
    feed, token = make_own_feed(host, name="手机")
    read(client, token)
    first = CalendarFeed.objects.get().seen_at
    read(client, token)

    assert CalendarFeed.objects.get().seen_at == first
    assert timezone.now() - first < timedelta(minutes=1)


# --- the pages --------------------------------------------------------------------------------------------------------------


def test_staff_make_a_feed_of_a_studio_and_take_it_back(client, county, staff, studio):
    browser = signed_in(staff)
    made = browser.post("/plan/feeds/", {"of": f"resource:{studio.pk}", "name": "门口的平板"})
    (token,) = re.findall(r"http://testserver/calendar/([\w-]{43})\.ics", made.content.decode())
    feed = CalendarFeed.objects.get()

    listed = browser.get("/plan/feeds/").content.decode()
    assert read(client, token).status_code == 200
    assert (feed.resource, feed.county, feed.made_by, feed.name) == (studio, county, staff, "门口的平板")
    assert ("门口的平板" in listed, token in listed) == (True, False)
    assert f"webcal://testserver/calendar/{token}.ics" in made.content.decode()

    assert browser.post(f"/plan/feeds/{feed.pk}/revoke/").status_code == 302
    assert read(client, token).status_code == 404


def test_a_host_makes_his_own_on_the_phone(client, host, planned):
    browser = signed_in(host)
    made = browser.post("/me/feeds/", {"name": "我的手机"}).content.decode()
    (token,) = re.findall(r"http://testserver/calendar/([\w-]{43})\.ics", made)
    feed = CalendarFeed.objects.get()

    assert (feed.person, feed.county_id) == (host, host.county_id)
    assert read(client, token).status_code == 200
    browser.post(f"/me/feeds/{feed.pk}/revoke/")
    assert read(client, token).status_code == 404


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": ""}, "请填写。"),
        ({"name": "\u200b\0"}, "请填写。"),
        ({"name": "长" * 41}, "最多写 40 个字"),
        ({"name": "门口", "of": "resource:999999"}, "请从列表里选。"),
        ({"name": "门口", "of": "county:130529"}, "请从列表里选。"),
        ({"name": "门口", "of": ""}, "请从列表里选。"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(county, other_county, staff, session, said, sentence):
    answer = signed_in(staff).post("/plan/feeds/", {"of": f"county:{county.pk}"} | said)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert CalendarFeed.objects.count() == 0


def test_nobody_has_more_than_twenty(host):
    for _ in range(20):
        make_own_feed(host, name="手机")

    answer = signed_in(host).post("/me/feeds/", {"name": "手机"})

    assert (answer.status_code, CalendarFeed.objects.count()) == (422, 20)
    assert "已经有 20 个能用的日历了" in answer.content.decode()


def test_a_reader_asks_as_many_questions_however_many_sessions_there_are(
    client, county, host, staff, evening, now, django_assert_num_queries
):
    _feed, token = make_county_feed(county, name="大厅", by=staff)
    for number in range(3):
        make_session(
            county, make_user("host", county), planned_start_at=evening + timedelta(days=number), room=f"R{number}", account=""
        )
    release(county, staff, now)

    with django_assert_num_queries(6):  # the feed, that it was read, the sessions, what was told of them, the hosts, the lessons
        assert read(client, token).content.count(b"BEGIN:VEVENT") == 3
