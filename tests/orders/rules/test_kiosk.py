from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.errors import NotAllowed
from orders.rules.kiosk import LASTS, digest_of, is_token, plain_name, state_of

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN = "Ab-_" + "x" * 39


@pytest.mark.parametrize(
    ("revoked_at", "expires_at", "state"),
    [
        (None, AT + timedelta(seconds=1), "valid"),
        (None, AT, "expired"),
        (None, AT - timedelta(days=1), "expired"),
        (AT - timedelta(days=2), AT + timedelta(days=1), "revoked"),
        (AT - timedelta(days=2), AT - timedelta(days=1), "revoked"),
    ],
)
def test_state_of_a_link(revoked_at, expires_at, state):
    assert state_of(revoked_at, expires_at, AT) == state


def test_terms_last_a_day_a_month_a_year():
    assert {term.value: span.days for term, span in LASTS.items()} == {"day": 1, "month": 30, "year": 365}


@pytest.mark.parametrize(
    ("text", "might_be"),
    [
        (TOKEN, True), ("", False), ("x" * 42, False), ("x" * 44, False), (TOKEN + "\n", False), ("\0" + "x" * 42, False),
        ("村" * 43, False), ("x" * 10_000, False), ("x" * 42 + "=", False), ("x" * 42 + "%", False),
    ],
)  # fmt: skip
def test_what_might_be_a_token(text, might_be):
    assert is_token(text) is might_be


def test_digest_is_sha256_of_the_token():
    assert digest_of("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("name", "plain"), [(" 一楼大厅 ", "一楼大厅"), ("一楼\u202e\n  大厅", "一楼 大厅"), ("屏" * 40, "屏" * 40), ("a\0b", "a b")]
)
def test_name_loses_what_nobody_sees(name, plain):
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("name", "code"), [("", "kiosk_name_missing"), (" \n\u200b", "kiosk_name_missing"), ("屏" * 41, "too_long")]
)
def test_name_must_be_one(name, code):
    with pytest.raises(NotAllowed) as refused:
        plain_name(name)

    assert refused.value.code == code
