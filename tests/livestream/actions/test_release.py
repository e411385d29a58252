from datetime import timedelta

import pytest

from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope, preview
from livestream.models import AuditEntry, LiveSession, Notice, Release
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from tests.factories import make_session


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
