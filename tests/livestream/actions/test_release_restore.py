from dataclasses import replace
from datetime import timedelta

import pytest

from livestream.actions.plan import Move, cancel_plan, move_session, plan_session
from livestream.actions.plan_json import plan_of
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope, plans_of
from livestream.actions.release_restore import restore_release, returns_of
from livestream.actions.session import CrewPlan, SegmentPlan, SessionPlan
from livestream.models import AuditEntry, LiveSession, PlanStep, Resource
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_user

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def evening(now):
    """20:00 in Shanghai in three days."""
    return now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def week(county, evening):
    return Scope(county, shanghai_day(evening) - timedelta(days=3), shanghai_day(evening) + timedelta(days=3))


@pytest.fixture
def planned(county, staff, now):
    """A function that plans a session of two hours."""

    def planned(host, starts_at, **kwargs):
        title, place = kwargs.pop("title", "花椒专场"), kwargs.pop("place", county)
        plan = SessionPlan("village_host", title, host, place, starts_at, starts_at + 2 * HOUR, **kwargs)
        return plan_session(plan, county=county, by=staff, at=now).session

    return planned


@pytest.fixture
def moved(staff, now):
    """A function that moves a session."""

    def moved(session, by, **kwargs):
        session = LiveSession.objects.get(pk=session.pk)
        move = Move(session.planned_start_at + by, session.planned_end_at + by, **kwargs)
        return move_session(session, move, version=session.plan_version, by=staff, at=now).session

    return moved


@pytest.fixture
def called_off(staff, now):
    def called_off(session):
        session = LiveSession.objects.get(pk=session.pk)
        return cancel_plan(session, version=session.plan_version, by=staff, at=now, reason="下雨").session

    return called_off


def standing():
    """What is planned now, by session."""
    sessions = list(LiveSession.objects.exclude(state="cancelled").select_related("host", "place"))
    return plans_of(sessions)


def test_moved_cancelled_and_new_ones_go_back(planned, moved, called_off, county, staff, week, evening, now):
    studio = Resource.objects.create(county=county, place=county, kind="studio", name="二号直播间")
    one, two, three = (make_user("host", county) for _ in range(3))
    first = planned(one, evening, resources=[studio], crew=[CrewPlan(two, "controller")])
    second = planned(three, evening + DAY, title="核桃专场")
    release = release_plan(week, by=staff, at=now)
    before = standing()
    moved(first, HOUR, resources=[])
    called_off(second)
    late = planned(three, evening + DAY, title="临时加的")

    done = restore_release(release, by=staff, at=now)

    assert standing() == before
    assert {way.session.pk: way.change for way in done.done} == {first.pk: "changed", second.pk: "new", late.pk: "cancelled"}
    assert done.stayed == []
    assert LiveSession.objects.get(pk=late.pk).state == "cancelled"
    assert set(PlanStep.objects.filter(reason="退回到第 1 版").values_list("session", flat=True)) == {
        first.pk,
        second.pk,
        late.pk,
    }
    assert AuditEntry.objects.get(deed="release_restored").detail == {"number": 1, "changes": 3}


def test_a_release_after_it_tells_of_the_difference_alone(planned, moved, county, staff, week, evening, now):
    session = planned(make_user("host", county), evening)
    first = release_plan(week, by=staff, at=now)
    moved(session, DAY)
    release_plan(week, by=staff, at=now)

    restore_release(first, by=staff, at=now)
    third = release_plan(week, by=staff, at=now, restores=first)

    assert (third.number, third.restores, third.changes.get().after) == (3, first, first.changes.get().after)


def test_two_that_changed_places_change_back(planned, moved, county, staff, week, evening, now):
    host = make_user("host", county)
    first, second = planned(host, evening), planned(host, evening + DAY, title="核桃专场")
    release = release_plan(week, by=staff, at=now)
    before = standing()
    moved(first, 2 * DAY)
    moved(second, -DAY)
    moved(first, -DAY)

    restore_release(release, by=staff, at=now)

    assert standing() == before


def test_what_somebody_else_has_by_now_stays_and_the_rest_goes_back(planned, moved, county, staff, week, evening, now):
    village = make_place("140425103205", "东寺头村")
    one, two = make_user("host", village), make_user("host", village)
    first, second = planned(one, evening, place=village), planned(two, evening + DAY, place=village)
    release = release_plan(replace(week, place=village), by=staff, at=now)
    later = moved(first, HOUR * 5)
    moved(second, HOUR)
    planned(one, evening, title="县里的专场")

    done = restore_release(release, by=staff, at=now)

    assert [way.session.pk for way in done.done] == [second.pk]
    [(stayed, why)] = done.stayed
    assert (stayed.session.pk, "县里的专场" in why) == (first.pk, True)
    assert standing()[first.pk].starts_at == later.planned_start_at
    assert standing()[second.pk].starts_at == evening + DAY


def test_what_was_on_air_stays(planned, moved, county, staff, week, evening, now):
    session = planned(make_user("host", county), evening)
    release = release_plan(week, by=staff, at=now)
    moved(session, HOUR)
    LiveSession.objects.filter(pk=session.pk).update(state="live", went_live_at=now)

    with pytest.raises(NotAllowed, match="没有能退回去的场次"):
        restore_release(release, by=staff, at=now)

    [(way, why)] = returns_of(release, at=now).stayed
    assert (way.session.pk, why) == (session.pk, "播过了，或者正在播")


def test_segments_and_goods_of_a_relay(planned, county, staff, week, evening, now):
    one = make_user("host", county)
    parts = [
        SegmentPlan("花椒", county, evening, evening + HOUR),
        SegmentPlan("核桃", county, evening + HOUR, evening + 2 * HOUR),
    ]
    session = planned(one, evening, segments=parts)
    release = release_plan(week, by=staff, at=now)
    before = standing()
    session.segments.all().delete()
    LiveSession.objects.filter(pk=session.pk).update(title="别的", goal_fen=500)

    restore_release(release, by=staff, at=now)

    assert standing() == before
    assert plan_of(LiveSession.objects.get(pk=session.pk)).goal_fen == 500


def test_nothing_to_restore(planned, county, staff, week, evening, now):
    planned(make_user("host", county), evening)
    release = release_plan(week, by=staff, at=now)

    with pytest.raises(NotAllowed, match="没有能退回去的场次"):
        restore_release(release, by=staff, at=now)
