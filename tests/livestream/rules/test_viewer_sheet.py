"""A platform's file about viewers: its columns by name, its cells, its moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.viewer_sheet import Cells, count_of, moment_in, seconds_of, sheet_of, understood

BEGAN = datetime(2026, 11, 22, 11, 30, 40, tzinfo=UTC)  # 19:30:40 in Shanghai
UNTIL = BEGAN + timedelta(hours=2)
NOW = UNTIL + timedelta(days=1)


def test_counts_as_platforms_write_them():
    written = {"1,234": 1234, "1.2万": 12_000, "３Ｗ": 30_000, "128 人": 128, "-": None, "": None, "\t0": 0, "10.0": 10}

    assert {text: count_of(text) for text in written} == written
    for text in ("12%", "一百", "1.25", "-3", "1e5", "1,23", "9" * 16):
        with pytest.raises(ValueError):  # noqa: PT011
            count_of(text)


def test_lengths_of_time():
    written = {
        "80": 80,
        "1分20秒": 80,
        "00:01:20": 80,
        "1:20": 80,
        "2小时": 7200,
        "95.6": 95,
        "": None,
        "-": None,
        "1,234秒": 1234,
    }

    assert {text: seconds_of(text) for text in written} == written


def test_moments_of_a_file():
    written = {
        "2026-11-22 19:45:00": (19, 45),
        "2026/11/22 19:45": (19, 45),
        "19:45": (19, 45),
        "19:40-19:45": (19, 45),
        "2026-11-22 19:40~19:45": (19, 45),
        "11-22 19:45": (19, 45),
        "23:00": None,
        "晚饭": None,
    }
    found = {text: moment_in(text, began=BEGAN, until=UNTIL) for text in written}

    assert {text: at and ((at.astimezone(UTC).hour + 8) % 24, at.minute) for text, at in found.items()} == written


@pytest.mark.parametrize("platform", ["douyin", "wechat", "kuaishou", "standard"])
def test_columns_are_found_by_name_wherever_they_stand(platform):
    lines = [["直播数据"], ["场次", "实时在线人数", "时间", "点赞"], ["一", "120", "19:45", "9"], ["", "", "", ""]]

    sheet = sheet_of(lines, platform)

    assert (sheet.columns, sheet.others) == (("online_now", "time"), ("场次", "点赞"))
    assert sheet.rows == (Cells(3, {"online_now": "120", "time": "19:45"}),)


def test_a_platforms_own_names_are_its_own():
    lines = [["关播时间", "实时在线观众数", "涨粉数"], ["19:45", "1", "2"]]

    assert sheet_of(lines, "kuaishou").columns == ("time", "online_now", "new_followers")
    assert sheet_of(lines, "douyin") is None


def said(**cells):
    row = understood(Cells(2, cells), began=BEGAN, until=UNTIL, now=NOW)
    return row.problem or (row.read_at, dict(row.counts))


def test_a_row_says_what_it_says_or_why_not():
    assert said(time="2026-11-22 19:30", online_now="20") == (BEGAN, {"online_now": 20})  # the minute in which it began
    assert said(view_uv="1,000", stay="1分20秒") == (UNTIL, {"view_uv": 1000, "watch_seconds": 80_000})
    assert said(time="合计", online_now="20") == "这一行是合计，不记。"
    assert said(time="2026-11-22 22:00", online_now="20") == "下播以后没有在线人数，这一行不记。"
    assert said(time="2026-11-21 19:45", online_now="20").startswith("“2026-11-21 19:45”在开播以前")
    assert said(time="19:45", online_now="很多") == "“实时在线”里的“很多”不是数。请写 1234 或 1.2万。"
    assert said(time="19:45", online_now="-").startswith("还没有填数")
    assert said(time="19:45", view_uv="10", view_pv="9").startswith("“观看人数”是 10")
