"""Tasks: late in words, links of the web alone, and never a quota."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from livestream.rules.agreement import Progress, Standing, standing
from livestream.rules.errors import NotAllowed
from livestream.rules.promotion import TaskState, check_link, check_no_quota, days_late, is_code, task_state

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("due", "done", "expected"),
    [
        (AT + 25 * HOUR, None, TaskState.OPEN),
        (AT + 24 * HOUR, None, TaskState.SOON),
        (AT, None, TaskState.LATE),
        (AT - HOUR, AT - 2 * HOUR, TaskState.DONE),
    ],
)
def test_a_task_says_how_it_stands(due, done, expected):
    assert task_state(due, done, AT) == expected


def test_days_late_are_counted_from_the_first_begun_one():
    assert [days_late(AT - late, AT) for late in (-HOUR, 0 * HOUR, HOUR, 24 * HOUR, 25 * HOUR)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("link", ["", "https://v.douyin.com/abc/", "http://mp.weixin.qq.com/s?x=1"])
def test_links_of_the_web_are_taken(link):
    check_link(link)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "https://a:b@c.example/", "https://", "https://[::1", "v.douyin.com/x"])  # fmt: skip
def test_anything_else_is_refused(link):
    with pytest.raises(NotAllowed) as refused:
        check_link(link)
    assert refused.value.code == "link_not_understood"


@pytest.mark.parametrize("words", ["每人至少买两单", "各村认购 50 箱", "下达销售指标", "向各单位摊派", "全体党员都要购买一份"])  # fmt: skip
def test_quotas_are_refused_and_named(words):
    with pytest.raises(NotAllowed) as refused:
        check_no_quota(words)
    assert refused.value.code == "task_is_a_quota"


@pytest.mark.parametrize("words", ["转发预告到村里的微信群", "做一张党参节海报", "大喇叭念三遍开播时间", "拍 30 秒挖党参短视频", "买几张红纸写海报", "提醒大家：严禁给干部下购买任务"])  # fmt: skip
def test_work_is_no_quota(words):
    check_no_quota(words)


def test_a_code_is_seven_signs_that_nobody_mixes_up():
    assert [is_code(text) for text in ("abc2345", "abc2340", "ABC2345", "abc234", "abc23456", "")] == [True, False, False, False, False, False]  # fmt: skip


@pytest.mark.parametrize(
    ("done", "today", "expected"),
    [
        (12, date(2026, 12, 5), Standing(Progress.DONE)),
        (11, date(2026, 12, 1), Standing(Progress.SOON, 0)),
        (11, date(2026, 11, 17), Standing(Progress.SOON, 14)),
        (0, date(2026, 11, 16), Standing(Progress.OPEN, 15)),
        (11, date(2026, 12, 5), Standing(Progress.LATE, 4)),
    ],
)
def test_a_promise_says_how_it_stands(done, today, expected):
    assert standing(wanted=12, done=done, due_on=date(2026, 12, 1), today=today) == expected
