"""Asking the API of sessions on air with a token, or as somebody who is signed in."""

from __future__ import annotations

from tests.sign_in import signed_in
from tests.tokens import token_text, with_token


def asking(person, session=None, *, scopes=("read:sessions", "write:goods"), client=None):
    """`ask("script")` is below the session, `ask("/subsidies")` beside it; with a body it posts. `client`: instead of a token."""
    client = client or (with_token(token_text(person, *scopes)) if scopes else signed_in(person))

    def ask(path, body=None, **headers):
        path, mark, query = path.partition("?")
        below = f"{path}/" if path.startswith("/") else f"/sessions/{session.pk}/{path}/"
        address = f"/api/v1{below}{mark}{query}"
        if body is None:
            return client.get(address, headers=headers)
        return client.post(address, body, content_type="application/json", headers=headers)

    return ask


def said(answer, status=200):
    assert answer.status_code == status, answer.content
    return answer.json()


def refused(answer):
    return answer.status_code, answer.json()["code"]
