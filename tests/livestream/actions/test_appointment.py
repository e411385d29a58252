from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from livestream.actions.appointment import appoint, end_appointment
from livestream.actions.person import Position
from livestream.models import Appointment, User
from livestream.rules.person import Role
from livestream.rules.rights import Action
from tests.factories import make_place, make_user
from tests.livestream.actions.test_person import deeds, refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def admin(county):
    return make_user("admin", county)


def reach(person, action):
    return User.objects.get(pk=person.pk).reach(action)


def test_a_further_post_gives_its_right_from_its_first_day_to_its_last(admin, trainer, county, now):
    today = timezone.localdate(now)

    held = appoint(trainer, Position(Role.STAFF, county, today, today), by=admin, at=now)
    appoint(trainer, Position(Role.AUDITOR, county, today + DAY), by=admin, at=now)

    assert (held.from_on, held.until_on, held.appointed_by) == (today, today, admin)
    assert (reach(trainer, Action.KEEP_PEOPLE), reach(trainer, Action.READ_AUDIT)) == (("140425",), ())
    assert deeds(trainer) == [("appointed", admin, "140425")] * 2


def test_without_a_first_day_it_begins_today(staff, trainer, county, now):
    assert appoint(trainer, Position(Role.HOST, county), by=staff, at=now).from_on == timezone.localdate(now)


def test_ended_it_gives_nothing_and_ends_once(admin, trainer, county, now):
    held = appoint(trainer, Position(Role.STAFF, county), by=admin, at=now)

    assert [end_appointment(held, by=admin, at=now) for _ in range(2)] == [True, False]
    assert reach(trainer, Action.KEEP_PEOPLE) == ()
    assert [deed for deed, *_ in deeds(trainer)] == ["appointed", "appointment_ended"]


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ((Role.COMMISSIONER, None, None), "dates_missing"),
        ((Role.STAFF, date(2026, 12, 2), date(2026, 12, 1)), "ends_before_it_begins"),
        ((Role.TRAINER, None, None), "appointed_already"),  # the post of the account
        ((Role.AUDITOR, None, None), "appointed_already"),
    ],
)
def test_what_cannot_be_is_said_in_words(admin, trainer, county, now, position, code):
    appoint(trainer, Position(Role.AUDITOR, county), by=admin, at=now)
    role, from_on, until_on = position

    assert refusal(appoint, trainer, Position(role, county, from_on, until_on), by=admin, at=now) == code
    assert Appointment.objects.count() == 1


def test_one_that_is_over_makes_room_for_the_next(admin, trainer, county, now):
    today = timezone.localdate(now)
    old = appoint(trainer, Position(Role.STAFF, county, today - 9 * DAY, today - DAY), by=admin, at=now)

    new = appoint(trainer, Position(Role.STAFF, county, today), by=admin, at=now)

    old.refresh_from_db()
    assert (old.ended_at, new.ended_at) == (now, None)


def test_staff_appoint_hosts_and_trainers_in_their_reach_alone(staff, trainer, county, other_county, now):
    village = make_place("140425202215")
    appoint(trainer, Position(Role.HOST, village), by=staff, at=now)

    for role in set(Role) - {Role.HOST, Role.TRAINER}:
        assert refusal(appoint, trainer, Position(role, county), by=staff, at=now) == "not_yours_to_give"
    assert refusal(appoint, trainer, Position(Role.HOST, other_county), by=staff, at=now) == "not_yours_to_give"
    assert Appointment.objects.count() == 1


def test_nobody_appoints_himself_or_ends_his_own(admin, county, now):
    other = make_user("admin", county)
    held = appoint(admin, Position(Role.STAFF, county), by=other, at=now)

    assert refusal(appoint, admin, Position(Role.AUDITOR, county), by=admin, at=now) == "not_your_own"
    assert refusal(end_appointment, held, by=admin, at=now) == "not_your_own"


def test_staff_end_nothing_that_they_could_not_have_given(admin, staff, trainer, county, now):
    held = appoint(trainer, Position(Role.AUDITOR, county), by=admin, at=now)

    assert refusal(end_appointment, held, by=staff, at=now) == "not_yours_to_give"


def test_nobody_who_is_stopped_is_appointed(admin, trainer, county, now):
    User.objects.filter(pk=trainer.pk).update(is_active=False)

    assert refusal(appoint, trainer, Position(Role.HOST, county), by=admin, at=now) == "person_stopped"
