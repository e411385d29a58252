"""The REST API of complaints and quick answers: their words for whoever answers, a contact for nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.models import Complaint, QuickAnswer
from tests.factories import make_place, make_session
from tests.livestream.api.asking import asking, refused, said

pytestmark = pytest.mark.django_db
SECRET = "17000004321"


@pytest.fixture
def complaint(county, host, now):
    session = make_session(county, host, went_live_at=now - timedelta(hours=9), ended_at=now - timedelta(hours=7))
    words = {"words": "花椒潮了", "contact": SECRET, "said_at": now - timedelta(hours=1)}
    return Complaint.objects.create(county=county, session=session, kind="quality", code="ABCDEFGHJK", **words)


def test_a_complaint_is_read_and_answered(staff, complaint):
    ask, path = asking(staff), f"/complaints/{complaint.pk}"
    (row,) = said(ask("/complaints?state=open"))["results"]
    whole = said(ask(path))
    body = {"answer": "明天补发一包，不用退", "seen": "open"}
    answered = said(ask(f"{path}/answer", body, idempotency_key="c"))
    again = said(ask(f"{path}/answer", body, idempotency_key="c"))
    closed = said(ask(f"{path}/answer", {"answer": "收到了", "is_closed": True, "seen": "answered"}))

    assert ("words" in row, whole["words"], whole["has_contact"], whole["answer"]) == (False, "花椒潮了", True, "")
    assert (answered["state"], answered["answered_by"]["id"], again) == ("answered", staff.pk, answered)
    assert (closed["state"], closed["answered_at"], closed["answer"]) == ("closed", answered["answered_at"], "收到了")
    assert refused(ask(f"{path}/answer", body)) == (409, "complaint_meanwhile")
    assert SECRET not in str((row, whole, answered, closed))
    assert "ABCDEFGHJK" not in str((row, whole))
    assert said(ask("/complaints?state=open"))["results"] == []


def test_who_reads_a_complaint(complaint, staff, trainer, stranger, host):
    made = {}
    people = {"trainer": (trainer, ()), "stranger": (stranger, ()), "host": (host, ()), "reader": (staff, ["read:sessions"])}
    for name, (person, scopes) in people.items():
        ask = asking(person, scopes=scopes)
        path, body = f"/complaints/{complaint.pk}", {"answer": "好", "seen": "open"}
        listed = ask("/complaints")
        rows = len(listed.json()["results"]) if listed.status_code == 200 else None
        made[name] = [rows, ask(path).status_code, ask(f"{path}/answer", body).status_code]

    assert made == {
        "trainer": [1, 403, 403], "stranger": [0, 404, 404], "host": [None, 403, 403], "reader": [1, 403, 403],
    }  # fmt: skip


def test_quick_answers_are_kept_by_the_county(staff, county, stranger):
    ask = asking(staff)
    other = QuickAnswer.objects.create(county=make_place("130529", "乙县"), title="几时发货", words="48 小时")
    made = said(ask("/quick-answers", {"county": county.pk, "title": "几时发货", "words": "48 小时内"}), 201)
    changed = said(ask(f"/quick-answers/{made['id']}", {"title": "几时发货", "words": "24 小时内"}))

    assert changed == made | {"words": "24 小时内"}
    assert said(ask("/quick-answers"))["results"] == [changed]
    assert refused(ask("/quick-answers", {"county": county.pk, "title": "几时发货", "words": "x"})) == (
        409, "quick_answer_taken",
    )  # fmt: skip
    assert ask(f"/quick-answers/{other.pk}", {"title": "x", "words": "x"}).status_code == 404
    assert asking(stranger, scopes=())(f"/quick-answers/{made['id']}/drop", {}).status_code == 404
    drop = f"/quick-answers/{made['id']}/drop"
    assert [ask(drop, {}, idempotency_key="q").status_code for _twice in range(2)] == [204, 204]
    assert list(QuickAnswer.objects.values_list("pk", flat=True)) == [other.pk]
