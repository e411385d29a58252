"""What the database itself holds, whoever writes and however: raw SQL, no verb."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from livestream.models import Booking, Excuse, Guest, Leader, LiveSession, PlanRules, Resource, Room, Segment
from livestream.models.plan_rules import default_levels
from tests.factories import make_user

pytestmark = pytest.mark.django_db
EVENING = datetime(2027, 3, 5, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = "booked_by_one_session_at_a_time"


def plan(county, host=None, hours=0, lasts=2, **kwargs):
    start = EVENING + hours * HOUR
    return LiveSession.objects.create(
        county=county, place=county, kind="village_host", title="场", host=host or make_user("host", county),
        planned_start_at=start, planned_end_at=start + lasts * HOUR, **kwargs,
    )  # fmt: skip


def sql(words, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(words, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a transaction ends
        cursor.execute(f"SET CONSTRAINTS ALL DEFERRED; SET CONSTRAINTS {ONE} IMMEDIATE")  # as the next one begins


def refused(words, *values):
    """The constraint that refuses this statement; None when nothing does."""
    try:
        sql(words, *values)
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    return None


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="一号")


@pytest.fixture
def pair(county, studio):
    """One session in the studio from seven to nine, another one from nine."""
    pair = plan(county), plan(county, hours=2)
    for session in pair:
        Booking.objects.create(session=session, resource=studio)
    return pair


INSERT = (
    "INSERT INTO livestream_booking (session_id, resource_id, duty, during, subject, is_binding) "
    "VALUES (%s, %s, '', 'empty', '', false)"
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("planned_start_at = planned_start_at - interval '1 minute'", ONE),
        ("planned_start_at = planned_start_at - interval '9 hours', planned_end_at = planned_end_at - interval '9 hours'", None),
        ("planned_end_at = planned_end_at + interval '1 hour'", None),
    ],
)
def test_a_session_that_is_moved_takes_its_things_along(pair, change, expected):
    assert refused(f"UPDATE livestream_livesession SET {change} WHERE id = %s", pair[1].pk) == expected


def test_two_that_change_places_are_asked_when_both_have_moved_if_one_says_so(pair):
    swap = (
        "UPDATE livestream_livesession SET planned_start_at = %s - (planned_end_at - %s), planned_end_at = %s - "
        "(planned_start_at - %s)"
    )
    middle = [EVENING + 2 * HOUR] * 4

    assert refused(swap, *middle) == ONE
    assert (
        refused(f"SET CONSTRAINTS {ONE} DEFERRED; " + (swap % tuple(f"'{one.isoformat()}'::timestamptz" for one in middle)))
        is None
    )
    assert sorted(LiveSession.objects.values_list("planned_start_at", flat=True)) == [EVENING, EVENING + 2 * HOUR]


def test_what_is_written_over_the_hours_is_overwritten(pair):
    sql("UPDATE livestream_booking SET during = 'empty', subject = 'nobody', is_binding = false")

    assert not Booking.objects.filter(is_binding=False).exists()
    assert refused("UPDATE livestream_livesession SET planned_start_at = %s WHERE id = %s", EVENING, pair[1].pk) == ONE


def test_an_insert_that_says_it_does_not_bind_binds(county, studio, pair):
    third = plan(county, hours=1)

    assert refused(INSERT, third.pk, studio.pk) == ONE
    assert refused(INSERT + " ON CONFLICT (id) DO NOTHING", third.pk, studio.pk) == ONE


def test_on_conflict_of_anything_is_no_way_in(county, studio, pair):
    third = plan(county, hours=1)

    with pytest.raises(Exception, match="ON CONFLICT does not support deferrable"):
        sql(INSERT + " ON CONFLICT DO NOTHING", third.pk, studio.pk)
    assert not third.bookings.filter(resource=studio).exists()


def test_a_session_called_off_or_over_lets_go_and_comes_back_only_where_it_is_free(county, studio, pair):
    sql("UPDATE livestream_livesession SET state = 'cancelled' WHERE id = %s", pair[0].pk)
    third = plan(county)
    assert refused(INSERT, third.pk, studio.pk) is None

    assert refused("UPDATE livestream_livesession SET state = 'draft' WHERE id = %s", pair[0].pk) == ONE
    went = "went_live_at = planned_start_at, ended_at = planned_end_at"
    assert refused(f"UPDATE livestream_livesession SET state = 'ended', {went} WHERE id = %s", pair[0].pk) is None
    assert refused("UPDATE livestream_livesession SET state = 'live', ended_at = NULL WHERE id = %s", pair[0].pk) == ONE


def test_another_host_is_booked_with_the_session(county, host):
    plan(county, host)
    other = plan(county)

    assert refused("UPDATE livestream_livesession SET host_id = %s WHERE id = %s", host.pk, other.pk) == ONE


def test_a_hosts_booking_names_the_host_and_stays(county, host):
    session = plan(county, host)
    stranger = make_user("host", county)

    sql("UPDATE livestream_booking SET person_id = %s WHERE session_id = %s", stranger.pk, session.pk)
    assert session.bookings.get().person == host
    needed = "booked_as_long_as_it_is_needed"
    assert refused("DELETE FROM livestream_booking WHERE session_id = %s", session.pk) == needed
    assert refused("UPDATE livestream_booking SET duty = 'operator' WHERE session_id = %s", session.pk) == needed
    sql(f"DELETE FROM livestream_booking WHERE session_id = '{session.pk}'; DELETE FROM livestream_livesession")


def test_a_segment_that_moves_takes_its_guest_along(county):
    leader = Leader.objects.create(county=county, name="张", title="县长", rank="top", department="government", unit="县")
    relay, other = plan(county), plan(county, hours=1)
    segment = Segment.objects.create(session=relay, title="段", place=county, starts_at=EVENING, ends_at=EVENING + HOUR)
    for session, where in ((relay, segment), (other, None)):
        Guest.objects.create(session=session, name="张", title="县长", rank="top", leader=leader, segment=where)

    assert refused("UPDATE livestream_segment SET ends_at = ends_at + interval '1 minute'") == ONE
    assert refused("UPDATE livestream_guest SET segment_id = NULL WHERE session_id = %s", relay.pk) == ONE
    assert (
        refused("UPDATE livestream_guest SET session_id = %s WHERE session_id = %s", other.pk, relay.pk)
        == "guest_once_per_session"
    )
    assert refused("UPDATE livestream_guest SET leader_id = NULL WHERE session_id = %s", relay.pk) is None
    assert not relay.bookings.filter(leader=leader).exists()


def test_a_segment_of_another_session_places_nothing(county, studio):
    relay, other = plan(county), plan(county, hours=5)
    segment = Segment.objects.create(session=relay, title="段", place=county, starts_at=EVENING, ends_at=EVENING + HOUR)

    insert = INSERT.replace("duty,", "duty, segment_id,").replace("%s, '',", "%s, '', %s,")

    assert refused(insert, other.pk, studio.pk, segment.pk) == "booked_segment_is_of_the_session"


@pytest.mark.parametrize("change", ["setup_minutes = 1", "clearing_minutes = 1"])
def test_more_time_for_setting_up_is_refused_where_it_would_clash(pair, change):
    assert refused(f"UPDATE livestream_resource SET {change}") == ONE


def test_another_kind_of_thing_is_held_as_strictly_as_its_kind(county, pair, studio):
    PlanRules.objects.create(county=county, levels=default_levels() | {"kit": "warn"})
    Resource.objects.update(kind="kit")
    sql("UPDATE livestream_livesession SET planned_start_at = %s WHERE id = %s", EVENING, pair[1].pk)

    assert refused("UPDATE livestream_resource SET kind = 'studio'") == ONE


def test_what_is_not_used_any_more_keeps_what_it_was_booked_for(pair, county, studio):
    sql("UPDATE livestream_resource SET is_in_use = false")

    assert refused(INSERT, plan(county).pk, studio.pk) == ONE


# --- accounts -----------------------------------------------------------------------------------------------------------------


def account(county, name="A1"):
    return Resource.objects.create(county=county, place=county, kind="account", name=name, platform="douyin", account=name)


def room(session, number, name="A1"):
    return Room.objects.create(session=session, platform="douyin", room_id=f"R{number}", account=name)


def test_an_account_is_booked_by_its_room_whichever_comes_first(county):
    first, second = plan(county), plan(county, hours=1)
    room(first, 1)
    its = account(county)
    assert [booking.session for booking in its.bookings.all()] == [first]

    with pytest.raises(IntegrityError, match=ONE), transaction.atomic():
        room(second, 2)
    other = room(second, 2, "A2")
    assert refused("UPDATE livestream_room SET account = 'A1' WHERE id = %s", other.pk) == ONE
    assert refused("UPDATE livestream_resource SET account = 'A2'") is None
    assert [booking.session for booking in its.bookings.all()] == [second]


def test_an_account_that_two_sessions_use_already_cannot_come_into_the_register_unseen(county):
    for number, hours in ((1, 0), (2, 1)):
        room(plan(county, hours=hours), number)

    with pytest.raises(IntegrityError, match=ONE), transaction.atomic():
        account(county)


def test_two_rooms_of_one_account_hold_it_until_the_last_goes(county):
    its = account(county)
    session = plan(county)
    rooms = [room(session, number) for number in (1, 2)]
    assert its.bookings.count() == 1

    first = its.bookings.get().room_id
    sql(f"DELETE FROM livestream_booking WHERE room_id = {first}; DELETE FROM livestream_room WHERE id = {first}")
    assert its.bookings.count() == 1
    assert its.bookings.get().room in rooms
    assert refused("DELETE FROM livestream_booking WHERE room_id IS NOT NULL") == "booked_as_long_as_it_is_needed"
    for left in Room.objects.all():
        left.delete()
    assert its.bookings.count() == 0


def test_a_room_of_another_session_books_there(county):
    its = account(county)
    first, second, third = plan(county), plan(county, hours=3), plan(county, hours=3)
    moved = room(first, 1)
    room(third, 2)

    assert refused("UPDATE livestream_room SET session_id = %s WHERE id = %s", second.pk, moved.pk) == ONE
    sql("UPDATE livestream_livesession SET state = 'cancelled' WHERE id = %s", third.pk)
    sql("UPDATE livestream_room SET session_id = %s WHERE id = %s", second.pk, moved.pk)
    assert set(its.bookings.filter(is_binding=True).values_list("session", flat=True)) == {second.pk}


# --- levels and excuses -----------------------------------------------------------------------------------------------------------


def set_levels(county, **levels):
    sql("DELETE FROM livestream_planrules")
    PlanRules.objects.create(county=county, levels=default_levels() | levels)


def excuse(session, subject, by, **kwargs):
    hours = {"begins_at": session.planned_start_at, "ends_at": session.planned_end_at}
    defaults = hours | {"kind": "host", "key": "k", "reason": "就这一天有货", "excused_by": by, "excused_at": EVENING}
    return Excuse.objects.create(session=session, subject=subject, **(defaults | kwargs))


def test_a_level_nobody_knows_binds(county, host):
    set_levels(county, host="perhaps")
    plan(county, host)

    with pytest.raises(IntegrityError, match=ONE), transaction.atomic():
        plan(county, host)
    assert PlanRules.objects.get().level("host") == "block"


def test_a_milder_level_frees_and_a_stricter_one_is_refused_while_clashes_stand(county, host):
    set_levels(county, host="warn")
    plan(county, host)
    second = plan(county, host, hours=1)

    strict = 'UPDATE livestream_planrules SET levels = levels || \'{"host": "block"}\''
    assert refused(strict) == ONE
    sql("UPDATE livestream_livesession SET state = 'cancelled' WHERE id = %s", second.pk)
    assert refused(strict) is None
    assert set(Booking.objects.values_list("session", "is_binding")) == {
        (second.pk, False),
        (LiveSession.objects.exclude(pk=second.pk).get().pk, True),
    }


def test_another_county_is_as_strict_as_it_is(county, other_county, host):
    PlanRules.objects.create(county=other_county, levels=default_levels() | {"host": "warn"})
    plan(county, host)
    abroad = plan(other_county, host)

    assert refused("UPDATE livestream_livesession SET county_id = %s WHERE id = %s", county.pk, abroad.pk) == ONE


def test_an_excuse_frees_its_session_for_its_hours_and_no_others(county, host, staff):
    set_levels(county, host="approve")
    plan(county, host)
    later = plan(county, host, hours=6)
    second = plan(county, host, hours=3)
    subject = f"person:{host.pk}"
    excuse(second, subject, staff, begins_at=EVENING + HOUR, ends_at=EVENING + 2 * HOUR)
    move = "UPDATE livestream_livesession SET planned_start_at = %s, planned_end_at = %s WHERE id = %s"

    assert refused(move, EVENING + HOUR, EVENING + 3 * HOUR, second.pk) is None
    assert refused(move, EVENING + 6 * HOUR, EVENING + 7 * HOUR, second.pk) == ONE
    assert refused("DELETE FROM livestream_excuse") == ONE
    assert later.bookings.get().is_binding


@pytest.mark.parametrize("kind", ["travel", "away", "price"])
def test_an_excuse_for_something_else_frees_nothing(county, host, staff, kind):
    set_levels(county, host="approve")
    plan(county, host)
    second = plan(county, host, hours=3)
    excuse(second, f"person:{host.pk}", staff, kind=kind, begins_at=EVENING, ends_at=EVENING + 9 * HOUR)

    move = "UPDATE livestream_livesession SET planned_start_at = %s WHERE id = %s"
    assert refused(move, EVENING, second.pk) == ONE


def test_where_a_county_blocks_no_excuse_helps(county, host, staff):
    set_levels(county, host="approve")
    plan(county, host)
    second = plan(county, host, hours=3)
    excuse(second, f"person:{host.pk}", staff, begins_at=EVENING, ends_at=EVENING + 9 * HOUR)
    sql("UPDATE livestream_livesession SET planned_start_at = %s WHERE id = %s", EVENING, second.pk)

    assert refused('UPDATE livestream_planrules SET levels = levels || \'{"host": "block"}\'') == ONE


def test_nobody_allows_his_own_excuse_by_sql_either(county, host, staff):
    excuse(plan(county, host), f"person:{host.pk}", staff)

    own = "UPDATE livestream_excuse SET allowed_by_id = excused_by_id, allowed_at = now()"
    assert refused(own) == "nobody_allows_his_own_excuse"


def test_whoever_takes_turns_takes_them_in_order():
    """The numbers that several subjects have come sorted, and each once."""
    from livestream.actions.turns import TAKE

    with connection.cursor() as cursor:
        asked = TAKE.replace("pg_advisory_xact_lock(20261122, turn)", "turn")
        cursor.execute(asked, [[f"person:{n % 40}" for n in range(200)]])
        turns = [turn for (turn,) in cursor.fetchall()]
    assert turns == sorted(set(turns))
    assert len(turns) in range(38, 41)
