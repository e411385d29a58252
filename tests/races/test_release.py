"""Two clerks release the same week in the same second; a host answers while his session is released anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.actions import release as verbs
from livestream.actions.confirmation import answer
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope, preview
from livestream.models import Confirmation, LiveSession, Notice, Release, ReleasedChange
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_session, make_user
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def evening():
    return datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def week(county, evening):
    return Scope(county, shanghai_day(evening) - timedelta(days=3), shanghai_day(evening) + timedelta(days=30))


def releasing(scope, by, seen=None):
    return lambda: release_plan(scope, by=by, at=datetime.now(UTC), seen=seen)


def test_two_release_the_same_week_and_one_is_told(county, staff, week, evening):
    other = make_user("staff", county)
    for number in range(ROUNDS):
        host = make_user("host", county)
        make_session(county, host, planned_start_at=evening + timedelta(days=number), room=f"R{number}", account=f"A{number}")
        seen = preview(week, at=datetime.now(UTC)).digest

        refused = race(releasing(week, staff, seen), releasing(week, other, seen))

        assert [type(one) for one in refused] == [NotAllowed]
        assert refused[0].code == "plan_changed"
        assert Notice.objects.filter(person=host, kind="planned", way="inbox").count() == 1
    assert list(Release.objects.order_by("number").values_list("number", flat=True)) == list(range(1, ROUNDS + 1))


def test_two_townships_release_at_once_and_get_one_and_two(county, staff, week, evening):
    villages = [make_place(f"14042510{number}201", f"村{number}") for number in range(4)]
    for number, village in enumerate(villages):
        session = make_session(county, None, planned_start_at=evening, room=f"R{number}", account=f"A{number}")
        LiveSession.objects.filter(pk=session.pk).update(place=village)
    scopes = [Scope(village, week.from_on, week.until_on) for village in villages]

    assert race(*(releasing(scope, staff) for scope in scopes)) == []

    assert sorted(Release.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert ReleasedChange.objects.count() == 4


def test_control_without_the_lock_two_take_the_same_number(county, staff, week, evening, monkeypatch):
    monkeypatch.setattr(verbs, "lock_releases", lambda county: None)
    villages = [make_place(f"14042510{number}201", f"村{number}") for number in range(4)]
    failed = []
    for number in range(ROUNDS):
        for place, village in enumerate(villages):
            at, name = evening + timedelta(days=number), f"{number}{place}"
            session = make_session(county, None, planned_start_at=at, room=f"R{name}", account=f"A{name}")
            LiveSession.objects.filter(pk=session.pk).update(place=village)
        failed += race(*(releasing(Scope(village, week.from_on, week.until_on), staff) for village in villages))

    assert failed
    assert {"release_number_once_per_county" in str(error) for error in failed} == {True}


def test_an_answer_comes_before_a_release_or_after_it_and_is_never_lost(county, staff, week, evening):
    """A new title asks nothing anew: whatever the host said stays, unless he is told that there is something newer."""
    host = make_user("host", county)
    session = make_session(county, host, planned_start_at=evening)
    release_plan(week, by=staff, at=datetime.now(UTC))
    for number in range(ROUNDS):
        asked = Confirmation.objects.get(superseded_at=None)
        LiveSession.objects.filter(pk=session.pk).update(title=f"第{number}个主题", plan_version=number + 2)
        can_come = number % 2 == 0

        refused = race(releasing(week, staff), lambda: answer(asked, can_come=can_come, at=datetime.now(UTC)))  # noqa: B023

        newest = Confirmation.objects.get(superseded_at=None)
        assert [one.code for one in refused] in ([], ["answer_superseded"])
        assert (newest.can_come is can_come) is not bool(refused)
