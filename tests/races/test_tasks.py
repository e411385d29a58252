"""Each task of the worker three times at the same moment: nothing is counted, moved, imported or asked twice."""

from __future__ import annotations

import io
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from celery import current_app
from django.db import connection

from livestream.actions.session import correct_window
from livestream.models import PaidLow
from orders import tasks
from orders.actions import check, hints, pull, stored_file
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.audit import audit_tallies, rebuild_tallies
from orders.actions.epoch import follow_timeline
from orders.actions.file import begin_import, store_file, take_in
from orders.actions.intake import receive
from orders.models import (
    BoardCheck,
    BoardEpoch,
    CheckedBoard,
    DayTally,
    DeadLetter,
    Hint,
    LedgerEntry,
    Order,
    OrderFile,
    PullCursor,
)
from orders.models.ledger import Cause
from orders.platforms import fake_server, standard
from orders.platforms.contract import HintFact
from orders.platforms.fake import FakeDouyin, Good
from orders.push import PushApp
from tests.doors import as_bytes, ask_all, signed, totals
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_shop
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
    monkeypatch.setattr("orders.actions.file_reading.ROWS_PER_PIECE", 7)
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


def test_a_file_is_read_once(douyin, monkeypatch):
    rows = [make_row(n) for n in range(200)]
    file = take_in(douyin, io.BytesIO(make_file(rows)), name="订单.csv", by=None, at=datetime.now(UTC))

    three_times(tasks.read_order_file, str(file.pk), "140425")

    file.refresh_from_db()
    assert (file.state, file.rows_total, totals()) == ("uploaded", 200, (0, 0, 0, 0))


def test_a_database_of_the_same_timeline_keeps_its_epoch(db):
    follow_timeline()
    before = BoardEpoch.objects.get().epoch

    three_times(tasks.follow_database_timeline)

    assert BoardEpoch.objects.get().epoch == before


def test_a_file_is_imported_once(douyin, monkeypatch):
    file = begun_file(douyin, datetime.now(UTC), monkeypatch)

    three_times(tasks.import_order_file, str(file.pk), "140425")

    assert_imported_once(file)


def test_a_file_that_was_left_is_continued_once(douyin, monkeypatch):
    file = begun_file(douyin, datetime.now(UTC) - timedelta(minutes=5), monkeypatch)

    three_times(tasks.continue_order_files)

    assert_imported_once(file)


def test_a_file_that_is_imported_and_continued_at_once_is_imported_once(douyin, monkeypatch):
    file = begun_file(douyin, datetime.now(UTC) - timedelta(minutes=5), monkeypatch)

    errors = race(tasks.continue_order_files, lambda: tasks.import_order_file(str(file.pk), "140425"), tasks.continue_order_files)

    assert errors == []
    assert_imported_once(file)


def test_control_without_its_lock_a_file_counts_its_rows_twice(douyin, monkeypatch):
    """The keys of the orders still hold; what breaks is: read = applied + duplicate + rejected = rows of the file."""
    file = begun_file(douyin, datetime.now(UTC), monkeypatch)
    locked = OrderFile.objects.filter(pk=file.pk)
    monkeypatch.setattr(OrderFile.objects, "select_for_update", lambda: OneThatIsAlwaysThere(locked))

    race(*[lambda: tasks.import_order_file(str(file.pk), "140425")] * TIMES)

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
    tasks.import_order_file(str(file.pk), "140425")
    OrderFile.objects.update(uploaded_at=datetime.now(UTC) - timedelta(days=40))
    assert len(list((tmp_path / "orders").iterdir())) == 2  # what came, and what was read of it

    three_times(tasks.forget_order_files)

    assert list((tmp_path / "orders").iterdir()) == []
    assert list(OrderFile.objects.values_list("stored_as", "rows_applied")) == [("", 180)]
    assert Order.objects.count() == 180
    assert stored_file.forget_strays(set(), before=datetime.now(UTC)) == 0


def test_lists_of_a_platform_are_pulled_once(fake, douyin, asked, monkeypatch):
    monkeypatch.setattr(pull, "BETWEEN_PAGES", 0)
    paid = [fake.sell([(Good("A", "a", 100), 1)])[0].number for _ in range(30)]

    three_times(tasks.pull_platform_lists)

    assert {count for (method, _), count in asked.items() if method.endswith("List")} == {1}
    assert dict(PullCursor.objects.values_list("kind", "found"))["orders"] == len(paid)
    assert totals() == (30, 30, fake.totals().paid_fen, 0)
    assert audit_tallies() == []


def test_a_token_is_renewed_once(fake, county, asked):
    due = datetime.now(UTC) - timedelta(seconds=1)
    shop = make_shop(
        county, "douyin", app_key="app", secret="s3cret", platform_shop_no="77977", is_practice=True, token_due_at=due
    )

    three_times(tasks.renew_access_tokens)

    shop.refresh_from_db()
    assert [token.access for token in fake.tokens.issued] == [shop.access_token]
    assert (sum(asked.values()), shop.token_error) == (1, "")


@pytest.fixture
def kept_message(shop, session, monkeypatch):
    """A push that crashed its parser, and whose parser is mended now; it is due to be tried again."""
    app, body = PushApp(), as_bytes(make_order_body("T1"))
    with monkeypatch.context() as broken:
        broken.setattr(standard, "parse", lambda *_: 1 // 0)
        assert ask_all(app, f"/push/standard/{shop.key}/", [(body, signed(body))])[0][0] == 200
    app.stop()
    DeadLetter.objects.update(due_at=datetime.now(UTC) - timedelta(seconds=1))
    assert totals() == (0, 0, 0, 0)


def test_a_kept_message_is_tried_and_counted_once(kept_message):
    three_times(tasks.retry_kept_messages)

    assert totals() == (1, 2, 11960, 0)
    assert list(DeadLetter.objects.values_list("state", "tries")) == [("retried", 1)]
    assert audit_tallies() == []


def test_months_are_opened_once():
    """A month that is missing at the far end, as on the first day of every month."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'orders_rawdelivery'::regclass"
        )
        months = sorted(name for (name,) in cursor.fetchall())
        cursor.execute(f"DROP TABLE {months[-1]}")

    three_times(tasks.turn_months)

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)::text", [months[-1]])
        assert cursor.fetchone() == (months[-1],)


@pytest.fixture
def spoilt(shop, session, now):
    receive([make_arrival(shop, make_order_body("T1"))], cause=Cause.PUSH, at=now)
    DayTally.objects.filter(scope=f"session:{session.pk}").update(orders=9)
    return session


def marks():
    return sorted(BoardCheck.objects.filter(invariant="tally").values_list("scope", flat=True))


def test_boards_are_put_in_doubt_once_and_cleared_once(spoilt):
    three_times(tasks.check_touched_boards)
    assert marks() == ["county:140425", f"session:{spoilt.pk}"]

    rebuild_tallies()
    CheckedBoard.objects.all().delete()
    three_times(tasks.check_touched_boards)

    assert BoardCheck.objects.open().count() == 0


def test_the_night_is_checked_by_one(spoilt, monkeypatch):
    looked, everything = [], check.check_everything

    def counted(**kwargs):
        looked.append(kwargs)
        return everything(**kwargs)

    monkeypatch.setattr(check, "check_everything", counted)

    three_times(tasks.check_everything_nightly)

    assert len(looked) == 1
    assert marks() == ["county:140425", f"session:{spoilt.pk}"]


RACED = {
    "answer_waiting_hints", "follow_session_windows", "import_order_file", "read_order_file", "follow_database_timeline", "continue_order_files", "forget_order_files",
    "check_everything_nightly", "check_touched_boards", "raise_due_alerts", "make_export_file", "continue_export_files", "forget_export_files",
    "pull_platform_lists", "renew_access_tokens", "retry_kept_messages", "turn_months", "note_paid_lows",
    "follow_subsidy_rules", "state_due_figures",  # test_subsidy.py, test_statements.py
}  # fmt: skip


def test_the_low_of_a_product_on_two_line_ups_is_noted_once(county, host):
    product = make_product(county)
    for hours in (1, 30):
        at = datetime.now(UTC) + timedelta(hours=hours)
        make_session(county, host, room="", line_up=[(product, 5980, 20)], planned_start_at=at)

    three_times(tasks.note_paid_lows)

    assert list(PaidLow.objects.values_list("product", "low_fen", "orders")) == [(product.pk, None, 0)]


def test_every_task_of_ours_is_raced_here():  # those of exports: test_exports.py
    ours = {name.rpartition(".")[2] for name in current_app.tasks if name.startswith("orders.tasks.")}

    assert ours - {"pull_practice_viewers"} == RACED  # what it reads is stored once by its tap, as all readings are
