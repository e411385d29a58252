from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from orders.rules.worth import Amounts, EntryKey, WorthLine, WorthRefund, difference, refunds_by_line, worth

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SESSION = "00000000-0000-4000-8000-000000000001"
DAY = date(2026, 11, 21)


def value_of(*lines, refunds=()):
    entries = worth(
        [WorthLine(*line) for line in lines],
        [WorthRefund(*refund) for refund in refunds],
        session_id=SESSION,
        occurred_at=AT,
        counted_at=AT,
    )
    return {key.line_no if key.refunded_on is None else (key.line_no, key.refunded_on): tuple(a) for key, a in entries.items()}


def test_an_order_counts_once_on_its_first_line():
    assert value_of(("2", 8, 1, 500), ("1", 7, 2, 1000)) == {"1": (1, 1, 2, 1000, 0), "2": (0, 1, 1, 500, 0)}


def test_an_item_that_stands_twice_in_an_order_is_one_order_of_the_item():
    assert value_of(("1", 7, 2, 667), ("2", 7, 1, 333)) == {"1": (1, 1, 2, 667, 0), "2": (0, 0, 1, 333, 0)}


def test_an_order_whose_lines_are_unknown_counts_as_an_order_without_money():
    assert value_of() == {"": (1, 0, 0, 0, 0)}


def test_a_gift_line_counts_as_goods_and_not_as_an_order():
    assert value_of(("1", 7, 1, 500), ("2", 9, 1, 0)) == {"1": (1, 1, 1, 500, 0), "2": (0, 1, 1, 0, 0)}


LATER = date(2026, 12, 11)


def test_every_entry_says_which_item_of_which_session_was_paid_when_and_counted_when():
    counted = datetime(2026, 11, 22, tzinfo=UTC)
    where = {"session_id": SESSION, "occurred_at": AT, "counted_at": counted}

    assert worth([], [], **where) == {EntryKey("", None, SESSION, AT, counted): Amounts(1, 0, 0, 0, 0)}
    assert worth([WorthLine("1", 7, 2, 1000)], [WorthRefund(LATER, "1", 400, False)], **where) == {
        EntryKey("1", 7, SESSION, AT, counted): Amounts(1, 1, 2, 1000, 0),
        EntryKey("1", 7, SESSION, AT, counted, LATER): Amounts(0, 0, 0, 0, 400),
    }


def refunded(lines, *refunds):
    """What each line is refunded, when all refunds were made on one day."""
    by_line = refunds_by_line([WorthLine(no, 1, 1, fen) for no, fen in lines], [WorthRefund(DAY, *refund) for refund in refunds])
    return {no: by_line.get((no, DAY), 0) for no, _ in lines}


def test_a_refund_is_booked_on_its_own_day_beside_what_was_paid():
    last = date(2026, 12, 12)

    entries = value_of(("1", 7, 2, 1000), ("2", 8, 1, 500), refunds=[(last, "1", 300, False), (LATER, "1", 400, False)])

    assert entries == {
        "1": (1, 1, 2, 1000, 0), "2": (0, 1, 1, 500, 0), ("1", LATER): (0, 0, 0, 0, 400), ("1", last): (0, 0, 0, 0, 300)
    }  # fmt: skip


def test_the_earlier_refund_takes_what_there_is_to_refund():
    entries = value_of(("1", 7, 1, 1000), refunds=[(LATER, "1", 900, False), (DAY, None, 300, False)])

    assert entries == {"1": (1, 1, 1, 1000, 0), ("1", LATER): (0, 0, 0, 0, 900), ("1", DAY): (0, 0, 0, 0, 100)}


def test_a_refund_of_a_line_stays_on_its_line():
    assert refunded([("1", 1000), ("2", 500)], ("2", 300, False)) == {"1": 0, "2": 300}


def test_a_refund_of_the_whole_order_fills_the_lines_in_turn():
    assert refunded([("1", 1000), ("2", 500)], (None, 1200, False)) == {"1": 1000, "2": 200}


def test_what_a_line_cannot_take_goes_to_the_others_and_never_above_what_was_paid():
    assert refunded([("1", 1000), ("2", 500)], ("2", 700, False)) == {"1": 200, "2": 500}
    assert refunded([("1", 1000), ("2", 500)], ("2", 700, False), (None, 99999, False)) == {"1": 1000, "2": 500}


def test_a_guess_of_an_export_gives_way_to_the_real_refund():
    assert refunded([("1", 1000)], ("1", 1000, True)) == {"1": 1000}
    assert refunded([("1", 1000)], ("1", 1000, True), ("1", 400, False)) == {"1": 400}


def test_guesses_about_lines_give_way_to_a_real_refund_of_the_whole_order():
    assert refunded([("1", 1000), ("2", 500)], ("1", 1000, True), ("2", 500, True), (None, 300, False)) == {"1": 300, "2": 0}


def test_a_guess_about_a_line_nobody_knows_takes_nothing():
    assert refunded([("1", 1000)], ("9", 700, True)) == {"1": 0}


lines = st.lists(st.integers(0, 10_000), min_size=1, max_size=5).map(lambda fens: [(str(i), fen) for i, fen in enumerate(fens)])
refunds = st.lists(st.tuples(st.sampled_from(["0", "1", "2", "9", None]), st.integers(0, 20_000), st.booleans()), max_size=6)


@given(lines, refunds, st.randoms())
def test_refunds_are_never_above_paid_and_do_not_depend_on_their_order(lines, refunds, random):
    shuffled = random.sample(refunds, len(refunds))

    result = refunded(lines, *refunds)

    assert result == refunded(lines, *shuffled)
    assert all(0 <= result[no] <= fen for no, fen in lines)


KEY = EntryKey("1", None, SESSION, AT, AT)
OTHER = KEY._replace(line_no="2", item_id=8)


def test_an_order_worth_nothing_before_is_booked_whole():
    assert difference({}, {OTHER: Amounts(0, 1, 1, 500, 0), KEY: Amounts(1, 1, 2, 1000, 0)}) == [
        (KEY, Amounts(1, 1, 2, 1000, 0)),
        (OTHER, Amounts(0, 1, 1, 500, 0)),
    ]


def test_what_is_worth_the_same_is_not_booked_again():
    assert difference({}, {KEY: Amounts()}) == []
    assert difference({KEY: Amounts(1, 1, 2, 1000, 0)}, {KEY: Amounts(1, 1, 2, 1000, 0)}) == []


def test_a_change_is_booked_as_what_came_off_and_what_came_on_in_that_order():
    item_known = KEY._replace(item_id=7)

    assert difference({KEY: Amounts(1, 1, 2, 1000, 0)}, {item_known: Amounts(1, 1, 2, 1000, 0)}) == [
        (KEY, Amounts(-1, -1, -2, -1000, 0)),
        (item_known, Amounts(1, 1, 2, 1000, 0)),
    ]
    assert difference({KEY: Amounts(9, 8, 7, 600, 50)}, {KEY: Amounts(1, 2, 3, 100, 20)}) == [
        (KEY, Amounts(-8, -6, -4, -500, -30))
    ]


keys = st.builds(
    EntryKey, st.sampled_from("123"), st.sampled_from([1, 2]), st.sampled_from([None, SESSION]), st.just(AT), st.just(AT),
    st.sampled_from([None, DAY]),
)  # fmt: skip
amounts = st.builds(Amounts, st.integers(0, 1), st.integers(0, 1), st.integers(0, 9), st.integers(0, 999), st.integers(0, 999))


@given(st.dictionaries(keys, amounts), st.dictionaries(keys, amounts))
def test_what_it_was_worth_plus_the_difference_is_what_it_is_worth(old, new):
    booked = dict(old)
    for key, amount in difference(old, new):
        booked[key] = Amounts(*(a + b for a, b in zip(booked.get(key, Amounts()), amount, strict=True)))

    assert {k: v for k, v in booked.items() if any(v)} == {k: v for k, v in new.items() if any(v)}
