"""Each field of an order by itself: what is news, what a repeat, what a contradiction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.rules.order import UNKNOWN, AfterSaleStatus, LineFact, OrderEvent, OrderState, OrderStatus, Outcome, RefundFact, apply
from tests.orders.rules.messages import AT, event, lines, paid_fens, refund, row, settled, tells

APPLIED, DUPLICATE, STALE = Outcome.APPLIED, Outcome.DUPLICATE, Outcome.STALE
HOUR = timedelta(hours=1)


def test_the_words_and_the_rank_of_the_unknown_that_rows_keep_never_change():
    assert OrderStatus.values == ["created", "paid", "shipped", "received", "completed", "cancelled", "closed"]
    assert AfterSaleStatus.values == ["requested", "succeeded", "withdrawn", "rejected"]
    assert Outcome.values == ["applied", "duplicate", "stale"]
    assert UNKNOWN == -1


def test_an_order_of_which_nobody_spoke_is_created_and_of_no_session_and_the_lowest_rank_is_news_to_it():
    state = OrderState("T1")

    assert (state.status, state.session_id, state.evidence, state.is_contested) == ("created", None, "", False)
    assert apply(state, tells(0, live_room="R1")) == APPLIED


FACTS = pytest.mark.parametrize(
    ("field", "less", "more"),
    [("paid_at", AT, AT + HOUR), ("live_room", "R1", "R2"), ("host_account", "A1", "A2"), ("province", "北京市", "山西省")],
)


@FACTS
def test_a_fact_is_told_by_the_newest_message_that_tells_it(field, less, more):
    told = [tells(2, **{field: less}), tells(4, **{field: more}), tells(3, **{field: less}), tells(5)]

    outcomes, state = settled(*told)

    assert outcomes == [APPLIED, APPLIED, DUPLICATE, DUPLICATE]
    assert (getattr(state, field), state.is_conflicting) == (more, False)


@FACTS
def test_a_fact_told_again_later_is_news_because_one_in_between_may_still_come(field, less, more):
    outcomes, state = settled(tells(2, **{field: less}), tells(4, **{field: less}), tells(3, **{field: more}))

    assert outcomes == [APPLIED, APPLIED, DUPLICATE]
    assert (getattr(state, field), state.is_conflicting) == (less, False)


@FACTS
def test_of_two_facts_of_one_version_the_smaller_counts_and_the_order_is_marked(field, less, more):
    for first, second, outcome in [(less, more, DUPLICATE), (more, less, APPLIED)]:
        outcomes, state = settled(tells(3, **{field: first}), tells(3, **{field: second}))
        assert outcomes == [APPLIED, outcome]
        assert (getattr(state, field), state.is_conflicting) == (less, True)


def test_a_status_told_again_later_is_news_because_one_in_between_may_still_come():
    outcomes, state = settled(event(2, "paid"), event(4, "paid"), event(3, "shipped"))

    assert outcomes == [APPLIED, APPLIED, STALE]
    assert (state.status, state.status_at, state.is_conflicting) == ("paid", AT + timedelta(seconds=4), False)


@pytest.mark.parametrize(("less", "more"), [("paid", "shipped"), ("cancelled", "closed")])
def test_of_two_statuses_of_one_version_the_earlier_step_counts_and_the_order_is_marked(less, more):
    for first, second, outcome in [(less, more, DUPLICATE), (more, less, APPLIED)]:
        outcomes, state = settled(event(3, first), event(3, second))
        assert outcomes == [APPLIED, outcome]
        assert (state.status, state.is_conflicting) == (less, True)


def test_of_two_times_of_one_status_in_one_version_the_earlier_counts():
    early, late = OrderEvent("T1", 3, AT, status="paid"), OrderEvent("T1", 3, AT + HOUR, status="paid")

    for first, second, outcome in [(early, late, DUPLICATE), (late, early, APPLIED)]:
        outcomes, state = settled(first, second)
        assert outcomes == [APPLIED, outcome]
        assert (state.status_at, state.is_conflicting) == (AT, False)


def test_one_piece_of_news_makes_a_message_news():
    first = event(3, "shipped", lines=lines(500), live_room="R1", refunds=(refund("R1", 3), refund("R2", 3)))
    later = event(4, "completed", lines=lines(500)[:0], lines_complete=False, refunds=(refund("R1", 3), refund("R2", 2)))
    newer_refund = event(3, "shipped", refunds=(refund("R1", 4), refund("R2", 3)))
    older_but_new = event(1, "paid", host_account="A1", lines=lines(700), refunds=(refund("R2", 1),))

    outcomes, _state = settled(first, later, newer_refund, older_but_new)

    assert outcomes == [APPLIED, APPLIED, APPLIED, APPLIED]


def test_a_refund_alone_is_news_then_a_repeat_then_older_than_what_is_known():
    outcomes, state = settled(*(tells(0, refunds=(refund("R1", rank, fen=rank),)) for rank in (5, 5, 4, 6)))

    assert outcomes == [APPLIED, DUPLICATE, STALE, APPLIED]
    assert state.refunds == {"R1": refund("R1", 6, fen=6)}


def test_an_older_list_of_lines_is_no_news():
    outcomes, state = settled(tells(3, lines=lines(500)), tells(2, lines=lines(400, 300)), tells(3, lines=lines(500)))

    assert outcomes == [APPLIED, DUPLICATE, DUPLICATE]
    assert (paid_fens(state), state.is_conflicting) == ({"0": 500}, False)


def test_a_row_is_renewed_by_a_newer_row_alone():
    (old,), (new,), (other,) = lines(500), lines(600), lines(400)

    outcomes, state = settled(row(2, old), row(4, new), row(3, other), row(4, new))

    assert outcomes == [APPLIED, APPLIED, DUPLICATE, DUPLICATE]
    assert (paid_fens(state), state.is_conflicting) == ({"0": 600}, False)


def test_of_two_rows_of_one_rank_the_smaller_counts_and_the_order_is_marked():
    (small,), (big,) = lines(500), lines(700)

    for first, second, outcome in [(small, big, DUPLICATE), (big, small, APPLIED)]:
        outcomes, state = settled(row(3, first), row(3, second))
        assert outcomes == [APPLIED, outcome]
        assert (paid_fens(state), state.is_conflicting) == ({"0": 500}, True)


def test_a_list_speaks_for_its_own_rank_and_a_newer_row_stays_beside_it():
    first, second, third = lines(500, 700, 900)
    outcomes, state = settled(tells(5, lines=(first,)), row(5, second), row(4, second), row(6, third), row(5, second, third))

    assert outcomes == [APPLIED, DUPLICATE, DUPLICATE, APPLIED, DUPLICATE]
    assert paid_fens(state) == {"0": 500, "2": 900}

    assert apply(state, tells(5, lines=(first, second))) == DUPLICATE
    assert apply(state, tells(6, lines=(first, second))) == APPLIED
    assert paid_fens(state) == {"0": 500, "1": 700}


def test_an_older_list_fills_in_around_a_newer_row():
    _outcomes, state = settled(row(6, *lines(100)), tells(5, lines=lines(500, 700)))

    assert paid_fens(state) == {"0": 100, "1": 700}


def test_the_smaller_of_two_lists_is_the_one_with_less_money_however_many_pieces_it_has():
    cheap, dear = LineFact("0", "S0", "S0", 9, 500), LineFact("0", "S0", "S0", 1, 700)

    for first, second in [(cheap, dear), (dear, cheap)]:
        _outcomes, state = settled(tells(3, lines=(first,)), tells(3, lines=(second,)))
        assert state.lines["0"].fact == cheap


def test_of_two_refunds_alike_in_one_version_the_one_of_the_whole_order_counts():
    whole, line = (RefundFact("R1", no, "succeeded", 100, 1, 5, AT) for no in (None, "0"))

    for first, second in [(whole, line), (line, whole)]:
        _outcomes, state = settled(tells(0, refunds=(first,)), tells(0, refunds=(second,)))
        assert (state.refunds["R1"], state.is_conflicting) == (whole, True)


def test_a_renewed_line_keeps_its_item_as_long_as_its_sku_stays():
    _outcomes, state = settled(tells(1, lines=lines(500, 700)))
    state.lines["0"].item_id, state.lines["1"].item_id = 7, 8

    apply(state, tells(2, lines=(LineFact("0", "S0", "new title", 2, 900), LineFact("1", "other", "S1", 1, 700))))

    assert {no: (line.item_id, line.rank) for no, line in state.lines.items()} == {"0": (7, 2), "1": (None, 2)}
