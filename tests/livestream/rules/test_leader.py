"""Before leaders go on air: who may, what is said, what an approval covers, when nothing changes any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.discipline import DISCIPLINE, KEYS, Bound, not_promised
from livestream.rules.leader import Beyond, Broadcast, Covered, Department, Speaker, beyond, is_frozen, needs_request, problems

START = datetime(2026, 12, 4, 1, 30, tzinfo=UTC)
HEAD = Speaker("武㛃", "县长", "top", "县人民政府", "government")
FARMER = Speaker("申喆", "种植能手", "other")
APPROVED = Covered(START, START + timedelta(hours=2), "140425", frozenset({"武㛃", "郝淜"}), frozenset({1, 2}))


def planned(*speakers, kind="county_head", title="县长来了", note="", goods=3):
    return Broadcast(kind, title, note, speakers, goods)


def codes(found):
    return [each.code for each in problems(found)]


@pytest.mark.parametrize(
    ("kind", "speakers", "needed"),
    [
        ("county_head", [], True),
        ("relay", [], True),
        ("village_host", [], False),
        ("village_host", [FARMER], False),
        ("village_host", [Speaker("韩谷川", "副县长", "deputy")], True),
        ("special", [HEAD], True),
        ("village_host", [Speaker("路站长", "站长", "other", "供销社", "commerce")], True),
        ("practice", [HEAD], False),
    ],
)
def test_sessions_with_leaders_need_a_request(kind, speakers, needed):
    assert needs_request(kind, speakers) == needed


def test_nothing_stands_in_the_way_of_a_good_request():
    assert codes(planned(HEAD, FARMER)) == []


@pytest.mark.parametrize("department", ["food_safety", "health", "inspection", "association"])
def test_departments_that_may_not_recommend_food_are_refused(department):
    barred = Speaker("申局长", "局长", "deputy", "某局", department)

    assert problems(planned(HEAD, barred)) == [("barred_department", {"name": "申局长", "office": "某局"})]


def test_a_barred_office_is_found_in_a_free_title_too():
    sly = Speaker("申局长", "市场监管局局长", "other")

    assert problems(planned(HEAD, sly)) == [("barred_department", {"name": "申局长", "office": "市场监管"})]


@pytest.mark.parametrize("department", ["government", "people", "farming", "commerce", "none"])
def test_others_may(department):
    assert codes(planned(Speaker("王某", "局长", "top", "某局", department))) == []


def test_everything_is_said_at_once_in_order():
    found = planned(Speaker("新来的", "县长", "top"), title="每人不少于50元", note="完成指标", goods=0)

    assert codes(found) == ["leader_unregistered", "goods_missing", "forced_buying", "forced_buying"]


def test_a_county_head_session_without_a_leader_is_none():
    assert codes(planned(FARMER)) == ["leader_missing"]
    assert codes(planned(FARMER, kind="relay")) == []


@pytest.mark.parametrize(
    ("speaker", "is_one"),
    [
        (HEAD, True),
        (Speaker("a", "b", "top"), True),
        (Speaker("a", "b", "other"), False),
        (Speaker("a", "b", "top", "u", "none"), False),
        (Speaker("a", "b", "other", "u", "farming"), True),
        (Speaker("a", "b", "top", "u", "association"), False),
    ],
)
def test_who_is_a_civil_servant(speaker, is_one):
    assert speaker.is_civil_servant == is_one


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"starts_at": START + timedelta(minutes=30), "ends_at": START + timedelta(hours=2, minutes=30)}, []),
        ({"starts_at": START - timedelta(minutes=31)}, [Beyond.TIME]),
        ({"ends_at": START + timedelta(hours=3)}, [Beyond.TIME]),
        ({"place": "140425100"}, [Beyond.PLACE]),
        ({"leaders": frozenset({"武㛃"})}, []),
        ({"leaders": frozenset()}, [Beyond.LEADERS]),
        ({"leaders": frozenset({"武㛃", "仝㛃"})}, [Beyond.LEADERS]),
        ({"goods": frozenset({1})}, []),
        ({"goods": frozenset({1, 3})}, [Beyond.GOODS]),
        ({"starts_at": START + timedelta(days=1), "goods": frozenset({9})}, [Beyond.TIME, Beyond.GOODS]),
    ],
)
def test_what_goes_beyond_an_approval(changes, found):
    assert beyond(APPROVED, replace(APPROVED, **changes)) == found


def test_an_approval_is_kept_as_json():
    assert Covered.from_json(APPROVED.to_json()) == APPROVED


@pytest.mark.parametrize(
    ("before", "thawed", "frozen"),
    [
        (timedelta(hours=24), None, True),
        (timedelta(hours=24, seconds=1), None, False),
        (timedelta(hours=1), timedelta(minutes=1), False),
        (timedelta(hours=1), timedelta(0), True),
        (-timedelta(hours=1), None, True),
    ],
)
def test_the_freeze_begins_so_many_hours_before(before, thawed, frozen):
    at = START - before

    assert is_frozen(START, at, hours=24, thawed_until=None if thawed is None else at + thawed) == frozen


def test_three_lines_bind_leaders_and_three_the_platform():
    assert [line.bound for line in DISCIPLINE] == [Bound.LEADERS] * 3 + [Bound.PLATFORM] * 3
    assert [str(line.text)[:2] for line in DISCIPLINE] == ["不得"] * 3 + ["不允"] * 3
    assert all(line.source for line in DISCIPLINE)
    assert not_promised(KEYS) == []
    assert [line.key for line in not_promised(KEYS[1:])] == ["no_targets"]


def test_every_department_has_a_word():
    assert all(each.label for each in Department)
