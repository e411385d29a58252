from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.release import (
    Change,
    CrewMember,
    Named,
    Plan,
    Stretch,
    Thing,
    Visitor,
    answer_by,
    asks_anew,
    change_for,
    concerned,
    difference,
    digest_of_difference,
    held_by_both,
    state_when_released,
)

START = datetime(2026, 11, 24, 11, tzinfo=UTC)  # Tuesday 19:00 in Shanghai
HOUR = timedelta(hours=1)


def plan(**changes) -> Plan:
    facts = {
        "kind": "village_host",
        "title": "潞党参专场",
        "host": Named("7", "王秀英"),
        "starts_at": START,
        "ends_at": START + 2 * HOUR,
        "place": Named("140425103205", "东寺头村"),
        "crew": (CrewMember(8, "李明", "controller"),),
        "things": (Thing(2, "二号直播间", "studio"), Thing(5, "补光灯", "kit")),
    }
    return Plan(**{**facts, **changes})


def test_a_plan_comes_back_from_json_as_it_went():
    relay = plan(
        kind="relay",
        segments=(Stretch("花椒", Named("140425100", "青羊镇"), START, START + HOUR),),
        guests=(Visitor("张县长", "县长", "top", 3, 0),),
        things=(Thing(2, "二号直播间", "studio", 0),),
    )

    assert Plan.from_json(relay.to_json()) == relay
    assert Plan.from_json(relay.cancelled().to_json()) == relay.cancelled()


def test_another_name_of_the_same_thing_is_no_change():
    renamed = plan(host=Named("7", "王大姐"), things=(Thing(2, "大直播间", "place"), Thing(5, "灯", "kit")))

    assert difference(plan(), renamed) is None


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, plan(), Change.NEW),
        (plan().cancelled(), plan(), Change.NEW),
        (plan(), plan(), None),
        (plan(), plan(starts_at=START - HOUR), Change.CHANGED),
        (plan(), plan().cancelled(), Change.CANCELLED),
        (plan(), None, Change.CANCELLED),
        (None, plan().cancelled(), None),
        (plan().cancelled(), plan().cancelled(), None),
    ],
)
def test_difference(before, after, change):
    assert difference(before, after) == change


def test_a_new_host_is_one_person_cancelled_and_another_new():
    before, after = plan(), plan(host=Named("9", "赵强"))

    assert concerned(before, after) == [9, 8, 7]
    assert [change_for(person, before, after) for person in (9, 8, 7, 6)] == [Change.NEW, Change.CHANGED, Change.CANCELLED, None]


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"starts_at": START - HOUR}, True),
        ({"ends_at": START + 3 * HOUR}, True),
        ({"place": Named("140425100", "青羊镇")}, True),
        ({"things": (Thing(3, "三号直播间", "studio"),)}, True),
        ({"crew": (CrewMember(8, "李明", "controller"), CrewMember(7, "王秀英", "operator"))}, True),
        ({"things": (Thing(2, "二号直播间", "studio"),)}, False),
        ({"title": "花椒专场"}, False),
        ({"crew": ()}, False),
        ({"guests": (Visitor("张县长", "县长", "top"),)}, False),
        ({}, False),
    ],
)
def test_who_said_that_he_comes_is_asked_again_only_about_what_he_said(change, asked):
    assert asks_anew(7, plan(), plan(**change)) is asked


def test_who_is_new_is_asked_and_who_is_out_is_not():
    assert asks_anew(7, None, plan())
    assert not asks_anew(7, plan(), plan(host=Named("9", "赵强")))
    assert not asks_anew(7, plan(), plan().cancelled())


@pytest.mark.parametrize(
    ("left", "hours", "answer"),
    [
        (timedelta(days=5), 24, timedelta(days=1)),
        (timedelta(hours=10), 24, timedelta(hours=7)),
        (timedelta(hours=4), 24, timedelta(hours=2)),
        (timedelta(hours=1), 24, timedelta(minutes=30)),
        (timedelta(hours=10), 1, timedelta(hours=1)),
    ],
)
def test_answer_by_leaves_time_to_find_somebody_else(left, hours, answer):
    assert answer_by(START - left, START, hours) == START - left + answer


def test_what_has_begun_asks_nothing():
    assert answer_by(START, START, 24) is None


def test_held_by_both():
    later = plan(starts_at=START + 2 * HOUR, ends_at=START + 3 * HOUR)
    other = plan(
        host=Named("9", "赵强"), starts_at=START + HOUR, ends_at=START + 3 * HOUR, things=(Thing(2, "二号直播间", "studio"),)
    )

    assert held_by_both(plan(), later) == []
    assert held_by_both(plan(), other) == ["李明", "二号直播间"]
    assert held_by_both(plan(), other.cancelled()) == []


def test_a_segment_holds_its_own_hours():
    segments = (
        Stretch("一", Named("1", "甲"), START, START + HOUR),
        Stretch("二", Named("1", "甲"), START + HOUR, START + 2 * HOUR),
    )
    relay = plan(
        segments=segments, crew=(), guests=(Visitor("张", "县长", "top", 3, 1),), things=(Thing(2, "二号", "studio", 0),)
    )
    early = plan(host=Named("9", "赵强"), crew=(), ends_at=START + HOUR, guests=(Visitor("张", "县长", "top", 3),))

    assert held_by_both(relay, early) == ["二号"]


@pytest.mark.parametrize(
    ("state", "released"),
    [
        ("draft", "approved"),
        ("in_review", "approved"),
        ("approved", "approved"),
        ("rehearsed", "rehearsed"),
        ("cancelled", "cancelled"),
    ],
)
def test_state_when_released(state, released):
    assert state_when_released(state, "village_host") == released


def test_digest_is_of_what_is_shown_and_not_of_its_order():
    one, other = ("a", None, plan(), ""), ("b", plan(), plan(title="花椒"), "")

    assert digest_of_difference([one, other]) == digest_of_difference([other, one])
    assert (
        len({digest_of_difference([one, changed]) for changed in [other, ("b", *other[1:3], "clash"), ("b", None, plan(), "")]})
        == 3
    )
