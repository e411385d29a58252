"""Days and times as people write them, in forms and in spreadsheets."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.day import SHANGHAI
from livestream.rules.when import Clock, clock_of, day_of, end_of, moment_of, within

TODAY = date(2026, 11, 22)  # a Sunday


def at(month, day, hour, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026/3/5", date(2026, 3, 5)),
        ("2026.3.5", date(2026, 3, 5)),
        ("2026年3月5日", date(2026, 3, 5)),
        ("２０２６年３月５日", date(2026, 3, 5)),
        ("2027年 3月 5号（周五）", date(2027, 3, 5)),
        ("11月25日", date(2026, 11, 25)),
        ("十一月二十五日", date(2026, 11, 25)),
        ("11-25", date(2026, 11, 25)),
        ("11/25", date(2026, 11, 25)),
        ("11.25", date(2026, 11, 25)),
        ("11月25日 星期三", date(2026, 11, 25)),
        ("3月5日", date(2027, 3, 5)),  # eight months ago: the coming one is meant
        ("8月1日", date(2026, 8, 1)),  # less than half a year ago: the past one is meant, and refused in words
        ("2月29日", None),
        ("25日", date(2026, 11, 25)),
        ("5号", date(2026, 12, 5)),
        ("今天", TODAY),
        ("明天", date(2026, 11, 23)),
        ("后天", date(2026, 11, 24)),
        ("大后天", date(2026, 11, 25)),
        ("周二", date(2026, 11, 24)),
        ("周日", TODAY),
        ("下周二", date(2026, 11, 24)),
        ("下周日", date(2026, 11, 29)),
        ("46086", date(2026, 3, 5)),
        ("46086.8333", date(2026, 3, 5)),
        (" 明天\u202e\0 ", date(2026, 11, 23)),
        ("12345", None),
        ("2月30日", None),
        ("13月1日", None),
        ("2026-3-5-7", None),
        ("", None),
        ("很快", None),
        ("0", None),
        ("3月5日 晚8点", None),
        ("9999-12-31", None),
        ("0001-01-01", None),
        ("明天" * 10_000_000, None),
        ("9999999999999999999999", None),
    ],
)
def test_a_day(text, day):
    assert day_of(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("19:30", Clock(time(19, 30))),
        ("19：30", Clock(time(19, 30))),
        ("19:30:00", Clock(time(19, 30))),
        ("9:05", Clock(time(9, 5))),
        ("19点", Clock(time(19))),
        ("19点30", Clock(time(19, 30))),
        ("19点30分", Clock(time(19, 30))),
        ("19时整", Clock(time(19))),
        ("8点", Clock(time(8))),
        ("晚8点", Clock(time(20))),
        ("晚八点", Clock(time(20))),
        ("晚上8:15", Clock(time(20, 15))),
        ("晚8点半", Clock(time(20, 30))),
        ("晚20:00", Clock(time(20))),
        ("晚上十点一刻", Clock(time(22, 15))),
        ("晚12点", Clock(time(0), 1)),
        ("下午3点半", Clock(time(15, 30))),
        ("下午三点三刻", Clock(time(15, 45))),
        ("下午15:30", Clock(time(15, 30))),
        ("中午12点", Clock(time(12))),
        ("中午1点", Clock(time(13))),
        ("上午10点", Clock(time(10))),
        ("早上7点", Clock(time(7))),
        ("凌晨1点", Clock(time(1))),
        ("凌晨0:30", Clock(time(0, 30))),
        ("24:00", Clock(time(0), 1)),
        ("25:30", Clock(time(1, 30), 1)),
        ("次日1:00", Clock(time(1), 1)),
        ("次日 凌晨1点", Clock(time(1), 1)),
        ("第二天 0:30", Clock(time(0, 30), 1)),
        ("0.8333333", Clock(time(20))),
        ("19.30", Clock(time(19, 30))),
        ("上午3点", None),
        ("晚3点", None),
        ("30:00", None),
        ("19:60", None),
        ("19", None),
        ("-1:00", None),
        ("1", None),
        ("", None),
        ("晚饭后", None),
        ("１９：３０", Clock(time(19, 30))),
    ],
)
def test_a_time_of_day(text, clock):
    assert clock_of(text) == clock


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3月5日 晚8点", at(3, 5, 20, year=2027)),
        ("11月25日晚8点", at(11, 25, 20)),
        ("11月25日（周三）19:30", at(11, 25, 19, 30)),
        ("2026-11-25 19:30", at(11, 25, 19, 30)),
        ("2026-11-25T19:30", at(11, 25, 19, 30)),
        ("2026-11-25 19:30:00", at(11, 25, 19, 30)),
        ("明晚8点", at(11, 23, 20)),
        ("今晚七点半", at(11, 22, 19, 30)),
        ("明天下午3点半", at(11, 23, 15, 30)),
        ("下周二 19:30", at(11, 24, 19, 30)),
        ("46086.8125", at(3, 5, 19, 30)),
        ("11月25日 24:00", at(11, 26, 0)),
        ("19:30", None),
        ("11月25日", None),
        ("2026-11-25 somewhen", None),
    ],
)
def test_a_day_and_a_time(text, found):
    assert moment_of(text, today=TODAY) == found


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        (at(11, 25, 19, 30), "21:30", at(11, 25, 21, 30)),
        (at(11, 25, 22), "1:00", at(11, 26, 1)),
        (at(11, 25, 22), "次日 1:00", at(11, 26, 1)),
        (at(11, 25, 22), "24:00", at(11, 26, 0)),
        (at(11, 25, 20), "8:00", at(11, 26, 8)),
        (at(11, 25, 20), "19:00", at(11, 25, 19)),  # a slip: not 23 hours
        (at(11, 25, 13), "11月26日 19:00", at(11, 26, 19)),
        (at(11, 25, 13), "x", None),
        (at(11, 25, 13), "9999-12-31 24:00", None),
    ],
)
def test_an_end_before_the_start_is_of_the_next_day_where_that_makes_a_night(start, text, end):
    assert end_of(text, starts_at=start, today=TODAY) == end


def test_a_moment_of_a_session_over_midnight():
    hours = {"starts_at": at(11, 25, 22), "ends_at": at(11, 26, 2), "today": TODAY}

    assert [within(text, **hours) for text in ("22:30", "0:30", "次日 1:00", "21:00", "11月26日 3:00", "?")] == [
        at(11, 25, 22, 30), at(11, 26, 0, 30), at(11, 26, 1), at(11, 25, 21), at(11, 26, 3), None,
    ]  # fmt: skip


@given(st.text(max_size=60) | st.from_regex(r"[0-9点时:月日号晚下午明后次周 .年/-]{0,30}", fullmatch=True))
def test_whatever_is_typed_is_understood_or_not_and_never_breaks(text):
    assert isinstance(day_of(text, today=TODAY), date | None)
    assert isinstance(clock_of(text), Clock | None)
    assert isinstance(moment_of(text, today=TODAY), datetime | None)
    assert isinstance(end_of(text, starts_at=at(11, 25, 19), today=TODAY), datetime | None)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.times())
def test_every_day_and_time_is_read_back_as_programs_write_them(day, clock):
    minute = clock.replace(second=0, microsecond=0)

    assert day_of(day.isoformat(), today=TODAY) == day
    assert day_of(str((day - date(1899, 12, 30)).days), today=TODAY) == day
    assert clock_of(f"{minute:%H:%M}") == Clock(minute)
    assert moment_of(f"{day} {minute:%H:%M}", today=TODAY) == datetime.combine(day, minute, SHANGHAI)
