"""A county's rules: they hold at once, also for what is planned; a stricter level is refused while clashes stand, by name."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from livestream.actions.clash import allow_excuse, booking_told, check_clashes, clashes_of
from livestream.actions.plan_rules import RulesPlan, change_rules, forget_road, set_road
from livestream.models import AuditEntry, Booking, Excuse, LiveSession, PlanRules, TravelTime
from livestream.rules.clash import Clashing
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.planning import DEFAULT_LEVELS, ClashKind, Level
from tests.factories import make_place, make_user

pytestmark = pytest.mark.django_db
EVENING = datetime.combine(timezone.localdate() + timedelta(days=2), time(19), SHANGHAI).astimezone(UTC)
HOUR = timedelta(hours=1)
AT = EVENING - 30 * HOUR


def rules(county, **levels):
    chosen = {**DEFAULT_LEVELS, **{ClashKind(kind): Level(level) for kind, level in levels.items()}}
    return change_rules(county, RulesPlan(chosen, 30, 60, 120, 24, 24), at=AT)


def plan(county, host, hours=0, place=None, title="花椒专场"):
    start = EVENING + hours * HOUR
    return LiveSession.objects.create(
        county=county, place=place or county, kind="village_host", title=title, host=host, planned_start_at=start,
        planned_end_at=start + HOUR,
    )  # fmt: skip


def test_rules_are_stored_and_changed_and_followed_row_by_row(county):
    rules(county, host="warn")
    rules(county, host="approve", price="block")

    stored = PlanRules.objects.get()
    assert (stored.level(ClashKind.HOST), stored.level(ClashKind.PRICE), stored.level(ClashKind.TRAVEL)) == (
        "approve", "block", "approve",
    )  # fmt: skip
    assert stored.counted_ranks == ["top"]
    assert AuditEntry.objects.filter(kind="livestream.PlanRules").count() == 2


def test_a_stricter_level_is_refused_by_name_and_nothing_of_it_stays(county, host):
    rules(county, host="warn")
    plan(county, host, title="潞党参专场")
    second = plan(county, host, title="撞上的")

    with pytest.raises(Clashing) as refused:
        rules(county, host="block", price="block")

    assert refused.value.code == "level_hits_clashes"
    assert len(refused.value.clashes) == 1
    assert host.name in str(refused.value)
    assert PlanRules.objects.get().level(ClashKind.PRICE) == Level.WARN
    assert not Booking.objects.filter(is_binding=True).exists()
    LiveSession.objects.filter(pk=second.pk).update(state="cancelled")
    assert rules(county, host="block").level(ClashKind.HOST) == Level.BLOCK
    assert Booking.objects.filter(is_binding=True).count() == 1


@pytest.mark.parametrize("level", ["approve", "block"])
def test_a_road_that_no_constraint_holds_is_refused_alike(county, host, level):
    rules(county, travel="warn")
    plan(county, host, place=make_place("140425100201", "东寺头村"))
    plan(county, host, hours=1.5, place=make_place("140425200201", "西沟村"))

    with pytest.raises(Clashing) as refused:
        rules(county, travel=level)

    assert [clash.kind for clash in refused.value.clashes] == [ClashKind.TRAVEL]


def test_what_is_excused_stands_where_reasons_are_asked_for_and_not_where_it_is_blocked(county, host, staff):
    rules(county, host="approve")
    first = plan(county, host)
    with booking_told():
        second = plan(county, host)
        check_clashes(second, excuses={f"time:person:{host.pk}:{first.pk}": "就这一天有货"}, by=staff, at=AT)
    allow_excuse(Excuse.objects.get(), by=make_user("approver", county), at=AT)

    rules(county, host="warn")
    rules(county, host="approve")
    with pytest.raises(Clashing):
        rules(county, host="block")


def test_what_is_over_hinders_nobody(county, host):
    rules(county, host="warn")
    for _ in range(2):
        plan(county, host, hours=-96)

    assert rules(county, host="block").level(ClashKind.HOST) == Level.BLOCK


def test_another_county_hinders_nobody(county, other_county, host):
    rules(county, host="warn")
    rules(other_county, host="warn")
    for _ in range(2):
        plan(other_county, host)

    assert rules(county, host="block").level(ClashKind.HOST) == Level.BLOCK


# --- roads --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def villages():
    return [make_place(code, code) for code in ("140425100201", "140425200201")]


def test_a_road_is_one_row_for_both_ways(county, villages):
    one, other = villages
    set_road(county, other, one, minutes=50)
    road = set_road(county, one, other, minutes=40)

    assert [(row.one, row.other, row.minutes) for row in TravelTime.objects.all()] == [(one, other, 40)]
    forget_road(road)
    forget_road(road)
    assert not TravelTime.objects.exists()


def test_a_shorter_road_lets_a_plan_through(county, host, villages):
    plan(county, host, place=villages[0])
    late = plan(county, host, hours=1.5, place=villages[1])
    assert [clash.kind for clash in clashes_of(late)] == [ClashKind.TRAVEL]

    set_road(county, *villages, minutes=30)

    assert clashes_of(late) == []


@pytest.mark.parametrize(("to", "code"), [(0, "road_to_itself"), (1, "road_elsewhere")])
def test_roads_that_are_none(county, other_county, villages, to, code):
    places = [(villages[0], villages[0]), (make_place("130529100201"), make_place("130529100202"))][to]

    with pytest.raises(NotAllowed) as refused:
        set_road(county, *places, minutes=5)

    assert refused.value.code == code


def test_the_table_has_an_end(county, villages, monkeypatch):
    monkeypatch.setattr("livestream.actions.plan_rules.ROADS_AT_MOST", 1)
    set_road(county, *villages, minutes=5)
    set_road(county, *villages, minutes=6)

    with pytest.raises(NotAllowed) as refused:
        set_road(county, villages[0], make_place("140425300201"), minutes=5)

    assert refused.value.code == "too_many_roads"
