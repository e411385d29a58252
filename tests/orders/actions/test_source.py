"""When a shop was last heard of: on which road, how often that is written, and that it makes nobody wait."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction

from orders.actions import source
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive
from orders.actions.source import hear
from orders.models import Source
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from orders.rules.source import pause_after
from tests.doors import totals
from tests.factories import make_arrival, make_order_body, make_shop

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(source, "_committed", {})


def ref(shop):
    return ShopRef(shop.pk, shop.county_id)


def heard():
    return list(Source.objects.order_by("shop_id", "cause").values_list("shop__name", "cause", "heard_at", "pause_ms"))


def test_each_road_has_its_own_mark(county):
    shop, other = make_shop(county, name="甲"), make_shop(county, name="乙")
    for n, cause in enumerate((Cause.PUSH, Cause.API, Cause.FILE)):
        receive([make_arrival(shop, make_order_body(f"T{n}"))], cause=cause, at=AT + timedelta(seconds=n))
    receive([make_arrival(other, make_order_body("T1")), make_arrival(shop)], cause=Cause.PUSH, at=AT + timedelta(minutes=1))

    assert heard() == [
        ("甲", "api", AT + timedelta(seconds=1), 0),
        ("甲", "file", AT + timedelta(seconds=2), 0),
        ("甲", "push", AT + timedelta(minutes=1), 60_000),
        ("乙", "push", AT + timedelta(minutes=1), 0),
    ]


def test_repeats_hints_and_what_nobody_can_read_are_signs_of_life_too(shop):
    arrivals = [
        make_arrival(shop, make_order_body("T1"), message_id="m1"),
        make_arrival(shop, make_order_body("T1"), message_id="m1"),
        Arrival(ref(shop), hints=(HintFact("order", "H1"),)),
        Arrival(ref(shop), rejected=((0, "?"),), message_id="m2", digest=b"x", body=b"x"),
    ]
    for minute, arrival in enumerate(arrivals):
        receive([arrival], cause=Cause.PUSH, at=AT + timedelta(minutes=minute))
        assert [row[2] for row in heard()] == [AT + timedelta(minutes=minute)]


def test_a_mark_is_written_at_most_once_a_second_and_never_goes_back(shop):
    for after_s, expected_s in ((0, 0), (0.9, 0), (1, 0), (1.1, 1.1), (0.5, 1.1), (-60, 1.1), (2.2, 2.2)):
        hear(ref(shop), cause=Cause.API, at=AT + timedelta(seconds=after_s))
        assert [row[2] for row in heard()] == [AT + timedelta(seconds=expected_s)]


@pytest.mark.parametrize("pause_ms", [0, 1, 500, 100_000, 3_600_000])
@pytest.mark.parametrize("waited_s", [1.5, 59, 3599.5, 3600, 3601, 6 * 3600, 86_400, 700 * 86_400, 90_000 * 86_400])
def test_the_database_says_the_same_pause_as_the_rule(shop, pause_ms, waited_s):
    Source.objects.create(county_id=shop.county_id, shop=shop, cause="push", heard_at=AT, pause_ms=pause_ms)

    hear(ref(shop), cause=Cause.PUSH, at=AT + timedelta(seconds=waited_s))

    assert heard()[0][3] == pytest.approx(pause_after(pause_ms, round(1000 * waited_s)), abs=1)


@pytest.mark.django_db(transaction=True)
def test_what_this_process_wrote_a_moment_ago_is_not_asked_of_the_database_again(shop, monkeypatch):
    asked = []
    rows = source.SHOPS
    monkeypatch.setattr(source, "SHOPS", SimpleNamespace(of=lambda found: asked.append(1) or rows.of(found)))
    for after_s in (0, 0.5, 1, 1.5, 1.2):
        hear(ref(shop), cause=Cause.PUSH, at=AT + timedelta(seconds=after_s))

    assert len(asked) == 2
    assert [row[2:] for row in heard()] == [(AT + timedelta(seconds=1.5), 1500)]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_remembered(shop):
    with transaction.atomic():
        hear(ref(shop), cause=Cause.PUSH, at=AT)
        transaction.set_rollback(True)
    assert heard() == []

    hear(ref(shop), cause=Cause.PUSH, at=AT)

    assert [row[2] for row in heard()] == [AT]


# --- nobody waits -------------------------------------------------------------------------------------------------------------


def while_the_mark_is_held(shop, work):
    """Another writer has the row and has not committed yet."""
    hear(ref(shop), cause=Cause.PUSH, at=AT - timedelta(minutes=1))
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Source.objects.select_for_update().get(shop=shop)
            held.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
            work()
    finally:
        done.set()
        thread.join()


def push(shop):
    receive([make_arrival(shop, make_order_body("T1"))], cause=Cause.PUSH, at=AT)


@pytest.mark.django_db(transaction=True)
def test_a_mark_that_another_writer_holds_is_left_to_him(shop):
    while_the_mark_is_held(shop, lambda: push(shop))

    assert totals()[0] == 1
    assert [row[2] for row in heard()] == [AT - timedelta(minutes=1)]


@pytest.mark.django_db(transaction=True)
def test_control_without_skipping_a_writer_would_wait(shop, monkeypatch):
    monkeypatch.setattr(source, "HEAR", source.HEAR.replace("SKIP LOCKED", ""))

    with pytest.raises(OperationalError, match="lock timeout"):
        while_the_mark_is_held(shop, lambda: push(shop))
