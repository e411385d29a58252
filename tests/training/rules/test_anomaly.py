from __future__ import annotations

from datetime import UTC, datetime, timedelta

from training.rules.anomaly import (
    Attended,
    Held,
    Marked,
    Phoned,
    Pictured,
    Stay,
    always_full,
    bursts,
    busy_devices,
    in_two_places,
    repeated_photos,
    roomless,
    shared_phones,
    skewed,
    untimely,
)

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
END = AT + timedelta(minutes=90)
HOUR = timedelta(hours=1)


def mark(n, at=AT, recorded_at=None, **kwargs):
    return Marked("L1", "选品", f"学员{n}", "扫码", at, recorded_at or at, AT, END, **kwargs)


def keys(found):
    return [one.key for one in found]


def test_three_names_on_one_phone_are_told_and_two_are_a_family():
    rows = [Phoned("a", n, name, "东村") for n, name in enumerate("甲乙丙")]
    assert keys(shared_phones([*rows, Phoned("b", 8, "丁", "西村"), Phoned("b", 9, "戊", "西村")])) == ["phone:0:1"]
    assert shared_phones(rows)[0].rows == ["丙　东村", "乙　东村", "甲　东村"]
    assert shared_phones([Phoned("", n, name, "") for n, name in enumerate("甲乙丙")]) == []


def test_one_file_twice_and_pictures_that_differ_in_four_bits():
    rows = [
        Pictured(1, "x" * 64, "f0f0f0f0f0f0f0f0", "一"),
        Pictured(2, "x" * 64, "f0f0f0f0f0f0f0f0", "二"),
        Pictured(3, "y" * 64, "f0f0f0f0f0f0f0ff", "三"),  # 4 bits away
        Pictured(4, "z" * 64, "f0f0f0f0f0f0ffff", "四"),  # 8 from the first, 4 from the third
    ]
    assert keys(repeated_photos(rows)) == ["photo:" + "x" * 32, "look:1:3", "look:2:3", "look:3:4"]
    assert repeated_photos(rows[:1] + rows[3:]) == []


def test_ten_scans_in_three_seconds_are_a_burst_and_in_four_are_not():
    fast = [mark(n, AT + timedelta(seconds=n / 3)) for n in range(10)]
    slow = [mark(n, AT + timedelta(seconds=n * 4 / 9)) for n in range(10)]
    assert keys(bursts(fast)) == ["burst:L1"]
    assert bursts(slow) == []


def test_a_phone_that_scans_for_three_people():
    assert keys(busy_devices([mark(n, device="d1") for n in range(3)])) == ["device:L1:d1"]
    assert busy_devices([mark(1, device="d1"), mark(1, device="d1"), mark(2, device="d1"), mark(3)]) == []


def test_two_rooms_at_once_or_on_air_meanwhile():
    first, second = Stay(1, "甲", "a", "一", AT, END), Stay(1, "甲", "b", "二", END - HOUR, END + HOUR)
    after, other = Stay(1, "甲", "c", "三", END + HOUR, END + 2 * HOUR), Stay(2, "乙", "b", "二", AT, END)
    live = Stay(2, "乙", "s", "直播", AT - HOUR, AT + timedelta(minutes=1), is_on_air=True)
    assert keys(in_two_places([after, second, first, other, live])) == ["two_rooms:1:a:b", "on_air:2:b:s"]
    assert in_two_places([first, after, Stay(1, "甲", "d", "四", END, END + HOUR)]) == []  # half-open: no overlap


def test_a_lesson_without_a_place_unless_it_is_online():
    rows = [Held("a", "一", AT, "", False), Held("b", "二", AT, "", True), Held("c", "三", AT, "村委会", False)]
    assert keys(roomless(rows)) == ["no_room:a"]


def test_marks_hours_off_or_stored_days_later_and_wrong_clocks():
    rows = [
        mark(1),
        mark(2, END + 2 * HOUR + timedelta(seconds=1)),
        mark(3, AT - 3 * HOUR),
        mark(4, AT, END + timedelta(hours=49)),
    ]
    off, late = untimely(rows)
    assert (off.key, len(off.rows), late.key, len(late.rows)) == ("off_hours:L1", 2, "late_entry:L1", 1)
    assert keys(skewed([mark(1, skew_seconds=-600, device="d"), mark(2, skew_seconds=599, device="e")])) == ["skew:d:L1"]


def test_a_class_that_never_missed_anybody():
    assert keys(
        always_full([Attended("c", "班", 40, 12, 480), Attended("d", "班", 40, 12, 479), Attended("e", "班", 4, 9, 36)])
    ) == ["full:c"]
