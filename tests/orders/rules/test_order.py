"""Any order of arrival, any repetition, any batching: one state. Checked against a model that sees everything at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.rules.order import LineFact, OrderEvent, OrderState, Outcome, RefundFact, apply
from orders.rules.worth import Amounts, EntryKey
from tests.orders.rules.messages import AT, event, lines, refund, settled, tells

STATUSES = ["created", "paid", "shipped", "completed", "closed", "cancelled"]


def test_higher_wins_equal_repeats_lower_is_stale():
    state = OrderState("T1")

    outcomes = [
        apply(state, event(rank, status)) for rank, status in [(2, "shipped"), (2, "shipped"), (1, "paid"), (3, "completed")]
    ]

    assert outcomes == [Outcome.APPLIED, Outcome.DUPLICATE, Outcome.STALE, Outcome.APPLIED]
    assert state.status == "completed"


def test_a_message_without_lines_keeps_the_lines():
    state = OrderState("T1")
    apply(state, event(1, lines=lines(500)))

    apply(state, event(2, "shipped"))

    assert state.lines["0"].fact.paid_fen == 500


def test_an_older_message_still_tells_what_nobody_told_yet():
    state = OrderState("T1")
    apply(state, event(3, "shipped"))

    outcome = apply(state, event(1, lines=lines(500), paid_at=AT, live_room="R1"))

    assert outcome == Outcome.APPLIED
    assert (state.status, state.paid_at, state.live_room, state.lines["0"].fact.paid_fen) == ("shipped", AT, "R1", 500)


def test_a_newer_list_of_lines_replaces_the_older_one_whole():
    state = OrderState("T1")
    apply(state, event(1, lines=lines(500, 700)))

    apply(state, event(2, lines=lines(600)))

    assert {no: line.fact.paid_fen for no, line in state.lines.items()} == {"0": 600}


def test_a_row_of_a_file_adds_its_line_and_takes_none_away():
    state = OrderState("T1")
    first, second = lines(500, 700)
    apply(state, event(5, lines=(first,), lines_complete=False))

    outcome = apply(state, event(5, lines=(second,), lines_complete=False))

    assert outcome == Outcome.APPLIED
    assert {no: line.fact.paid_fen for no, line in state.lines.items()} == {"0": 500, "1": 700}


def test_a_refund_before_the_order_is_kept_and_worth_nothing_until_the_order_comes():
    state = OrderState("T1", counted_at=AT)
    apply(state, OrderEvent("T1", 0, AT, refunds=(refund("R1", 9),)))

    assert state.worth() == {}

    apply(state, event(1, lines=lines(500), paid_at=AT))
    assert [tuple(amounts) for amounts in state.worth().values()] == [(1, 1, 1, 500, 0), (0, 0, 0, 0, 100)]


@pytest.mark.parametrize("status", ["created", "cancelled"])
def test_created_and_cancelled_orders_are_worth_nothing_whatever_their_lines_say(status):
    state = OrderState("T1", counted_at=AT)
    apply(state, event(1, status, lines=lines(500), paid_at=AT))

    assert state.worth() == {}


@pytest.mark.parametrize("status", ["paid", "shipped", "received", "completed", "closed"])
def test_an_order_is_worth_its_lines_from_payment_on(status):
    state = OrderState("T1", counted_at=AT)
    apply(state, event(1, status, lines=lines(500), paid_at=AT))

    assert [tuple(amounts) for amounts in state.worth().values()] == [(1, 1, 1, 500, 0)]


def test_a_withdrawn_refund_is_no_refund():
    state = OrderState("T1", counted_at=AT)
    apply(state, event(1, lines=lines(500), paid_at=AT, refunds=(refund("R1", 1),)))
    apply(state, OrderEvent("T1", 0, AT, refunds=(refund("R1", 2, "withdrawn"),)))

    assert [tuple(amounts) for amounts in state.worth().values()] == [(1, 1, 1, 500, 0)]


# --- contradictions ------------------------------------------------------------------------------------------------------


def test_of_two_amounts_in_one_version_the_smaller_counts_and_the_order_is_marked():
    small, big = event(3, lines=lines(500)), event(3, lines=lines(700))

    for first, second, outcome in [(small, big, Outcome.DUPLICATE), (big, small, Outcome.APPLIED)]:
        outcomes, state = settled(first, second)
        assert outcomes == [Outcome.APPLIED, outcome]
        assert (state.lines["0"].fact.paid_fen, state.is_conflicting) == (500, True)


def test_lists_of_one_version_are_taken_whole_and_never_mixed():
    one, two = event(3, lines=lines(500, 700)), event(3, lines=(LineFact("9", "S9", "S9", 1, 900),))

    for events in [(one, two), (two, one)]:
        _outcomes, state = settled(*events)
        assert {no: line.fact.paid_fen for no, line in state.lines.items()} == {"9": 900}


def test_of_two_refunds_of_one_rank_the_smaller_counts():
    events = [OrderEvent("T1", 0, AT, refunds=(refund("R1", 5, fen=fen),)) for fen in (300, 200)]

    for order in (events, events[::-1]):
        _outcomes, state = settled(*order)
        assert (state.refunds["R1"].refund_fen, state.is_conflicting) == (200, True)


def test_the_same_message_again_is_no_contradiction():
    message = event(3, lines=lines(500), paid_at=AT, live_room="R1", refunds=(refund("R1", 3),))

    outcomes, state = settled(message, message)

    assert outcomes == [Outcome.APPLIED, Outcome.DUPLICATE]
    assert not state.is_conflicting


@st.composite
def contradictions(draw):
    """Messages of few ranks, so that many share one."""
    return [
        OrderEvent(
            "T1", rank, AT + timedelta(seconds=draw(st.integers(0, 2))), status=draw(st.none() | st.sampled_from(STATUSES)),
            paid_at=draw(st.none() | st.sampled_from([AT, AT + timedelta(hours=1)])), live_room=draw(st.none() | st.sampled_from(["R1", "R2"])),
            host_account=draw(st.none() | st.sampled_from(["A1", "A2"])), province=draw(st.none() | st.sampled_from(["北京市", "山西省"])),
            lines=draw(st.none() | st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda fens: lines(*fens))),
            refunds=tuple(refund(no, rank, fen=draw(st.integers(0, 3))) for no in draw(st.lists(st.sampled_from(["R1", "R2"]), unique=True))),
        )
        for rank in draw(st.lists(st.integers(1, 3), min_size=1, max_size=6))
    ]  # fmt: skip


@given(contradictions(), st.randoms())
@settings(max_examples=400)
def test_contradictions_end_in_one_state_whatever_came_first(events, random):
    _outcomes, state = settled(*events)
    _outcomes, other = settled(*random.sample(events, len(events)))

    assert known(state) == known(other)


# --- what it is worth ----------------------------------------------------------------------------------------------------


SESSION = "00000000-0000-4000-8000-000000000001"
COUNTED = AT + timedelta(hours=2)


def test_worth_is_booked_by_line_item_session_time_of_payment_time_of_count_and_day_of_refund():
    evening = datetime(2026, 12, 10, 17, tzinfo=UTC)  # the 11th in Shanghai
    message = event(9, lines=lines(500, 700), paid_at=AT, refunds=(RefundFact("R1", "1", "succeeded", 300, 1, 9, evening),))
    _outcomes, state = settled(message)
    state.session_id, state.counted_at, state.lines["0"].item_id, state.lines["1"].item_id = SESSION, COUNTED, 7, 8

    assert state.worth() == {
        EntryKey("0", 7, SESSION, AT, COUNTED): Amounts(1, 1, 1, 500, 0),
        EntryKey("1", 8, SESSION, AT, COUNTED): Amounts(0, 1, 1, 700, 0),
        EntryKey("1", 8, SESSION, AT, COUNTED, date(2026, 12, 11)): Amounts(0, 0, 0, 0, 300),
    }


def test_a_guess_of_an_export_counts_until_the_real_refund_of_its_line_is_known():
    guess, real = (
        RefundFact("G", "0", "succeeded", 500, 1, 5, AT, is_guess=True),
        RefundFact("R1", "0", "succeeded", 200, 1, 5, AT),
    )
    state = OrderState("T1", counted_at=AT)

    apply(state, event(1, lines=lines(500), paid_at=AT, refunds=(guess,)))
    assert sum(amounts.refunded_fen for amounts in state.worth().values()) == 500

    apply(state, tells(0, refunds=(real,)))
    assert sum(amounts.refunded_fen for amounts in state.worth().values()) == 200


def test_an_order_paid_at_an_unknown_time_is_booked_at_the_time_of_its_status():
    state = OrderState("T1", counted_at=COUNTED)
    apply(state, event(4, lines=lines(500)))

    assert list(state.worth()) == [EntryKey("0", None, None, AT + timedelta(seconds=4), COUNTED)]


def test_an_order_of_no_time_at_all_or_not_counted_yet_is_worth_nothing():
    assert OrderState("T1", status="paid", counted_at=COUNTED).worth() == {}
    assert OrderState("T1", status="paid", paid_at=AT).worth() == {}


# --- the equation --------------------------------------------------------------------------------------------------------


@st.composite
def histories(draw):
    """What a platform might say about one order: messages of different rank have different facts, equal rank equal facts."""
    ranks = draw(st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True))
    events = []
    for rank in ranks:
        complete = draw(st.booleans())
        fens = draw(st.none() | st.lists(st.integers(0, 900), min_size=1, max_size=3))
        events.append(
            OrderEvent(
                "T1", rank, AT + timedelta(seconds=rank), status=draw(st.none() | st.sampled_from(STATUSES)),
                paid_at=draw(st.none() | st.sampled_from([AT, AT + timedelta(hours=1)])),
                live_room=draw(st.none() | st.sampled_from(["R1", "R2"])), host_account=draw(st.none() | st.just("A1")),
                province=draw(st.none() | st.just("北京市")), lines=None if fens is None else lines(*fens), lines_complete=complete,
                refunds=tuple(refund(no, rank, draw(st.sampled_from(["requested", "succeeded", "withdrawn"])), draw(st.integers(0, 999)))
                              for no in draw(st.lists(st.sampled_from(["R1", "R2"]), unique=True))),
            )
        )  # fmt: skip
    return events


def known(state):
    return (
        state.status, state.status_at, state.paid_at, state.live_room, state.host_account, state.province, state.refunds,
        {no: line.fact for no, line in state.lines.items()},
    )  # fmt: skip


def newest(events, read):
    """The model: of all messages that say something, the one with the highest rank is right."""
    told = [(e.rank, read(e)) for e in events if read(e) is not None]
    return max(told, key=lambda pair: pair[0])[1] if told else None


def all_at_once(events):
    status = newest(events, lambda e: e.status and (e.status, e.happened_at)) or ("created", None)
    complete = max((e.rank for e in events if e.lines is not None and e.lines_complete), default=-1)
    facts = {}
    for e in sorted((e for e in events if e.lines is not None and e.rank >= complete), key=lambda e: e.rank):
        facts |= {line.line_no: line for line in e.lines}
    refunds = {}
    for e in sorted(events, key=lambda e: e.rank):
        refunds |= {r.refund_no: r for r in e.refunds}
    return (
        *status, newest(events, lambda e: e.paid_at), newest(events, lambda e: e.live_room), newest(events, lambda e: e.host_account),
        newest(events, lambda e: e.province), refunds, facts,
    )  # fmt: skip


@given(histories(), st.randoms())
@settings(max_examples=400)
def test_any_order_of_arrival_and_any_repetition_ends_in_one_state(events, random):
    arrivals = random.choices(events, k=len(events)) + random.sample(events, len(events))
    state = OrderState("T1")

    for arrived in arrivals:
        apply(state, arrived)

    assert known(state) == all_at_once(events)


@given(histories(), st.randoms())
def test_a_message_that_was_already_taken_is_never_news(events, random):
    state = OrderState("T1")
    for arrived in events:
        apply(state, arrived)

    assert all(apply(state, again) != Outcome.APPLIED for again in random.sample(events, len(events)))
