"""The checker's model by hand; that it agrees with the counting itself is shown where both see the same messages."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.platforms import standard
from orders.rules.expected import Totals, is_contested, newest, order_totals, scope_totals
from orders.rules.order import OrderState, apply
from tests.factories import make_order_body

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def body(version=1, seconds=0, **words):
    return make_order_body("T1", version=version, at=NOW + timedelta(seconds=seconds), **words)


@pytest.mark.parametrize(
    ("messages", "totals"),
    [
        ([], (0, 0, 0, 0)),
        ([body()], (1, 2, 11960, 0)),
        ([body(status="created")], (0, 0, 0, 0)),
        ([body(version=2, status="cancelled"), body(version=1)], (0, 0, 0, 0)),
        ([body(version=1, seconds=9), body(version=2, status="closed", lines=[(1, "A", 1, 5)])], (1, 1, 5, 0)),
        ([body(version=..., seconds=9, status="cancelled"), body(version=0)], (1, 2, 11960, 0)),
        ([body(version=..., seconds=9, status="cancelled"), body(version=..., seconds=8)], (0, 0, 0, 0)),
        ([body(version=2, lines=[]), body(version=1)], (1, 0, 0, 0)),
        ([body(version=2) | {"lines": None}, body(version=1)], (1, 2, 11960, 0)),
        ([body(refunds=[("R1", 1, 60), ("R2", 1, 40)])], (1, 2, 11960, 100)),
        ([body(refunds=[("R1", 1, 60, "requested")])], (1, 2, 11960, 0)),
        ([body(refunds=[("R1", 1, 60)]), body(2, 1, refunds=[("R1", 1, 60, "withdrawn")])], (1, 2, 11960, 0)),
        ([body(2, 0, refunds=[("R1", 1, 60, "succeeded")]), body(1, 0, refunds=[("R1", 1, 60, "requested")])], (1, 2, 11960, 60)),
        ([body(refunds=[("R1", 1, 9000)]), body(2, 1, refunds=[("R2", 1, 9000)])], (1, 2, 11960, 11960)),
        ([body(2, 1) | {"refunds": [{"refund_no": "R1", "status": "succeeded", "refund_fen": 7}]}], (1, 2, 11960, 7)),
    ],
)
def test_order_totals(messages, totals):
    assert order_totals(messages) == Totals(*totals)


def test_half_a_microsecond_is_no_tie_but_one_is_an_age():
    early, late = (body(version=..., seconds=0) | {"updated_at": f"2026-11-21T20:00:00.00000{n}+08:00"} for n in (1, 2))

    assert newest([late | {"status": "closed"}, early], "status") == "closed"
    assert not is_contested([late | {"status": "closed"}, early])
    assert is_contested([late | {"status": "closed"}, late])


def test_an_empty_room_says_nothing():
    totals = scope_totals([body(1, room="R1"), body(2, room="")], {"R1": "s1"}, "140425")

    assert totals == {"county:140425": (1, 2, 11960, 0), "session:s1": (1, 2, 11960, 0)}


@pytest.mark.parametrize(
    ("messages", "contested"),
    [
        ([body(), body()], False),
        ([body(), body(lines=[(1, "A", 1, 1)])], True),
        ([body(), body(status="shipped")], True),
        ([body(version=1), body(version=2, status="shipped")], False),
        ([body(1, refunds=[("R1", 1, 60)]), body(2, refunds=[("R1", 1, 70)])], True),
        ([body(1, refunds=[("R1", 1, 60)]), body(2, 1, refunds=[("R1", 1, 70)])], False),
    ],
)
def test_is_contested(messages, contested):
    assert is_contested(messages) is contested


MESSAGES = st.lists(
    st.builds(
        body,
        version=st.one_of(st.just(...), st.integers(0, 9)),
        seconds=st.integers(0, 9),
        status=st.sampled_from(["created", "paid", "shipped", "received", "completed", "cancelled", "closed"]),
        lines=st.lists(
            st.tuples(st.integers(1, 3), st.sampled_from("AB"), st.integers(0, 3), st.integers(0, 500)),
            max_size=3,
            unique_by=lambda line: line[0],
        ),
        refunds=st.lists(
            st.tuples(
                st.sampled_from(["R1", "R2"]),
                st.integers(1, 4),
                st.integers(0, 300),
                st.sampled_from(["requested", "succeeded", "withdrawn", "rejected"]),
            ),
            max_size=2,
            unique_by=lambda refund: refund[0],
        ),
    ),
    max_size=6,
)


@given(MESSAGES, st.randoms(use_true_random=False))
def test_the_model_and_the_counting_agree(messages: list, chance: random.Random):
    """Both see what the platform's adapter takes; two words of one age are left out, the rules name no winner there."""
    taken = [m for m in messages if parsed(m)]
    if is_contested(taken):
        return
    state = OrderState("T1", counted_at=NOW)
    for message in chance.sample(taken, len(taken)):
        apply(state, parsed(message)[0])

    worth = state.worth().values()

    sums = [(w.orders, w.units, w.paid_fen, w.refunded_fen) for w in worth]
    assert order_totals(taken) == tuple(map(sum, zip(*sums, strict=True)) if sums else (0, 0, 0, 0))


def parsed(message):
    return standard.parse({"webhook-id": "m"}, json.dumps(message).encode(), NOW + timedelta(minutes=1))[0].events
