from __future__ import annotations

import subprocess
import sys
from datetime import date

from livestream.rules.holiday import DayKind, DayMark, day_marks, is_announced


def days(first, last):
    return [date.fromordinal(n) for n in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)]


# 国务院办公厅关于2026年部分节假日安排的通知, 2025-11-04: days off of each holiday, and the weekends that are worked.
NOTICE_OF_2026 = {
    "元旦": (days("2026-01-01", "2026-01-03"), ["2026-01-04"]),
    "春节": (days("2026-02-15", "2026-02-23"), ["2026-02-14", "2026-02-28"]),
    "清明节": (days("2026-04-04", "2026-04-06"), []),
    "劳动节": (days("2026-05-01", "2026-05-05"), ["2026-05-09"]),
    "端午节": (days("2026-06-19", "2026-06-21"), []),
    "中秋节": (days("2026-09-25", "2026-09-27"), []),
    "国庆节": (days("2026-10-01", "2026-10-07"), ["2026-09-20", "2026-10-10"]),
}


def test_2026_is_as_the_state_council_announced_it():
    expected = {}
    for name, (off, worked) in NOTICE_OF_2026.items():
        expected |= {day: DayMark(DayKind.OFF, name) for day in off}
        expected |= {date.fromisoformat(day): DayMark(DayKind.WORKED, name) for day in worked}
    expected[date(2026, 2, 16)] = DayMark(DayKind.OFF, "农历除夕")

    found = day_marks(date(2026, 1, 1), date(2026, 12, 31))

    assert found == expected
    assert list(found) == sorted(found)
    assert is_announced(2026)


def test_a_year_that_is_not_announced_has_the_days_of_the_law_alone():
    """13 days off since Order 795 of 2024, on their dates; nothing is said of weekends."""
    found = day_marks(date(2027, 1, 1), date(2027, 12, 31))

    assert not is_announced(2027)
    assert {day: mark.name for day, mark in found.items()} == {
        date(2027, 1, 1): "元旦",
        date(2027, 2, 5): "农历除夕",
        date(2027, 2, 6): "春节",
        date(2027, 2, 7): "春节",
        date(2027, 2, 8): "春节",
        date(2027, 4, 5): "清明节",
        date(2027, 5, 1): "劳动节",
        date(2027, 5, 2): "劳动节",
        date(2027, 6, 9): "端午节",
        date(2027, 9, 15): "中秋节",
        date(2027, 10, 1): "国庆节",
        date(2027, 10, 2): "国庆节",
        date(2027, 10, 3): "国庆节",
    }
    assert {(mark.kind, mark.is_official) for mark in found.values()} == {(DayKind.OFF, False)}


def test_marks_are_those_of_the_days_asked_for_in_either_language():
    found = day_marks(date(2026, 12, 30), date(2027, 1, 2), language="en")

    assert found == {date(2027, 1, 1): DayMark(DayKind.OFF, "New Year's Day", is_official=False)}
    worked = day_marks(date(2026, 10, 7), date(2026, 10, 10), language="en-gb")
    assert [mark.short for mark in worked.values()] == ["National Day", "调休上班"]
    assert day_marks(date(2026, 11, 1), date(2026, 11, 30)) == {}


def test_days_off_run_over_the_turn_of_the_year():
    """New Year's Day of 2024 was a Monday; the Spring Festival of 2020 was lengthened to 2 February, a Sunday."""
    assert day_marks(date(2023, 12, 30), date(2024, 1, 1)) == {
        day: DayMark(DayKind.OFF, "元旦") for day in days("2023-12-30", "2024-01-01")
    }
    assert date(2020, 2, 2) in day_marks(date(2020, 1, 24), date(2020, 2, 2))


def test_days_that_nobody_knows_are_plain():
    assert day_marks(date(1999, 1, 1), date(2019, 12, 31)) == {}
    assert day_marks(date(2100, 1, 1), date(9999, 12, 31)) == {}


def test_the_library_is_loaded_when_asked_for_and_without_other_countries():
    said = (
        "import sys; from datetime import date; import livestream.rules.holiday as rule;"
        "before = [name for name in sys.modules if name.startswith('holidays')];"
        "rule.day_marks(date(2026, 1, 1), date(2026, 12, 31));"
        "after = [name for name in sys.modules if name.startswith('holidays.countries')];"
        "print(before, after)"
    )

    answer = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)

    assert answer.stdout == "[] []\n"
