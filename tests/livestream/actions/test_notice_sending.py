"""What is due leaves by each way, once; what should not leave does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from livestream.actions.notice import remind, tell, tell_staff
from livestream.actions.notice_claim import claim_due, claim_of_a_robot, deliver_due
from livestream.actions.notice_sending import forget_notices, send_due
from livestream.models import LiveSession, Notice, NoticePreference, Robot
from livestream.platforms import robot as robots
from livestream.rules.notice import LEASE, NoticeKind, Way, clock
from tests.factories import make_session, make_user
from tests.livestream import outbox
from tests.livestream.outbox import released
from tests.livestream.platforms.fake_chat import FakeChat
from tests.livestream.platforms.test_robot import ADDRESSES

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def sms(settings):
    settings.SMS_SENDER = "tests.livestream.outbox.remember"
    settings.PUBLIC_ADDRESS = "https://cunbo.example.cn"
    outbox.TEXTS.clear()
    outbox.TROUBLE.clear()
    return outbox.TEXTS


@pytest.fixture
def coming(county, host, now):
    """Released, three days ahead, with its reminders queued."""
    session = released(make_session(county, host, planned_start_at=(now + 3 * DAY).replace(microsecond=0)))
    remind(session, at=now)
    return session


@pytest.fixture
def chat(monkeypatch, now):
    fake = FakeChat(now)
    monkeypatch.setattr(robots, "transport", fake.transport)
    yield fake
    fake.close()


def make_robot(county, staff, kind="wecom", **kwargs):
    return Robot.objects.create(
        **{"county": county, "kind": kind, "name": f"群{kind}", "address": ADDRESSES[kind], "made_by": staff} | kwargs
    )


def states(**which):
    return sorted(Notice.objects.filter(**which).values_list("kind", "way", "state"))


def test_nothing_leaves_before_its_moment(coming, now, sms):
    assert send_due(coming.planned_start_at - DAY - MINUTE) == 0
    assert (sms, Notice.objects.filter(state="waiting").count()) == ([], 4)


def test_a_reminder_leaves_a_day_before_and_another_an_hour_before_each_once(coming, host, sms):
    start = coming.planned_start_at

    left = [send_due(at) for at in (start - DAY, start - DAY + MINUTE, start - HOUR, start - HOUR, start + HOUR)]

    assert left == [2, 0, 2, 0, 0]
    assert [phone for phone, _ in sms] == [host.phone] * 2
    assert {state for *_, state in states()} == {"sent"}
    assert list(Notice.objects.inbox_of(host).values_list("kind", flat=True)) == ["reminder_hour", "reminder_day"]


def test_a_text_message_says_who_writes_what_and_fits_into_one(coming, sms):
    send_due(coming.planned_start_at - DAY)

    ((_, text),) = sms
    when = clock(coming.planned_start_at)
    assert text == f"【村播】{when}《潞党参专场》开播，地点：{coming.place.full_name}。请提前到场。"
    assert len(text) <= 70


def test_an_address_to_answer_at_is_sent_whole_and_others_short(county, host, now, sms):
    tell([host], NoticeKind.CHANGED, "改到周三。", county=county, link="/c/AbCd-_0123456789abcdef/", due_at=now)
    tell([host], NoticeKind.CANCELLED, "取消了。", county=county, link="/my/0b6f0f2e-6d2c-4f4e-8f4c-9a8a1f6a7b11/", due_at=now)

    send_due(now)

    short = Notice.objects.get(kind="cancelled", way="sms").pk
    assert sorted(text for _, text in sms) == sorted([
        "【村播】改到周三。 https://cunbo.example.cn/c/AbCd-_0123456789abcdef/",
        f"【村播】取消了。 https://cunbo.example.cn/n/{short}/",
    ])  # fmt: skip


def test_without_an_address_of_our_own_a_message_has_no_link(settings, county, host, now, sms):
    settings.PUBLIC_ADDRESS = ""
    tell([host], NoticeKind.CHANGED, "改到周三。", county=county, link="/c/AbCd/", due_at=now)

    send_due(now)

    assert [text for _, text in sms] == ["【村播】改到周三。"]


@pytest.mark.parametrize("state", ["cancelled", "live", "ended"])
def test_no_reminder_of_a_session_that_is_not_to_come(coming, state, sms, now):
    LiveSession.objects.filter(pk=coming.pk).update(state=state, went_live_at=now)

    assert send_due(coming.planned_start_at - DAY) == 0
    assert sms == []
    assert {found for kind, _, found in states() if kind == "reminder_day"} == {"withdrawn"}
    assert {found for kind, _, found in states() if kind == "reminder_hour"} == {"waiting"}


def test_no_reminder_of_a_superseded_version_even_where_nobody_withdrew_it(coming, sms):
    released(coming, 2)

    assert send_due(coming.planned_start_at - DAY) == 0
    assert (sms, {found for kind, _, found in states() if kind == "reminder_day"}) == ([], {"withdrawn"})


def test_a_change_that_is_not_released_leaves_the_reminders_alone(coming, sms):
    LiveSession.objects.filter(pk=coming.pk).update(plan_version=2)

    assert send_due(coming.planned_start_at - DAY) == 2


def test_after_a_long_night_only_what_still_helps_is_sent(coming, sms):
    """The worker was away: the hour's reminder leaves, the day's is not worth it any more, and after the start neither is."""
    assert send_due(coming.planned_start_at - 30 * MINUTE) == 2
    assert {(kind, state) for kind, _, state in states()} == {("reminder_day", "withdrawn"), ("reminder_hour", "sent")}


def test_who_was_stopped_meanwhile_hears_nothing(coming, host, sms):
    host.is_active = False
    host.save()

    assert send_due(coming.planned_start_at - DAY) == 0
    assert sms == []


def test_what_did_not_leave_is_tried_again_later_each_time_and_fails_in_the_end(county, host, now, sms):
    outbox.TROUBLE[:] = [TimeoutError("13800000000")] * 9
    tell([host], NoticeKind.CHANGED, "改到周三。", county=county, due_at=now)

    at, tried = now, []
    for _ in range(8):
        send_due(at)
        row = Notice.objects.get(way="sms")
        tried.append((row.state, row.tries, round((row.due_at - at) / MINUTE)))
        at = max(row.due_at, at)

    assert tried[:5] == [("waiting", 1, 1), ("waiting", 2, 4), ("waiting", 3, 16), ("waiting", 4, 64), ("failed", 5, 0)]
    assert tried[5:] == [("failed", 5, 0)] * 3
    assert row.error == "没发出去：TimeoutError"
    assert sms == []


def test_trouble_with_one_message_harms_no_other(county, now, sms):
    people = [make_user("host", county) for _ in range(12)]
    outbox.TROUBLE[:] = [OSError()]
    tell(people, NoticeKind.CHANGED, "改到周三。", county=county, due_at=now)

    assert send_due(now) == 11
    assert send_due(now + 2 * MINUTE) == 1
    assert sorted(phone for phone, _ in sms) == sorted(one.phone for one in people)


def test_a_sender_that_is_gone_meanwhile_fails_with_the_reason(settings, county, host, now):
    tell([host], NoticeKind.CHANGED, "改到周三。", county=county, due_at=now)
    settings.SMS_SENDER = ""

    send_due(now)

    assert list(Notice.objects.filter(way="sms").values_list("state", "error")) == [("failed", "没有配置短信通道。")]


def test_a_letter_is_sent_to_whom_gave_an_address(settings, county, staff, now):
    NoticePreference.objects.create(person=staff, email="guo@example.cn")
    tell_staff(county, NoticeKind.CANNOT_COME, "路小小来不了周三的直播。", link="/plan/", due_at=now)

    send_due(now)

    (letter,) = mail.outbox
    number = Notice.objects.get(way="email").pk
    assert (letter.to, letter.subject) == (["guo@example.cn"], "【村播】来不了")
    assert letter.body == f"路小小来不了周三的直播。\n\nhttps://cunbo.example.cn/n/{number}/"


def test_whoever_dies_after_a_claim_is_followed_by_another_and_the_inbox_has_it_once(county, host, now, sms):
    tell([host], NoticeKind.CHANGED, "改到周三。", county=county, due_at=now)
    assert len(claim_due(now, 8)) == 1  # and the process is gone

    assert [send_due(now + MINUTE), send_due(now + LEASE)] == [0, 1]
    assert len(sms) == 1
    assert states() == [("changed", "inbox", "sent"), ("changed", "sms", "sent")]


def test_what_was_claimed_again_and_again_is_given_up(county, host, now, sms):
    tell([host], NoticeKind.CHANGED, "改到周三。", county=county, due_at=now)
    for n in range(6):
        claim_due(now + n * LEASE, 8)

    send_due(now + 7 * LEASE)

    assert list(Notice.objects.filter(way="sms").values_list("state", "tries")) == [("failed", 5)]
    assert sms == []


def test_a_reminder_that_was_claimed_and_lost_is_looked_at_again(coming, sms):
    at = coming.planned_start_at - DAY
    assert [notice.kind for notice in claim_due(at, 8)] == ["reminder_day"]
    released(coming, 2)

    send_due(at + LEASE)

    assert sms == []
    assert ("reminder_day", "sms", "withdrawn") in states()


def test_a_robot_says_all_that_is_due_in_one_message(chat, county, staff, now):
    make_robot(county, staff)
    for n in range(3):
        tell_staff(county, NoticeKind.CANNOT_COME, f"第{n}场有人来不了。", due_at=now)

    assert send_due(now) == 3

    assert [text for *_, text in chat.said] == ["\n".join(f"【村播】第{n}场有人来不了。" for n in range(3))]


def test_a_robot_speaks_a_few_times_a_minute_at_most(chat, county, staff, now):
    make_robot(county, staff)
    for second in range(60):
        tell_staff(county, NoticeKind.CANNOT_COME, f"第{second}条", due_at=now + timedelta(seconds=second))
        send_due(now + timedelta(seconds=second))

    assert len(chat.said) == 15
    send_due(now + timedelta(seconds=65))
    assert len("\n".join(text for *_, text in chat.said).split("\n")) == 60


def test_a_message_is_no_longer_than_the_platform_takes(chat, county, staff, now):
    make_robot(county, staff)
    for n in range(10):
        tell_staff(county, NoticeKind.CANNOT_COME, f"{n}" + "播" * 200, due_at=now)

    counts = [send_due(now + timedelta(seconds=10 * n)) for n in range(5)]

    assert counts == [3, 3, 3, 1, 0]
    assert len(chat.said) == 4
    assert set(Notice.objects.filter(way="robot").values_list("tries", "state")) == {(1, "sent")}


def test_a_group_names_hosts_as_they_are_called_in_public_and_gets_the_page_that_asks_for_a_login(
    chat, county, staff, coming, now
):
    make_robot(county, staff, "feishu")
    tell_staff(county, NoticeKind.NOT_LIVE, "没开播", session=coming, version=1, link="/c/secret/", due_at=now)

    send_due(now)

    assert [text for *_, text in chat.said] == [f"【村播】没开播 https://cunbo.example.cn/sessions/{coming.pk}/"]


@pytest.mark.parametrize(
    ("answer", "state", "error", "minutes"),
    [
        ({"errcode": 93000, "errmsg": "invalid webhook url"}, "failed", "平台不收：93000: invalid webhook url", 0),
        ({"errcode": 45009, "errmsg": "freq"}, "waiting", "平台说发得太多：45009: freq", 10),
        ({}, "waiting", "平台没有回应：the answer has no code", 1),
    ],
)
def test_what_a_platform_answers_decides_what_follows(chat, county, staff, now, answer, state, error, minutes):
    make_robot(county, staff)
    tell_staff(county, NoticeKind.CANNOT_COME, "来不了", due_at=now)
    chat.answers = [answer]

    send_due(now)

    row = Notice.objects.get(way="robot")
    assert (row.state, row.error, row.due_at) == (state, error, now + minutes * MINUTE)


def test_a_network_that_is_away_is_said_in_plain_words(chat, county, staff, now):
    make_robot(county, staff)
    tell_staff(county, NoticeKind.CANNOT_COME, "来不了", due_at=now)
    chat.close()

    send_due(now)

    assert Notice.objects.get(way="robot").error == "连不上平台，请看服务器能不能上外网。"


def test_a_robot_that_is_stopped_says_nothing(chat, county, staff, now):
    found = make_robot(county, staff)
    tell_staff(county, NoticeKind.CANNOT_COME, "来不了", due_at=now)
    Robot.objects.update(is_in_use=False)

    assert send_due(now) == 0
    assert claim_of_a_robot(now, found.pk) is None


def test_inboxes_of_a_whole_county_are_filled_in_three_statements(county, now, django_assert_num_queries):
    people = [make_user("host", county) for _ in range(5)]
    tell(people, NoticeKind.TASK_DUE, "x", county=county, due_at=now + HOUR)

    with django_assert_num_queries(3):
        assert deliver_due(now + HOUR) == 5


def test_old_notices_are_forgotten_and_what_waits_is_not(county, host, now, coming):
    tell([host], NoticeKind.CHANGED, "旧的", county=county, due_at=now - 181 * DAY)
    Notice.objects.update(made_at=now - 181 * DAY)
    send_due(now)

    assert forget_notices(at=now) == 2
    assert {kind for kind, *_ in states()} == {"reminder_day", "reminder_hour"}
    assert claim_due(now, 8, [Way.SMS]) == []
