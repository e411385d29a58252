"""Staff hear of a session that is not on air five minutes after the time that people were told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.notice_alarm import alarm_late, late
from livestream.models import LiveSession, Notice, Release, ReleasedChange
from livestream.rules.notice import clock
from tests.factories import make_session
from tests.livestream.outbox import released

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def due(county, host, staff, now):
    """Announced for six minutes ago."""
    return released(make_session(county, host, title="潞党参", planned_start_at=now - 6 * MINUTE), state="approved")


def announce(session, staff, start, lasts=timedelta(hours=2)):
    """What people were told of its released version."""
    release = Release.objects.create(
        county=session.county, place=session.county, number=1, from_on=start, until_on=start, released_by=staff, released_at=start
    )
    plan = {"starts_at": start.isoformat(), "ends_at": (start + lasts).isoformat()}
    ReleasedChange.objects.create(release=release, session=session, version=session.released_version, change="new", after=plan)


def test_staff_hear_once_of_each_version(due, staff, now):
    assert [alarm_late(now), alarm_late(now), alarm_late(now + MINUTE)] == [1, 0, 0]

    (notice,) = Notice.objects.all()
    assert (notice.person, notice.way, notice.state, notice.link) == (staff, "inbox", "sent", f"/sessions/{due.pk}/")
    when, place = clock(due.planned_start_at), due.place.full_name
    assert notice.text == f"《潞党参》{when}该开播，现在还没有开播。主播：{due.host.name}，地点：{place}。请马上联系。"

    released(due, 2)
    assert alarm_late(now) == 1


def test_a_group_reads_only_the_public_name_of_a_host(due, host, now):
    host.live_name, host.shows_name = "山里阿婆", False
    host.save()

    alarm_late(now)

    text = Notice.objects.get().text
    assert "山里阿婆" in text
    assert (host.name in text, host.phone in text) == (False, False)


@pytest.mark.parametrize("state", ["draft", "in_review", "live", "ended", "cancelled"])
def test_nobody_hears_of_one_that_is_on_air_cancelled_or_only_a_draft(due, state, now):
    LiveSession.objects.filter(pk=due.pk).update(state=state, went_live_at=now)

    assert alarm_late(now) == 0


@pytest.mark.parametrize(("minutes", "number"), [(4, 0), (5, 1), (119, 1), (120, 0)])
def test_from_five_minutes_after_its_time_until_it_would_be_over(due, now, minutes, number):
    assert alarm_late(due.planned_start_at + minutes * MINUTE) == number


def test_one_that_was_never_released_but_is_approved_counts_too(county, host, staff, now):
    session = make_session(county, host, planned_start_at=now - 6 * MINUTE)
    LiveSession.objects.filter(pk=session.pk).update(state="approved")

    assert [alarm_late(now), alarm_late(now)] == [1, 0]


def test_what_people_were_told_counts_and_not_a_change_that_waits_for_its_release(due, staff, now):
    announce(due, staff, now - 6 * MINUTE)
    LiveSession.objects.filter(pk=due.pk).update(
        plan_version=2, planned_start_at=now + timedelta(days=3), planned_end_at=now + timedelta(days=3, hours=1)
    )

    assert [session.title for session in late(now)] == ["潞党参"]
    assert alarm_late(now) == 1
    assert clock(now - 6 * MINUTE) in Notice.objects.get().text


def test_a_change_to_an_earlier_time_that_is_not_released_alarms_nobody(due, staff, now):
    announce(due, staff, now + timedelta(hours=1))
    LiveSession.objects.filter(pk=due.pk).update(plan_version=2)

    assert alarm_late(now) == 0
