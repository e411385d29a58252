"""Making the file of an export: what is in it, that it adds up, and what happens when it is stopped."""

from __future__ import annotations

import hashlib
import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from livestream.actions.audit import note
from livestream.models import LiveSession
from livestream.rules.deed import Deed
from orders.actions import export_making, stored_file
from orders.actions.export import SHELF, approve_export, ask_export
from orders.actions.export_making import claim, continue_exports, finish, forget_exports, make_export
from orders.actions.export_reading import Asked, key_of, one_moment
from orders.actions.intake import receive
from orders.models import DayTally, Export, ExportHour, LedgerEntry
from orders.models.ledger import Cause
from orders.rules.export import ExportKind
from tests.factories import make_arrival, make_order_body, make_product, make_user
from tests.orders.exports import bytes_of, csv_of, json_of, make_approver, make_exporter, make_ready, make_wish, sheets_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def sold(shop, session, now):
    """Seven orders of two lines, one of them refunded in part, one of no session, one never paid."""
    make_product(session.county, "LDS-500", title="潞党参 500g")
    bodies = [
        make_order_body(f"69234500000000000{n:02d}", at=now, room="R1" if n else "NOWHERE",
                        lines=((1, "LDS-500", 2, 11960), (2, "HJ", 1, 2999 + n)), refunds=(("R1", 1, 5980),) if n == 3 else ())
        for n in range(7)
    ]  # fmt: skip
    bodies.append(make_order_body("C1", at=now, status="created"))
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)


@pytest.fixture
def exporter(county):
    return make_exporter(county)


def table(export):
    """The data as dicts by the titles of the columns, and the notes by their labels."""
    (head, *rows), notes = csv_of(bytes_of(export))
    return [dict(zip(head, row, strict=True)) for row in rows], {row[0]: row[1] for row in notes if len(row) == 2}


def summed(rows, *titles):
    return tuple(sum(Decimal(row[title]) for row in rows) for title in titles)


FIGURES = ("订单数", "件数", "支付（元）", "退款（元）")


@pytest.mark.parametrize("kind", ["ledger", "orders", "lines", "entries"])
def test_every_file_of_sales_adds_up_to_what_boards_show(sold, county, exporter, kind):
    rows, notes = table(make_ready(kind, by=exporter))

    tally = DayTally.objects.get(scope="county:140425")
    assert (tally.orders, tally.units, tally.paid_fen, tally.refunded_fen) == (7, 21, 104_734, 5980)
    assert summed(rows, *FIGURES) == (tally.orders, tally.units, Decimal(tally.paid_fen) / 100, Decimal(tally.refunded_fen) / 100)
    assert notes["合计：支付（元）"] == notes["大屏上同样几天：支付（元）"] == "1047.34"
    assert (notes["和大屏"], notes["行数"]) == ("一致", str(len(rows)))


def test_a_ledger_that_boards_do_not_agree_with_says_so(sold, county, exporter):
    DayTally.objects.filter(scope="county:140425").update(paid_fen=1)

    assert table(make_ready(by=exporter))[1]["和大屏"] == "不一致，请先核对账目"


def test_sums_of_a_session_are_those_of_its_board(sold, county, exporter, session):
    (row,) = [row for row in table(make_ready("sessions", by=exporter))[0] if row["场次编号"].strip() == str(session.pk)]

    tally = DayTally.objects.get(scope=f"session:{session.pk}")
    assert (int(row["订单数"]), row["支付（元）"], row["净额（元）"]) == (tally.orders, "897.75", "837.95")
    lines, _ = table(make_ready("lines", by=exporter))
    assert summed([line for line in lines if line["场次"] == session.title], "订单数", "支付（元）") == (6, Decimal("897.75"))


def test_a_file_says_who_what_for_for_whom_and_what_its_columns_mean(sold, county, exporter):
    approver = make_approver(county, name="秦审批")
    export = ask_export(make_wish("lines"), by=exporter, at=datetime.now(UTC))
    Export.objects.update(state="waiting")
    approve_export(export, words="同意，=1+1", by=approver, at=datetime.now(UTC))
    make_export(export.pk, "140425")
    export.refresh_from_db()

    rows, notes = table(export)
    assert {row["导出编号"] for row in rows} == {export.number}
    assert (notes["导出编号"], notes["申请人"], notes["批准"]) == (export.number, exporter.name, "秦审批 同意，=1+1")
    assert (notes["用途"], notes["交给谁"]) == ("上报主管部门：上报十一月直播销售", "市商务局 王科长")
    assert notes["地方"] == "平顺县（140425）"
    _data, page = csv_of(bytes_of(export))
    meanings = {row[0]: row[3] for row in page if len(row) == 4}
    assert set(rows[0]) <= set(meanings)
    assert meanings["支付（元）"] == "买家实际付的钱，含运费，不含平台补贴"


def test_a_line_tells_the_order_and_no_buyer(sold, county, exporter):
    rows, _ = table(make_ready("lines", by=exporter))

    (row,) = [row for row in rows if row["订单号"] == "\t6923450000000000003" and row["行号"] == "1"]
    assert (row["商品"], row["收货省份"], row["状态"], row["支付（元）"], row["退款（元）"]) == (
        "潞党参 500g", "北京市", "已付款", "119.60", "59.80",
    )  # fmt: skip
    assert row["主播"] == LiveSession.objects.get().host.name[0] + "*"


def test_people_are_masked_and_never_leave_the_database_unmasked(county, other_county, exporter):
    make_user("host", county, name="路小峧", live_name="山里人家")
    make_user("host", other_county)
    admin = make_user("admin", county)

    rows, _ = table(make_ready("people", by=admin))

    (host,) = [row for row in rows if row["身份"] == "主播"]
    phone = host.pop("手机号").strip()
    assert (host["姓名"], host["直播间名"], phone[3:7], len(phone)) == ("路*", "山里人家", "****", 11)
    assert {row["县"] for row in rows} == {"平顺县"}


def test_the_audit_log_goes_out_without_what_it_says_of_people(county, other_county):
    auditor = make_user("auditor", county, name="申审计")
    entry = note(Deed.REVEALED, place="140425", by=auditor, secret="13900000000")
    type(entry).objects.create(deed="row_changed", place="140425101", before={"phone": "1"}, after={"phone": "2", "name": "王"})
    note(Deed.REVEALED, place="130529", by=auditor)

    rows, _ = table(make_ready("audit", by=auditor))

    assert [(row["做了什么"], row["谁"], row["改动的栏目"]) for row in rows if row["做了什么"] != "新增"] == [
        ("看隐去的信息", f"{auditor.pk} 申*", ""), ("修改", "", "name phone"), ("申请导出", f"{auditor.pk} 申*", ""), ("修改", "", "state"),
    ]  # fmt: skip
    assert "13900000000" not in str(rows)


def test_after_sales_and_a_workbook_and_json_say_the_same(sold, county, exporter):
    rows, _ = table(make_ready("after_sales", by=exporter))
    assert [(row["售后单号"], row["状态"], row["申请退款（元）"]) for row in rows] == [("R1", "退款成功", "59.80")]

    book = sheets_of(bytes_of(make_ready("lines", "xlsx", by=exporter)))
    document = json_of(bytes_of(make_ready("lines", "json", by=exporter)))
    head = [cell.value for cell in book["数据"][0]]
    paid = head.index("支付（元）")
    assert sorted(Decimal(str(row[paid].value)) for row in book["数据"][1:]) == sorted(
        Decimal(row["paid_yuan"]) for row in document["rows"]
    )
    assert len(document["rows"]) == 14
    assert {column["key"] for column in document["columns"]} == set(document["rows"][0])


def test_the_file_lies_encrypted_and_nobody_else_may_read_it(sold, county, exporter):
    export = make_ready("lines", "json", by=exporter)

    path = stored_file.folder(SHELF) / export.stored_as
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert b"69234500000" not in path.read_bytes()
    data = bytes_of(export)
    assert (export.sha256, export.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert list(stored_file.folder("making").iterdir()) == []


def test_all_that_is_read_is_of_one_moment(sold, shop, county):
    asked = Asked(ExportKind.ENTRIES, "140425", *[make_wish().until_on] * 2)
    with one_moment(1) as snapshot:
        before = snapshot.boards(asked)
        receive([make_arrival(shop, make_order_body("LATE"))], cause=Cause.PUSH, at=datetime.now(UTC))
        rows = [row for piece in snapshot.rows(asked) for row in piece]
        assert snapshot.boards(asked) == before

    assert (sum(row[-5] for row in rows), LedgerEntry.objects.filter(orders=1).count()) == (before[0], before[0] + 1)


def test_more_rows_than_may_go_freely_wait_for_an_approval(sold, county, exporter, settings):
    export = ask_export(make_wish("lines"), by=exporter, at=datetime.now(UTC))
    Export.objects.update(rows_free=5, rows_allowed=5)

    make_export(export.pk, "140425")

    export.refresh_from_db()
    assert (export.state, export.rows, export.rows_expected, export.slot, export.attempt) == ("waiting", 0, 14, None, 0)
    assert list(stored_file.folder(SHELF).iterdir()) == []


@pytest.mark.parametrize(
    ("limit", "state", "error"), [("EXPORT_ROWS_WITHOUT_APPROVAL", "waiting", ""), ("EXPORT_ROWS_PER_HOUR", "failed", "hour")]
)
def test_rows_beyond_the_hour_leave_no_file(sold, county, exporter, settings, limit, state, error):
    first, second = (ask_export(make_wish("lines"), by=exporter, at=datetime.now(UTC)) for _ in range(2))
    setattr(settings, limit, 20)

    make_export(first.pk, "140425")
    make_export(second.pk, "140425")

    second.refresh_from_db()
    assert (Export.objects.get(pk=first.pk).state, second.state, second.error) == ("ready", state, error)
    assert len(list(stored_file.folder(SHELF).iterdir())) == 1
    assert ExportHour.objects.get().rows == 14


def test_a_third_waits_until_one_of_two_is_made(county, exporter):
    at = datetime.now(UTC)
    first, second, third = (ask_export(make_wish(), by=exporter, at=at) for _ in range(3))
    colleagues = ask_export(make_wish(), by=make_exporter(county), at=at)

    assert [claim(export, at) for export in (first, second, third, colleagues)] == [True, True, False, True]

    assert sorted(Export.objects.filter(asked_by=exporter).values_list("state", "slot")) == [
        ("making", 1),
        ("making", 2),
        ("queued", None),
    ]
    export_making.fail(first, "database")
    assert claim(third, at)


def test_who_falls_silent_is_followed_by_another_and_at_last_given_up(sold, county, exporter):
    at = datetime.now(UTC)
    export = ask_export(make_wish(), by=exporter, at=at)
    assert claim(export, at)
    assert not claim(Export.objects.get(), at + timedelta(seconds=20))
    lost = Export.objects.get()

    assert continue_exports(at=at + timedelta(seconds=31)) == 1
    assert Export.objects.get().state == "making"  # silent by this clock only: nobody takes it
    Export.objects.update(heartbeat_at=at - timedelta(minutes=1))
    with one_moment(key_of(export.pk)):
        continue_exports(at=datetime.now(UTC))
    assert Export.objects.get().attempt == 1  # its maker is still reading
    assert continue_exports(at=datetime.now(UTC)) == 1
    assert Export.objects.get().state == "ready"
    with pytest.raises(export_making.TakenOver):
        finish(lost, export_making.Made("x", 1, 1, "a"), at)

    Export.objects.update(state="making", slot=1, attempt=3, stored_as="", heartbeat_at=at - timedelta(minutes=1))
    continue_exports(at=datetime.now(UTC))
    assert list(Export.objects.values_list("state", "error")) == [("failed", "attempts")]


def test_what_no_wake_up_announced_is_made_by_the_sweep(sold, county, exporter):
    ask_export(make_wish(), by=exporter, at=datetime.now(UTC) - timedelta(minutes=1))

    assert continue_exports(at=datetime.now(UTC)) == 1

    assert Export.objects.get().state == "ready"


def test_a_task_refuses_an_export_of_another_place(sold, county, exporter):
    export = ask_export(make_wish(), by=exporter, at=datetime.now(UTC))

    make_export(export.pk, "130529")

    assert Export.objects.get().state == "queued"


def test_files_go_after_their_days_and_the_record_stays(sold, county, exporter):
    export = make_ready(by=exporter)
    assert forget_exports(at=export.expires_at - timedelta(seconds=1)) == 0

    assert forget_exports(at=export.expires_at) == 1

    export.refresh_from_db()
    assert (export.state, export.stored_as, export.rows) == ("expired", "", 4)
    assert list(stored_file.folder(SHELF).iterdir()) == []


def test_what_killed_workers_left_goes_too(county):
    left = stored_file.folder("making") / "tmpabc"
    left.mkdir()
    (left / "sheet1.xml").write_text("x")
    stray = stored_file.folder(SHELF) / "stray"
    stray.write_text("x")

    forget_exports(at=datetime.now(UTC) + timedelta(hours=23))
    assert (left.exists(), stray.exists()) == (True, True)
    forget_exports(at=datetime.now(UTC) + timedelta(hours=25))

    assert (left.exists(), stray.exists()) == (False, False)
