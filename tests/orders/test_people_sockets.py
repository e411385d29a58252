"""Open boards of people who are stopped, and of those who act for a host: judged by the login itself, every half minute."""

from __future__ import annotations

import pytest
from django.conf import settings

from livestream.actions.appointment import appoint, end_appointment
from livestream.actions.person import Position, stop_person
from livestream.rules.person import Role
from orders.board.admission import Handshake, admit_all, refused
from orders.board.feed import Watcher
from tests.factories import make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db


def key_of(client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_boards_of_somebody_who_is_stopped_close_with_the_next_look(county, host, staff, session, now):
    trainer = make_user("trainer", county)
    scopes = {f"session:{session.pk}": host, f"county:{county.pk}": trainer}
    watchers = {Watcher(scope, f"user:{user.pk}", key_of(signed_in(user))) for scope, user in scopes.items()}
    assert refused(watchers) == set()

    for user in (host, trainer):
        stop_person(user, by=staff, at=now)

    assert refused(watchers) == watchers


def test_boards_of_a_post_that_has_ended_close_with_the_next_look(county, host, now):
    admin = make_user("admin", county)
    held = appoint(host, Position(Role.TRAINER, county), by=admin, at=now)
    watcher = Watcher(f"county:{county.pk}", f"user:{host.pk}", key_of(signed_in(host)))
    assert refused({watcher}) == set()

    end_appointment(held, by=admin, at=now)

    assert refused({watcher}) == {watcher}


@pytest.mark.parametrize("role", ["staff", "commissioner"])
def test_a_helpers_boards_are_his_own_while_he_acts(county, host, role, session):
    """The page is the host's, the socket the helper's: it is let in to the host's session, and shows no more than before."""
    dates = {"from_on": "2026-01-01", "until_on": "2090-01-01"} if role == "commissioner" else {}
    helper, other = make_user(role, county, **dates), make_session(county, make_user("host", county), room="R7", account="A7")
    client = signed_in(helper)
    asked = [{"session_id": session.pk}, {"session_id": other.pk}, {"code": county.pk}]
    before = admit_all([Handshake(one, key_of(client)) for one in asked])

    client.post(f"/people/{host.pk}/act/", {"reason": "替他换品"})

    watchers = admit_all([Handshake(one, key_of(client)) for one in asked])
    assert client.get(f"/board/session/{session.pk}/").status_code == 200
    assert client.get(f"/board/session/{other.pk}/").status_code == 404
    assert {watcher.viewer for watcher in watchers} == {f"user:{helper.pk}"}
    assert watchers == before
    assert refused(watchers) == set()
