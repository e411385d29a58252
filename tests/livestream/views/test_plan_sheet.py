from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from livestream.models import LiveSession
from tests.factories import make_place, make_session, make_user

pytestmark = pytest.mark.django_db
PAGE = "/plan/sheet/"
DAY = timezone.localdate() + timedelta(days=40)


@pytest.fixture
def staff(client):
    make_place("140425001", "青羊镇")
    make_place("140425001201", "东寺头村委会")
    user = make_user("staff", make_place())
    client.force_login(user)
    return user


def drawn(*rows):
    book = openpyxl.Workbook()
    book.active.append(["日期", "时间", "主题", "主播", "村", "备注"])
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("三月.xlsx", out.getvalue())


def hidden(answer):
    return dict(re.findall(r'name="(carried|digest)" value="([^"]+)"', answer.content.decode()))


def upload(client, file):
    return client.post(PAGE, {"file": file, "county": "140425"})


def good_and_bad(staff):
    make_user("host", staff.place, name="张三")
    day = f"{DAY.month}月{DAY.day}日"
    return drawn([day, "晚8点-10点", "好的一场", "张三", "东寺头村"], [None, "10点-11点", "@SUM(1)", "张三丰", "东寺头村"])


def test_the_good_rows_are_kept_and_the_bad_ones_come_back_with_what_is_wrong(client, staff):
    seen = upload(client, good_and_bad(staff))
    page = seen.content.decode()
    assert (seen.status_code, LiveSession.objects.count()) == (200, 0)
    assert "读的是“Sheet”这张表" in page
    assert "存好的 1 行" in page
    assert "您的地方里没有叫“张三丰”的人。是不是：张三？" in page
    done = client.post(PAGE + "keep/", hidden(seen))
    assert "存了 1 行" in done.content.decode()
    assert list(LiveSession.objects.values_list("title", "state")) == [("好的一场", "draft")]
    back = client.post(PAGE + "wrong/", {"carried": hidden(seen)["carried"]})
    sheet = openpyxl.load_workbook(io.BytesIO(back.content)).worksheets[0]
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    found = dict(zip(head, row, strict=True))
    assert (found["主题"], found["主播"]) == ("@SUM(1)", "张三丰")
    assert sheet.cell(2, head.index("主题") + 1).data_type == "s"
    assert found["问题"] == "主播：您的地方里没有叫“张三丰”的人。是不是：张三？"
    again = client.post(PAGE + "keep/", hidden(seen))
    assert again.status_code == 409
    assert "刚才有人又改了排期" in again.content.decode()
    assert LiveSession.objects.count() == 1


def test_the_month_is_downloaded_and_comes_back_unchanged(client, staff):
    session = make_session(staff.place, make_user("host", staff.place), planned_start_at=timezone.now() + timedelta(days=40))
    month = f"{timezone.localtime(session.planned_start_at):%Y-%m}"
    answer = client.get(f"{PAGE}file/?month={month}&county=140425")
    assert answer["Content-Disposition"].startswith("attachment")
    seen = upload(client, SimpleUploadedFile("a.xlsx", answer.content))
    assert [(str(verdict), number) for verdict, number, _rows in seen.context["sorts"]][-1] == ("unchanged", 1)
    empty = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}file/?empty=1").content))
    assert ([sheet.title for sheet in empty], empty.worksheets[0].max_row) == (["排期", "填写说明"], 1)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04broken", b"\x00\x00\x00", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_no_plan_is_answered_in_a_sentence(client, staff, content):
    answer = upload(client, SimpleUploadedFile("x.xlsx", content))
    assert answer.status_code == 422
    assert "banner bad" in answer.content.decode()


def test_a_sheet_that_is_somebody_else_s_or_made_up_is_gone(client, staff):
    carried = hidden(upload(client, good_and_bad(staff)))
    client.force_login(make_user("staff", staff.place))
    for data in (carried, {"carried": "x"}, {}):
        assert client.post(PAGE + "keep/", data).status_code == 302
    assert LiveSession.objects.count() == 0


@pytest.mark.parametrize("asked", ["month=abc", "month=0-0", "month=99999-1", "month=9999-12", "county=%00", "month=2026-13"])
def test_wrong_addresses_break_nothing(client, staff, asked):
    assert client.get(f"{PAGE}?{asked}").status_code == 200
    assert client.get(f"{PAGE}file/?{asked}").status_code == 200
