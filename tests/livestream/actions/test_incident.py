from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from livestream.actions import stored_file
from livestream.actions.incident import SHELF, About, Proof, forget_stray_proofs, record_incident
from livestream.actions.session import end_session
from livestream.models import BoardVersion, Incident
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import IncidentKind
from livestream.tasks import warn_of_ending_papers

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


def test_photos_of_which_no_incident_came_are_swept_after_a_day(session, staff, now):
    kept, stray = (stored_file.keep([b"x"], SHELF) for _ in range(2))
    proof = About(proof=Proof("a.jpg", kept, "0" * 64))
    record_incident(session, kind=IncidentKind.STREAM_LOST, at=now, note="断了", by=staff, about=proof)

    assert forget_stray_proofs(at=timezone.now()) == 0, "whoever stored it may be writing its row"
    warn_of_ending_papers()  # the task runs it, and leaves what is young
    assert forget_stray_proofs(at=timezone.now() + timedelta(days=2)) == 1
    assert (stored_file.is_kept(kept, SHELF), stored_file.is_kept(stray, SHELF)) == (True, False)
