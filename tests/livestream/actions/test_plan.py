"""Planning: what a plan writes, what it refuses, what somebody else changed meanwhile, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from livestream.actions.plan import Move, change_plan, forget_steps, move_session, plan_session, try_plan
from livestream.actions.plan_json import as_json, from_json, plan_of
from livestream.actions.session import CrewPlan, GuestPlan, LineUpPlan, RoomPlan, SegmentPlan
from livestream.models import Booking, Excuse, Leader, LiveSession, PlanRules, PlanStep
from livestream.rules.clash import Clashing
from livestream.rules.rights import Action
from tests.factories import make_place, make_product, make_user
from tests.livestream.planning import HOUR, NOW, START, held, make_leader, make_resource, planned, refusal

pytestmark = pytest.mark.django_db


# --- what is written ---


def test_a_relay_is_read_back_as_it_was_planned(relay, county, staff):
    session = planned(relay, county, staff)

    read = plan_of(LiveSession.objects.get(pk=session.pk))
    expected = as_json(relay) | {
        "guests": [[n, "县长", "top", pk, i] for i, (n, pk) in enumerate(Leader.objects.values_list("name", "pk").order_by("pk"))]
    }
    assert as_json(read) == expected
    assert as_json(from_json(as_json(read))) == expected
    assert (session.state, session.plan_version, session.county_id) == ("draft", 1, "140425")


def test_whoever_and_whatever_is_planned_is_booked(relay, county, staff):
    session = planned(relay, county, staff)

    clock = f"{START:%H%M}-{START + 3 * HOUR:%H%M}"
    leaders = [f"leader  {START + n * HOUR:%H%M}-{START + (n + 1) * HOUR:%H%M}" for n in range(3)]
    assert held(session) == sorted(
        [f"person controller {clock}", f"person host {clock}", f"person operator {clock}", f"person support {clock}",
         f"resource  {clock}", f"resource  {clock}", *leaders]
    )  # fmt: skip
    assert [person.pk for person in session.people_concerned()] == sorted({relay.host.pk, relay.crew[0].person.pk})


def test_a_changed_plan_holds_exactly_what_it_names(relay, county, staff, village):
    session = planned(relay, county, staff)
    leaders = [guest.leader for guest in relay.guests]
    rows = {room.room_id: room.pk for room in session.rooms.all()}
    goods = [item.product for item in relay.line_up]
    changed = replace(
        relay,
        title="两县长接力",
        planned_end_at=START + 2 * HOUR,
        rooms=[RoomPlan("kuaishou", "R2"), RoomPlan("wechat", "R3")],
        segments=[
            SegmentPlan("先", village, START, START + HOUR / 2),
            SegmentPlan("后", village, START + HOUR / 2, START + HOUR),
        ],
        guests=[GuestPlan("", "", "", leaders[1], 0), GuestPlan("", "", "", leaders[0], 1), GuestPlan("老刘", "能手", "other")],
        line_up=[LineUpPlan(goods[1], 1990, None, 1), LineUpPlan(goods[0], 2990, 50, 0)],
        crew=relay.crew[:1],
        resources=relay.resources[1:],
        note="",
    )

    result = change_plan(session, changed, version=1, by=staff, at=NOW)

    read = as_json(plan_of(result.session))
    names = {
        "guests": [
            [leaders[1].name, "县长", "top", leaders[1].pk, 0],
            [leaders[0].name, "县长", "top", leaders[0].pk, 1],
            ["老刘", "能手", "other", None, None],
        ]
    }
    assert read == as_json(changed) | names
    assert result.session.plan_version == 2
    assert session.rooms.get(room_id="R2").pk == rows["R2"], "what stays is the same row"
    assert Booking.objects.filter(session=session).count() == 1 + 1 + 1 + 2


def test_a_relay_moves_as_a_whole_by_half_a_stretch(relay, county, staff):
    session = planned(relay, county, staff)

    move_session(session, Move(START + HOUR / 2, START + 3.5 * HOUR), version=1, by=staff, at=NOW)

    assert [segment.starts_at for segment in session.segments.all()] == [START + (n + 0.5) * HOUR for n in range(3)]
    assert {b.during.lower for b in session.bookings.filter(leader=None)} == {START + HOUR / 2}


def test_a_reason_why_something_may_clash_is_asked_for_and_stays_with_what_stays(simple, county, staff):
    PlanRules.objects.create(county=county, levels={"host": "approve"})
    first = planned(simple, county, staff)
    with pytest.raises(Clashing) as refused:
        planned(simple, county, staff)
    (clash,) = refused.value.clashes
    assert (clash.other, refused.value.free[0] >= simple.planned_end_at) == (first.pk, True)

    second = plan_session(simple, county=county, by=staff, at=NOW, excuses={clash.key: "两场连着播"})
    change_plan(second.session, replace(simple, note="改了备注"), version=1, by=staff, at=NOW)

    assert [warning.reason for warning in second.warnings] == ["两场连着播"]
    assert Excuse.objects.get().reason == "两场连着播"


def test_trying_says_what_planning_would_and_writes_nothing(simple, county, staff):
    planned(simple, county, staff)
    free = replace(simple, planned_start_at=START + 3 * HOUR, planned_end_at=START + 4 * HOUR)

    clashing = try_plan(simple, county=county, session=None, by=staff, at=NOW, excuses={})
    fine = try_plan(free, county=county, session=None, by=staff, at=NOW, excuses={})

    assert (clashing.refused.code, fine.refused, fine.warnings) == ("clash", None, [])
    assert (LiveSession.objects.count(), PlanStep.objects.count()) == (1, 1)


def test_trying_a_change_leaves_the_session_as_it_was(relay, county, staff):
    session = planned(relay, county, staff)
    before = as_json(plan_of(session))

    assert (
        try_plan(
            replace(relay, title="试试", segments=(), guests=(), line_up=()),
            county=county,
            session=session,
            by=staff,
            at=NOW,
            excuses={},
        ).refused
        is None
    )

    stored = LiveSession.objects.get(pk=session.pk)
    assert (as_json(plan_of(stored)), stored.plan_version) == (before, 1)


def test_a_guest_whose_office_may_not_recommend_food_is_refused(simple, county, staff):
    barred = make_leader(county, department="food_safety", unit="市场监管局", title="局长")

    assert (
        refusal(plan_session, replace(simple, guests=[GuestPlan("", "", "", barred)]), county=county, by=staff, at=NOW)
        == "barred_department"
    )
    assert not LiveSession.objects.exists()


def test_steps_are_forgotten_after_thirty_days(simple, county, staff):
    old = plan_session(simple, county=county, by=staff, at=NOW).step
    PlanStep.objects.filter(pk=old.pk).update(at=NOW - timedelta(days=31))
    new = change_plan(old.session, replace(simple, note="新"), version=1, by=staff, at=NOW).step

    assert forget_steps(at=NOW) == 1
    assert list(PlanStep.objects.all()) == [new]


def test_another_time_frees_the_old_studio_before_it_takes_the_new_one(simple, county, host, staff):
    one, two = make_resource(county), make_resource(county, "二号直播间")
    mine = planned(replace(simple, resources=[one]), county, staff)
    other = make_user("host", county)
    planned(
        replace(simple, host=other, resources=[one], planned_start_at=START + 3 * HOUR, planned_end_at=START + 4 * HOUR),
        county,
        staff,
    )

    moved = Move(START + 3 * HOUR, START + 5 * HOUR, resources=[two])
    result = move_session(mine, moved, version=1, by=staff, at=NOW)

    assert [thing.name for thing in plan_of(result.session).resources] == ["二号直播间"]


# --- what is refused ---


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"planned_end_at": START}, "session_backwards"),
        ({"planned_end_at": START + 30 * HOUR}, "session_too_long"),
        ({"planned_start_at": NOW - HOUR, "planned_end_at": NOW + HOUR}, "session_past"),
        ({"planned_start_at": NOW + timedelta(days=900), "planned_end_at": NOW + timedelta(days=900, hours=1)}, "session_far"),
        ({"title": " \0\u202e "}, "words_missing"),
        ({"title": "长" * 61}, "too_long"),
        ({"note": "长" * 501}, "too_long"),
        ({"rooms": [RoomPlan("douyin", "R1"), RoomPlan("douyin", "R1", "A")]}, "planned_twice"),
        ({"rooms": [RoomPlan("douyin", f"R{n}") for n in range(51)]}, "too_many_rows"),
        ({"guests": [GuestPlan("甲", "局长", "other", None, 0)]}, "segment_unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(simple, county, staff, changes, code):
    assert refusal(plan_session, replace(simple, **changes), county=county, by=staff, at=NOW) == code
    assert not LiveSession.objects.exists()


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ([(0, 1), (0.5, 2)], "segment_overlaps"),
        ([(1, 2), (0, 1)], "segment_overlaps"),
        ([(-1, 1)], "segment_outside"),
        ([(1, 3)], "segment_outside"),
        ([(1, 1)], "segment_backwards"),
        ([(0, 1 + 1 / 3600)], "segment_minutes"),
    ],
)
def test_segments_lie_inside_the_session_and_follow_each_other(simple, county, staff, village, hours, code):
    segments = [SegmentPlan("段", village, START + a * HOUR, START + b * HOUR) for a, b in hours]

    assert refusal(plan_session, replace(simple, segments=segments), county=county, by=staff, at=NOW) == code


def test_what_is_not_the_countys_is_refused(simple, county, other_county, staff):
    there = make_user("host", other_county)
    cases = [
        ({"host": there}, "not_your_people"),
        ({"crew": [CrewPlan(there, "support")]}, "not_your_people"),
        ({"host": make_user("host", county, is_active=False)}, "not_your_people"),
        ({"place": other_county}, "not_yours_to_plan"),
        ({"resources": [make_resource(other_county)]}, "not_of_the_county"),
        ({"resources": [make_resource(county, is_in_use=False)]}, "not_of_the_county"),
        ({"guests": [GuestPlan("", "", "", make_leader(other_county))]}, "not_of_the_county"),
        ({"line_up": [LineUpPlan(make_product(other_county), 100)]}, "not_of_the_county"),
    ]

    assert [refusal(plan_session, replace(simple, **c), county=county, by=staff, at=NOW) for c, _ in cases] == [
        code for _, code in cases
    ]


def test_township_staff_plan_their_own_villages_and_keep_what_the_county_chose(simple, county, staff, village):
    here, beside = make_user("staff", village.parent), make_user("staff", make_place("140425200", "青羊镇"))
    assert refusal(plan_session, simple, county=county, by=here, at=NOW) == "not_your_people", "the host lives elsewhere"
    session = planned(simple, county, staff)

    result = change_plan(session, replace(simple, note="改了"), version=1, by=here, at=NOW)

    assert (result.session.note, result.session.host) == ("改了", simple.host)
    assert here.may(Action.PLAN_SESSION, village.pk)
    assert refusal(change_plan, session, replace(simple, place=beside.place), version=2, by=here, at=NOW) == "not_yours_to_plan"


def test_a_host_who_is_too_young_is_refused(simple, county, staff):
    child = make_user("host", county, is_checked=False)
    child.personal_data.delete() if hasattr(child, "personal_data") else None
    from livestream.models import PersonalData

    PersonalData.objects.create(user=child, birth="2015-01-01", is_adult=False)

    assert refusal(plan_session, replace(simple, host=child), county=county, by=staff, at=NOW) == "too_young"


def test_a_booked_host_is_refused_and_the_first_session_stays(simple, county, staff):
    planned(simple, county, staff)

    assert refusal(plan_session, simple, county=county, by=staff, at=NOW) == "clash"
    assert LiveSession.objects.count() == 1
