"""Screens that hide money: nothing of it is left, and nothing else is touched."""

from __future__ import annotations

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from orders.board.privacy import without_money

HEAD = {"epoch": "e", "scope": "county:140425", "version": 7, "as_of": "2026-11-21T12:30:30.250Z"}
TOTALS = {"orders": 2, "units": 3, "paid_fen": 11960, "refunded_fen": 5980, "net_fen": 5980}
NO_TOTALS = {"orders": 2, "units": 3, "paid_fen": None, "refunded_fen": None, "net_fen": None}
ITEM = {"id": "LDS-500", "title": "潞党参 500g", "orders": 2, "units": 3, "paid_fen": 11960, "refunded_fen": 0, "stock_left": 9}
NO_ITEM = ITEM | {"paid_fen": None, "refunded_fen": None}


def test_frame_keeps_everything_but_money():
    frame = HEAD | {
        "checking": None,
        "totals": TOTALS,
        "rate": {"s1": 1, "s10": 0.1, "s60": 0.02, "peak_s1": 1, "peak_at": None},
        "goal_fen": 10_000_000,
        "sessions": [{"id": "1", "title": "潞党参专场", "totals": TOTALS}],
        "counties": [{"id": "140425", "title": "平顺县", "state": "live", "live": 1, "totals": TOTALS}],
        "unattributed": TOTALS,
        "items": [ITEM],
        "minutes": [[1763726400, 12, 35880], [1763726460, 0, 0]],
        "more": {"sessions": 2},
    }

    assert without_money(frame) == frame | {
        "totals": NO_TOTALS,
        "goal_fen": None,
        "sessions": [{"id": "1", "title": "潞党参专场", "totals": NO_TOTALS}],
        "counties": [{"id": "140425", "title": "平顺县", "state": "live", "live": 1, "totals": NO_TOTALS}],
        "unattributed": NO_TOTALS,
        "items": [NO_ITEM],
        "minutes": [[1763726400, 12, 0], [1763726460, 0, 0]],
    }


def test_county_detail_keeps_everything_but_money():
    detail = HEAD | {
        "part": "detail",
        "lanes": {"1": {"pitch": "黑小米", "top": None}},
        "by_weight": [["黑小米 5斤", 2500, 1]],
        "villages": {"count": 2, "top": [["东寺头村", 3, 11960], ["西沟村", 1, 2980]]},
        "leaders": {"count": 9, "wanted": 12, "from": "2026-01-01", "uncovered": [3]},
        "moments": [{"at": "2026-11-21T12:30:30Z", "kind": "thousand", "title": "", "number": 1000}],
        "alerts": [
            {"id": 1, "kind": "oversold", "title": "黑小米", "number": 3, "since": "…", "scope": "…", "is_acknowledged": False}
        ],
        "alert_count": 1,
        "viewers": {"online": 9, "added": 2, "visits": 900, "peak": {"online": 9, "platform": "douyin"}},
        "income": {"settled_fen": 9900, "share_permille": 625, "settled_units": 3, "is_few": False},
    }

    hidden = {"count": 2, "top": [["东寺头村", 3, None], ["西沟村", 1, None]]}
    income = {"settled_fen": None, "share_permille": None, "settled_units": 3, "is_few": False}
    assert without_money(detail) == detail | {"villages": hidden, "income": income}


def test_session_detail_keeps_everything_but_money():
    platform = {"platform": "douyin", "orders": 2, "paid_fen": 11960, "refunded_fen": 0}
    pace = {"title": "上一场", "started_at": "…", "orders": 40, "paid_fen": 99999, "elapsed_s": 60}
    detail = HEAD | {
        "part": "detail",
        "platforms": [platform],
        "latest": [[1763726400, "黑小米", 1, 2980, "北京市"], [1763726399, "黑小米", 1, 2981, None]],
        "pitches": [[1763726400, None, "黑小米"]],
        "incidents": [[1763726400, "stream_lost", "断了"]],
        "pace": pace,
    }

    assert without_money(detail) == detail | {
        "platforms": [platform | {"paid_fen": None, "refunded_fen": None}],
        "latest": [[1763726400, "黑小米", 1, None, "北京市"], [1763726399, "黑小米", 1, None, None]],
        "pace": pace | {"paid_fen": None},
    }
    assert without_money(detail | {"pace": None})["pace"] is None


# --- whatever a board says -----------------------------------------------------------------------------------------------

MONEY = st.integers(10**12, 10**13)  # no other number of a document is as large, so that it can be found again in its text
number = st.integers(-(10**6), 10**6)
word = st.text(st.characters(codec="utf-8", exclude_categories=["N"]), max_size=12)
plain = st.none() | st.booleans() | number | word


def with_money(extra):
    named = st.fixed_dictionaries({"title": word, "orders": number, "paid_fen": MONEY, "net_fen": MONEY | st.none()})
    return st.fixed_dictionaries(
        {"totals": named, "goal_fen": MONEY | st.none()},
        optional={
            "items": st.lists(named, max_size=3),
            "sessions": st.lists(st.fixed_dictionaries({"id": word, "totals": named}), max_size=3),
            "minutes": st.lists(st.tuples(number, number, MONEY).map(list), max_size=3),
            "latest": st.lists(st.tuples(number, word, number, MONEY, word | st.none()).map(list), max_size=3),
            "villages": st.fixed_dictionaries({"count": number, "top": st.lists(st.tuples(word, number, MONEY).map(list), max_size=3)}),
            "by_weight": st.lists(st.tuples(word, number, number).map(list), max_size=3),
            "pace": st.none() | named,
            "scope": word,
            **extra,
        },
    )  # fmt: skip


documents = with_money(
    {"more": st.dictionaries(word, plain, max_size=3), "lanes": st.dictionaries(word, st.lists(plain), max_size=3)}
)


def same_but_money(before, after) -> bool:
    """Alike in every place, but where money was."""
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(same_but_money(before[key], after[key]) for key in before)
    if isinstance(before, list):
        return len(before) == len(after) and all(map(same_but_money, before, after))
    if isinstance(before, int) and before >= 10**12:
        return after is None or after == 0
    return before == after


@given(documents)
def test_no_money_is_left_and_nothing_else_is_touched(document):
    given_one = copy.deepcopy(document)

    hidden = without_money(document)

    assert document == given_one
    assert same_but_money(document, hidden)
    assert not any(
        len(run) > 11 for run in "".join(c if c.isdigit() else " " for c in json.dumps(hidden, ensure_ascii=False)).split()
    )
    assert without_money(hidden) == hidden
