"""The same 500 orders by push, by the platform's API and by export files, in any order: each counts once."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime, timedelta

import pytest

from orders.actions.audit import audit_tallies
from orders.actions.file import begin_import, import_file, store_file
from orders.actions.hints import answer_waiting
from orders.models import Hint, Order
from orders.platforms.fake import FakeDouyin, Good
from orders.push import PushApp
from tests.doors import as_bytes, ask_all, signed_by_douyin, totals
from tests.factories import make_session, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOM, ACCOUNT = "7300000000000000001", "7200000000000000001"
SHELF = [
    Good("LDS-500", "潞党参 500g", 5980),
    Good("HJ-250", "大红袍花椒 250g", 3980, freight_fen=600),
    Good("", "上党腊驴肉", 128800),
]
ORDERS, PARTS = 500, 5
IDS = ["主订单编号", "子订单编号", "达人ID", "商品ID"]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SHAPES = [
    lambda number: number,
    lambda number: f"{number}\t",
    lambda number: f"\t{number}",
    lambda number: f"'{number}",
    lambda number: f'="{number}"',
    lambda number: number.translate(FULL_WIDTH),
]


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=500) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def douyin(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


@pytest.fixture
def app():
    app = PushApp()
    yield app
    app.stop()


def sell(fake, chance):
    """500 orders of the last hour; some are never paid, shipped, refunded in part or whole. Gives the pushes by order."""
    began = datetime.now(UTC) - timedelta(minutes=60)
    pushes = {}
    for n in range(ORDERS):
        at = began + timedelta(seconds=5 * n)
        goods = [(chance.choice(SHELF), chance.randint(1, 3)) for _ in range(chance.choice([1, 1, 2]))]
        placed = fake.place_order(goods, room=ROOM, account=ACCOUNT, at=at)
        mine = pushes[placed.number] = [placed]
        if n % 11 == 10:
            mine.append(fake.cancel_order(placed.number, at=at + timedelta(seconds=40)))
            continue
        mine.append(fake.pay_order(placed.number, at=at + timedelta(seconds=20)))
        if n % 3 == 0:
            mine.append(fake.ship_order(placed.number, at=at + timedelta(minutes=5)))
        if n % 7 == 0:
            mine += fake.refund(placed.number, fen=chance.choice([1, 500, None]), at=at + timedelta(minutes=6))
    return pushes


def by_push_and_api(app, shop, pushes):
    bodies = [as_bytes([push.message]) for push in pushes]
    answers = ask_all(app, f"/push/douyin/{shop.key}/", [(body, signed_by_douyin(body)) for body in bodies])
    assert {status for status, _ in answers} == {200}
    answer_waiting(datetime.now(UTC))


def by_file(shop, rows, chance):
    """The rows in no order, every number in one of the shapes that spreadsheets and platforms give it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in chance.sample(rows, len(rows)):
        writer.writerow(row | {name: chance.choice(SHAPES)(row[name].strip()) for name in IDS if row[name].strip() != "-"})
    file = store_file(shop, io.BytesIO(out.getvalue().encode("utf-8-sig")), name="订单.csv", by=None, at=datetime.now(UTC))
    begin_import(file, at=datetime.now(UTC))
    done = import_file(file.pk)
    assert (done.state, done.rows_read, done.rows_rejected) == ("done", len(rows), 0), done.survey["kinds"]


@pytest.mark.parametrize("seed", [1, 2])
def test_five_hundred_orders_over_three_ways_in_random_order_count_once(
    app, fake, douyin, county, host, tmp_path, settings, seed
):
    settings.UPLOADS = tmp_path / "uploads"
    chance = random.Random(seed)
    session = make_session(county, host, room=ROOM, account=ACCOUNT, went_live_at=datetime.now(UTC) - timedelta(hours=2))
    pushes = sell(fake, chance)
    fake.write_export(tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        exported = list(csv.DictReader(file))
    parts = [set(list(pushes)[n::PARTS]) for n in range(PARTS)]
    told = [[push for no in part for push in pushes[no]] for part in parts]
    rows = [[row for row in exported if row["主订单编号"].strip() in part] for part in parts]
    ways = [lambda n=n: by_push_and_api(app, douyin, chance.sample(told[n], len(told[n]))) for n in range(PARTS)]
    ways += [lambda n=n: by_file(douyin, rows[n], chance) for n in range(PARTS)]
    ways += [chance.choice(ways), lambda: by_file(douyin, exported, chance)]

    for way in chance.sample(ways, len(ways)):
        way()
    answer_waiting(datetime.now(UTC))  # what a file could only guess is asked for afterwards

    truth = fake.totals()
    unpaid = sum(order.paid_at is None for order in fake.orders.values())
    assert (truth.orders, unpaid) == (ORDERS - 45, 45)
    assert totals() == totals(f"session:{session.pk}") == (truth.orders, truth.units, truth.paid_fen, truth.refunded_fen)
    assert Order.objects.count() == ORDERS
    assert set(Order.objects.values_list("order_no", flat=True)) == set(fake.orders)
    assert not Hint.objects.waiting().exists()
    assert audit_tallies() == []
