"""What a verb tells is queued with it, by each person's ways, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from livestream.actions.notice import remind, tell, tell_staff, withdraw
from livestream.models import LiveSession, Notice, NoticePreference, Robot
from livestream.rules.notice import NoticeKind
from tests.factories import make_place, make_session, make_user
from tests.livestream.outbox import released

pytestmark = pytest.mark.django_db


def rows(**which):
    found = Notice.objects.filter(**which).order_by("person_id", "robot_id", "way", "due_at")
    return [(row.person_id, row.way, row.kind, row.state) for row in found]


@pytest.fixture
def coming(county, host, now):
    return released(make_session(county, host, planned_start_at=now + timedelta(days=3)))


def test_a_host_is_told_at_once_in_the_inbox_and_by_text_message(county, host, coming):
    tell([host], NoticeKind.CHANGED, "改到周三 20:00", county=county, session=coming, version=1, link="/c/abc/")

    assert rows() == [(host.pk, "inbox", "changed", "sent"), (host.pk, "sms", "changed", "waiting")]
    assert set(Notice.objects.values_list("text", flat=True)) == {"改到周三 20:00"}
    assert {row.link for row in Notice.objects.all()} == {"/c/abc/"}


def test_a_version_is_told_once(county, host, coming):
    for _ in range(2):
        tell([host, host], NoticeKind.CHANGED, "改到周三", county=county, session=coming, version=1)
    tell([host], NoticeKind.CHANGED, "改到周四", county=county, session=coming, version=2)

    assert Notice.objects.filter(way="inbox").count() == 2


def test_a_change_that_is_rolled_back_told_nobody(county, host, coming):
    @transaction.atomic
    def change():
        tell([host], NoticeKind.CHANGED, "改到周三", county=county, session=coming, version=1)
        return 1 // 0

    with pytest.raises(ZeroDivisionError):
        change()

    assert Notice.objects.count() == 0


def test_each_is_told_by_the_ways_he_chose_and_who_is_stopped_by_none(county, host, staff, coming):
    quiet, gone = make_user("host", county), make_user("host", county, is_active=False)
    NoticePreference.objects.create(person=quiet, sms_for=["work"])
    NoticePreference.objects.create(person=staff, email="a@example.cn", sms_for=[])

    tell([quiet, gone, staff, host], NoticeKind.CANCELLED, "取消了", county=county, session=coming, version=1)

    assert {(row[0], row[1]) for row in rows()} == {
        (host.pk, "inbox"), (host.pk, "sms"), (quiet.pk, "inbox"), (staff.pk, "inbox"), (staff.pk, "email"),
    }  # fmt: skip


def test_without_a_sender_nobody_waits_for_a_text_message(settings, county, host, coming):
    settings.SMS_SENDER = ""

    tell([host], NoticeKind.CHANGED, "改了", county=county, session=coming, version=1)

    assert rows() == [(host.pk, "inbox", "changed", "sent")]


def test_staff_of_the_county_and_of_the_place_are_told_and_the_robots(county, other_county, staff, stranger, trainer):
    township, village = make_place("140425201", "龙溪镇"), make_place("140425202", "石城镇")
    there, elsewhere = make_user("staff", township), make_user("staff", village)
    appointed, admin = make_user("trainer", county), make_user("admin", county)
    appointed.appointments.create(role="staff", place=county, from_on="2026-01-01")
    session = make_session(county, make_user("host", township))
    LiveSession.objects.filter(pk=session.pk).update(place=township)
    session.refresh_from_db()
    makes = {"kind": "wecom", "address": "https://x", "made_by": staff}
    robot = Robot.objects.create(county=county, name="播主群", **makes)
    Robot.objects.create(county=county, name="停了的", is_in_use=False, **makes)
    Robot.objects.create(county=other_county, name="外县", **makes)

    for _ in range(2):
        tell_staff(county, NoticeKind.NOT_LIVE, "到点没开播", session=session, version=1)

    assert {row.person_id for row in Notice.objects.filter(way="inbox")} == {staff.pk, there.pk, appointed.pk}
    assert list(Notice.objects.filter(way="robot").values_list("robot_id", flat=True)) == [robot.pk]
    assert not Notice.objects.filter(person__in=[elsewhere, stranger, trainer, admin]).exists()


def test_host_and_crew_are_reminded_a_day_and_an_hour_before(coming, host, county):
    helper = make_user("host", county)
    coming.bookings.create(person=helper, duty="controller")

    remind(coming)
    remind(coming)

    start = coming.planned_start_at
    due = {(row.person_id, row.way, row.kind, row.due_at, row.expires_at) for row in Notice.objects.all()}
    assert due == {
        (who.pk, way, kind, start - before, start - until)
        for who in (host, helper)
        for way in ("inbox", "sms")
        for kind, before, until in (
            ("reminder_day", timedelta(days=1), timedelta(hours=1)),
            ("reminder_hour", timedelta(hours=1), timedelta(0)),
        )
    }
    assert Notice.objects.count() == 8
    assert set(Notice.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_reminder_whose_moment_is_past_is_not_queued(county, host, now):
    remind(released(make_session(county, host, planned_start_at=now + timedelta(hours=5))))

    assert set(Notice.objects.values_list("kind", flat=True)) == {"reminder_hour"}


def test_a_session_that_was_never_released_reminds_nobody(county, host, now):
    remind(make_session(county, host, planned_start_at=now + timedelta(days=3)))

    assert Notice.objects.count() == 0


def test_reminders_of_older_versions_are_withdrawn_and_other_notices_stay(coming, county, host):
    remind(coming)
    tell([host], NoticeKind.PLANNED, "新场次", county=county, session=coming, version=1)
    remind(released(coming, 2))

    assert set(Notice.objects.filter(version=1).values_list("kind", "way", "state")) == {
        ("reminder_day", "inbox", "withdrawn"), ("reminder_day", "sms", "withdrawn"),
        ("reminder_hour", "inbox", "withdrawn"), ("reminder_hour", "sms", "withdrawn"),
        ("planned", "inbox", "sent"), ("planned", "sms", "waiting"),
    }  # fmt: skip
    assert set(Notice.objects.filter(version=2).values_list("state", flat=True)) == {"waiting"}


def test_what_was_withdrawn_by_a_cancellation_that_was_undone_waits_again(coming):
    remind(coming)
    assert withdraw(coming, 2) == 4

    remind(coming)

    assert list(Notice.objects.values_list("state", flat=True)) == ["waiting"] * 4


def test_a_reminder_names_day_clock_and_place_in_chinese_whoever_acts(coming):
    from django.utils import translation

    with translation.override("en"):
        remind(coming)

    assert {"月" in text and "开播" in text for text in Notice.objects.values_list("text", flat=True)} == {True}
