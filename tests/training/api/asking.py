"""How a program asks the school."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from livestream.rules.errors import NotAllowed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)  # Sunday, 9:00 in Shanghai
ROOT = "/api/v1/school/"


def rows(client, path, **query):
    answer = client.get(f"{ROOT}{path}", query)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def post(client, path, body=None, **headers):
    return client.post(f"{ROOT}{path}", body or {}, content_type="application/json", headers=headers)


def refused(answer, code, **facts):
    """A 409 with the sentence that the page has."""
    said = answer.json()
    assert (answer.status_code, said["code"], said["detail"]) == (409, code, str(NotAllowed(code, **facts)))
