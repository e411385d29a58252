"""Which grade a host's figures say: every threshold at its boundary, what nobody knows, and the way up and down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.errors import NotAllowed
from training.rules.grade import (
    LADDER,
    Aired,
    Criterion,
    Facts,
    Grade,
    Other,
    Terms,
    check_terms,
    facts_from,
    judge,
    next_after,
    permille,
    proposed,
)
from training.rules.grade_words import asked_words, missing_words, value_words

NONE, NOVICE, JUNIOR, MIDDLE, SENIOR = LADDER
TERMS = Terms()
SOLD = date(2026, 3, 5)
BEST = Facts(4, 40, SOLD, 12, 500, 20, 20, 1, 10)


def grade(**facts):
    return judge(BEST._replace(**facts), TERMS).grade


# What is one short of the best, and the grade that is left.
TABLE = [
    ({}, SENIOR),
    ({"lessons": 1}, SENIOR), ({"lessons": 0}, NONE),
    ({"sessions": 3, "recent_sessions": 3}, JUNIOR), ({"sessions": 2, "recent_sessions": 2}, NOVICE),
    ({"first_sale_on": None}, NOVICE),
    ({"recent_sessions": 11}, JUNIOR), ({"recent_sessions": 13}, SENIOR),
    ({"typical_online": 499}, MIDDLE), ({"typical_online": 50}, MIDDLE), ({"typical_online": 49}, JUNIOR),
    ({"typical_online": None}, JUNIOR),
    ({"refund_permille": 0}, SENIOR), ({"refund_permille": 21}, JUNIOR), ({"refund_permille": None}, JUNIOR),
    ({"county_permille": None}, JUNIOR), ({"county_permille": 19}, JUNIOR),
    ({"taught": 0}, MIDDLE), ({"households": 9}, MIDDLE), ({"households": 11}, SENIOR),
]  # fmt: skip


def test_every_threshold_counts_from_itself_on():
    assert [(facts, grade(**facts)) for facts, _wanted in TABLE] == TABLE


def test_what_nobody_knows_is_no_proof_and_speaks_against_nobody():
    judged = judge(BEST._replace(typical_online=None, taught=0), TERMS)

    assert (judged.grade, judged.ceiling) == (JUNIOR, MIDDLE)
    assert {line.criterion: line.is_met for line in judged.lines if not line.is_met} == {
        Criterion.ONLINE: None, Criterion.CROWD: None, Criterion.TAUGHT: False,
    }  # fmt: skip
    assert [proposed(judged, held) for held in LADDER] == [JUNIOR, JUNIOR, None, None, MIDDLE]


def test_a_county_that_asks_nothing_gives_the_grade_and_one_that_asks_half_the_median_looks_at_half():
    free = Terms(0, 0, False, 6, 0, 0, 0, 0, 0, 0)
    assert (judge(Facts(), free).grade, judge(Facts(), free).lines) == (SENIOR, ())
    half = Terms(middle_refund_percent=50)
    kept = {rate: judge(BEST._replace(refund_permille=rate, county_permille=21), half).grade for rate in (10, 11)}
    assert kept == {10: SENIOR, 11: JUNIOR}  # 10.5 is cut: nobody passes by rounding


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms(window_months=0), "grade_rule_out_of_range"),
        (Terms(junior_sessions=-1), "grade_rule_out_of_range"),
        (Terms(middle_online=600), "grade_rule_upside_down"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(terms, code):
    with pytest.raises(NotAllowed) as refused:
        check_terms(terms)
    assert refused.value.code == code
    check_terms(TERMS)


def test_permille_is_half_up_and_of_nothing_is_unknown():
    asked = [(0, 1), (1, 2000), (1, 2001), (1999, 2000), (5, 0)]
    assert [permille(*pair) for pair in asked] == [0, 1, 0, 1000, None]


DAYS = st.integers(0, 325).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
AIRED = st.builds(Aired, DAYS, st.none() | st.integers(0, 900), st.integers(0, 9999), st.integers(0, 999), st.none() | DAYS)
SINCE = date(2026, 5, 22)


@given(st.lists(AIRED, max_size=6))
def test_in_whatever_order_sessions_come_the_facts_are_the_same(aired):
    found = facts_from(aired, Other(1, 20, 2, 3), since=SINCE)

    for mixed in (aired[::-1], sorted(aired, key=repr), aired[1::2] + aired[::2]):
        assert facts_from(mixed, Other(1, 20, 2, 3), since=SINCE) == found
    recent = [one for one in aired if one.on >= SINCE]
    assert (found.sessions, found.recent_sessions) == (len(aired), len(recent))
    judged = judge(found, TERMS)
    assert LADDER.index(judged.grade) <= LADDER.index(judged.ceiling)
    assert proposed(judged, judged.grade) is None


def test_the_next_grade_and_the_words_of_what_is_missing():
    assert [next_after(held) for held in LADDER] == [NOVICE, JUNIOR, MIDDLE, SENIOR, None]
    poor = Facts(1, 1, None, 1, 30, 45, 20, 0, 4)
    said = {line.criterion: missing_words(line, TERMS) for line in judge(poor, TERMS).lines}
    assert said == {
        Criterion.LESSONS: "",
        Criterion.SESSIONS: "再播 2 场就够",
        Criterion.SALE: "卖出第一单就够",
        Criterion.RECENT: "再播 11 场就够",
        Criterion.ONLINE: "一般在线还差 20 人",
        Criterion.REFUND: "退款率要降到 2.0% 以内",
        Criterion.CROWD: "一般在线还差 470 人",
        Criterion.TAUGHT: "再教 1 次课就够",
        Criterion.HOUSEHOLDS: "再带 6 户就够",
    }
    lines = judge(BEST._replace(typical_online=None, refund_permille=None), TERMS).lines
    assert [missing_words(line, TERMS) for line in lines if line.is_met is None] == [
        "没有人记过在线人数：直播时在“观众”里记几次",
        "近 6 个月还没有卖出，算不出来",
        "没有人记过在线人数：直播时在“观众”里记几次",
    ]
    asked = [asked_words(line, TERMS) for line in lines]
    assert asked[0] == "上过 1 次课"
    assert asked[3:6] == ["近 6 个月播满 12 场", "近 6 个月一般在线 50 人", "近 6 个月退款率不超过全县主播的中位数"]
    assert [value_words(line) for line in judge(BEST, TERMS).lines][1:7] == [
        "40 场",
        "2026-03-05",
        "12 场",
        "500 人",
        "2.0%",
        "500 人",
    ]
    assert value_words(lines[4]) == "没有记录"
    assert Grade(SENIOR).label == "高级"
