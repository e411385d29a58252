"""Days and times as people write them: `3月5日`, `2026/3/5`, `明天`, `下周二`, a cell of a spreadsheet; `19:30`, `晚8点`,
`下午3点半`, `次日 1:00`. Pure: today is an argument. What is not understood is never guessed: None."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from livestream.rules.day import SHANGHAI

DAY = timedelta(days=1)
NIGHT = timedelta(hours=12)  # who writes 22:00–1:00 means the next morning; 20:00–19:00 is a slip
EPOCH = date(1899, 12, 30)  # the day 0 of spreadsheets
SERIALS = range(36_526, 73_051)  # 2000-01-01 … 2099-12-31: other numbers in a cell are no days
YEARS = range(2000, 2100)
LONGEST = 40  # characters; more is no date
LOOKED_AT = 200  # of what is typed, before blanks go
HALF_YEAR = timedelta(days=183)

WIDE = str.maketrans("０１２３４５６７８９：／－．　", "0123456789:/-. ")
NUMERALS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
HAN = re.compile(r"([零〇一二两三四五六七八九])?十([一二三四五六七八九])?|[零〇一二两三四五六七八九](?=[点时月日号分])")
NEAR = {"今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "明晚": 1, "后天": 2, "大后天": 3}
WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
WEEK = re.compile(r"(本周|这周|下周|下下周|周|星期|下星期|礼拜)([一二三四五六日天])")
WEEKS = {"本周": 0, "这周": 0, "下周": 1, "下星期": 1, "下下周": 2}
FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
SHORT = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
ONLY_DAY = re.compile(r"(\d{1,2})\s*[日号]")
AFTER_DAY = re.compile(r"\s{0,4}[(（]?\s{0,4}(?:周|星期|礼拜)?[一二三四五六日天]?\s{0,4}[)）]?\s{0,4}")

PARTS = {
    "凌晨": (0, 6), "清晨": (4, 9), "早上": (4, 12), "早晨": (4, 12), "早": (4, 12), "上午": (6, 12), "中午": (11, 15),
    "下午": (12, 19), "傍晚": (16, 21), "晚上": (17, 25), "晚间": (17, 25), "今晚": (17, 25), "明晚": (17, 25), "晚": (17, 25),
    "夜里": (19, 29), "半夜": (22, 29), "深夜": (21, 29),
}  # fmt: skip
PART = re.compile("|".join(sorted(PARTS, key=len, reverse=True)))
CLOCK = re.compile(r"(\d{1,2})\s*(?:[:点时]\s*(?:(\d{1,2})\s*分?|(半)|(一刻|三刻)|整|钟)?|\.(\d{2}))(?::\d{2})?")
NEXT = re.compile(r"(次日|第二天|转天|隔天|翌日)")
QUARTERS = {"一刻": 15, "三刻": 45}


class Clock(NamedTuple):
    """A time of day; `days`: so many days after the day it was written for (`次日 1:00`, `晚上24点`)."""

    at: time
    days: int = 0


def plain(text: str) -> str:
    """With half-width signs, no blanks around, and written-out numbers as digits: `晚八点半` → `晚8点半`."""
    shown = "".join(sign for sign in text[:LOOKED_AT].translate(WIDE) if sign.isprintable()).strip()[:LONGEST]
    return HAN.sub(_number, shown)


def _number(found: re.Match[str]) -> str:
    if "十" not in found[0]:
        return str(NUMERALS[found[0]])
    tens = NUMERALS[found[1]] if found[1] else 1
    return str(tens * 10 + (NUMERALS[found[2]] if found[2] else 0))


def day_of(text: str, *, today: date) -> date | None:
    """The day that is meant. Without a year: this one, or the next where that day is more than half a year ago."""
    written = text[:LOOKED_AT].translate(WIDE).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", written):
        serial = int(written.split(".")[0])
        return EPOCH + serial * DAY if serial in SERIALS else None
    found = _day_in(plain(text), today)
    return found[0] if found and AFTER_DAY.fullmatch(found[1]) else None


def _day_in(text: str, today: date) -> tuple[date, str] | None:
    """The day at the beginning of a text, and what stands behind it."""
    if match := FULL.match(text):
        return _with_rest(_real(int(match[1]), int(match[2]), int(match[3])), text, match)
    if match := SHORT.match(text):
        return _with_rest(_nearest(int(match[1]), int(match[2]), today), text, match)
    if match := ONLY_DAY.match(text):
        return _with_rest(_coming(int(match[1]), today), text, match)
    if match := WEEK.match(text):
        return _with_rest(_weekday(match[1], WEEKDAYS[match[2]], today), text, match)
    for word in sorted(NEAR, key=len, reverse=True):
        if text.startswith(word):
            rest = text[len(word) :] if not word.endswith("晚") else "晚" + text[len(word) :]
            return today + NEAR[word] * DAY, rest
    return None


def _with_rest(day: date | None, text: str, match: re.Match[str]) -> tuple[date, str] | None:
    return (day, text[match.end() :]) if day else None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date) -> date | None:
    found = _real(today.year, month, day)
    if found and found < today - HALF_YEAR:
        return _real(today.year + 1, month, day)
    return found or _real(today.year + 1, month, day)  # 29 February of a year that has one


def _coming(day: int, today: date) -> date | None:
    """`15日`: of this month, or of the next where it is over."""
    found = _real(today.year, today.month, day)
    if found and found >= today:
        return found
    return _real(today.year + today.month // 12, today.month % 12 + 1, day)


def _weekday(word: str, weekday: int, today: date) -> date:
    """`下周二`: of the next week, which begins on Monday. `周二` alone is the coming one, today included."""
    if word in WEEKS:
        return today + (weekday - today.isoweekday() + 7 * WEEKS[word]) * DAY
    return today + (weekday - today.isoweekday()) % 7 * DAY


def clock_of(text: str) -> Clock | None:
    """The time of day that is meant. `8点` alone is eight in the morning; a spreadsheet's fraction of a day counts too."""
    written = text[:LOOKED_AT].translate(WIDE).strip()
    if re.fullmatch(r"0?\.\d+", written):
        minutes = round(float(written) * 1440)
        return Clock(time(minutes // 60, minutes % 60)) if minutes < 1440 else None
    shown = plain(text)
    days = 1 if NEXT.search(shown) else 0
    shown = NEXT.sub("", shown).strip()
    part = PART.match(shown)
    match = CLOCK.fullmatch(shown[part.end() :].strip() if part else shown)
    if match is None:
        return Clock(time(0), days + 1) if shown in {"半夜12点", "午夜"} else None
    return _clock(int(match[1]), _minutes(match), part[0] if part else "", days)


def _minutes(match: re.Match[str]) -> int:
    if match[3]:
        return 30
    if match[4]:
        return QUARTERS[match[4]]
    return int(match[2] or match[5] or 0)


def _clock(hour: int, minute: int, part: str, days: int) -> Clock | None:
    if part:
        first, end = PARTS[part]
        fitting = [hour + add for add in (0, 12, 24) if first <= hour + add < end]
        if not fitting:
            return None
        hour = fitting[0]
    if hour > 29 or minute > 59:
        return None
    return Clock(time(hour % 24, minute), days + hour // 24)


def moment_of(text: str, *, today: date) -> datetime | None:
    """A day and a time in one text: `3月5日 晚8点`, `2026-03-05 20:00`, `明晚8点`, a spreadsheet's serial with its fraction."""
    written = text[:LOOKED_AT].translate(WIDE).strip()
    if match := re.fullmatch(r"(\d{5})(\.\d+)", written):
        day, clock = day_of(match[1], today=today), clock_of(match[2])
        return moment(day, clock) if day and clock else None
    found = _day_in(plain(text), today)
    if found is None:
        return None
    rest = re.sub(r"^\s{0,4}[(（]?\s{0,4}(?:周|星期|礼拜)[一二三四五六日天]\s{0,4}[)）]?", "", found[1]).strip(" ,，T")
    clock = clock_of(rest)
    return moment(found[0], clock) if clock else None


def moment(day: date, clock: Clock) -> datetime:
    return datetime.combine(day + clock.days * DAY, clock.at, SHANGHAI)


def end_of(text: str, *, starts_at: datetime, today: date) -> datetime | None:
    """When something is over that begins at `starts_at`: a time, which is of the next day where that makes a night of it; or a
    day and a time. An end before the start comes back as it was written, to be refused in words."""
    if full := moment_of(text, today=today):
        return full
    clock = clock_of(text)
    if clock is None:
        return None
    found = moment(starts_at.astimezone(SHANGHAI).date(), clock)
    is_night = found <= starts_at and found + DAY - starts_at <= NIGHT
    return found + DAY if is_night else found


def within(text: str, *, starts_at: datetime, ends_at: datetime, today: date) -> datetime | None:
    """A moment of what lasts from `starts_at` to `ends_at`: `0:30` is after midnight where that lies inside. What lies outside
    comes back as it was written, to be refused in words."""
    if full := moment_of(text, today=today):
        return full
    clock = clock_of(text)
    if clock is None:
        return None
    found = moment(starts_at.astimezone(SHANGHAI).date(), clock)
    is_later = found < starts_at and found + DAY <= ends_at
    return found + DAY if is_later else found
