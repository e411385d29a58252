"""The code on the screen: how long it is good, to the second; and phones whose clocks go wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.sign_in_code import (
    LINE_SLACK,
    TOLERANCE,
    corrected,
    good_during,
    is_true,
    made_code,
    read_code,
    shown_during,
    slot_of,
)

NINE = datetime(2026, 11, 2, 1, tzinfo=UTC)
LESSON = UUID("0e37df36-f698-4ce3-8a5a-0a4f3a1a5a6b")
SECRET = "s" * 43
seconds = st.integers(10, 300)
moments = st.integers(0, 10**9).map(lambda tenths: NINE + timedelta(seconds=tenths / 10))


@given(moments, seconds)
def test_what_is_shown_now_is_good_now_and_for_exactly_so_long(at, length):
    slot = slot_of(at, length)
    shown, good = shown_during(slot, length), good_during(slot, length)

    assert shown.holds(at)
    assert good.holds(at)
    assert good.from_at == shown.from_at
    assert good.until_at - good.from_at == timedelta(seconds=length)
    assert not good.holds(good.from_at + timedelta(seconds=length))
    assert good.holds(good.from_at + timedelta(seconds=length) - timedelta(microseconds=1))
    assert good.until_at - at >= timedelta(seconds=length / 2) - timedelta(microseconds=1)  # a slow thumb has half of it
    assert good_during(slot + 1, length).from_at == shown.until_at


def test_thirty_seconds_by_example():
    slot = slot_of(NINE, 30)
    good = [second for second in range(-40, 80) if good_during(slot, 30).holds(NINE + timedelta(seconds=second))]

    assert good == list(range(30))


@given(st.uuids(), st.integers(0, 2**32 - 1), st.text(min_size=1))
def test_a_code_comes_back_as_it_was_made_and_only_its_secret_makes_it_true(lesson, slot, secret):
    text = made_code(lesson, slot, secret)
    code = read_code(text)

    assert len(text) == 38
    assert (code.lesson, code.slot, is_true(code, secret)) == (lesson, slot, True)
    assert not is_true(code, secret + "x")
    assert not is_true(code, "")
    assert not is_true(code._replace(slot=(slot + 1) % 2**32), secret)
    assert not is_true(code._replace(lesson=uuid4()), secret)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
def test_nothing_else_is_a_code_of_ours(text):
    code = read_code(text)

    assert code is None or not is_true(code, SECRET)


@pytest.mark.parametrize(
    "text", ["", "A", "A" * 37, "A" * 39, "A" * 4000, "\0" * 38, "码" * 38, "../../etc/passwd", "A" * 37 + "="]
)
def test_what_is_no_code(text):
    assert read_code(text) is None


@given(st.integers(-(10**9), 10**9), st.integers(0, 86_400 * 30), moments)
def test_a_wrong_clock_is_put_right_however_wrong(ahead, waited, really):
    """The phone's clock is `ahead` seconds ahead at the tap and at the sending, `waited` seconds later."""
    off = timedelta(seconds=min(ahead, 10**9) / 10)
    received = really + timedelta(seconds=waited)
    moment = corrected(really + off, sent_at=received + off, received_at=received)

    wrong = min(abs(off), abs(moment.at - received)) if abs(off) <= LINE_SLACK else timedelta(milliseconds=1)
    assert abs(moment.at - really) <= wrong
    assert moment.skew_seconds == round(off.total_seconds())


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 19_000)), min_size=2, max_size=8), st.integers(-(10**7), 10**7))
def test_taps_of_one_phone_keep_their_order_however_slow_each_request(taps, ahead):
    """Each: how long after the one before it was pressed, and how long its request took, in milliseconds; sent one by one."""
    off = timedelta(milliseconds=ahead if abs(ahead) < 1000 else 0)
    pressed = free = NINE
    found = []
    for apart, took in taps:
        pressed += timedelta(milliseconds=apart)
        sent = max(pressed, free)
        free = sent + timedelta(milliseconds=took)
        found.append(corrected(pressed + off, sent_at=sent + off, received_at=free).at)

    assert found == sorted(found)


@pytest.mark.parametrize("claimed", [NINE + timedelta(hours=3), NINE - timedelta(days=90), datetime(1, 1, 1, tzinfo=UTC)])
def test_what_cannot_be_happened_now(claimed):
    assert corrected(claimed, sent_at=NINE, received_at=NINE) == (NINE, 0)


def test_a_scan_without_network_may_be_wrong_by_the_tolerance_and_no_more():
    good = good_during(slot_of(NINE, 30), 30)
    held = [second for second in range(-90, 120) if good.holds(NINE + timedelta(seconds=second), TOLERANCE)]

    assert held == list(range(-30, 60))
