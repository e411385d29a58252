from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.errors import NotAllowed
from orders.rules.kiosk import LASTS, plain_name, state_of

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


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
