"""The road of 抖店 from end to end: a platform that loses, repeats and shuffles its pushes, and its export file afterwards."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.core.management import call_command
from django.db.models import Sum

from orders.actions.audit import audit_tallies
from orders.actions.hints import answer_waiting
from orders.actions.pull import pull_lists
from orders.models import AfterSale, DayTally, Delivery, Hint, Order, PullCursor
from orders.platforms import fake_server
from orders.platforms.fake import REJECTED, FakeDouyin, Good, Totals, Trouble
from orders.push import PushApp
from tests.factories import make_session, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOM, ACCOUNT = "7300000000000000001", "7200000000000000001"
SHELF = [
    Good("LDS-500", "潞党参 500g", 5980),
    Good("HJ-250", "大红袍花椒 250g", 3980, freight_fen=600),
    Good("", "上党腊驴肉 峧底老铺", 128800),
    Good("LYC-20", "赠品：连翘叶茶 20g", 0),
]
BAD_EVENING = Trouble(drop=0.05, repeat=0.10, shuffle=True)


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=20261121) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def douyin_shop(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


@pytest.fixture
def session(county, host):
    """On air since two hours, in the room and on the account where the fake sells."""
    return make_session(county, host, room=ROOM, account=ACCOUNT, went_live_at=datetime.now(UTC) - timedelta(hours=2))


@pytest.fixture
def address(douyin_shop):
    """Where the platform sends: the push endpoint on a real port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = PushApp()
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, name="push-server")
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < until, "the server did not start in 10 s"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/push/douyin/{douyin_shop.key}/"
    server.should_exit = True
    thread.join(10)
    app.stop()


@pytest.fixture
def worker():
    """A Celery worker as in the one-machine mode; no beat, so only wake-ups make it work."""
    with start_worker(current_app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        yield


def place(fake, orders):
    began = datetime.now(UTC) - timedelta(minutes=90)
    for n in range(orders):
        goods = [(SHELF[n % 3], n % 4 + 1)] + [(SHELF[(n + 1) % 4], 1)] * (n % 5 == 0)
        province = "山西省" if n % 3 else "北京市"
        yield fake.place_order(goods, room=ROOM, account=ACCOUNT, province=province, at=began + timedelta(seconds=5 * n))


def pay(fake):
    """Nine of ten orders are paid; one is never."""
    for n, (number, order) in enumerate(fake.orders.items()):
        at = order.created_at + timedelta(seconds=20)
        yield fake.cancel_order(number, at=at) if n % 10 == 9 else fake.pay_order(number, at=at)


def follow(fake):
    """Shipping, completion, whole lines refunded, requests that come to nothing."""
    paid = [number for number, order in fake.orders.items() if order.paid_at]
    for n, number in enumerate(paid):
        if n % 2 == 0:
            yield fake.ship_order(number)
        if n % 4 == 0:
            yield fake.complete_order(number)
        if n % 9 == 0:
            yield from fake.refund(number)
        elif n % 23 == 0:
            asked = fake.request_refund(number)
            yield asked
            yield fake.settle_refund(asked.number, REJECTED)


def wait_until_answered(seconds=60):
    until = time.monotonic() + seconds
    while Hint.objects.waiting().exists():
        assert time.monotonic() < until, list(Hint.objects.waiting().values_list("number", "last_error")[:5])
        time.sleep(0.05)


def counted(scope):
    rows = DayTally.objects.filter(scope=scope).values_list("orders", "units", "paid_fen", "refunded_fen")
    return Totals(*(sum(column) for column in zip(*rows, strict=True)))


def imported(path, shop):
    out = io.StringIO()
    call_command("import_orders", str(path), shop=shop.key, json=True, stdout=out)
    return json.loads(out.getvalue())


def test_pushes_that_are_lost_repeated_and_shuffled_and_the_file_twice_count_once(
    fake, douyin_shop, session, address, worker, tmp_path
):
    sent = dropped = repeated = 0
    for step in (place(fake, 250), pay(fake), follow(fake)):
        pushes = list(step)
        done = fake.deliver(address, pushes, BAD_EVENING)
        sent, dropped, repeated = sent + len(pushes), dropped + done.dropped, repeated + done.repeated
        wait_until_answered()
    assert (sent >= 500, dropped >= 20, repeated >= 40) == (True, True, True)
    assert Delivery.objects.count() == sent - dropped  # each message once
    by_push = counted("county:140425")
    assert 0 < by_push.orders < fake.totals().orders  # or the losses would prove nothing
    assert audit_tallies() == []

    for encoding in ("utf-8-sig", "gb18030"):
        rows = fake.write_export(tmp_path / f"{encoding}.csv", encoding)
        answer = imported(tmp_path / f"{encoding}.csv", douyin_shop)
        assert (answer["read"], answer["rejected"]) == (rows, [])
        assert counted("county:140425") == fake.totals()
    assert answer["duplicate"] == rows
    assert counted(f"session:{session.pk}") == fake.totals()
    assert audit_tallies() == []


def platforms_own_lists(fake):
    """Every order and refund as the platform lists them itself: paid fen by order, refunded fen by after-sale."""
    everything = {"create_time_start": 1, "size": 100}
    pages = range(-(-len(fake.orders) // 100))
    orders = [row for page in pages for row in fake_server.order_list(fake, everything | {"page": page})["shop_order_list"]]
    paid = {row["order_id"]: int(row["pay_amount"]) - int(row["promotion_pay_amount"]) for row in orders if int(row["pay_time"])}
    infos = [
        fake_server.after_sale_detail(fake, {"after_sale_id": number})["process_info"]["after_sale_info"]
        for number in fake.after_sales
    ]
    return paid, {str(i["after_sale_id"]): i["real_refund_amount"] for i in infos if i["refund_status"] == 3}


def our_lists():
    paid = Order.objects.counted().annotate(fen=Sum("lines__paid_fen")).values_list("order_no", "fen")
    return dict(paid), dict(AfterSale.objects.filter(status="succeeded").values_list("after_sale_no", "refund_fen"))


def test_what_the_platform_never_pushed_is_found_by_the_next_pull(fake, douyin_shop, session, address, worker):
    """F30: one push in twenty is lost, real HTTP both ways, no file. The next pull finds all of it."""
    lost = {"orders": 0, "messages": 0}
    for step in (place(fake, 300), pay(fake), follow(fake)):
        lost["messages"] += fake.deliver(address, list(step), Trouble(drop=0.05, repeat=0.05, shuffle=True)).dropped
        wait_until_answered()
    before, _ = our_lists()
    paid, refunds = platforms_own_lists(fake)
    lost["orders"] = len(paid.keys() - before.keys())
    assert (lost["messages"] >= 20, lost["orders"] > 0) == (True, True)  # the control: without the pull they are missing
    assert counted("county:140425") != fake.totals()

    call_command("pull_orders", json=True, stdout=io.StringIO())
    wait_until_answered()

    assert our_lists() == (paid, refunds)
    assert counted("county:140425") == counted(f"session:{session.pk}") == fake.totals()
    assert audit_tallies() == []
    found = dict(PullCursor.objects.values_list("kind", "found"))
    assert found["orders"] >= lost["orders"]

    PullCursor.objects.update(position=datetime.now(UTC) - timedelta(days=2), seen={}, due_at=datetime.now(UTC))
    assert pull_lists(datetime.now(UTC)) == 0  # read from the beginning once more, nothing is news


def test_the_file_first_and_the_pushes_afterwards_end_in_the_same_totals(fake, douyin_shop, session, address, tmp_path):
    pushes = [*place(fake, 40), *pay(fake), *follow(fake)]
    fake.write_export(tmp_path / "orders.csv")
    imported(tmp_path / "orders.csv", douyin_shop)
    assert counted(f"session:{session.pk}") == fake.totals()

    fake.deliver(address, pushes, BAD_EVENING)
    assert answer_waiting(datetime.now(UTC)) > 0

    assert counted("county:140425") == counted(f"session:{session.pk}") == fake.totals()
    assert audit_tallies() == []


def test_a_refund_of_a_part_is_known_by_the_api_and_not_undone_by_the_file(fake, douyin_shop, session, address, tmp_path):
    placed, paid = fake.sell([(SHELF[0], 3), (SHELF[1], 1)], room=ROOM, account=ACCOUNT)
    fake.deliver(address, [placed, paid, *fake.refund(placed.number, fen=1000)])
    assert answer_waiting(datetime.now(UTC)) == 2
    fake.write_export(tmp_path / "orders.csv")

    imported(tmp_path / "orders.csv", douyin_shop)

    assert counted("county:140425") == fake.totals() == Totals(1, 4, fake.totals().paid_fen, 1000)
    assert AfterSale.objects.filter(is_guess=False).count() == 1


def test_an_order_whose_platform_is_away_is_counted_when_it_is_back(fake, douyin_shop, session, address):
    platform = fake.server.server_address
    fake.stop()
    pushes = fake.sell([(SHELF[0], 1)], room=ROOM, account=ACCOUNT)
    assert fake.send(address, *pushes).json() == {"code": 0, "msg": "success"}
    now = datetime.now(UTC)
    assert answer_waiting(now) == 0

    fake.start(*platform)
    assert answer_waiting(now + timedelta(minutes=1)) == 1

    assert counted(f"session:{session.pk}") == fake.totals()
