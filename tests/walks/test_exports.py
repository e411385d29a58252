"""An export from the wish to the file: asked for, approved by somebody else, made, fetched, opened."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest

from livestream.models import AuditEntry
from orders.actions.export_making import make_export
from orders.actions.intake import receive
from orders.models import Export
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body
from tests.orders.exports import make_approver, make_exporter


@pytest.mark.browser
def test_an_export_is_asked_for_approved_by_another_fetched_and_opened(page, sign_in, settings, tmp_path, session, shop):
    settings.UPLOADS, settings.EXPORT_ROWS_WITHOUT_APPROVAL = tmp_path / "uploads", 3
    now = datetime.now(UTC)
    bodies = [
        make_order_body(f"69234500000000{n:04d}", at=now, lines=((1, '=HYPERLINK("http://x")', 1, 2999 + n),)) for n in range(5)
    ]
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)
    exporter, approver = make_exporter(session.county, name="申子导"), make_approver(session.county, name="秦审批")

    sign_in(exporter)
    page.goto("/exports/")
    page.get_by_role("link", name="新导出").click()
    page.get_by_label("内容").select_option(label="订单行")
    page.get_by_role("button", name="看有多少行").click()
    page.get_by_text("请写交给哪个单位、哪个人。").wait_for()
    page.get_by_label("用途", exact=True).select_option(label="和商家、平台对账")
    page.get_by_label("用途说明").fill("和合作社对十一月的账")
    page.get_by_label("交给谁").fill("东寺头合作社 原社长")
    page.get_by_role("button", name="看有多少行").click()
    page.get_by_text("大约 5 行。").wait_for()
    page.get_by_role("button", name="送去批准").click()
    page.get_by_text("要另一位审批人批准。").wait_for()

    sign_in(approver)
    page.goto("/exports/")
    page.get_by_role("table", name="等您批准").get_by_role("link", name="订单行").click()
    page.get_by_text("要不要让这 5 行出去？").wait_for()
    page.get_by_label("审批意见").fill("同意对账用")
    page.get_by_role("button", name="批准", exact=True).click()
    page.get_by_text("批准了，文件马上生成。").wait_for()

    sign_in(exporter)
    export = Export.objects.get()
    page.goto(f"/exports/{export.pk}/")
    page.get_by_role("heading", name="排队中", exact=True).wait_for()
    make_export(export.pk, "140425")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()

    export.refresh_from_db()
    assert download.value.suggested_filename == f"订单行-平顺县-{export.number}.xlsx"
    data = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes()))["数据"]
    rows = list(data.iter_rows(values_only=True))
    assert [row[-2] for row in rows[1:]] == [29.99, 30.0, 30.01, 30.02, 30.03]
    assert {row[-1] for row in rows[1:]} == {export.number}
    assert {cell.data_type for row in data.iter_rows() for cell in row} == {"s", "n", "d"}
    entry = AuditEntry.objects.get(deed="exported")
    assert (entry.actor_id, entry.address, entry.detail["rows"]) == (exporter.pk, "127.0.0.1", 5)
    assert (entry.detail["receiver"], entry.detail["sha256"], export.downloads) == ("东寺头合作社 原社长", export.sha256, 1)
