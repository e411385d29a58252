from dataclasses import replace
from datetime import timedelta

import pytest

from livestream.actions.plan import cancel_plan
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope, preview
from livestream.models import AuditEntry, LiveSession, Notice, Release
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from tests.factories import make_session, make_user


@pytest.fixture
def evening(now):
    """20:00 in Shanghai in three days."""
    return now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def week(county, evening):
    return Scope(county, shanghai_day(evening) - timedelta(days=3), shanghai_day(evening) + timedelta(days=3))


def plan_at(county, host, at, **kwargs):
    return make_session(county, host, planned_start_at=at, room=kwargs.pop("room", f"R{at:%d%H}"), **kwargs)


def test_a_release_freezes_tells_and_approves(county, host, staff, week, evening, now):
    session = plan_at(county, host, evening)

    release = release_plan(week, by=staff, at=now, note_text="第一版")

    session.refresh_from_db()
    change = release.changes.get()
    confirmation = change.confirmations.get()
    notice = Notice.objects.get(person=host, kind="planned", way="inbox")
    assert (release.number, release.note, release.released_by) == (1, "第一版", staff)
    assert (change.change, change.version, change.before) == ("new", 1, None)
    assert (session.state, session.released_version) == ("approved", 1)
    assert (confirmation.person, confirmation.told_at, confirmation.due_at) == (host, now, now + timedelta(hours=24))
    reminders = Notice.objects.filter(person=host, kind__startswith="reminder", way="inbox").values_list(
        "kind", "version", "due_at"
    )
    assert (notice.session, notice.version) == (session, 1)
    assert sorted(reminders) == [
        ("reminder_day", 1, evening - timedelta(hours=24)),
        ("reminder_hour", 1, evening - timedelta(hours=1)),
    ]
    assert AuditEntry.objects.get(deed="released").detail["number"] == 1


def test_nothing_new_is_no_release(county, host, staff, week, evening, now):
    plan_at(county, host, evening)
    release_plan(week, by=staff, at=now)

    with pytest.raises(NotAllowed, match="没有要发布的改动"):
        release_plan(week, by=staff, at=now)

    assert Release.objects.count() == 1


def test_what_was_looked_at_is_what_is_released(county, host, staff, week, evening, now):
    session = plan_at(county, host, evening)
    seen = preview(week, at=now).digest
    LiveSession.objects.filter(pk=session.pk).update(title="花椒专场")

    with pytest.raises(NotAllowed, match="又改了"):
        release_plan(week, by=staff, at=now, seen=seen)

    assert not Release.objects.exists()
    assert release_plan(week, by=staff, at=now, seen=preview(week, at=now).digest).number == 1


def test_whoever_heard_of_the_end_at_once_is_not_told_again(county, host, staff, week, evening, now):
    gone, other = plan_at(county, host, evening), plan_at(county, host, evening + timedelta(days=1), title="核桃专场")
    release_plan(week, by=staff, at=now)
    gone.refresh_from_db()
    cancel_plan(gone, version=gone.plan_version, by=staff, at=now, reason="下雨", tells=True)
    LiveSession.objects.filter(pk=other.pk).update(title="花椒专场", plan_version=2)

    release = release_plan(week, by=staff, at=now)

    said = Notice.objects.filter(person=host, way="inbox", kind__in=["changed", "cancelled"]).order_by("pk")
    assert [(notice.kind, notice.session) for notice in said] == [("cancelled", gone), ("changed", other)]
    assert release.changes.count() == 2


def test_who_takes_what_was_announced_of_another_waits_for_it(county, host, staff, week, evening, now):
    """The other one moved to next month, whose release is still to come: until then its host is told to be there."""
    moved = plan_at(county, host, evening, title="花椒专场")
    release_plan(week, by=staff, at=now)
    later = evening + timedelta(days=20)
    LiveSession.objects.filter(pk=moved.pk).update(
        planned_start_at=later, planned_end_at=later + timedelta(hours=2), plan_version=2
    )
    taker = plan_at(county, host, evening, title="核桃专场", room="R2", account="A2")
    day = replace(week, only=taker.pk)

    found = preview(day, at=now)

    assert found.entries == []
    assert [(one.session, one.why, one.about) for one in found.left_out] == [(taker, "announced", "花椒专场")]
    assert [one.session for one in preview(week, at=now).entries] == [taker, moved]


def test_what_nobody_has_approved_waits(county, host, staff, week, evening, now):
    plan_at(county, host, evening, kind="county_head", title="县长来了")
    plan_at(county, make_user("host", county), evening, title="核桃专场", room="R2", account="A2")

    release = release_plan(week, by=staff, at=now)

    assert [change.after["title"] for change in release.changes.all()] == ["核桃专场"]
    [waiting] = preview(week, at=now).left_out
    assert (waiting.session.title, waiting.why, waiting.about != "") == ("县长来了", "unapproved", True)
