from __future__ import annotations

import csv
import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from orders.actions.file import begin_import, import_file, read_file, store_file
from orders.models import OrderFile, OrderFileState
from orders.platforms.fake_file import COLUMNS
from tests.factories import make_shop
from tests.orders.sheets.exports import NOW, make_file, make_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def douyin(county, settings, tmp_path):
    settings.UPLOADS = tmp_path
    return make_shop(county, platform="douyin", name="平顺好物")


def upload(client, shop, data, name="订单.csv", follow=False):
    return client.post(
        reverse("orders:file_upload"), {"shop": shop.pk, "file": SimpleUploadedFile(name, data)}, follow=follow
    )  # fmt: skip


@pytest.fixture
def file(douyin, staff):
    return store_file(
        douyin,
        SimpleUploadedFile("订单.csv", make_file([make_row(1), make_row(2, 商品数量="x"), make_row(3)])),
        name="订单.csv",
        by=staff,
        at=NOW,
    )


def visible_text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_empty_list_says_what_will_be_here(client, staff, douyin):
    client.force_login(staff)

    text = visible_text(client.get(reverse("orders:files")))

    assert "还没有订单文件" in text
    assert "上传订单文件" in text


def test_upload_shows_that_it_is_read_and_then_what_it_is_before_anything_is_counted(client, staff, douyin):
    client.force_login(staff)

    answer = upload(client, douyin, make_file([make_row(1), make_row(2, 商品数量="x")], encoding="gb18030"), follow=True)

    file = OrderFile.objects.get()
    address = reverse("orders:file", args=[file.pk])
    assert answer.redirect_chain == [(address, 302)]
    assert (file.state, file.uploaded_by, file.name) == (OrderFileState.READING, staff, "订单.csv")
    assert "正在读取… 0 行" in visible_text(answer)
    assert "导入 1 行" not in visible_text(answer)
    OrderFile.objects.filter(pk=file.pk).update(rows_total=120_000)
    fragment = client.get(address, {"state": "reading"}, headers={"HX-Request": "true"})
    assert ("<html" in fragment.content.decode(), "正在读取… 120,000 行" in visible_text(fragment)) == (False, True)

    file = read_file(file.pk)

    assert (file.state, file.rows_total) == (OrderFileState.UPLOADED, 2)
    assert client.get(address, {"state": "reading"}, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    text = visible_text(client.get(address))
    for words in ("抖店的订单表", "平顺好物", "2026-11-20 20:05", "¥ 119.60", "导入 1 行", "“商品数量”看不懂，应当是整数。"):
        assert words in text


def test_a_file_that_turns_out_bad_further_down_says_so_and_cannot_be_imported(client, staff, douyin):
    client.force_login(staff)
    rows = make_file([make_row(n) for n in range(600)])

    answer = upload(client, douyin, rows[:-500] + b"\xff\xff" + rows[-500:], follow=True)

    assert "正在读取" in visible_text(answer)
    file = read_file(OrderFile.objects.get().pk)
    text = visible_text(client.get(reverse("orders:file", args=[file.pk])))
    assert (file.state, file.error, file.stored_as) == (OrderFileState.REFUSED, "encoding", "")
    assert re.search(r"从第 \d+ 行起读不出来，文件可能没有下载完整", text)
    for words in ("不能导入", "这份文件没有导入，也没有留下。"):
        assert words in text
    assert "行（每样商品一行）" not in text
    client.post(reverse("orders:file_import", args=[file.pk]))
    file.refresh_from_db()
    assert file.state == OrderFileState.REFUSED
    assert "不能导入" in visible_text(client.get(reverse("orders:files")))


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.csv", b"", "这份文件是空的。"),
        ("a.pdf", b"%PDF", "请上传 .csv 或 .xlsx 文件。"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "认不出这份表。"),
        ("a.xlsx", b"PK\x03\x04junk", "这个 Excel 文件打不开"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "加了密码的或旧式的 Excel 文件"),
        ("a.csv", "赠品订单号,活动订单编号,成交数量\n".encode("gb18030"), "这是快手的订单表，暂时还不能导入。"),
    ],
)
def test_a_bad_file_is_refused_at_its_field_and_the_shop_stays_chosen(client, staff, douyin, name, data, sentence):
    client.force_login(staff)

    answer = upload(client, douyin, data, name)

    assert answer.status_code == 422
    assert sentence in visible_text(answer)
    assert f'<option value="{douyin.pk}" selected>' in answer.content.decode()
    assert OrderFile.objects.count() == 0


def test_a_shop_of_another_county_cannot_be_chosen(client, stranger, douyin):
    client.force_login(stranger)

    assert upload(client, douyin, make_file([make_row(1)])).status_code == 422
    assert OrderFile.objects.count() == 0


def test_import_runs_once_and_shows_its_result(client, staff, file, django_capture_on_commit_callbacks):
    client.force_login(staff)
    address = reverse("orders:file", args=[file.pk])

    with django_capture_on_commit_callbacks(execute=True):
        first = client.post(reverse("orders:file_import", args=[file.pk]))
        second = client.post(reverse("orders:file_import", args=[file.pk]))
    assert [(answer.status_code, answer["Location"]) for answer in (first, second)] == [(302, address)] * 2
    assert "已读 0 / 3 行" in visible_text(client.get(address))
    fragment = client.get(address, {"state": "importing"}, headers={"HX-Request": "true"})
    assert ("<html" in fragment.content.decode(), "已读 0 / 3 行" in visible_text(fragment)) == (False, True)

    import_file(file.pk)

    assert client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    text = visible_text(client.get(address))
    assert re.search(r"读到的行 3 计入 2 重复（早就有了） 0 退回 1 ", text)
    assert "导入好了，有 1 行退回。" in text


def test_the_same_file_again_is_recognized_and_allowed(client, staff, file, douyin):
    begin_import(file, at=timezone.now())
    import_file(file.pk)
    client.force_login(staff)

    answer = upload(client, douyin, make_file([make_row(1), make_row(2, 商品数量="x"), make_row(3)]), follow=True)

    assert "同一份文件在" in visible_text(answer)
    again = OrderFile.objects.get(state=OrderFileState.READING)
    read_file(again.pk)
    text = visible_text(client.get(reverse("orders:file", args=[again.pk])))
    assert "同一份文件在" in text
    assert "导入 2 行" in text


def rejected_cells(body):
    return list(csv.reader(body.decode("utf-8-sig").splitlines()))


def test_rejected_rows_are_downloaded_as_a_file_to_mend(client, staff, file):
    client.force_login(staff)

    answer = client.get(reverse("orders:file_rejected", args=[file.pk]))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        answer["Content-Disposition"]
        == "attachment; filename*=utf-8''%E9%80%80%E5%9B%9E%E7%9A%84%E8%A1%8C-%E8%AE%A2%E5%8D%95.csv"
    )
    cells = rejected_cells(b"".join(answer.streaming_content))
    assert cells[0] == [*COLUMNS, "退回原因", "原来的行号"]
    assert [row[-2:] for row in cells[1:]] == [["“商品数量”看不懂，应当是整数。", "3"]]


@pytest.mark.django_db(transaction=True)
async def test_rejected_rows_stream_from_the_asynchronous_server_too(staff, file):
    client = AsyncClient()
    await client.aforce_login(staff)

    answer = await client.get(reverse("orders:file_rejected", args=[file.pk]))

    body = b"".join([piece async for piece in answer.streaming_content])
    assert [row[-1] for row in rejected_cells(body)] == ["原来的行号", "3"]


def test_a_file_whose_upload_was_deleted_says_so(client, staff, file):
    OrderFile.objects.filter(pk=file.pk).update(stored_as="")
    client.force_login(staff)

    answer = client.get(reverse("orders:file_rejected", args=[file.pk]), follow=True)

    assert "上传的文件已经过了保存期，被删除了。请重新上传。" in visible_text(answer)


def addresses(file):
    pages = [("get", reverse(f"orders:{name}", args=[file.pk])) for name in ("file", "file_rejected")]
    return [*pages, ("post", reverse("orders:file_import", args=[file.pk]))]


def test_another_county_finds_nothing(client, stranger, file):
    client.force_login(stranger)

    assert [getattr(client, method)(address).status_code for method, address in addresses(file)] == [404] * 3
    assert "订单.csv" not in visible_text(client.get(reverse("orders:files")))
    file.refresh_from_db()
    assert file.state == OrderFileState.UPLOADED


@pytest.mark.parametrize("who", ["host", "trainer"])
def test_hosts_and_trainers_are_refused(client, request, file, who):
    client.force_login(request.getfixturevalue(who))
    everywhere = [*addresses(file), ("get", reverse("orders:files")), ("get", reverse("orders:file_upload"))]

    assert [getattr(client, method)(address).status_code for method, address in everywhere] == [403] * 5


def test_nobody_is_asked_to_sign_in(client, file):
    answers = [getattr(client, method)(address) for method, address in addresses(file)]

    assert [(answer.status_code, answer["Location"].split("?")[0]) for answer in answers] == [(302, "/login/")] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_the_same_whatever_its_length(client, staff, douyin, count, django_assert_num_queries):
    for n in range(count):
        store_file(douyin, SimpleUploadedFile("x", make_file([make_row(n)])), name=f"{n}.csv", by=staff, at=NOW)
    client.force_login(staff)
    client.get(reverse("orders:files"))

    with django_assert_num_queries(7):
        answer = client.get(reverse("orders:files"))

    assert len(re.findall(r'class="tap"', answer.content.decode())) == count


def test_a_file_name_is_shown_as_text(client, staff, douyin):
    client.force_login(staff)

    answer = upload(client, douyin, make_file([make_row(1)]), name="<img src=x onerror=alert(1)>\u202e.csv", follow=True)

    assert "<img" not in answer.content.decode()
    assert OrderFile.objects.get().name == "<img src=x onerror=alert(1)>.csv"
    assert datetime.fromisoformat(OrderFile.objects.get().survey["read_at"]) <= timezone.now()
