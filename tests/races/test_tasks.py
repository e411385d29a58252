"""Each task of the worker three times at the same moment: nothing is counted, moved, imported or asked twice."""

from __future__ import annotations

import io
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from celery import current_app

from livestream.actions.session import correct_window
from orders import tasks
from orders.actions import hints, stored_file
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.file import begin_import, store_file
from orders.actions.intake import receive
from orders.actions.tally import audit_tallies
from orders.models import Hint, LedgerEntry, Order, OrderFile
from orders.models.ledger import Cause
from orders.platforms import fake_server
from orders.platforms.contract import HintFact
from orders.platforms.fake import FakeDouyin, Good
from tests.doors import totals
from tests.factories import make_arrival, make_order_body, make_session, make_shop
from tests.orders.sheets.exports import make_file, make_row
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 3
ORDERS = 120


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def asked(monkeypatch):
    """How often the platform was asked about each number."""
    counter, lock, answer = Counter(), threading.Lock(), fake_server.answer_of

    def counted(fake, address, body):
        with lock:
            counter[parse_qs(urlsplit(address).query)["method"][0], body] += 1
        return answer(fake, address, body)

    monkeypatch.setattr(fake_server, "answer_of", counted)
    return counter


@pytest.fixture
def fake(settings, asked):
    with FakeDouyin("app", "s3cret", seed=26) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def douyin(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


def three_times(task, *args):
    assert race(*[lambda: task(*args)] * TIMES) == []


def let_hints_wait(fake, shop, now):
    began = now - timedelta(hours=1)
    numbers = [fake.sell([(Good("A", "a", 100), 2)], at=began + timedelta(seconds=n))[0].number for n in range(ORDERS)]
    receive(
        [Arrival(ShopRef(shop.pk, shop.county_id), hints=tuple(HintFact("order", no) for no in numbers))],
        cause=Cause.PUSH,
        at=now,
    )


def test_hints_are_asked_once_and_counted_once(fake, douyin, asked):
    let_hints_wait(fake, douyin, datetime.now(UTC))

    three_times(tasks.answer_waiting_hints)

    assert totals()[:3] == (ORDERS, 2 * ORDERS, fake.totals().paid_fen)
    assert set(asked.values()) == {1}
    assert (len(asked), Hint.objects.waiting().count()) == (ORDERS, 0)
    assert audit_tallies() == []


def test_control_without_a_lease_hints_are_asked_by_each_and_still_counted_once(fake, douyin, asked, monkeypatch):
    def take_without_asking(limit, at):
        return list(Hint.objects.due(at)[:limit])

    monkeypatch.setattr(hints, "claim_hints", take_without_asking)
    let_hints_wait(fake, douyin, datetime.now(UTC))

    race(*[lambda: tasks.answer_waiting_hints()] * TIMES)

    assert max(asked.values()) > 1
    assert totals()[0] == ORDERS


def test_orders_move_once_with_their_session(shop, county, host, now):
    session = make_session(county, host, room="R5", went_live_at=now - timedelta(minutes=1))
    early = now - timedelta(minutes=20)
    bodies = [make_order_body(f"T{n:03d}", room="R5", at=early) for n in range(ORDERS)]
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)
    correct_window(session, went_live_at=now - timedelta(minutes=30), ended_at=None)

    three_times(tasks.follow_session_windows)

    expected = (ORDERS, 2 * ORDERS, 11960 * ORDERS, 0)
    assert totals(f"session:{session.pk}") == totals() == expected
    assert totals("unattributed:140425") == (0, 0, 0, 0)
    assert LedgerEntry.objects.filter(cause=Cause.MOVE).count() == 2 * ORDERS  # each out once and in once
    assert audit_tallies() == []


def begun_file(shop, at, monkeypatch):
    """A file of 200 rows in pieces of seven; every tenth row is bad."""
    monkeypatch.setattr("orders.actions.file.ROWS_PER_PIECE", 7)
    rows = [make_row(n, 商品数量="x" if n % 10 == 9 else "2") for n in range(200)]
    file = store_file(shop, io.BytesIO(make_file(rows)), name="订单.csv", by=None, at=datetime.now(UTC))
    begin_import(file, at=at)
    return file


def assert_imported_once(file):
    file.refresh_from_db()
    counts = (file.state, file.rows_read, file.rows_applied, file.rows_duplicate, file.rows_rejected)
    assert counts == ("done", 200, 180, 0, 20)
    assert totals() == (180, 360, 180 * 11960, 0)
    assert audit_tallies() == []


def test_a_file_is_imported_once(douyin, monkeypatch):
    file = begun_file(douyin, datetime.now(UTC), monkeypatch)

    three_times(tasks.import_order_file, str(file.pk))

    assert_imported_once(file)


def test_a_file_that_was_left_is_continued_once(douyin, monkeypatch):
    file = begun_file(douyin, datetime.now(UTC) - timedelta(minutes=5), monkeypatch)

    three_times(tasks.continue_order_files)

    assert_imported_once(file)


def test_a_file_that_is_imported_and_continued_at_once_is_imported_once(douyin, monkeypatch):
    file = begun_file(douyin, datetime.now(UTC) - timedelta(minutes=5), monkeypatch)

    errors = race(tasks.continue_order_files, lambda: tasks.import_order_file(str(file.pk)), tasks.continue_order_files)

    assert errors == []
    assert_imported_once(file)


def test_control_without_its_lock_a_file_counts_its_rows_twice(douyin, monkeypatch):
    """The keys of the orders still hold; what breaks is: read = applied + duplicate + rejected = rows of the file."""
    file = begun_file(douyin, datetime.now(UTC), monkeypatch)
    locked = OrderFile.objects.filter(pk=file.pk)
    monkeypatch.setattr(OrderFile.objects, "select_for_update", lambda: OneThatIsAlwaysThere(locked))

    race(*[lambda: tasks.import_order_file(str(file.pk))] * TIMES)

    file.refresh_from_db()
    assert (file.rows_applied, file.rows_duplicate) != (180, 0)
    assert totals()[0] == 180


class OneThatIsAlwaysThere:
    def __init__(self, found):
        self.found = found

    def filter(self, **_kwargs):
        return self.found


def test_old_files_are_forgotten_once(douyin, monkeypatch, tmp_path):
    file = begun_file(douyin, datetime.now(UTC), monkeypatch)
    tasks.import_order_file(str(file.pk))
    OrderFile.objects.update(uploaded_at=datetime.now(UTC) - timedelta(days=40))
    assert len(list((tmp_path / "orders").iterdir())) == 1

    three_times(tasks.forget_order_files)

    assert list((tmp_path / "orders").iterdir()) == []
    assert list(OrderFile.objects.values_list("stored_as", "rows_applied")) == [("", 180)]
    assert Order.objects.count() == 180
    assert stored_file.forget_strays(set(), before=datetime.now(UTC)) == 0


def test_every_task_of_ours_is_raced_here():
    ours = {name.rpartition(".")[2] for name in current_app.tasks if name.startswith("orders.tasks.")}

    assert ours == {
        "answer_waiting_hints",
        "follow_session_windows",
        "import_order_file",
        "continue_order_files",
        "forget_order_files",
    }
