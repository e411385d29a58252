"""Programs read who holds which grade, and decide as a person does."""

from __future__ import annotations

import pytest

from tests.factories import make_place, make_user
from tests.grades import AT, junior
from tests.tokens import token_text, with_token
from tests.training.api.asking import post, refused, rows
from training.actions.grade import propose
from training.models import GradeDecision

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(village):
    host = make_user("host", village)
    junior(host)
    return host


@pytest.fixture
def proposed(county, host):
    propose(county.pk, at=AT)
    return host


def test_grades_are_listed_with_what_is_proposed_and_decided_once(client, county, village, staff, proposed):
    (row,) = rows(client, "grades/", county=county.pk)
    assert rows(client, "grades/", within="140425999") == []
    assert (row["host"]["id"], row["place"], row["held"], row["since"]) == (proposed.pk, village.pk, "none", None)
    assert (row["proposal"]["grade"], row["proposal"]["rule_version"]) == ("junior", 1)
    path = f"grades/{proposed.pk}/decide/"
    refused(post(client, path, {"answer": "refuse", "grade": "junior"}), "grade_reason_missing")
    refused(post(client, path, {"answer": "accept", "grade": "senior"}), "grade_meanwhile")

    said = {"answer": "accept", "grade": "junior", "because": "播得稳"}
    first, again = (post(client, path, said, **{"Idempotency-Key": "grade-1"}) for _ in range(2))

    assert (first.status_code, again.json()) == (200, first.json())
    body = client.get(f"/api/v1/school/grades/{proposed.pk}/").json()
    assert body == first.json()
    assert (body["held"], body["grade"], body["proposal"]) == ("junior", "junior", None)
    assert body["criteria"][1] == {"criterion": "sessions", "grade": "junior", "value": 3, "threshold": 3, "is_met": True}
    assert body["criteria"][2]["value"] == "2026-10-01"
    (decision,) = body["decisions"]
    assert (decision["answer"], decision["by"], decision["because"], decision["rule_version"]) == (
        "accept",
        staff.pk,
        "播得稳",
        1,
    )
    refused(post(client, path, said), "grade_decided")
    assert GradeDecision.objects.count() == 1


def test_strange_bodies_and_strangers(client, county, other_county, proposed, now):
    path = f"grades/{proposed.pk}/decide/"
    for body in (
        {},
        {"answer": "x", "grade": "junior"},
        {"answer": "accept", "grade": 3},
        {"answer": "accept", "grade": "junior", "x": 1},
    ):
        assert post(client, path, body).status_code == 400, body
    assert client.get("/api/v1/school/grades/999999999/").status_code == 404
    town, stranger = (
        make_user("staff", make_place("140425100"), is_checked=False),
        make_user("staff", other_county, is_checked=False),
    )
    reads = with_token(token_text(town, "read:school", "write:school", place="140425100"))
    assert [row["host"]["id"] for row in rows(reads, "grades/")] == [proposed.pk]
    assert post(reads, path, {"answer": "accept", "grade": "junior"}).status_code == 403
    other = with_token(token_text(stranger, "read:school", "write:school"))
    assert [post(other, path).status_code, other.get(f"/api/v1/school/grades/{proposed.pk}/").status_code] == [404, 404]
    assert rows(other, "grades/") == []
