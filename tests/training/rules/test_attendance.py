"""What holds when marks differ: by example, by an oracle of its own, and whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.attendance import Presence, Share, presence_by_clock, resolve

NINE = datetime(2026, 11, 2, 1, tzinfo=UTC)


class Word(NamedTuple):
    client_id: UUID
    presence: str
    way: str
    at: datetime
    noted_by_id: int | None = None
    sheet_id: int | None = None


def word(n, presence, way="roll_call", minute=0, by=1, sheet=None):
    return Word(UUID(int=n), presence, way, NINE + timedelta(minutes=minute), None if way == "qr" else by, sheet)


CASES = {
    "a scan alone": ([word(1, "present", "qr", -2)], "present", "qr", -2, False),
    "the trainer corrects himself": ([word(1, "absent", minute=0), word(2, "late", minute=12)], "late", "roll_call", 12, False),
    "a second scan makes nobody late": ([word(1, "present", "qr", 1), word(2, "late", "qr", 30)], "present", "qr", 1, False),
    "scan and roll call agree": ([word(1, "present", "qr", -3), word(2, "present", minute=5)], "present", "qr", -3, False),
    "there by scan, not there by eye": ([word(1, "present", "qr"), word(2, "absent", minute=5)], "absent", "roll_call", 5, True),
    "two trainers differ": ([word(1, "present", by=1), word(2, "absent", minute=1, by=2)], "absent", "roll_call", 1, True),
    "late by the clock, in time by eye": ([word(1, "late", "qr", 15), word(2, "present", minute=3)], "present", "roll_call", 3, False),
    "in time by the clock, late by eye": ([word(1, "present", "qr", 2), word(2, "late", minute=20)], "late", "roll_call", 20, True),
    "late by one, in time by another": ([word(1, "late", by=1, minute=20), word(2, "present", by=2)], "late", "roll_call", 20, True),
    "paper against roll call": ([word(1, "present", "paper", 300, sheet=7), word(2, "absent", minute=5)], "absent", "roll_call", 5, True),
    "the sheet entered anew": (
        [word(1, "absent", "paper", 300, sheet=7), word(2, "present", "paper", 310, sheet=7)], "present", "paper", 310, False,
    ),
    "two sheets": ([word(1, "absent", "paper", 9, sheet=7), word(2, "present", "paper", 10, sheet=8)], "absent", "paper", 9, True),
    "leave is known to one": ([word(1, "absent", by=1), word(2, "excused", minute=9, by=2)], "excused", "roll_call", 9, False),
    "leave, and there": ([word(1, "excused", by=1), word(2, "late", "qr", 40)], "excused", "roll_call", 0, True),
    "a decision holds": (
        [word(1, "present", "qr"), word(2, "absent", minute=5), word(3, "present", "decision", 60)], "present", "decision", 60, False,
    ),
    "the latest decision holds": (
        [word(1, "absent", "decision", 70), word(2, "present", "decision", 60), word(3, "present", "qr")],
        "absent", "decision", 70, False,
    ),
    "what comes after a decision changes nothing": (
        [word(1, "present", "decision", 60), word(2, "absent", minute=90)], "present", "decision", 60, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_holds(case):
    marks, presence, way, minute, is_contradicted = case

    assert resolve(marks) == (presence, way, NINE + timedelta(minutes=minute), is_contradicted)
    assert resolve(reversed(marks)) == resolve(marks)


def test_without_marks_nothing_holds():
    assert resolve([]) is None


marks = st.lists(
    st.builds(
        word,
        st.integers(1, 12),
        st.sampled_from(list(Presence.values)),
        st.sampled_from(["qr", "roll_call", "paper", "decision", "online"]),
        st.integers(-5, 5),
        st.integers(1, 2),
        st.sampled_from([None, 7, 8]),
    ),
    max_size=9,
    unique_by=lambda mark: mark.client_id,
)


@given(marks, st.data())
def test_neither_order_nor_repetition_matters(words, data):
    shuffled = data.draw(
        st.permutations(words + data.draw(st.lists(st.sampled_from(words), max_size=9) if words else st.just([])))
    )

    assert resolve(shuffled) == resolve(words)


def oracle(words):
    """The rule once more, as a table of who says what."""
    if decisions := sorted((m for m in words if m.way == "decision"), key=lambda m: (m.at, m.client_id)):
        return (decisions[-1].presence, False)
    said = {}
    for mark in sorted(words, key=lambda m: (m.at, m.client_id)):
        if mark.way in {"qr", "online"}:
            said.setdefault(mark.way, mark.presence)
        else:
            said[mark.way, mark.sheet_id if mark.way == "paper" else mark.noted_by_id] = mark.presence
    words_said = set(said.values())
    late_by_eye = any(presence == "late" for source, presence in said.items() if isinstance(source, tuple))
    there, away = words_said & {"present", "late"}, words_said & {"absent", "excused"}
    if not words_said:
        return None
    if away:
        return ("excused" if "excused" in away else "absent", bool(there))
    if words_said == {"present", "late"}:
        return ("late", True) if late_by_eye else ("present", False)
    return (words_said.pop(), False)


@given(marks)
def test_it_is_what_the_table_says(words):
    held = resolve(words)

    assert (held and (held.presence, held.is_contradicted)) == oracle(words)


@given(marks, marks)
def test_a_contradiction_goes_only_by_a_decision_or_by_somebody_who_corrects_himself(one, other):
    """More words never turn a scan of somebody absent into somebody there."""
    held = resolve(one)
    scanned = [mark for mark in other if mark.way == "qr" and mark.client_id not in {m.client_id for m in one}]
    by_somebody = {"roll_call", "paper"}  # a screen never says that somebody is away
    if held and held.way in by_somebody and held.presence in {"absent", "excused"}:
        assert resolve([*one, *scanned]).presence in {"absent", "excused"}


@pytest.mark.parametrize(
    ("minute", "presence"), [(-30, "present"), (0, "present"), (10, "present"), (10.02, "late"), (90, "late")]
)
def test_a_scan_is_late_after_the_minutes_of_the_county(minute, presence):
    assert presence_by_clock(NINE + timedelta(minutes=minute), starts_at=NINE, late_minutes=10) == presence


@pytest.mark.parametrize(
    ("share", "over_held", "over_planned", "best", "can_reach"),
    [
        (Share(6, 8, 6), "100", "75", "100", True),
        (Share(6, 8, 3, 1), "50", "37.5", "62.5", False),
        (Share(3, 10, 1), "33.3", "10", "80", True),
        (Share(2502, 2502, 2001), "79.9", "79.9", "79.9", False),  # 79.976…: rounded down
        (Share(0, 8, 0), None, "0", "100", True),
        (Share(0, 0, 0), None, None, None, True),
    ],
)
def test_shares(share, over_held, over_planned, best, can_reach):
    found = (share.over_held, share.over_planned, share.best_possible, share.can_reach(80))

    assert found == (*(None if one is None else Decimal(one) for one in (over_held, over_planned, best)), can_reach)


def test_a_share_meets_a_percentage_exactly_and_never_over_nothing():
    assert Share(10, 20, 8).meets(80)
    assert not Share(10, 20, 8).meets(81)
    assert not Share(10, 20, 8).meets(80, is_over_planned=True)
    assert Share(10, 10, 8).meets(80, is_over_planned=True)
    assert not Share(0, 8, 0).meets(0)


@given(st.integers(0, 60), st.integers(0, 60), st.data())
def test_who_misses_nothing_more_reaches_the_best(held, coming, data):
    there = data.draw(st.integers(0, held))
    share = Share(held, held + coming, there)
    later = Share(held + coming, held + coming, there + coming)

    assert share.best_possible == later.over_planned
    for percent in (0, 50, 80, 100):
        assert not share.planned or share.can_reach(percent) == later.meets(percent)
