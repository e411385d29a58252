"""`receive`: what a batch leaves in the ledger and the tallies, against an independent model."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livestream.actions.session import correct_window
from livestream.models import BoardVersion
from livestream.rules.day import shanghai_day
from orders.actions.attribution import follow_windows
from orders.actions.audit import TALLIES, audit_tallies, rebuild_tallies
from orders.actions.intake import receive
from orders.models import AfterSale, DayTally, LedgerEntry, Order, OrderLine, SecondTally, ShopTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session, make_shop
from tests.oracle import scope_totals

pytestmark = pytest.mark.django_db


def totals(scope):
    row = DayTally.objects.filter(scope=scope).values_list("orders", "units", "paid_fen", "refunded_fen")
    return tuple(sum(column) for column in zip(*row, strict=True)) or (0, 0, 0, 0)


def take(shop, *orders, at, **kwargs):
    return receive([make_arrival(shop, *orders, **kwargs)], cause=Cause.PUSH, at=at)[0]


def test_an_order_of_a_room_is_counted_for_its_session_and_its_county(shop, session, now):
    receipt = take(shop, make_order_body("T1"), at=now, message_id="m1")

    assert (receipt.applied, receipt.duplicate, receipt.stale) == (1, 0, 0)
    assert totals(f"session:{session.pk}") == (1, 2, 11960, 0)
    assert totals("county:140425") == (1, 2, 11960, 0)
    assert totals("unattributed:140425") == (0, 0, 0, 0)
    assert audit_tallies() == []


def test_an_order_without_evidence_is_shown_as_unattributed(shop, session, now):
    take(shop, make_order_body("T1", room=None), make_order_body("T2", room="elsewhere"), at=now)

    assert totals("unattributed:140425") == (2, 4, 23920, 0)
    assert totals(f"session:{session.pk}") == (0, 0, 0, 0)
    assert list(Order.objects.unattributed().order_by("order_no").values_list("order_no", flat=True)) == ["T1", "T2"]


def test_what_each_shop_sold_is_known_by_scope_and_day(shop, session, county, now):
    other = make_shop(county, "douyin")
    take(shop, make_order_body("T1", at=now), make_order_body("T2", at=now, room=None), at=now)
    take(shop, make_order_body("T1", version=2, at=now, refunds=[("R1", 1, 5980)]), at=now)
    take(other, make_order_body("T1", at=now), at=now)
    take(other, make_order_body("T9", at=now), at=now)
    take(other, make_order_body("T9", at=now, version=2, status="cancelled"), at=now)

    rows = ShopTally.objects.values_list("scope", "shop_id", "day", "orders", "units", "paid_fen", "refunded_fen")
    day = shanghai_day(now)
    assert sorted(rows) == sorted(
        [
            ("county:140425", shop.pk, day, 2, 4, 23920, 5980),
            ("county:140425", other.pk, day, 1, 2, 11960, 0),
            (f"session:{session.pk}", shop.pk, day, 1, 2, 11960, 5980),
            (f"session:{session.pk}", other.pk, day, 1, 2, 11960, 0),
            ("unattributed:140425", shop.pk, day, 1, 2, 11960, 0),
        ]
    )
    assert audit_tallies() == []


def test_what_was_sold_before_shops_were_told_apart_is_added_up_while_pushes_come_in(shop, session, county, now):
    take(shop, *evening_of(now), at=now)
    held = list(
        ShopTally.objects.values_list("scope", "shop_id", "day", "orders", "units", "paid_fen", "refunded_fen").order_by("scope")
    )
    ShopTally.objects.all().delete()
    take(shop, make_order_body("T99", at=now), at=now)  # counted by the new version before the migration came to it

    fill = import_module("orders.migrations.0009_what_each_shop_sold").FILL
    for _ in range(2):  # and again: nothing is counted twice
        with connection.cursor() as cursor:
            cursor.execute(fill)
        assert audit_tallies() == []
    take(shop, make_order_body("T99", version=2, at=now, status="cancelled"), at=now)
    assert (
        list(
            ShopTally.objects.values_list("scope", "shop_id", "day", "orders", "units", "paid_fen", "refunded_fen").order_by(
                "scope"
            )
        )
        == held
    )


def evening_of(now):
    bodies = [make_order_body(f"T{n}", at=now, room=[None, "R1"][n % 2]) for n in range(6)]
    return [*bodies, make_order_body("T1", version=2, at=now, refunds=[("R1", 1, 5980)])]


def test_a_shop_cannot_name_a_room_of_another_county(shop, other_county, now):
    foreign = make_session(other_county, room="R9", went_live_at=now - timedelta(hours=1))

    take(shop, make_order_body("T1", room="R9"), at=now)

    assert totals(f"session:{foreign.pk}") == (0, 0, 0, 0)
    assert totals("unattributed:140425") == (1, 2, 11960, 0)


def test_a_change_is_booked_as_a_difference(shop, session, now):
    take(shop, make_order_body("T1", at=now), at=now)
    take(shop, make_order_body("T1", version=2, at=now, refunds=[("R1", 1, 5980)]), at=now)
    take(shop, make_order_body("T1", version=3, at=now, status="cancelled"), at=now)

    entries = LedgerEntry.objects.order_by("id").values_list("orders", "units", "paid_fen", "refunded_fen")
    assert list(entries) == [(1, 2, 11960, 0), (0, 0, 0, 5980), (-1, -2, -11960, 0), (0, 0, 0, -5980)]
    assert totals("county:140425") == (0, 0, 0, 0)


def test_two_arrivals_of_one_order_in_one_batch_are_folded(shop, session, now):
    first = make_arrival(shop, make_order_body("T1"), message_id="m1")
    second = make_arrival(shop, make_order_body("T1", version=2, lines=[(1, "B", 1, 500)]), message_id="m2")

    receipts = receive([second, first, second], cause=Cause.PUSH, at=now)

    assert [(r.applied, r.stale) for r in receipts] == [(1, 0), (0, 1), (1, 0)]
    assert list(LedgerEntry.objects.values_list("orders", "units", "paid_fen")) == [(1, 1, 500)]
    assert list(OrderLine.objects.values_list("line_no", "sku", "paid_fen")) == [("1", "B", 500)]


def test_a_line_that_a_newer_message_no_longer_lists_is_gone(shop, session, now):
    take(shop, make_order_body("T1", lines=[(1, "A", 1, 100), (2, "B", 1, 200)]), at=now)
    take(shop, make_order_body("T1", version=2, lines=[(1, "A", 1, 100)]), at=now)

    assert list(OrderLine.objects.values_list("line_no", flat=True)) == ["1"]
    assert totals("county:140425") == (1, 1, 100, 0)


def test_a_message_in_between_cannot_undo_what_a_newer_one_repeated(shop, session, now):
    """Version 5 names no lines, 1 and 3 name the same, 2 names others: 3 is right, also when it brought nothing new."""
    first, between, newer = ([(1, "A", 1, 100)], [(1, "B", 1, 900)], [(1, "A", 1, 100)])
    last = make_order_body("T1", version=5, at=now)
    del last["lines"], last["live_room"]
    for version, lines, room in [(1, first, "R1"), (3, newer, "R1"), (2, between, "R7")]:
        take(shop, last, at=now)
        take(shop, make_order_body("T1", version=version, at=now, lines=lines, room=room), at=now)

    assert list(OrderLine.objects.values_list("sku", "paid_fen")) == [("A", 100)]
    assert totals(f"session:{session.pk}") == (1, 1, 100, 0)


def test_each_batch_adds_one_to_the_versions_of_the_boards_it_changed(shop, session, now):
    boards = BoardVersion.objects.exclude(scope__startswith="stage:")  # orders move no stage
    before = dict(boards.values_list("scope", "version"))
    take(shop, *(make_order_body(f"T{n}") for n in range(5)), at=now)
    take(shop, make_order_body("T1"), at=now)  # a repeat changes nothing

    after = dict(boards.values_list("scope", "version"))
    assert {scope: after[scope] - before.get(scope, 0) for scope in after} == {f"session:{session.pk}": 1, "county:140425": 1}


@pytest.mark.parametrize(
    ("cause", "paid_ago", "minutes_ago"),
    [(Cause.PUSH, 20, 0), (Cause.API, 10, 0), (Cause.API, 20, 20), (Cause.FILE, 1, 1), (Cause.FILE, 20, 20)],
)
def test_an_order_lights_up_when_it_is_counted_and_one_of_the_past_when_it_was_paid(
    shop, session, now, cause, paid_ago, minutes_ago
):
    """A file tells of the past, and so does a list read after an outage: a thousand of its rows are no burst on a board."""
    paid_at = now - timedelta(minutes=paid_ago)

    receive([make_arrival(shop, make_order_body("T1", at=paid_at))], cause=cause, at=now)

    lit = SecondTally.objects.get(scope="county:140425").second
    assert lit == (now - timedelta(minutes=minutes_ago)).replace(microsecond=0)


def test_the_ledger_refuses_to_be_changed_or_cut(shop, session, now):
    take(shop, make_order_body("T1"), at=now)

    for forbidden in ("UPDATE orders_ledgerentry SET paid_fen = 0", "DELETE FROM orders_ledgerentry"):
        with (
            pytest.raises(ProgrammingError, match="Cannot update or delete"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(forbidden)
    assert LedgerEntry.objects.get().paid_fen == 11960


def test_the_database_refuses_negative_money_by_name(shop, session, now):
    take(shop, make_order_body("T1"), at=now)

    with pytest.raises(IntegrityError, match="line_paid_not_negative"), transaction.atomic():
        OrderLine.objects.update(paid_fen=-1)


def test_orders_move_when_their_session_goes_live_late_and_totals_stay(shop, county, host, now):
    session = make_session(county, host, room="R5", went_live_at=now - timedelta(minutes=1))
    early = now - timedelta(minutes=20)
    take(shop, make_order_body("T1", room="R5", at=early), make_order_body("T2", room="R5"), at=now)
    assert totals("unattributed:140425") == (1, 2, 11960, 0)

    correct_window(session, went_live_at=now - timedelta(minutes=30), ended_at=None)
    assert follow_windows(at=now) == 1

    assert totals("unattributed:140425") == (0, 0, 0, 0)
    assert totals(f"session:{session.pk}") == (2, 4, 23920, 0)
    assert totals("county:140425") == (2, 4, 23920, 0)
    assert follow_windows(at=now) == 0
    assert audit_tallies() == []


def test_orders_leave_a_session_that_really_ended_earlier(shop, county, host, now):
    session = make_session(county, host, room="R5", went_live_at=now - timedelta(hours=3))
    take(shop, make_order_body("T1", room="R5"), at=now)

    correct_window(session, went_live_at=session.went_live_at, ended_at=now - timedelta(hours=1))
    follow_windows(at=now)

    assert totals(f"session:{session.pk}") == (0, 0, 0, 0)
    assert totals("unattributed:140425") == (1, 2, 11960, 0)


def test_an_audit_names_the_row_that_differs_and_a_rebuild_mends_it(shop, session, now):
    take(shop, make_order_body("T1"), at=now)
    DayTally.objects.filter(scope="county:140425").update(paid_fen=1)

    (mismatch,) = audit_tallies()

    assert (mismatch.table, mismatch.stored, mismatch.ledger) == ("orders_daytally", [1, 2, 1, 0], [1, 2, 11960, 0])
    rebuild_tallies()
    assert audit_tallies() == []


def test_an_audit_finds_a_row_too_many_and_a_row_too_few(shop, session, now):
    take(shop, make_order_body("T1"), at=now)
    DayTally.objects.filter(scope="county:140425").update(scope="county:999999")

    assert sorted((m.stored is None, m.ledger is None) for m in audit_tallies()) == [(False, True), (True, False)]


# --- any order, any repetition, any batching: one ledger -----------------------------------------------------------------

STATUSES = ["created", "paid", "shipped", "completed", "closed", "cancelled"]


@st.composite
def pushes(draw, now):
    """Messages about three orders: versions, some without lines, refunds on their own clock, some rooms."""
    messages = []
    for no in draw(st.lists(st.sampled_from(["T1", "T2", "T3"]), min_size=1, max_size=3, unique=True)):
        for version in range(1, draw(st.integers(1, 4)) + 1):
            body = make_order_body(
                no, status=draw(st.sampled_from(STATUSES)), version=version, at=now + timedelta(seconds=version),
                room=draw(st.sampled_from([None, "R1", "R1", "R7"])),
                lines=[(n, draw(st.sampled_from("AB")), 1, draw(st.integers(0, 900))) for n in range(draw(st.integers(1, 3)))],
            ) | {"paid_at": now.isoformat()}  # fmt: skip
            paid = sum(line["paid_fen"] for line in body["lines"])
            body["refunds"] = [
                {"refund_no": "R1", "line_no": "0", "status": draw(st.sampled_from(["requested", "succeeded", "withdrawn"])),
                 "refund_fen": draw(st.integers(0, paid)), "quantity": 1, "updated_at": (now + timedelta(seconds=version)).isoformat()}
                for _ in range(draw(st.integers(0, 1)))
            ]  # fmt: skip
            if draw(st.integers(0, 3)) == 0:
                del body["lines"]
            messages.append(json.dumps(body))
    return [json.loads(message) for message in messages]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_order_any_repetition_any_batching_gives_one_ledger(shop, session, now, data):
    messages = data.draw(pushes(now))
    arrived = data.draw(st.permutations(messages + data.draw(st.lists(st.sampled_from(messages), max_size=4))))
    save = transaction.savepoint()
    try:
        while arrived:
            size = data.draw(st.integers(1, len(arrived)))
            batch = [make_arrival(shop, body, message_id=f"{body['order_no']}-{body['version']}") for body in arrived[:size]]
            receive(batch, cause=Cause.PUSH, at=now)
            arrived = arrived[size:]

        scopes = set(DayTally.objects.values_list("scope", flat=True))
        assert {scope: totals(scope) for scope in scopes if any(totals(scope))} == scope_totals(messages, {"R1": session.pk})
        assert audit_tallies() == []
        running = snapshot()
        rebuild_tallies()
        assert snapshot() == running
    finally:
        transaction.savepoint_rollback(save)


def snapshot():
    with connection.cursor() as cursor:
        held = {}
        for tally in TALLIES:
            cursor.execute(f"SELECT * FROM ({tally.stored()}) t ORDER BY 1, 2, 3, 4")
            held[tally.table] = cursor.fetchall()
        return held


def test_every_line_is_worth_the_sum_of_its_ledger(shop, session, now):
    take(shop, make_order_body("T1", lines=[(1, "A", 1, 100), (2, "B", 1, 200)]), at=now)
    take(shop, make_order_body("T1", version=2, lines=[(1, "A", 2, 150), (3, "C", 1, 50)], refunds=[("R1", 1, 60)]), at=now)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line_no, SUM(units), SUM(paid_fen), SUM(refunded_fen) FROM orders_ledgerentry GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [("1", 2, 150, 60), ("2", 0, 0, 0), ("3", 1, 50, 0)]
    assert list(AfterSale.objects.values_list("after_sale_no", "refund_fen", "status")) == [("R1", 60, "succeeded")]
