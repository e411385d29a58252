"""When an alarm is raised, what it says, and when it goes: tables of cases, no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from orders.rules import alert as rules
from orders.rules.alert import (
    URGENT,
    WORST_FIRST,
    Air,
    AlertKind,
    Condition,
    Doubt,
    Heard,
    Key,
    Limits,
    Sample,
    Stock,
    broken,
    could_sell_out,
    how_bad,
    no_orders,
    once_each,
    oversold,
    pace,
    refund_spike,
    selling_out,
    silent_feeds,
)

AT = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
LIMITS = Limits()
MINUTE = timedelta(minutes=1)


def make_air(**changes) -> Air:
    facts = {
        "scope": "session:1", "county": "140425", "title": "潞党参专场", "is_live": True, "went_live_at": AT - 60 * MINUTE, "orders": 100,
        "last_order_at": AT, "recent_orders": 50, "recent_from": AT - 5 * MINUTE, "day": date(2026, 11, 21), "refunded": 0,
    }  # fmt: skip
    return Air(**(facts | changes))


def make_stock(left=20, committed=100, air=None, orders=None) -> Stock:
    units = committed - left
    return Stock(air or make_air(), "LDS-500", "潞党参 500g", committed, units, units if orders is None else orders)


def opened(condition: Condition, **detail):
    return {condition.key: condition.detail | detail}


def test_every_kind_has_its_place_in_the_order_of_severity():
    assert set(WORST_FIRST) == set(AlertKind)
    assert sorted(AlertKind.values, key=how_bad) == [
        "broken", "oversold", "feed_silent", "refund_spike", "selling_out", "no_orders",
    ]  # fmt: skip
    assert AlertKind.SELLING_OUT not in URGENT
    assert AlertKind.NO_ORDERS not in URGENT


# --- stock ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "number"), [(1, None), (0, None), (-1, 1), (-32, 32)])
def test_oversold_by_the_piece(left, number):
    condition = oversold(make_stock(left))

    assert (condition and condition.number) == number


def test_oversold_says_what_and_how_much_once_for_each_promise():
    assert oversold(make_stock(-3)) == Condition(
        "140425", Key("session:1", AlertKind.OVERSOLD, "LDS-500", "100"), "潞党参 500g", 3, {"units": 103, "stock": 100}
    )
    assert oversold(make_stock(-3)).detail == {"title": "潞党参 500g", "number": 3, "units": 103, "stock": 100}
    assert oversold(make_stock(-3, committed=200)).key.episode == "200"
    assert oversold(make_stock(-3, air=make_air(is_live=False))).number == 3  # the promise is broken, on air or not


@pytest.mark.parametrize(
    ("sample", "recent", "on_air", "expected"),
    [
        (Sample(50, 40, 30), 50, 60, 8.0),  # 40 pieces in the sample of all 50 orders, five minutes
        (Sample(500, 250, 250), 3000, 60, 300.0),  # more orders than the sample: its share × the session's pace
        (Sample(50, 40, 3), 50, 60, 8.0),
        (Sample(50, 40, 2), 50, 60, None),  # two orders are chance
        (None, 50, 60, None),
        (Sample(8, 8, 8), 8, 2, 4.0),  # two minutes on air
        (Sample(8, 8, 8), 8, 0.1, 8.0),  # six seconds on air are counted as a minute
    ],
)
def test_pace_in_pieces_a_minute(sample, recent, on_air, expected):
    air = make_air(recent_orders=recent, went_live_at=AT - on_air * MINUTE)

    assert pace(air, sample, AT) == expected


@pytest.mark.parametrize(
    ("left", "a_minute", "number"),
    [
        (80, 8.0, 10),
        (81, 8.0, None),
        (32, 8.0, 4),
        (30, 8.0, 4),
        (1, 8.0, 1),  # never "in about 0 minutes" while something is left
        (0, 8.0, 0),
        (0, None, 0),  # sold out, and the next order would be one too many
        (32, None, None),
        (-1, 8.0, None),  # that is oversold
    ],
)
def test_selling_out_within_ten_minutes(left, a_minute, number):
    condition = selling_out(make_stock(left), a_minute, LIMITS, {})

    assert (condition.number if condition else None) == number


def test_selling_out_says_left_and_pace():
    condition = selling_out(make_stock(33), 8.26, LIMITS, {})

    assert condition.key == Key("session:1", AlertKind.SELLING_OUT, "LDS-500", "100")
    assert condition.detail == {"title": "潞党参 500g", "number": 4, "left": 33, "stock": 100, "a_minute": 8.3}


@pytest.mark.parametrize(
    ("left", "a_minute", "number"),
    [
        (100, 8.0, 12),  # slower, but not clearly: it stays and says so
        (160, 8.0, 20),
        (161, 8.0, None),
        (32, None, 4),  # nobody buys it at the moment: what was said stays
        (-1, 8.0, None),
    ],
)
def test_an_open_selling_out_stays_until_it_is_clearly_over(left, a_minute, number):
    open_one = opened(selling_out(make_stock(32, committed=500), 8.0, LIMITS, {}))

    condition = selling_out(make_stock(left, committed=500), a_minute, LIMITS, open_one)

    assert (condition.number if condition else None) == number


def test_what_was_said_stays_but_for_what_is_left():
    said = selling_out(make_stock(32, committed=500), 8.0, LIMITS, {})

    condition = selling_out(make_stock(31, committed=500), None, LIMITS, opened(said))

    assert condition.detail == said.detail | {"left": 31}


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, False), ({"a_minute": 9.9}, False), ({"left": 31}, True), ({"number": 3}, True), ({"title": "x"}, True)],
)
def test_a_pace_alone_is_no_news(change, expected):
    condition = selling_out(make_stock(32), 8.0, LIMITS, {})

    assert condition.says_more_than(condition.detail | change) is expected


def test_selling_out_is_for_what_sells_on_air():
    assert selling_out(make_stock(0, committed=0), None, LIMITS, {}) is None
    assert selling_out(make_stock(0, air=make_air(is_live=False)), None, LIMITS, {}) is None


@pytest.mark.parametrize(
    ("left", "recent", "orders", "expected"),
    [
        (200, 50, 800, True),  # ten orders a minute, all of them for this good: 20 minutes
        (201, 50, 800, False),
        (400, 50, 400, True),  # two pieces an order
        (0, 0, 800, True),
        (-1, 50, 800, False),
    ],
)
def test_only_what_could_sell_out_has_its_pace_asked_for(left, recent, orders, expected):
    stock = make_stock(left, committed=800 + left, air=make_air(recent_orders=recent), orders=orders)

    assert could_sell_out(stock, AT, LIMITS) is expected


def test_whatever_selling_out_warns_of_has_had_its_pace_asked_for():
    """The bound holds as long as an order of the last minutes holds as many pieces as one before."""
    for left in range(0, 300, 7):
        for recent in (1, 5, 50, 500):
            stock = make_stock(left, committed=800 + left, air=make_air(recent_orders=recent))
            fastest = pace(stock.air, Sample(recent, recent, max(3, recent)), AT)
            for open_ones in ({}, opened(selling_out(make_stock(0, committed=800 + left), 1.0, LIMITS, {}))):
                if selling_out(stock, fastest, LIMITS, open_ones):
                    assert could_sell_out(stock, AT, LIMITS)


# --- a session ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_air", "silent", "number"),
    [
        (60, 10, 10),
        (60, 9.99, None),
        (60, 61, 60),  # an order of before it went live does not make its silence longer
        (60, None, 60),
        (9, None, None),  # the first minutes
        (10, None, 10),
        (60, 25.7, 25),
    ],
)
def test_no_orders_for_ten_minutes_on_air(on_air, silent, number):
    last = None if silent is None else AT - silent * MINUTE
    condition = no_orders(make_air(went_live_at=AT - on_air * MINUTE, last_order_at=last), AT, LIMITS, {})

    assert (condition.number if condition else None) == number


def test_a_new_silence_is_a_new_alarm_and_the_same_silence_the_same():
    first = no_orders(make_air(last_order_at=AT - 12 * MINUTE), AT, LIMITS, {})
    same = no_orders(make_air(last_order_at=AT - 12 * MINUTE), AT + MINUTE, LIMITS, {})
    another = no_orders(make_air(last_order_at=AT - 11 * MINUTE), AT, LIMITS, {})

    assert first.key == Key("session:1", AlertKind.NO_ORDERS, "", "2026-11-21T12:18:00Z") == same.key
    assert another.key != first.key
    assert (first.detail, same.number) == (
        {"title": "潞党参专场", "number": 12, "since": "2026-11-21T12:18:00Z"},
        13,
    )


def test_an_open_silence_stays_until_the_next_order_and_not_beyond_the_end():
    air = make_air(last_order_at=AT - 12 * MINUTE)
    open_one = opened(no_orders(air, AT, LIMITS, {}))

    assert no_orders(air, AT, Limits(no_orders_minutes=30), open_one).number == 12
    assert no_orders(make_air(last_order_at=AT), AT, LIMITS, open_one) is None
    assert no_orders(make_air(last_order_at=AT - 12 * MINUTE, is_live=False), AT, LIMITS, open_one) is None


@pytest.mark.parametrize(
    ("refunded", "orders", "percent"),
    [
        (5, 25, 20),
        (4, 10, None),  # many of few
        (5, 26, None),  # few of many
        (20, 100, 20),
        (19, 100, None),
        (6, 6, 100),
        (7, 6, 100),  # an order that moved away meanwhile
        (0, 0, None),
    ],
)
def test_refund_spike_is_many_and_a_large_share(refunded, orders, percent):
    condition = refund_spike(make_air(refunded=refunded, orders=orders), LIMITS, {})

    assert (condition.number if condition else None) == percent


def test_refund_spike_is_one_a_day_and_goes_when_it_is_clearly_over():
    first = refund_spike(make_air(refunded=20), LIMITS, {})

    assert first.key == Key("session:1", AlertKind.REFUND_SPIKE, "", "2026-11-21")
    assert first.detail == {"title": "潞党参专场", "number": 20, "refunded": 20, "orders": 100}
    assert refund_spike(make_air(refunded=20, orders=200), LIMITS, opened(first)).number == 10
    assert refund_spike(make_air(refunded=20, orders=201), LIMITS, opened(first)) is None
    assert refund_spike(make_air(refunded=2, orders=10), LIMITS, opened(first)) is None


# --- where figures come from ----------------------------------------------------------------------------------------------


def make_heard(minutes_ago, shop=7, platform="douyin", since=60, pause_ms=20_000) -> Heard:
    return Heard(
        "140425", shop, f"店{shop}", platform, "push", AT - minutes_ago * MINUTE, pause_ms, AT - since * MINUTE
    )  # fmt: skip


def numbers(*heard, at=AT, open_ones=None, silent_minutes=5):
    limits = {"140425": Limits(silent_minutes=silent_minutes)}
    return [(c.key.subject, c.number) for c in silent_feeds(heard, at, limits, open_ones or {})]


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ([make_heard(5)], []),
        ([make_heard(5.1)], [("7", 5)]),
        ([make_heard(5.1, pause_ms=200_000)], []),  # it is always like this
        ([make_heard(1500, since=4)], []),  # silent since yesterday, on air for four minutes
        ([make_heard(1500, since=6)], [("7", 6)]),
        ([make_heard(8), make_heard(1, shop=8)], [("7", 8)]),  # it spoke in this session, and stopped
        ([make_heard(1500), make_heard(1, shop=8)], []),  # it has nothing to do with this session
        ([make_heard(1500), make_heard(1, shop=8, platform="standard")], [("7", 60)]),
        ([make_heard(1500), make_heard(1501, shop=8)], [("7", 60), ("8", 60)]),
    ],
)
def test_a_feed_is_silent_beyond_its_habit_while_its_platform_is_on_air(heard, expected):
    assert numbers(*heard) == expected


def test_a_silent_feed_is_the_countys_and_stays_until_it_speaks():
    (first,) = silent_feeds([make_heard(8)], AT, {"140425": LIMITS}, {})

    assert first.key == Key("county:140425", AlertKind.FEED_SILENT, "7", "2026-11-21T12:22:00Z")
    assert first.detail == {
        "title": "店7", "number": 8, "platform": "douyin", "cause": "push", "heard_at": "2026-11-21T12:22:00Z",
    }  # fmt: skip
    assert numbers(make_heard(8), open_ones=opened(first), silent_minutes=30) == [("7", 8)]
    assert numbers(make_heard(0), open_ones=opened(first)) == []


def test_broken_is_one_for_each_stretch_of_doubt():
    assert broken(Doubt("county:140425", "140425", "平顺县", AT, 3)) == Condition(
        "140425",
        Key("county:140425", AlertKind.BROKEN, "", "2026-11-21T12:30:00Z"),
        "平顺县",
        3,
        {"since": "2026-11-21T12:30:00Z"},
    )


def test_conditions_come_once_and_in_the_order_of_their_keys():
    low, high = oversold(make_stock(-1)), oversold(make_stock(-1, air=make_air(scope="county:1")))

    assert list(once_each([low, high, low])) == [high.key, low.key]


def test_an_alarm_is_seen_on_its_own_board_and_its_countys():
    assert rules.boards_of("session:1", "140425") == {("session:1", "140425"), ("county:140425", "140425")}
    assert rules.boards_of("county:140425", "140425") == {("county:140425", "140425")}
