"""The clock of a tap, the moment in a session, and the fold of the log: the same for every order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.control import INSTANT, ControlKind, ItemState, brought_within, moment_of_tap
from livestream.rules.control_fold import Happened, fold, next_item_state

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "sent", "came_to"),
    [
        (None, None, NOW),
        (NOW - HOUR, None, NOW - HOUR),
        (NOW - HOUR, NOW - timedelta(seconds=5), NOW - HOUR),  # a slow line is no wrong clock
        (NOW - DAY - HOUR, NOW - DAY, NOW - HOUR),  # a clock a day behind
        (NOW + DAY - HOUR, NOW + DAY, NOW - HOUR),  # a clock a day ahead
        (NOW + DAY, None, NOW),
        (NOW - DAY, None, NOW),
        (NOW - 13 * HOUR, NOW, NOW),
    ],
)
def test_a_tap_was_made_when_our_clock_showed(at, sent, came_to):
    assert moment_of_tap(at, sent=sent, now=NOW) == came_to


@pytest.mark.parametrize(
    ("at", "ended", "came_to"),
    [
        (NOW - MINUTE, None, NOW - MINUTE),
        (NOW - DAY, None, NOW),
        (NOW + DAY, None, NOW),
        (NOW - HOUR, None, NOW - HOUR),
        (NOW - MINUTE, NOW - 2 * MINUTE, NOW - 2 * MINUTE - INSTANT),
        (NOW - DAY, NOW - 2 * MINUTE, NOW - 2 * MINUTE - INSTANT),
        (NOW - 3 * MINUTE, NOW - 2 * MINUTE, NOW - 3 * MINUTE),
    ],
)
def test_a_moment_is_brought_within_the_session(at, ended, came_to):
    assert brought_within(at, began=NOW - HOUR, ended=ended, now=NOW) == came_to


@pytest.mark.parametrize(
    ("state", "kind", "then"),
    [
        ("planned", "listed", "listed"),
        ("listed", "sold_out", "sold_out"),
        ("sold_out", "listed", "listed"),
        ("listed", "unlisted", "unlisted"),
        ("listed", "pulled", "pulled"),
        ("pulled", "listed", "pulled"),
        ("pulled", "sold_out", "pulled"),
        ("pulled", "released", "unlisted"),
        ("listed", "released", "listed"),
        ("listed", "prompt", "listed"),
    ],
)
def test_states_of_an_item(state, kind, then):
    assert next_item_state(ItemState(state), kind) == then


KINDS = [ControlKind.ITEM_LISTED, ControlKind.ITEM_UNLISTED, ControlKind.ITEM_SOLD_OUT, ControlKind.ITEM_PULLED, ControlKind.ITEM_RELEASED, ControlKind.PRICE_CHANGED, ControlKind.STOCK_CHANGED]  # fmt: skip
EVENTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(KINDS), st.integers(1, 3), st.integers(1, 9)), max_size=20
).flatmap(
    lambda rows: st.permutations(
        [Happened(NOW + row[0] * MINUTE, f"t{n}", n, row[1], row[2], row[3]) for n, row in enumerate(rows)]
    )
)


@given(EVENTS)
def test_the_fold_is_the_same_for_every_order_of_arrival(events):
    assert fold(events) == fold(sorted(events, key=lambda event: event.pk))


def test_what_is_answered_is_not_open_whichever_came_first():
    asked = Happened(NOW, "a", 1, ControlKind.HOST_PROMPTED)
    seen = Happened(NOW - MINUTE, "b", 2, ControlKind.PROMPT_SEEN, about=1)  # by a clock that is behind
    other = Happened(NOW, "c", 3, ControlKind.HELP_ASKED)

    assert fold([seen, asked, other]).open == {"price_asked": [], "prompt": [], "help": [3], "lost": []}
