from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from livestream.actions.plan import change_plan
from livestream.actions.plan_cells import lines_of
from livestream.actions.plan_json import plan_of
from livestream.actions.plan_sheet import apply_sheet, look_at
from livestream.models import AuditEntry, Guest, LiveSession, PlanStep
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.plan_sheet import Column, Row
from livestream.sheets.plan_book import Lists, PlanBook
from livestream.sheets.plan_file import read
from tests.factories import make_place, make_session, make_user
from tests.livestream.planning import make_leader

pytestmark = pytest.mark.django_db
AT = datetime(2027, 2, 20, 4, tzinfo=UTC)
HEAD = ["日期", "开播时间", "内容", "播主", "村", "备注", "理由"]


@pytest.fixture
def staff():
    make_place("140425001", "青羊镇")
    make_place("140425001201", "东寺头村委会")
    return make_user("staff", make_place())


def rows_of(data):
    return read(io.BytesIO(data), "排期.xlsx").rows


def downloaded():
    return PlanBook().made(lines_of(LiveSession.objects.all()), Lists(["东寺头村"], ["张三"]))


def edited(data, **cells):
    book = openpyxl.load_workbook(io.BytesIO(data))
    for where, value in cells.items():
        book.worksheets[0][where] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def drawn(*rows):
    book = openpyxl.Workbook()
    book.active.append(["平顺县三月排期"])
    book.active.append(HEAD)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def look(data, staff):
    return look_at(rows_of(data), county=staff.place, by=staff, at=AT)


def verdicts(found):
    return [one.verdict.value for one in found.rows]


def keep(data, staff):
    seen = look(data, staff)
    return apply_sheet(rows_of(data), county=staff.place, by=staff, at=AT, digest=seen.digest)


def planned(staff, n, **kwargs):
    start = datetime(2027, 3, 1 + n, 19, 30, tzinfo=SHANGHAI)
    return make_session(staff.place, kwargs.pop("host", None) or make_user("host", staff.place), planned_start_at=start, **kwargs)


def test_a_sheet_that_comes_back_untouched_changes_nothing_and_three_edits_change_three_cells(staff):
    sessions = [planned(staff, n, title=f"第{n}场") for n in range(4)]
    leader = make_leader(staff.place)
    Guest.objects.create(session=sessions[0], name=leader.name, title=leader.title, rank=leader.rank, leader=leader)
    Guest.objects.create(session=sessions[1], name="=cmd", title="客人", rank="other")
    book = downloaded()
    assert verdicts(look(book, staff)) == ["unchanged"] * 4
    letters = {column: openpyxl.utils.get_column_letter(n) for n, column in enumerate(Column, start=1)}
    touched = edited(book, **{
        f"{letters[Column.TITLE]}2": "花椒专场", f"{letters[Column.START]}3": "晚8点", f"{letters[Column.GOAL]}4": 5000,
    })  # fmt: skip
    seen = look(touched, staff)
    assert [one.columns for one in seen.rows] == ["主题", "开始", "目标（元）", ""]
    assert verdicts(seen) == ["changed", "changed", "changed", "unchanged"]
    _look, steps = keep(touched, staff)
    assert len(steps) == 3
    assert [s.plan_version for s in LiveSession.objects.order_by("planned_start_at")] == [2, 2, 2, 1]
    assert LiveSession.objects.get(title="花椒专场").guests.get().leader == leader
    assert AuditEntry.objects.get(deed="plan_imported").detail["kept"] == 3


def test_a_county_s_own_sheet_keeps_the_good_rows_and_says_of_the_others_what_would_do(staff):
    host = make_user("host", staff.place, name="张三")
    make_user("host", staff.place, name="李四")
    other = planned(staff, 4, host=host, title="早排好的")  # 3月5日 19:30–21:30
    book = drawn(
        ["3月5日", "晚8点-10点", "撞了", "张三", "东寺头村", None],
        ["3月5日", "晚8点-10点", "好的", "李四", "东寺头村", None],
        ["3月5日", "21:00-23:00", "和上一行撞", "李四", "东寺头村", None],
        ["3月6日", "晚8点", "没写几点完", "张三", "东寺头村", None],
        ["3月7日", "晚8点-10点", "没有这个村", "张三", "东寺", None],
        ["3月8日", "晚8点-10点", "没有这个人", "张三丰", "东寺头村", None],
        ["2月1日", "晚8点-10点", "过了", "张三", "东寺头村", None],
    )
    seen = look(book, staff)
    assert verdicts(seen) == ["wrong", "new", "wrong", "wrong", "wrong", "wrong", "wrong"]
    told = [" ".join(str(problem) for problem in one.problems) for one in seen.rows]
    assert f"张三没有空：3月5日 19:30–21:30 自己要播“{other.title}”" in told[0]
    assert "和第 4 行撞：李四没有空" in told[2]
    assert told[3] == "结束：空着。请填结束。"
    assert told[4] == "地点：没有找到“东寺”。是不是：东寺头村（青羊镇）？"
    assert told[5] == "主播：您的地方里没有叫“张三丰”的人。是不是：张三？"
    assert "日期：开播时间 2027-02-01 20:00 已经过了" in told[6]
    assert f"{seen.rows[0].free[0].astimezone(SHANGHAI):%d %H:%M}" >= "05 21:30"
    _look, steps = keep(book, staff)
    assert [step.session.title for step in steps] == ["好的"]
    again, steps = keep(book, staff)
    assert (verdicts(again)[1], steps) == ("unchanged", [])


def test_what_somebody_else_changed_meanwhile_is_told_and_not_overwritten(staff):
    session = planned(staff, 1, title="原来的")
    book = edited(downloaded(), G2="表里改的")
    seen = look(book, staff)
    colleague = make_user("staff", staff.place, name="王芳")
    change_plan(session, replace(plan_of(session), note="新的备注"), version=1, by=colleague, at=AT)
    with pytest.raises(NotAllowed, match="刚才有人又改了排期"):
        apply_sheet(rows_of(book), county=staff.place, by=staff, at=AT, digest=seen.digest)
    assert "王芳改过这一场" in str(look(book, staff).rows[0].problems[0])
    assert LiveSession.objects.get(pk=session.pk).title == "原来的"


def test_only_the_state_cancels_and_a_row_that_is_missing_does_not(staff):
    first, second = planned(staff, 1, title="甲"), planned(staff, 2, title="乙")
    book = edited(downloaded(), R2="取消")
    cut = openpyxl.load_workbook(io.BytesIO(book))
    cut.worksheets[0].delete_rows(3)
    out = io.BytesIO()
    cut.save(out)
    _look, steps = keep(out.getvalue(), staff)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, len(steps)) == ("cancelled", "draft", 1)
    again, steps = keep(out.getvalue(), staff)
    assert (verdicts(again), steps, PlanStep.objects.count()) == (["unchanged"], [], 1)


def test_sessions_of_elsewhere_are_not_there(staff):
    elsewhere = make_place("130529", "巨鹿县")
    planned(staff, 1)
    theirs = make_session(elsewhere, make_user("host", elsewhere), planned_start_at=datetime(2027, 3, 9, 19, tzinfo=SHANGHAI))
    found = look(edited(downloaded(), G3="改"), staff)
    assert found.rows[1].row.cells[Column.ID] == f"S{theirs.pk.hex[:12]}"
    assert "没有编号" in str(found.rows[1].problems[0])


def test_a_month_of_1500_rows_is_looked_at_in_seconds_with_few_queries(staff, django_assert_max_num_queries):
    hosts = [make_user("host", staff.place, name=f"播{n}", password=None) for n in range(50)]
    start = datetime(2027, 3, 1, 8, tzinfo=SHANGHAI)
    rows = [
        Row(n + 2, {
            Column.START: f"{start + timedelta(days=n // 50):%Y-%m-%d} 19:00-20:00", Column.TITLE: f"场{n}",
            Column.HOST: f"播{n % 50}", Column.PLACE: "东寺头村",
        })
        for n in range(1500)
    ]  # fmt: skip
    assert len(hosts) == 50
    began = time.monotonic()
    with django_assert_max_num_queries(40):
        seen = look_at(rows, county=staff.place, by=staff, at=AT)
    took = time.monotonic() - began
    assert verdicts(seen) == ["new"] * 1500
    assert took < 20
