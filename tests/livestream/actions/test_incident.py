from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.incident import record_incident
from livestream.actions.session import end_session
from livestream.models import BoardVersion, Incident
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import IncidentKind

pytestmark = pytest.mark.django_db


def record(session, staff, at, note="网线被踢掉了"):
    return record_incident(session, kind=IncidentKind.STREAM_LOST, at=at, note=note, by=staff)


def versions():
    return sorted(BoardVersion.objects.values_list("version", flat=True))


def test_an_incident_says_what_when_and_who_and_tells_both_boards(session, staff, now):
    before = versions()

    record(session, staff, now)

    assert list(Incident.objects.values_list("session", "kind", "happened_at", "note", "noted_by")) == [
        (session.pk, "stream_lost", now, "网线被踢掉了", staff.pk)
    ]
    assert versions() == [version + 1 for version in before]


def test_an_incident_may_be_written_down_after_the_session(session, staff, now):
    end_session(session, at=now)

    assert record(session, staff, now).happened_at == now


@pytest.mark.parametrize("minutes", [-61, 1])
def test_an_incident_outside_the_session_is_refused(session, staff, now, minutes):
    end_session(session, at=now)

    with pytest.raises(NotAllowed, match="这一刻没有在直播"):
        record(session, staff, now + timedelta(minutes=minutes))
    assert not Incident.objects.exists()


def test_a_note_has_120_characters(session, staff, now):
    record(session, staff, now, "长" * 120)

    with pytest.raises(NotAllowed, match="“说明”太长了，最多 120 个字。"):
        record(session, staff, now, "长" * 121)
    assert Incident.objects.count() == 1
