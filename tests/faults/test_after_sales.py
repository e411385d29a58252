"""After-sales to the fen: partial, several, withdrawn, late, before their order, of a line, of the whole order, guessed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.actions.arrival import Arrival, ShopRef
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.models import DayTally, LedgerEntry, Order, RefundTally
from orders.models.ledger import Cause
from orders.models.unmatched import unmatched_refunds
from orders.rules.order import OrderEvent, RefundFact
from tests.doors import totals
from tests.factories import make_arrival, make_order_body, make_session

pytestmark = pytest.mark.django_db
ONE = ((1, "A", 2, 10_000),)
TWO = ((1, "A", 1, 6_000), (2, "B", 3, 4_000))
GIFT = ((1, "A", 1, 9_999), (2, "GIFT", 1, 0))
FREE = ((1, "GIFT", 1, 0),)
FEN = ((1, "A", 1, 1),)


def order(lines=ONE, *refunds, status="paid"):
    """The order, with refunds as (number, line, fen, status, seconds after payment)."""
    return ("order", lines, refunds, status)


def refund(no, fen, status="succeeded", *, line=1, after=60):
    """A later message about one refund only; `line` None: of the whole order."""
    return ("refund", no, line, fen, status, after)


def guess(fen, line=1):
    """What a row of an export lets us guess: 退款成功, so the whole line went back."""
    return ("guess", f"file:{line}", str(line), fen)


DAY = 86_400
CASES = {
    "none": ([order()], {"1": 0}),
    "a part": ([order(), refund("R1", 1)], {"1": 1}),
    "the whole line": ([order(), refund("R1", 10_000)], {"1": 10_000}),
    "all but a fen": ([order(), refund("R1", 9_999)], {"1": 9_999}),
    "of nothing": ([order(), refund("R1", 0)], {"1": 0}),
    "in the message of the order": ([order(ONE, ("R1", 1, 2_500, "succeeded", 0))], {"1": 2_500}),
    "two parts": ([order(), refund("R1", 3_000), refund("R2", 2_000)], {"1": 5_000}),
    "three parts that make the whole": ([order(), refund("R1", 3_333), refund("R2", 3_333), refund("R3", 3_334)], {"1": 10_000}),
    "two that ask for more than was paid": ([order(), refund("R1", 6_000), refund("R2", 6_000)], {"1": 10_000}),
    "one that asks for more than was paid": ([order(), refund("R1", 10_001)], {"1": 10_000}),
    "one far above what was paid": ([order(), refund("R1", 10**12)], {"1": 10_000}),
    "the same number twice": ([order(), refund("R1", 3_000), refund("R1", 3_000)], {"1": 3_000}),
    "a number that is corrected later": ([order(), refund("R1", 3_000), refund("R1", 3_500, after=120)], {"1": 3_500}),
    "a correction that comes first": ([order(), refund("R1", 3_500, after=120), refund("R1", 3_000)], {"1": 3_500}),
    "only asked for": ([order(), refund("R1", 3_000, "requested")], {"1": 0}),
    "rejected": ([order(), refund("R1", 3_000, "requested"), refund("R1", 3_000, "rejected", after=90)], {"1": 0}),
    "asked for, then paid": ([order(), refund("R1", 3_000, "requested"), refund("R1", 3_000, after=90)], {"1": 3_000}),
    "withdrawn before success": ([order(), refund("R1", 3_000, "requested"), refund("R1", 3_000, "withdrawn", after=90)], {"1": 0}),
    "withdrawn after success": ([order(), refund("R1", 3_000), refund("R1", 3_000, "withdrawn", after=90)], {"1": 0}),
    "a withdrawal that comes first": ([order(), refund("R1", 3_000, "withdrawn", after=90), refund("R1", 3_000)], {"1": 0}),
    "withdrawn and paid again": (
        [order(), refund("R1", 3_000), refund("R1", 3_000, "withdrawn", after=90), refund("R1", 2_000, after=120)], {"1": 2_000},
    ),
    "one withdrawn, one stays": ([order(), refund("R1", 3_000), refund("R2", 500), refund("R1", 3_000, "withdrawn", after=90)], {"1": 500}),
    "success and withdrawal at one moment": ([order(), refund("R1", 3_000, "withdrawn"), refund("R1", 3_000)], {"1": 3_000}),
    "before its order": ([refund("R1", 3_000), order()], {"1": 3_000}),
    "two before their order": ([refund("R1", 3_000), refund("R2", 8_000), order()], {"1": 10_000}),
    "withdrawn before its order": ([refund("R1", 3_000), refund("R1", 3_000, "withdrawn", after=90), order()], {"1": 0}),
    "after twenty days": ([order(), refund("R1", 3_000, after=20 * DAY)], {"1": 3_000}),
    "one at once, one after twenty days": ([order(), refund("R1", 3_000), refund("R2", 1_000, after=20 * DAY)], {"1": 4_000}),
    "withdrawn after twenty days": ([order(), refund("R1", 3_000), refund("R1", 3_000, "withdrawn", after=20 * DAY)], {"1": 0}),
    "of the second of two lines": ([order(TWO), refund("R1", 4_000, line=2)], {"1": 0, "2": 4_000}),
    "of both lines": ([order(TWO), refund("R1", 1_000), refund("R2", 2_000, line=2)], {"1": 1_000, "2": 2_000}),
    "of the whole order": ([order(TWO), refund("R1", 10_000, line=None)], {"1": 6_000, "2": 4_000}),
    "a part of the whole order": ([order(TWO), refund("R1", 7_000, line=None)], {"1": 6_000, "2": 1_000}),
    "of a line and of the whole order": ([order(TWO), refund("R1", 500, line=2), refund("R2", 6_100, line=None)], {"1": 6_000, "2": 600}),
    "more than its line, the rest on the other": ([order(TWO), refund("R1", 4_001, line=2)], {"1": 1, "2": 4_000}),
    "of a line that nobody knows": ([order(TWO), refund("R1", 700, line=9)], {"1": 700, "2": 0}),
    "of the free line": ([order(GIFT), refund("R1", 100, line=2)], {"1": 100, "2": 0}),
    "of an order that was free": ([order(FREE), refund("R1", 100)], {"1": 0}),
    "of one fen": ([order(FEN), refund("R1", 1)], {"1": 1}),
    "of an order that was closed": ([order(), ("order", ONE, (("R1", 1, 10_000, "succeeded", 0),), "closed")], {"1": 10_000}),
    "of an order that turns out never paid": ([order(), refund("R1", 3_000), order(ONE, status="cancelled")], None),
    "of an order that lost a line": ([order(TWO), refund("R1", 4_000, line=2), order(((1, "A", 1, 6_000),))], {"1": 4_000}),
    "of a line that got cheaper": ([order(), refund("R1", 9_000), order(((1, "A", 1, 5_000),))], {"1": 5_000}),
    "a guess": ([order(), guess(10_000)], {"1": 10_000}),
    "a guess before its order": ([guess(10_000), order()], {"1": 10_000}),
    "a guess that the real one replaces": ([order(), guess(10_000), refund("R1", 2_500)], {"1": 2_500}),
    "a real one and a guess afterwards": ([order(), refund("R1", 2_500), guess(10_000)], {"1": 2_500}),
    "a guess for one line, a real one for the other": ([order(TWO), guess(6_000), refund("R1", 100, line=2)], {"1": 6_000, "2": 100}),
    "two guesses and a real one of the whole order": (
        [order(TWO), guess(6_000), guess(4_000, 2), refund("R1", 300, line=None)], {"1": 300, "2": 0},
    ),
    "a guess whose real one was withdrawn": (
        [order(), guess(10_000), refund("R1", 2_500), refund("R1", 2_500, "withdrawn", after=90)], {"1": 10_000},
    ),
}  # fmt: skip


def arrivals(shop, now, story):
    """The story as messages: the version of an order is its place among the order's messages."""
    paid_at, version = now - timedelta(days=30), 0
    for step in story:
        if step[0] == "guess":
            fact = RefundFact(step[1], step[2], "succeeded", step[3], 1, 1, paid_at, is_guess=True)
            yield Arrival(ShopRef(shop.pk, shop.county_id), (OrderEvent("T1", 0, paid_at, refunds=(fact,)),))
            continue
        if step[0] == "order":
            version += 1
            body = make_order_body("T1", status=step[3], version=version, at=paid_at, lines=step[1], refunds=step[2])
        else:
            _, no, line, fen, status, after = step
            body = make_order_body("T1", version=0, at=paid_at, refunds=[(no, line, fen, status)])
            del body["lines"]
            body["refunds"][0] |= {"line_no": line and str(line), "updated_at": (paid_at + timedelta(seconds=after)).isoformat()}
            # It says nothing of its order but the number, as an after-sale's own answer does.
            (event,) = make_arrival(shop, body, now=now).events
            alone = OrderEvent("T1", 0, event.happened_at, refunds=event.refunds)
            yield Arrival(ShopRef(shop.pk, shop.county_id), (alone,))
            continue
        yield make_arrival(shop, body, now=now)


def tell(shop, now, story):
    """Each message is a transaction of its own. Gives the refunded sum after each."""
    seen = []
    for arrival in arrivals(shop, now, story):
        (receipt,) = receive([arrival], cause=Cause.PUSH, at=now)
        assert receipt.rejected == []
        seen.append(totals()[3])
    return seen


def by_line():
    """Refunded fen by line, from the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line_no, SUM(refunded_fen), SUM(paid_fen) FROM orders_ledgerentry GROUP BY 1 HAVING SUM(item_orders) > 0"
        )
        rows = cursor.fetchall()
    assert all(0 <= refunded <= paid for _, refunded, paid in rows)
    return {line: refunded for line, refunded, _ in rows}


@pytest.mark.parametrize("name", CASES)
def test_an_after_sale_is_counted_to_the_fen(shop, now, name):
    story, expected = CASES[name]
    session = make_session(
        shop.county, room="R1", went_live_at=now - timedelta(days=30, hours=1), ended_at=now - timedelta(days=29)
    )

    seen = tell(shop, now, story)

    assert by_line() == (expected or {})
    orders, _units, paid, refunded = totals()
    assert refunded == sum((expected or {}).values()) <= paid
    assert orders == (expected is not None)
    assert totals(f"session:{session.pk}") == totals()  # the net falls in the session that sold, however late
    assert min(seen) >= 0
    assert audit_tallies() == []


def test_there_are_forty_cases_and_more():
    assert len(CASES) >= 40


def test_a_late_refund_falls_on_the_day_that_sold_and_its_own_day_is_known_too(shop, session, now):
    tell(shop, now - timedelta(days=20), [order()])
    sold_on = DayTally.objects.filter(scope="county:140425").values_list("day", flat=True).get()

    tell(shop, now, [refund("R1", 3_000, after=20 * DAY)])

    assert list(DayTally.objects.filter(scope="county:140425").values_list("day", "refunded_fen")) == [(sold_on, 3_000)]
    refunded_on = now.astimezone(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=10)  # the order was paid 30 days ago
    refunds = RefundTally.objects.filter(scope="county:140425").values_list("day", "refunded_fen")
    assert list(refunds) == [(refunded_on, 3_000)]
    late = LedgerEntry.objects.order_by("recorded_at").last()
    assert (late.paid_fen, late.refunded_fen, late.business_day, late.recorded_at) == (0, 3_000, sold_on, now)


@pytest.mark.parametrize("pause", [timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=3)])
def test_a_refund_before_its_order_waits_unmatched_and_is_counted_when_the_order_comes(shop, session, staff, now, pause):
    (before,) = arrivals(shop, now, [refund("R1", 3_000)])
    receive([before], cause=Cause.API, at=now - pause)

    assert list(unmatched_refunds(staff).values_list(*NAMED)) == [("T1", "R1", 3_000)]
    assert (totals(), LedgerEntry.objects.count(), Order.objects.counted().count()) == ((0, 0, 0, 0), 0, 0)

    tell(shop, now, [order()])

    assert list(unmatched_refunds(staff)) == []
    assert totals() == (1, 2, 10_000, 3_000)


NAMED = ("order__order_no", "after_sale_no", "refund_fen")

steps = st.one_of(
    st.builds(lambda lines, status: ("order", lines, (), status), st.sampled_from([ONE, TWO, GIFT, FREE]), st.sampled_from(["paid", "closed", "cancelled"])),
    st.builds(
        lambda no, fen, status, line, after: refund(no, fen, status, line=line, after=after),
        st.sampled_from(["R1", "R2", "R3"]), st.integers(0, 30_000), st.sampled_from(["requested", "succeeded", "withdrawn", "rejected"]),
        st.sampled_from([1, 2, 9, None]), st.integers(0, 20 * DAY),
    ),
    st.builds(guess, st.integers(0, 10_000), st.sampled_from([1, 2])),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=8))
def test_refunds_are_never_above_paid_and_never_below_zero_after_any_message(shop, session, now, story):
    save = transaction.savepoint()
    try:
        for arrival in list(arrivals(shop, now, story)):
            receive([arrival], cause=Cause.PUSH, at=now)
            orders, units, paid, refunded = totals()
            assert 0 <= refunded <= paid
            assert min(orders, units) >= 0
            by_line()
        assert audit_tallies() == []
    finally:
        transaction.savepoint_rollback(save)
