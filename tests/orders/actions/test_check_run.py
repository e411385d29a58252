"""`check_run`: a sender's log against what is really here, with real rows taken away, doubled and added behind our back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from orders.actions.check_run import Lost, Unexpected, Wrong, check_run
from orders.actions.intake import receive
from orders.models import Delivery, DeliveryOutcome, Order, Shop
from orders.models.ledger import Cause
from orders.rules.expected import Totals
from orders.rules.run_log import read_run_log
from tests.factories import make_arrival, make_order_body

pytestmark = pytest.mark.django_db


class Evening:
    """Sends messages for real and logs them as a sender does."""

    def __init__(self, shop):
        self.shop = shop
        self.lines = []

    def log(self, event, message_id, **more):
        line = {"event": event, "at": datetime.now(UTC).isoformat(), "shop": self.shop.key, "message_id": message_id, **more}
        self.lines.append(json.dumps(line) + "\n")

    def send(self, message_id, *orders, is_acked=True, is_taken=True):
        self.log("sent", message_id, body=list(orders) if len(orders) > 1 else orders[0])
        if is_taken:
            receive([make_arrival(self.shop, *orders, message_id=message_id)], cause=Cause.PUSH, at=datetime.now(UTC))
        if is_acked:
            self.log("acked", message_id, answer={"code": 0})

    def check(self):
        return check_run(read_run_log(self.lines))

    def write(self, path):
        path.write_text("".join(self.lines))
        return str(path)


def without_triggers(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def evening(shop, session, now):
    """Five orders: one paid and shipped, one refunded in part, one cancelled, two in one message; repeats, out of order."""
    evening = Evening(shop)
    shipped = make_order_body("T1", version=2, status="shipped", lines=[(1, "A", 3, 4500)])
    evening.send("m2", shipped)
    evening.send("m1", make_order_body("T1", version=1))
    evening.send("m2", shipped)
    evening.send("m3", make_order_body("T2", version=..., refunds=[("R1", 1, 20000, "requested"), ("R2", 1, 5980)]))
    evening.send("m4", make_order_body("T3", status="cancelled"))
    evening.send("m5", make_order_body("T4"), make_order_body("T5"), is_acked=False)
    return evening


def test_a_clean_run_is_clean(evening):
    report = evening.check()

    assert report.is_clean
    assert (report.sent, report.acked, report.kept, report.compared) == (5, 4, 5, 5)
    assert (report.contested, report.elsewhere, report.poison, report.cut_lines) == (0, 0, 0, 0)


def test_an_acked_message_that_never_arrived_is_lost(evening):
    evening.send("m9", make_order_body("T9"), is_taken=False)
    evening.send("m10", make_order_body("T10"), is_taken=False, is_acked=False)

    assert evening.check().lost == [Lost(evening.shop.key, "m9")]


def test_an_acked_order_that_was_removed_is_lost(evening):
    order = Order.objects.get(order_no="T2").pk
    without_triggers(f"DELETE FROM orders_ledgerentry WHERE order_id = {order}")
    without_triggers(f"DELETE FROM orders_aftersale WHERE order_id = {order}")
    without_triggers(f"DELETE FROM orders_orderline WHERE order_id = {order}")
    without_triggers(f"DELETE FROM orders_order WHERE id = {order}")

    report = evening.check()

    assert report.lost == [Lost(evening.shop.key, "m3", "T2")]
    assert report.tallies != []


def copy_ledger(order_no, **changes):
    """The ledger rows of an order once more, behind the back of the trigger."""
    order = Order.objects.get(order_no=order_no).pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'orders_ledgerentry' AND column_name <> 'id'"
        )
        columns = [column for (column,) in cursor.fetchall()]
    chosen = ", ".join(changes.get(column, column) for column in columns)
    without_triggers(
        f"INSERT INTO orders_ledgerentry ({', '.join(columns)}) SELECT {chosen} FROM orders_ledgerentry WHERE order_id = {order}"
    )


def test_a_ledger_row_added_twice_is_wrong_and_the_tallies_differ(evening):
    copy_ledger("T2")

    report = evening.check()

    assert report.wrong == [Wrong(evening.shop.key, "T2", Totals(1, 2, 11960, 5980), Totals(2, 4, 23920, 11960))]
    assert {mismatch.table for mismatch in report.tallies} >= {"orders_daytally", "orders_itemtally"}
    assert report.lost == report.unexpected == []


def test_a_ledger_row_added_long_after_the_run_is_wrong_too(evening):
    copy_ledger("T2", recorded_at="now() + interval '1 day'")

    assert [wrong.order_no for wrong in evening.check().wrong] == ["T2"]


def test_a_delivery_that_was_never_sent_is_unexpected(evening, now):
    receive([make_arrival(evening.shop, make_order_body("X1"), message_id="x1")], cause=Cause.PUSH, at=datetime.now(UTC))
    receive([make_arrival(evening.shop, make_order_body("X2"), message_id="x2")], cause=Cause.PUSH, at=now - timedelta(days=1))
    evening.send("m6", make_order_body("T6"))

    report = evening.check()

    assert report.unexpected == [Unexpected(evening.shop.key, "x1")]
    assert (report.lost, report.wrong) == ([], [])


def test_an_order_that_a_file_spoke_about_too_is_not_compared(evening):
    told = make_arrival(evening.shop, make_order_body("T1", version=9, lines=[(1, "A", 1, 100)]))
    receive([told], cause=Cause.FILE, at=datetime.now(UTC))

    report = evening.check()

    assert report.is_clean
    assert (report.elsewhere, report.compared) == (1, 4)


def test_an_order_known_before_the_run_or_told_by_others_after_it_is_not_compared(shop, session, now):
    receive([make_arrival(shop, make_order_body("T1"), message_id="m0")], cause=Cause.PUSH, at=now - timedelta(days=1))
    evening = Evening(shop)
    evening.send("m1", make_order_body("T1", version=2, status="cancelled"))
    evening.send("m2", make_order_body("T2"))
    later = datetime.now(UTC) + timedelta(hours=1)
    receive(
        [make_arrival(shop, make_order_body("T2", version=2, status="cancelled"), message_id="m3")], cause=Cause.PUSH, at=later
    )

    report = evening.check()

    assert report.is_clean
    assert (report.elsewhere, report.compared) == (2, 0)


def test_what_was_refused_is_not_expected_and_what_nobody_could_read_is_said(evening):
    evening.log("sent", "m7", body=[make_order_body("T7"), make_order_body("T8", updated_at="1999-01-01T00:00:00Z")])
    arrival = make_arrival(
        evening.shop, make_order_body("T7"), make_order_body("T8", updated_at="1999-01-01T00:00:00Z"), message_id="m7"
    )
    receive([arrival], cause=Cause.PUSH, at=datetime.now(UTC))
    evening.log("acked", "m7", answer={})
    evening.log("sent", "m8", body=make_order_body("T9"))
    Delivery.objects.create(
        county=evening.shop.county, shop=evening.shop, message_id="m8", digest=b"8" * 32, received_at=datetime.now(UTC),
        outcome=DeliveryOutcome.KEPT, rejected=[(0, "nobody could read it")],
    )  # fmt: skip
    evening.log("acked", "m8", answer={})

    report = evening.check()

    assert report.is_clean
    assert (report.poison, report.compared, report.kept) == (1, 6, 7)


def test_two_words_of_one_age_are_not_compared(shop, session):
    evening = Evening(shop)
    evening.send("m1", make_order_body("T1"))
    evening.send("m2", make_order_body("T1", lines=[(1, "A", 1, 1)]))

    report = evening.check()

    assert report.is_clean
    assert (report.contested, report.compared) == (1, 0)


def test_hints_of_a_platform_are_checked_by_their_keys(evening, county):
    douyin = Shop.objects.create(county=county, platform="douyin", name="抖店", secret="s")
    moment = datetime.now(UTC).isoformat()
    for message_id in ("d1", "d2"):
        body = {"tag": "101", "msg_id": message_id}
        line = {"event": "sent", "at": moment, "shop": douyin.key, "message_id": message_id, "body": body}
        evening.lines += [json.dumps(line) + "\n", json.dumps({**line, "event": "acked"}) + "\n"]
    Delivery.objects.create(county=county, shop=douyin, message_id="d1", digest=b"1" * 32, received_at=moment)

    assert evening.check().lost == [Lost(douyin.key, "d2")]


# --- the command --------------------------------------------------------------------------------------------------------


def run(*words, capsys):
    """(exit code, what it said)."""
    try:
        call_command("check_run", *words)
    except SystemExit as stop:
        return stop.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_the_command_says_that_nothing_is_wrong(evening, tmp_path, capsys):
    code, said = run(evening.write(tmp_path / "log"), capsys=capsys)

    assert code == 0
    assert said.splitlines()[1:] == ["发出 5 条，答复收下 4 条，库里有 5 条，核对订单 5 个", "没有丢失，没有多出，没有记错。"]


def test_the_command_names_each_kind_of_difference_once_and_twenty_numbers(evening, tmp_path, capsys):
    for n in range(25):
        evening.send(f"z{n:02d}", make_order_body(f"Z{n}"), is_taken=False)
    receive([make_arrival(evening.shop, make_order_body("X1"), message_id="x1")], cause=Cause.PUSH, at=datetime.now(UTC))
    copy_ledger("T2")
    evening.send("m6", make_order_body("T6"))
    key = evening.shop.key

    code, said = run(evening.write(tmp_path / "log"), capsys=capsys)

    assert code == 1
    lines = said.splitlines()[2:]
    assert lines[0] == "丢失：答复过收下、现在不在的 25 条"
    assert lines[1:21] == [f"  {key} z{n:02d}" for n in range(20)]
    assert lines[21:26] == [
        "  …另有 5 个",
        "多出：期间收到、日志里没有的 1 条",
        f"  {key} x1",
        "记错：账本与推送对不上的订单 1 个",
        f"  {key} T2：应为 orders=1 units=2 paid_fen=11960 refunded_fen=5980，账本为 orders=2 units=4 paid_fen=23920 refunded_fen=11960",
    ]
    assert lines[26].startswith("统计与账本不一致 ")


def test_the_command_speaks_json(evening, tmp_path, capsys):
    evening.send("m9", make_order_body("T9"), is_taken=False)

    code, said = run(evening.write(tmp_path / "log"), "--json", capsys=capsys)

    report = json.loads(said)
    assert code == 1
    assert report["lost"] == [{"shop": evening.shop.key, "message_id": "m9", "order_no": ""}]
    assert (report["sent"], report["acked"], report["unexpected"], report["wrong"], report["tallies"]) == (6, 5, [], [], [])


def test_a_cut_last_line_is_normal_and_said(evening, tmp_path, capsys):
    evening.send("m9", make_order_body("T9"))
    path = tmp_path / "log"
    path.write_text("".join(evening.lines)[:-30])

    code, said = run(str(path), capsys=capsys)

    assert code == 0
    assert "1 行没有写完（进程被杀时正常），没有核对" in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "里没有一行完整的记录"),
        ('{"event": "sent", "at"', "里没有一行完整的记录"),
        ("2026-11-21 hello\n", "的第 1 行不是发送记录"),
        ('{"a": 1}\n', "的第 1 行不是发送记录"),
        ('{"event": "sent", "at": "yesterday", "shop": "s", "message_id": "m", "body": {}}\n', "的第 1 行不是发送记录"),
        ('{"event": "lost", "at": "2026-11-21T20:00:00Z", "shop": "s", "message_id": "m"}\n', "的第 1 行不是发送记录"),
        ('{"event": "acked", "at": "2026-11-21T20:00:00Z", "shop": "s", "message_id": "m"}\n', "日志里的店铺 s 不在这个数据库里"),
    ],
)
def test_a_log_that_is_none_gets_a_clear_sentence(tmp_path, text, sentence):
    path = tmp_path / "log"
    path.write_text(text)

    with pytest.raises(CommandError, match=sentence):
        call_command("check_run", str(path))


def test_a_log_that_is_not_there_gets_a_clear_sentence(tmp_path):
    with pytest.raises(CommandError, match="打不开：No such file"):
        call_command("check_run", str(tmp_path / "none"))
