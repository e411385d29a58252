"""What ends a right ends the board: the next look of the hub, every half minute, refuses it. Twenty ways, and one control."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from livestream.models import Appointment, LiveSession, User
from orders.board.admission import refused
from orders.board.hub import Pace
from tests.factories import make_place, make_user
from tests.orders.test_admission import watcher

DAY = timedelta(days=1)
ELSEWHERE = "130529"


def change(**columns):
    return lambda user, held: User.objects.filter(pk=user.pk).update(**columns)


def moved(code):
    return lambda user, held: User.objects.filter(pk=user.pk).update(place=make_place(code, code))


def held_until(day):
    return lambda user, held: Appointment.objects.filter(pk=held.pk).update(from_on=day - DAY, until_on=day)


OF_ACCOUNT = {
    **{f"role {role}": change(role=role) for role in ("host", "exporter")},
    "role host, in the city": lambda user, held: (moved("1404")(user, held), change(role="host")(user, held)),
    **{f"moved to {code}": moved(code) for code in (ELSEWHERE, "1305", "13", "140426", "140425100", "140425100201")},
    "term not begun": lambda user, held: change(from_on=timezone.localdate() + DAY)(user, held),
    "term over": lambda user, held: change(until_on=timezone.localdate() - DAY)(user, held),
    "stopped": change(is_active=False),
    "password changed": lambda user, held: (user.set_password("another one, long"), user.save()),
}
OF_APPOINTMENT = {
    "ended": lambda user, held: Appointment.objects.filter(pk=held.pk).update(ended_at=timezone.now()),
    "out of date": lambda user, held: held_until(timezone.localdate() - DAY)(user, held),
    "not begun": lambda user, held: Appointment.objects.filter(pk=held.pk).update(from_on=timezone.localdate() + DAY),
    "deleted": lambda user, held: held.delete(),
    "another role": lambda user, held: Appointment.objects.filter(pk=held.pk).update(role="exporter"),
    "another place": lambda user, held: Appointment.objects.filter(pk=held.pk).update(place=make_place(ELSEWHERE, ELSEWHERE)),
    "person stopped": change(is_active=False),
}


def test_these_are_twenty_and_the_hub_looks_every_half_minute():
    assert len(OF_ACCOUNT) + len(OF_APPOINTMENT) == 20
    assert Pace().rights <= 30


@pytest.mark.parametrize("how", OF_ACCOUNT)
def test_right_of_the_account_ends(county, session, how):
    user = make_user("staff", county)
    boards = {watcher(user, "county:140425"), watcher(user, f"session:{session.pk}")}
    assert refused(boards) == set()

    OF_ACCOUNT[how](user, None)

    assert refused(boards) == boards


@pytest.mark.parametrize("how", OF_APPOINTMENT)
def test_right_of_an_appointment_ends(county, session, how):
    user = make_user("staff", make_place("140426", "壶关县"))
    held = Appointment.objects.create(user=user, role="auditor", place=county, from_on=timezone.localdate())
    boards = {watcher(user, "county:140425"), watcher(user, f"session:{session.pk}")}
    assert refused(boards) == set()

    OF_APPOINTMENT[how](user, held)

    assert refused(boards) == boards


def test_what_concerns_no_right_ends_nothing(county, session):
    user = make_user("staff", county)
    boards = {watcher(user, "county:140425"), watcher(user, f"session:{session.pk}")}
    User.objects.filter(pk=user.pk).update(name="另一个名字", until_on=timezone.localdate())  # the last day counts
    LiveSession.objects.update(title="改了")

    assert refused(boards) == set()


def test_host_keeps_his_own_session_without_a_post(county, session, host):
    mine = watcher(host, f"session:{session.pk}")
    User.objects.filter(pk=host.pk).update(until_on=timezone.localdate() - DAY)

    assert refused([mine]) == set()
