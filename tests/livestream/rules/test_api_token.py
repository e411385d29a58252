"""What a token looks like, what it may do, and from where it is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.api_token import (
    ACTIONS,
    LASTS,
    LONGEST,
    Scope,
    TokenState,
    actions_of,
    home_address,
    plain_name,
    prefix_of,
    state_of,
    token_of,
)
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import SECOND_FACTOR_ACTIONS, Action, Bounds

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "s" * 43


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        (token_of("0123456789", SECRET), "0123456789"),
        (token_of("0123456789", SECRET) + "\n", None),
        (token_of("0123456789", SECRET[:-1]), None),
        (token_of("012345678G", SECRET), None),
        ("cunbo_0123456789", None),
        (SECRET, None),
        ("", None),
    ],
)
def test_only_what_looks_like_a_token_is_looked_up(text, prefix):
    assert prefix_of(text) == prefix


def test_a_token_ends_the_moment_it_expires_or_is_revoked():
    assert state_of(None, AT + timedelta(microseconds=1), AT) == TokenState.VALID
    assert state_of(None, AT, AT) == TokenState.EXPIRED
    assert state_of(AT, AT + timedelta(days=1), AT) == TokenState.REVOKED


def test_no_term_is_longer_than_a_year():
    assert max(LASTS.values()) <= LONGEST <= timedelta(days=366)


def test_every_scope_has_its_actions_and_none_needs_a_second_factor():
    assert set(ACTIONS) == set(Scope)
    assert actions_of([*Scope.values, "read:everything"]) & SECOND_FACTOR_ACTIONS == set()
    assert actions_of(["read:orders"]) == {Action.SEE_ORDERS, Action.SEE_PLAN}


@pytest.mark.parametrize(
    ("codes", "place", "left"),
    [
        (("1404",), "140425", ("140425",)),
        (("140425",), "1404", ("140425",)),
        (("140425", "140426"), "1404", ("140425", "140426")),
        (("140425",), "130529", ()),
        (("",), "140425", ("140425",)),
        (("140425",), "", ("140425",)),
        ((), "140425", ()),
    ],
)
def test_bounds_leave_what_lies_in_both(codes, place, left):
    bounds = Bounds(frozenset({Action.SEE_PLAN}), place)

    assert bounds.within(Action.SEE_PLAN, codes) == left
    assert bounds.within(Action.RUN_SESSION, codes) == ()


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", None),
        (None, None),
        ("unix:", None),
    ],
)
def test_an_address_is_known_by_its_line(address, home):
    assert home_address(address) == home


def test_a_name_has_no_hidden_signs():
    assert plain_name(" 电商\0中心\u202e 报表 ") == "电商 中心 报表"
    for name, code in (("\u200b ", "token_name_missing"), ("长" * 41, "too_long")):
        with pytest.raises(NotAllowed) as refused:
            plain_name(name)
        assert refused.value.code == code
