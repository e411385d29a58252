"""Staff bring an export file: choose, look, import, mend what came back."""

from __future__ import annotations

import pytest

from orders.actions.file import import_file, read_file
from orders.models import OrderFile, OrderFileState
from tests.factories import make_place, make_shop, make_user
from tests.orders.sheets.exports import make_file, make_row


@pytest.mark.browser
def test_a_file_goes_from_the_desk_to_the_totals_and_its_bad_row_comes_back(page, sign_in, settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    county = make_place()
    make_shop(county, platform="douyin", name="平顺好物")
    sign_in(make_user("staff", county))
    export = tmp_path / "十一月订单.csv"
    export.write_bytes(make_file([make_row(1), make_row(2, 商品数量="x"), make_row(3)], encoding="gb18030"))

    page.goto("/files/")
    page.get_by_role("link", name="上传订单文件").click()
    page.get_by_label("订单文件").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": "甲,乙\n1,2\n".encode()})
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_text("认不出这份表").wait_for()
    page.get_by_label("订单文件").set_input_files(export)
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_text("正在读取… 0 行").wait_for()
    file = OrderFile.objects.get()
    read_file(file.pk)
    page.get_by_role("button", name="导入 2 行").click()
    page.get_by_text("已读 0 / 3 行").wait_for()
    import_file(file.pk)
    page.get_by_text("导入好了，有 1 行退回。").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回的行").click()

    file.refresh_from_db()
    assert (file.state, file.rows_applied, file.rows_rejected) == (OrderFileState.DONE, 2, 1)
    assert download.value.suggested_filename == "退回的行-十一月订单.csv"
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert [line.rsplit(",", 2)[1:] for line in lines[1:]] == [["“商品数量”看不懂，应当是整数。", "3"]]
