"""The register of leaders: one person is one row, and guests of that name are that person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from livestream.actions.leader import LeaderFacts, add_leader, change_leader, link_guests, merge_leaders, set_office
from livestream.actions.quota import set_promise
from livestream.models import AuditEntry, Booking, Guest, Leader
from livestream.models.plan_rules import rules_of
from livestream.rules.errors import NotAllowed
from livestream.rules.quota import Promise
from tests.factories import make_leader, make_session, make_user

pytestmark = pytest.mark.django_db
START = datetime(2026, 12, 4, 1, 30, tzinfo=UTC)
FACTS = LeaderFacts("武㛃", "县长", "top", "government", "县人民政府")


def refusal(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused, transaction.atomic():
        verb(*args, **kwargs)
    assert "{" not in str(refused.value)
    return refused.value.code


def guest_of(session, name="武 㛃", title="县长", rank="top"):
    return Guest.objects.create(session=session, name=name, title=title, rank=rank)


def test_a_guest_of_that_name_is_that_leader_from_then_on(county, session):
    theirs, farmer = guest_of(session), guest_of(session, "申喆", "种植能手", "other")

    leader = add_leader(FACTS, county=county.pk)

    theirs.refresh_from_db()
    farmer.refresh_from_db()
    assert (theirs.leader, farmer.leader) == (leader, None)
    assert Booking.objects.get(leader=leader).session == session


def test_a_namesake_is_asked_about_and_the_same_one_refused(county, other_county):
    add_leader(FACTS, county=county.pk)

    assert refusal(add_leader, FACTS, county=county.pk) == "leader_known"
    other = replace(FACTS, unit="县政协")
    assert refusal(add_leader, other, county=county.pk) == "leader_namesake"
    add_leader(replace(other, is_namesake=True), county=county.pk)
    add_leader(FACTS, county=other_county.pk)

    assert Leader.objects.filter(county=county).count() == 2


def test_a_unit_of_a_barred_office_needs_its_department(county):
    office = replace(FACTS, unit="县市场监督管理局")

    assert refusal(add_leader, office, county=county.pk) == "department_differs"
    assert add_leader(replace(office, department="food_safety"), county=county.pk).department == "food_safety"


def test_another_name_links_anew_and_visits_keep_their_day(county, session):
    guest = guest_of(session, "武㛃")
    leader = add_leader(replace(FACTS, name="武絜"), county=county.pk)

    change_leader(leader, replace(FACTS, title="县委书记"))

    guest.refresh_from_db()
    assert (guest.leader, guest.title, Leader.objects.get().title) == (leader, "县长", "县委书记")
    change_leader(leader, replace(FACTS, title="县委书记", unit="县委"))
    assert Leader.objects.get().unit == "县委"


def test_out_of_office_and_back(county):
    leader = make_leader(county)

    assert [set_office(leader, is_in_office=False), set_office(leader, is_in_office=False)] == [True, False]
    assert not Leader.objects.in_office().exists()
    assert set_office(leader, is_in_office=True)


def test_linking_twice_is_linking_once_and_namesakes_are_told_apart_by_title(county, session):
    guests = [
        guest_of(session),
        guest_of(session, "李明", "县长"),
        guest_of(session, "李 明", "书记"),
        guest_of(session, "李  明", "主任"),
    ]
    first = Leader.objects.create(county=county, name="武㛃", title="县长", rank="top", department="government", unit="a")
    heads = [make_leader(county, "李明", title="县长", unit="b"), make_leader(county, "李明", title="书记", unit="c")]

    assert [link_guests(county.pk), link_guests(county.pk)] == [3, 0]

    for guest in guests:
        guest.refresh_from_db()
    assert [guest.leader for guest in guests] == [first, *heads, None]


def test_who_would_be_in_two_places_at_once_is_left(county):
    sessions = [make_session(county, planned_start_at=START, room=room, account=room) for room in ("R1", "R2")]
    for session in sessions:
        guest_of(session)

    make_leader(county, "武㛃")

    assert link_guests(county.pk) == 1
    assert Guest.objects.filter(leader=None).count() == 1


def test_two_rows_of_one_person_become_one(county, staff, session):
    kept, gone = make_leader(county, "武㛃"), make_leader(county, "武洁")
    later = make_session(county, planned_start_at=START)
    for leader, where in ((kept, session), (gone, later)):
        Guest.objects.create(session=where, name=leader.name, title="县长", rank="top", leader=leader)

    assert merge_leaders(kept, gone, by=staff) == 1

    assert list(Leader.objects.all()) == [kept]
    assert list(Guest.objects.values_list("leader", "name").order_by("pk")) == [(kept.pk, "武㛃"), (kept.pk, "武洁")]
    assert set(Booking.objects.filter(leader=kept).values_list("session", flat=True)) == {session.pk, later.pk}
    entry = AuditEntry.objects.get(deed="leaders_merged")
    assert (entry.actor, entry.place, entry.detail) == (staff, county.pk, {"gone": "武洁 · 县长 · 县人民政府", "visits": 1})


def test_rows_that_cannot_be_one_person_stay_two(county, other_county, staff):
    kept, gone, foreign = make_leader(county, "武㛃"), make_leader(county, "武洁"), make_leader(other_county, "武㛃")
    for leader, room in ((kept, "R1"), (gone, "R2")):
        session = make_session(county, planned_start_at=START, room=room, account=room)
        Guest.objects.create(session=session, name=leader.name, title="县长", rank="top", leader=leader)

    assert refusal(merge_leaders, kept, gone, by=staff) == "leader_busy"
    assert refusal(merge_leaders, kept, foreign, by=staff) == "leader_of_another_county"
    assert refusal(merge_leaders, kept, kept, by=staff) == "leader_same"
    assert Leader.objects.count() == 3


@pytest.mark.parametrize(
    "promise",
    [
        Promise(first_month=0),
        Promise(first_month=13),
        Promise(wanted=0),
        Promise(wanted=201),
        Promise(ranks=frozenset({"other"})),
    ],
)
def test_a_promise_makes_sense_or_is_refused(county, promise):
    assert refusal(set_promise, county.pk, promise) == "promise_years"


def test_a_promise_is_kept_beside_the_other_rules(county):
    rules = rules_of(county.pk)
    rules.freeze_hours = 48
    rules.save(force_insert=True)

    set_promise(county.pk, Promise(10, 7, frozenset({"top", "deputy"})))

    assert rules_of(county.pk).promise == Promise(10, 7, frozenset({"top", "deputy"}))
    assert rules_of(county.pk).freeze_hours == 48


def test_a_visit_keeps_its_booking_when_the_leader_is_late_for_another(county):
    """A leader cannot be planned into two sessions at once, by whatever path."""
    leader = make_leader(county, "武㛃")
    first, second = (
        make_session(county, planned_start_at=START + timedelta(hours=n), room=f"R{n}", account=f"A{n}") for n in (0, 1)
    )
    Guest.objects.create(session=first, name="武㛃", title="县长", rank="top", leader=leader)

    with pytest.raises(Exception, match="booked_by_one_session_at_a_time"), transaction.atomic():
        Guest.objects.create(session=second, name="武㛃", title="县长", rank="top", leader=leader)


def test_staff_of_one_county_see_their_own_register(county, other_county):
    ours = make_leader(county, "武㛃")
    make_leader(other_county, "解县长")

    assert list(Leader.objects.visible_to(make_user("staff", county))) == [ours]
