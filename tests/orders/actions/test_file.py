from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from orders.actions import stored_file
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.audit import audit_tallies
from orders.actions.file import (
    begin_import,
    continue_imports,
    forget_old_files,
    import_file,
    queue_import,
    rehearse_import,
)
from orders.actions.intake import receive
from orders.models import AfterSale, LedgerEntry, Order, OrderFile, OrderFileState, OrderLine
from orders.models.ledger import Cause
from orders.rules.order import LineFact, OrderEvent, RefundFact
from orders.rules.rank import progress_rank
from orders.sheets.contract import Problem, Refused
from tests.factories import make_session, make_shop
from tests.orders.files import counts, imported, kept, taken_in, totals
from tests.orders.sheets.exports import NOW, make_file, make_row, order_no

pytestmark = pytest.mark.django_db
PAID = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)


def test_a_file_counts_its_orders(douyin, county, host):
    session = make_session(
        county, host, account="88001", went_live_at=PAID - timedelta(hours=1), ended_at=PAID + timedelta(hours=1)
    )
    file = imported(douyin, [make_row(1), make_row(1, 1, 订单应付金额="10.00", 支付优惠="0.50"), make_row(2, 达人ID="0")])

    assert (file.state, counts(file), file.finished_at) == (OrderFileState.DONE, (3, 3, 0, 0), NOW)
    assert totals() == (2, 6, 24870, 0)
    assert totals(f"session:{session.pk}") == (1, 4, 12910, 0)
    assert totals("unattributed:140425") == (1, 2, 11960, 0)
    assert list(Order.objects.order_by("order_no").values_list("order_no", "status", "paid_at", "province", "host_account")) == [
        (order_no(1), "paid", PAID, "北京市", "88001"), (order_no(2), "paid", PAID, "北京市", None),
    ]  # fmt: skip
    assert audit_tallies() == []


def test_the_same_file_twice_counts_once(douyin):
    rows = [make_row(n, n % 2, 售后状态="退款成功" if n % 3 == 0 else "-") for n in range(20)]
    imported(douyin, rows)
    before = (totals(), LedgerEntry.objects.count())

    assert counts(imported(douyin, rows)) == (20, 0, 20, 0)
    assert counts(imported(douyin, rows[::-1], encoding="gb18030")) == (20, 0, 20, 0)
    assert (totals(), LedgerEntry.objects.count()) == before


def test_three_broken_rows_of_five_hundred_cost_three_rows(douyin):
    rows = [make_row(n) for n in range(500)]
    rows[10] |= {"主订单编号": "6.92345E+18"}
    rows[200] |= {"订单应付金额": "-3.00"}
    rows[499] |= {"支付完成时间": "1970-01-01 00:00:00"}
    file = imported(douyin, rows)

    assert counts(file) == (500, 497, 0, 3)
    assert file.survey["problems"] == [
        [12, "floated", "主订单编号"],
        [202, "negative", "订单应付金额"],
        [501, "time_range", "支付完成时间"],
    ]
    assert totals() == (497, 994, 497 * 11960, 0)


def test_a_newer_file_renews_the_orders_of_an_older_one(douyin):
    imported(douyin, [make_row(1), make_row(2)])
    file = imported(douyin, [make_row(1, 订单状态="已关闭", 售后状态="退款成功"), make_row(2), make_row(3)])

    assert counts(file) == (3, 2, 1, 0)
    assert totals() == (3, 6, 35880, 11960)


def pushed(shop, n, status="paid", at=PAID, refund_fen=None):
    """What the API says of order `n`: the same keys, its live room, its after-sales with their numbers."""
    refund = RefundFact("AS1", order_no(n), "succeeded", refund_fen, 1, 1, at) if refund_fen else None
    event = OrderEvent(
        order_no(n), progress_rank(status, at), at, status, PAID, "R1", "88001", "北京市",
        (LineFact(order_no(n), "LDS-500", "平顺潞党参 500g", 2, 11960),), refunds=(refund,) if refund else (),
    )  # fmt: skip
    receive([Arrival(ShopRef(shop.pk, shop.county_id), events=(event,))], cause=Cause.API, at=NOW)


@pytest.mark.parametrize("file_first", [True, False])
def test_the_same_order_by_api_and_by_file_counts_once(douyin, file_first):
    rows = [make_row(1), make_row(2, 订单状态="已关闭", 售后状态="退款成功"), make_row(3)]
    if file_first:
        imported(douyin, rows)
    pushed(douyin, 1)
    pushed(douyin, 2, "closed", PAID + timedelta(hours=3), refund_fen=5000)
    if not file_first:
        imported(douyin, rows)

    assert totals() == (3, 6, 35880, 5000)  # the real after-sale takes the place of the file's guess
    assert (Order.objects.count(), OrderLine.objects.count()) == (3, 3)
    assert set(AfterSale.objects.values_list("after_sale_no", "is_guess")) == {("AS1", False), (f"file:{order_no(2)}", True)}
    assert audit_tallies() == []


def test_no_buyer_is_stored_anywhere(douyin, uploads):
    file = imported(douyin, [make_row(1, 买家留言="请打 13900000000"), make_row(2, 订单状态="王东峧")])

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith(("orders_", "livestream_")):
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY(%s)', [["%王东峧%", "%13900000000%", "%东寺头%"]]
                )
                assert (table, cursor.fetchone()[0]) == (table, 0)
    stored = (uploads / "orders" / file.stored_as).read_bytes()
    assert "王东峧".encode() not in stored
    assert "王东峧".encode() in b"".join(stored_file.read(file.stored_as))
    facts = b"".join(stored_file.read(file.facts_as))
    assert [word for word in ("王东峧", "13900000000", "东寺头") if word.encode() in facts] == []
    assert "潞党参".encode() in facts
    assert "潞党参".encode() not in (uploads / "orders" / file.facts_as).read_bytes()


def test_a_file_of_another_platform_than_the_shop_is_refused_and_not_kept(county, uploads):
    shop = make_shop(county, platform="standard", name="合作社")

    with pytest.raises(Refused) as refused:
        taken_in(shop, make_file([make_row(1)]))

    assert str(refused.value) == "这是抖店的订单表，可是选的店铺“合作社”不在这个平台上。请换一家店铺。"
    assert (OrderFile.objects.count(), kept(uploads)) == (0, [])


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "甲,乙\n1,2\n".encode(), make_file([])]
)
def test_bad_files_are_refused_and_not_kept(douyin, uploads, data):
    with pytest.raises(Refused):
        taken_in(douyin, data)

    assert (OrderFile.objects.count(), kept(uploads)) == (0, [])


def test_a_file_that_is_too_big_is_refused_unread(douyin, monkeypatch):
    monkeypatch.setattr("orders.actions.file.CSV_AT_MOST", 100)

    with pytest.raises(Refused) as refused:
        taken_in(douyin, make_file([make_row(1)]))

    assert refused.value.code == "too_big"


def test_an_import_that_stopped_goes_on_after_its_last_piece(douyin, monkeypatch):
    monkeypatch.setattr("orders.actions.file_reading.ROWS_PER_PIECE", 7)
    rows = [
        make_row(n % 17, n // 17, 商品数量="x" if n % 10 == 9 else "2") for n in range(40)
    ]  # orders stand apart, rows are broken
    file = taken_in(douyin, make_file(rows))
    begin_import(file, at=NOW)

    ticks = iter([NOW, NOW])

    def clock_that_breaks():
        if (tick := next(ticks, None)) is None:
            raise KeyboardInterrupt
        return tick

    with pytest.raises(KeyboardInterrupt):
        import_file(file.pk, clock_that_breaks)
    file.refresh_from_db()
    stopped_at = file.rows_read
    assert (file.state, continue_imports(at=NOW + timedelta(seconds=10))) == (OrderFileState.IMPORTING, 0)
    assert continue_imports(at=NOW + timedelta(minutes=1)) == 1

    file.refresh_from_db()
    assert 0 < stopped_at < 40
    assert (file.state, counts(file)) == (OrderFileState.DONE, (40, 36, 0, 4))
    assert audit_tallies() == []


def test_two_who_import_at_once_import_once(douyin, monkeypatch):
    monkeypatch.setattr("orders.actions.file_reading.ROWS_PER_PIECE", 5)
    file = taken_in(douyin, make_file([make_row(n) for n in range(20)]))
    begin_import(file, at=NOW)
    others = []

    def clock():
        if not others:
            others.append(1)
            import_file(file.pk, lambda: NOW)  # somebody else is faster
        return NOW

    import_file(file.pk, clock)

    file.refresh_from_db()
    assert (file.state, counts(file)) == (OrderFileState.DONE, (20, 20, 0, 0))


def test_a_file_is_queued_once_and_the_worker_is_woken(douyin, django_capture_on_commit_callbacks):
    file = taken_in(douyin, make_file([make_row(1)]))

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        assert [queue_import(file, at=NOW), queue_import(file, at=NOW)] == [True, False]

    assert len(callbacks) == 1
    assert OrderFile.objects.get().state == OrderFileState.IMPORTING


def test_facts_that_are_gone_are_read_again(douyin):
    file = taken_in(douyin, make_file([make_row(n) for n in range(3)]))
    stored_file.forget(file.facts_as)
    begin_import(file, at=NOW)

    done = import_file(file.pk)

    assert (done.state, counts(done), done.facts_as != file.facts_as) == (OrderFileState.DONE, (3, 3, 0, 0), True)


def test_a_file_that_is_gone_fails_in_words_and_may_be_tried_again(douyin, uploads):
    file = taken_in(douyin, make_file([make_row(1)]))
    path = uploads / "orders" / file.stored_as
    path.rename(uploads / "away")
    (uploads / "orders" / file.facts_as).write_bytes(b"damaged\n")
    for _ in range(2):  # the damaged facts, then nothing at all
        begin_import(file, at=NOW)
        assert (import_file(file.pk).state, import_file(file.pk).error) == (OrderFileState.FAILED, "gone")

    (uploads / "away").rename(path)
    begin_import(file, at=NOW)

    assert (import_file(file.pk).state, counts(import_file(file.pk))) == (OrderFileState.DONE, (1, 1, 0, 0))


def test_a_rehearsal_says_the_outcome_and_keeps_nothing(douyin, uploads):
    imported(douyin, [make_row(1)])
    before = (totals(), LedgerEntry.objects.count(), OrderFile.objects.count(), kept(uploads))

    found, survey, rejected = rehearse_import(
        douyin, io.BytesIO(make_file([make_row(1), make_row(2), make_row(2), make_row(3, 商品数量="x")])), at=NOW
    )

    assert (found.read, found.applied, found.duplicate, found.rejected, survey.rows) == (4, 1, 2, 1, 4)
    assert rejected == [(5, Problem("count", "商品数量"))]
    assert (totals(), LedgerEntry.objects.count(), OrderFile.objects.count(), kept(uploads)) == before


def test_uploads_are_deleted_after_thirty_days_and_strays_after_one(douyin, uploads):
    old, young = (imported(douyin, [make_row(n)]) for n in (1, 2))
    OrderFile.objects.filter(pk=old.pk).update(uploaded_at=NOW - timedelta(days=31))
    OrderFile.objects.filter(pk=young.pk).update(uploaded_at=NOW)
    for name, days in (("stray", 2), ("fresh", 0)):
        path = uploads / "orders" / name
        path.write_bytes(b"x")
        os.utime(path, (NOW.timestamp() - days * 86400,) * 2)

    assert forget_old_files(at=NOW) == 2
    assert sorted(path.name for path in (uploads / "orders").iterdir()) == sorted([young.stored_as, young.facts_as, "fresh"])
    assert OrderFile.objects.values_list("stored_as", "facts_as").get(pk=old.pk) == ("", "")
    with pytest.raises(Refused):
        list(stored_file.read(""))


def test_a_stored_file_that_was_cut_or_mixed_is_not_read(uploads):
    name = stored_file.keep(iter([os.urandom(1 << 20), b"b" * (1 << 20), b"c"]))
    path = uploads / "orders" / name
    lines = path.read_bytes().splitlines(keepends=True)

    for broken in (lines[:-1], [lines[1], lines[0], *lines[2:]], lines[1:]):
        path.write_bytes(b"".join(broken))
        with pytest.raises(Refused):
            list(stored_file.read(name))


KILLED = """
import sys, django, itertools, os
django.setup()
from django.utils import timezone
from orders.actions import file
clock = itertools.count()
def tick():
    n = next(clock)
    if n == 5:
        print("half", flush=True)
        os.kill(os.getpid(), 9)
    return timezone.now()
file.import_file(sys.argv[1], tick)
"""


@pytest.mark.django_db(transaction=True)
def test_an_import_that_was_killed_is_continued_and_counts_every_row_once(douyin, uploads, monkeypatch):
    monkeypatch.setattr("orders.actions.file_reading.ROWS_PER_PIECE", 40)
    file = taken_in(douyin, make_file([make_row(n, 商品数量="x" if n == 77 else "2") for n in range(500)]))
    begin_import(file, at=NOW)
    database = settings.DATABASES["default"]
    where = database["HOST"] or database.get("OPTIONS", {}).get("host", "")
    env = os.environ | {
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={where}", "CUNBO_DATA": str(uploads),
        "DJANGO_SETTINGS_MODULE": "config.settings", "FIELD_KEYS": ",".join(settings.FIELD_KEYS), "SECRET_KEY": "x",
    }  # fmt: skip
    (uploads / "uploads").symlink_to(uploads)

    killed = subprocess.run([sys.executable, "-c", KILLED, str(file.pk)], env=env, capture_output=True, text=True, timeout=60)

    file.refresh_from_db()
    assert (killed.returncode, killed.stdout) == (-9, "half\n"), killed.stderr[-2000:]
    assert (file.state, file.rows_read) == (OrderFileState.IMPORTING, 200)
    assert continue_imports(at=datetime.now(UTC) + timedelta(minutes=1)) == 1
    file.refresh_from_db()
    assert (file.state, counts(file)) == (OrderFileState.DONE, (500, 499, 0, 1))
    assert totals() == (499, 998, 499 * 11960, 0)
    assert audit_tallies() == []
