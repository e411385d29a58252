from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from livestream.actions.appointment import appoint
from livestream.actions.invitation import accept_link, invite_person, link_that_holds, make_link, revoke_link
from livestream.actions.person import Names, Position, change_person, stop_person
from livestream.models import AuditEntry, Invitation, User
from livestream.rules.person import Role
from livestream.rules.token import is_token
from tests.factories import make_place, make_user
from tests.livestream.actions.test_person import deeds, refusal
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "核桃花椒和一只黑山羊不怕冷"
SECOND = timedelta(seconds=1)


def invite(staff, now, *, phone="10099990001", role=Role.HOST, place=None):
    return invite_person(phone, Names("岳小麦", "小麦家"), Position(role, place or staff.place), by=staff, at=now)


def test_invited_person_gets_a_link_of_seven_days_kept_as_a_digest(staff, now):
    invitation, token = invite(staff, now)

    person = User.objects.get(phone="10099990001")
    assert is_token(token)
    assert (invitation.user, invitation.kind, invitation.made_by) == (person, "join", staff)
    assert bytes(Invitation.objects.get().digest) == sha256(token.encode()).digest()
    assert invitation.expires_at - now == timedelta(days=7)
    assert (person.state, person.has_usable_password(), deeds(person)) == ("invited", False, [("invited", staff, staff.place_id)])
    assert token not in str(list(AuditEntry.objects.values()))


def test_the_link_lets_in_once(client, staff, now):
    _invitation, token = invite(staff, now)

    person = accept_link(token, password=PASSWORD, at=now)

    assert (person.state, person.check_password(PASSWORD)) == ("active", True)
    assert client.login(username="10099990001", password=PASSWORD)
    assert refusal(accept_link, token, password=PASSWORD + "2", at=now) == "link_does_not_hold"
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)
    assert "joined" in [deed for deed, *_ in deeds(person)]


def test_a_password_that_is_none_uses_nothing_up(staff, now):
    _invitation, token = invite(staff, now)

    with pytest.raises(ValidationError):
        accept_link(token, password="kurz", at=now)

    assert (link_that_holds(token, now) is not None, User.objects.get(phone="10099990001").state) == (True, "invited")


@pytest.mark.parametrize(("lasts", "kind"), [(timedelta(days=7), "join"), (timedelta(minutes=30), "reset")])
def test_a_link_holds_until_its_last_moment(staff, host, now, lasts, kind):
    told = invite(staff, now) if kind == "join" else make_link(host, by=staff, at=now)

    assert told.invitation.kind == kind
    assert link_that_holds(told.token, now + lasts - SECOND) == told.invitation
    assert link_that_holds(told.token, now + lasts) is None


def test_only_the_newest_link_holds_and_a_revoked_one_never(staff, now):
    first = invite(staff, now)
    second = make_link(first.invitation.user, by=staff, at=now + SECOND)

    assert (link_that_holds(first.token, now + SECOND), link_that_holds(second.token, now + SECOND)) == (None, second.invitation)
    assert [revoke_link(first.invitation.user, by=staff, at=now + SECOND) for _ in range(2)] == [True, False]
    assert link_that_holds(second.token, now + SECOND) is None
    assert [deed for deed, *_ in deeds(first.invitation.user)] == ["invited", "invited", "link_revoked"]


def test_the_database_holds_one_open_link_a_person(staff, host, now):
    make_link(host, by=staff, at=now)
    row = {"user": host, "kind": "reset", "made_by": staff, "made_at": now, "expires_at": now + SECOND}

    with pytest.raises(IntegrityError, match="one_open_invitation_per_person"), transaction.atomic():
        Invitation.objects.create(digest=b"x" * 32, **row)
    Invitation.objects.create(digest=b"y" * 32, revoked_at=now, **row)


def test_a_reset_ends_every_other_login_and_keeps_the_old_password_until_then(staff, host, now):
    phone = signed_in(host)
    token = make_link(host, by=staff, at=now).token
    assert phone.get("/my/").status_code == 200

    accept_link(token, password=PASSWORD, at=now)

    assert phone.get("/my/").status_code == 302
    assert not User.objects.get(pk=host.pk).check_password("correct horse battery")


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.HOST, Role.TRAINER}])
def test_staff_invite_nobody_to_what_they_do_not_give(staff, now, role):
    assert refusal(invite, staff, now, role=role) == "not_yours_to_give"
    assert User.objects.count() == 1


def test_staff_invite_nobody_elsewhere_and_make_no_link_for_others(staff, stranger, now, county, other_county):
    assert refusal(invite, staff, now, place=other_county) == "not_yours_to_give"
    for person in (stranger, make_user("host", other_county), make_user("auditor", county), staff):
        assert refusal(make_link, person, by=staff, at=now) == "not_your_person"
        assert refusal(revoke_link, person, by=staff, at=now) == "not_your_person"
    assert not Invitation.objects.exists()


def test_a_taken_number_says_so_and_nobody_is_made(staff, stranger, now):
    assert refusal(invite, staff, now, phone=stranger.phone) == "phone_taken"
    assert (User.objects.count(), Invitation.objects.count()) == (2, 0)


def test_a_link_dies_when_its_person_rises_above_its_maker(staff, county, now):
    """Who made a link could use it himself: it must never lead to a right that he could not have given."""
    admin, (invitation, token) = make_user("admin", county), invite(staff, now)

    appoint(invitation.user, Position(Role.AUDITOR, county), by=admin, at=now)

    assert refusal(accept_link, token, password=PASSWORD, at=now) == "link_does_not_hold"


def test_a_link_dies_when_its_person_moves_away_and_when_its_maker_is_stopped(staff, county, other_county, now):
    admin, first, second = make_user("admin", county), invite(staff, now), invite(staff, now, phone="10099990002")

    change_person(first.invitation.user, Names("甲"), Position(Role.HOST, other_county), by=admin)
    assert link_that_holds(first.token, now) is None

    assert link_that_holds(second.token, now) is not None
    stop_person(staff, by=admin, at=now)
    assert link_that_holds(second.token, now) is None


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 42, "\0" * 43, "村" * 43, "x" * 100_000])
def test_what_is_no_token_opens_nothing(staff, now, token):
    invite(staff, now)

    assert refusal(accept_link, token, password=PASSWORD, at=now) == "link_does_not_hold"


def test_village_staff_invite_hosts_of_their_village(now):
    village = make_place("140425202215", "库峧村村委会")
    keeper = make_user("staff", village)

    assert invite(keeper, now, place=village).invitation.user.place == village
    assert refusal(invite, keeper, now, phone="10099990002", place=make_place("140425")) == "not_yours_to_give"
