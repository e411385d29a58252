"""What a host writes down by hand: counted once, of the session, whatever arrives first; taken back once."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from livestream.actions.session import correct_window, end_session
from livestream.rules.errors import NotAllowed
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.attribution import reattribute_session
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.actions.tally_by_hand import TAKEN_BACK, WRITTEN, HandSale, hand_shop, take_back_tally, tallies_of, tally_by_hand
from orders.models import DayTally, ItemTally, LedgerEntry, Order, Shop
from orders.models.ledger import Cause
from orders.rules.attribution import own_room
from orders.rules.order import LineFact, OrderEvent
from tests.factories import make_arrival, make_order_body, make_product, make_session


@pytest.fixture
def pepper(county):
    return make_product(county, sku="DHP-250", title="大红袍花椒 250g")


@pytest.fixture
def session(county, host, pepper, now):
    return make_session(county, host, went_live_at=now - timedelta(hours=1), line_up=[(pepper, 2990, 86)])


def sold(session):
    tally = DayTally.objects.filter(scope=f"session:{session.pk}").first()
    return (tally.orders, tally.units, tally.paid_fen) if tally else (0, 0, 0)


def test_a_tap_is_an_order_of_the_session_and_counts_once(session, pepper, now):
    for _ in range(2):
        tally_by_hand(session, HandSale(pepper.pk, 3, 2990), tap="a1", at=now)

    order = Order.objects.get()
    assert (order.order_no, order.session_id, order.evidence, order.paid_at) == ("a1", session.pk, "hand", now)
    assert sold(session) == (1, 3, 8970)
    assert ItemTally.objects.filter(scope=f"session:{session.pk}", item__sku="DHP-250").values_list("units", flat=True)[0] == 3
    assert [*Shop.objects.values_list("platform", "county", "name")] == [("manual", session.county_id, "主播手记")]
    assert [*LedgerEntry.objects.values_list("cause", flat=True)] == ["hand"]
    assert audit_tallies() == []


def test_taken_back_twice_counts_nothing_and_stays_in_the_list(session, pepper, now):
    tally_by_hand(session, HandSale(pepper.pk, 1, 2990), tap="a1", at=now)
    tally_by_hand(session, HandSale(pepper.pk, 2, 2990), tap="a2", at=now)

    for _ in range(2):
        take_back_tally(session, "a1", at=now)

    assert sold(session) == (1, 2, 5980)
    assert [(order.order_no, order.status) for order in tallies_of(session)] == [("a2", "paid"), ("a1", "cancelled")]
    assert audit_tallies() == []


def test_every_order_of_arrival_gives_the_same_sums(county, host, pepper, now):
    """Two orders, one of them taken back, one of them told twice: by all ways in which they may arrive."""
    told = [
        ("a1", WRITTEN, "paid", 3),
        ("a1", TAKEN_BACK, "cancelled", 0),
        ("a2", WRITTEN, "paid", 2),
        ("a2", WRITTEN, "paid", 2),
    ]
    shop, results = hand_shop(county), set()
    for n, way in enumerate(itertools.permutations(told)):
        session = make_session(county, host, room=f"R{n}", went_live_at=now - timedelta(hours=1), line_up=[(pepper, 2990, None)])
        for no, rank, status, pieces in way:
            lines = (LineFact("1", "DHP-250", "", pieces, pieces * 2990),) if pieces else None
            room = own_room(session.pk) if pieces else None
            event = OrderEvent(f"{n}{no}", rank, now, status, now if pieces else None, room, lines=lines)
            receive([Arrival(ShopRef(shop.pk, county.pk), events=(event,))], cause=Cause.HAND, at=now)
        results.add(sold(session))

    assert results == {(1, 2, 5980)}


def test_it_stays_with_its_session_whatever_is_corrected_about_the_hours(session, pepper, now):
    tally_by_hand(session, HandSale(pepper.pk, 1, 2990), tap="a1", at=now - timedelta(minutes=50))

    correct_window(session, went_live_at=now - timedelta(minutes=10), ended_at=now)

    assert (reattribute_session(session, at=now), sold(session)) == (0, (1, 1, 2990))


def test_only_a_shop_of_hand_written_orders_names_a_session_itself(session, shop, now):
    receive([make_arrival(shop, make_order_body("T1", at=now, room=own_room(session.pk)))], cause=Cause.PUSH, at=now)

    assert (Order.objects.get().session_id, Order.objects.get().evidence) == (None, "")


def test_an_order_from_before_the_session_by_its_clock_is_paid_at_its_beginning(session, pepper, now):
    tally_by_hand(session, HandSale(pepper.pk, 1, 2990), tap="a1", at=session.went_live_at - timedelta(hours=3))

    assert Order.objects.get().paid_at == session.went_live_at


@pytest.mark.parametrize(
    ("pieces", "price_fen", "code"), [(0, 2990, "tally_pieces"), (1000, 2990, "tally_pieces"), (1, 0, "tally_price")]
)
def test_what_is_no_sale_is_refused_with_a_sentence(session, pepper, now, pieces, price_fen, code):
    with pytest.raises(NotAllowed) as refused:
        tally_by_hand(session, HandSale(pepper.pk, pieces, price_fen), tap="a1", at=now)

    assert (refused.value.code, str(refused.value) != code, Order.objects.count()) == (code, True, 0)


def test_refusals_of_session_item_and_number(session, county, host, pepper, now):
    other = make_session(county, host, room="R9", went_live_at=now - timedelta(minutes=30), line_up=[(pepper, 2990, None)])
    tally_by_hand(other, HandSale(pepper.pk, 1, 2990), tap="a1", at=now)
    planned = make_session(county, host, room="R8", line_up=[(pepper, 2990, None)])
    practice = make_session(
        county, host, kind="practice", room="R7", went_live_at=now - timedelta(minutes=5), line_up=[(pepper, 2990, None)]
    )

    def code(verb, *args, **kwargs):
        with pytest.raises(NotAllowed) as refused:
            verb(*args, **kwargs)
        return refused.value.code

    sale = HandSale(pepper.pk, 1, 2990)
    assert [
        code(tally_by_hand, session, sale, tap="a1", at=now),
        code(tally_by_hand, planned, sale, tap="a2", at=now),
        code(tally_by_hand, practice, sale, tap="a2", at=now),
        code(tally_by_hand, session, HandSale(make_product(county).pk, 1, 1), tap="a2", at=now),
        code(take_back_tally, session, "a1", at=now),
    ] == ["tap_of_another", "off_air", "practice_tally", "not_in_line_up", "tally_gone"]


def test_half_an_hour_after_the_end_nothing_is_written_down_any_more(session, pepper, now):
    end_session(session, at=now - timedelta(minutes=30))

    with pytest.raises(NotAllowed, match="没有在直播"):
        tally_by_hand(session, HandSale(pepper.pk, 1, 2990), tap="a1", at=now)
    tally_by_hand(session, HandSale(pepper.pk, 1, 2990), tap="a1", at=now - timedelta(minutes=1))

    assert sold(session) == (1, 1, 2990)
