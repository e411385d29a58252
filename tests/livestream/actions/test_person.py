from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from livestream.actions.invitation import link_that_holds, make_link
from livestream.actions.person import Names, Position, change_person, create_user, restore_person, stop_person
from livestream.actions.refusal import refusing
from livestream.models import AuditEntry, User
from livestream.rules.errors import NotAllowed
from livestream.rules.person import PersonState, Role
from tests.factories import make_place, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
PHONE = "10099990001"


def deeds(person):
    about = AuditEntry.objects.filter(kind="livestream.User", object_id=str(person.pk)).order_by("pk")
    return [(entry.deed, entry.actor, entry.place) for entry in about if not entry.deed.startswith("row_")]


def refusal(verb, *args, **kwargs) -> str:
    with pytest.raises(NotAllowed) as refused:
        verb(*args, **kwargs)
    assert str(refused.value) != refused.value.code  # a sentence
    return refused.value.code


def test_somebody_without_a_password_is_invited_and_with_one_active(county):
    position = Position(Role.HOST, county)
    invited = create_user(f"+86 {PHONE}", Names("岳小麦", "小麦家"), position, password=None)
    active = create_user("10099990002", Names("乙"), position, password="correct horse battery")

    assert [(user.phone, user.name, user.live_name, user.state) for user in User.objects.order_by("phone")] == [
        (PHONE, "岳小麦", "小麦家", "invited"),
        ("10099990002", "乙", "", "active"),
    ]
    assert (list(User.objects.in_state(PersonState.INVITED)), list(User.objects.in_state(PersonState.ACTIVE))) == (
        [invited],
        [active],
    )


@pytest.mark.parametrize(
    ("phone", "position", "code"),
    [
        (PHONE, {"role": Role.COMMISSIONER}, "dates_missing"),
        (PHONE, {"role": Role.COMMISSIONER, "from_on": date(2026, 1, 2), "until_on": date(2026, 1, 1)}, "ends_before_it_begins"),
        ("10099990009", {"role": Role.HOST}, "phone_taken"),
    ],
)
def test_what_the_database_refuses_is_said_in_words(county, phone, position, code):
    create_user("10099990009", Names("乙"), Position(Role.HOST, county), password=None)

    assert refusal(create_user, phone, Names("甲"), Position(place=county, **position), password=None) == code
    assert User.objects.count() == 1


def test_a_breach_that_nobody_named_stays_one(host):
    with pytest.raises(IntegrityError), refusing({"another": "code"}):
        User.objects.create(phone=host.phone, name="x", role="host", place=host.place)


def test_staff_change_names_place_and_role_of_those_they_keep(staff, host):
    village = make_place("140425202215", "库峧村村委会")

    change_person(host, Names("路小峧", "山里人家"), Position(Role.TRAINER, village), by=staff)

    host.refresh_from_db()
    assert (host.name, host.live_name, host.role, host.place) == ("路小峧", "山里人家", "trainer", village)
    assert deeds(host) == [("person_changed", staff, village.pk)]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.HOST, Role.TRAINER}])
def test_staff_raise_nobody_above_what_they_give(staff, host, county, role):
    dates = {"from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31)}

    assert refusal(change_person, host, Names("甲"), Position(role, county, **dates), by=staff) == "not_yours_to_give"
    host.refresh_from_db()
    assert (host.role, deeds(host)) == ("host", [])


def test_staff_move_nobody_out_of_their_reach_and_touch_nobody_there(staff, host, stranger, other_county):
    there = make_user("host", other_county)

    assert refusal(change_person, host, Names("甲"), Position(Role.HOST, other_county), by=staff) == "not_yours_to_give"
    assert refusal(change_person, there, Names("甲"), Position(Role.HOST, staff.place), by=staff) == "not_your_person"


def test_nobody_changes_himself_or_a_colleague_of_his_rank(staff, county):
    admin, colleague = make_user("admin", county), make_user("staff", county)

    for keeper, person in ((staff, staff), (admin, admin), (staff, colleague), (staff, admin)):
        assert refusal(change_person, person, Names("甲"), Position(Role.HOST, county), by=keeper) == "not_your_person"
    assert refusal(stop_person, staff, by=staff, at=None) == "not_your_person"


def test_township_keeps_its_own_hosts_alone(county):
    township, village, beside = make_place("140425202"), make_place("140425202215"), make_place("140425201216")
    keeper, mine, theirs = make_user("staff", township), make_user("host", village), make_user("host", beside)

    change_person(mine, Names("甲"), Position(Role.HOST, village), by=keeper)

    assert refusal(change_person, mine, Names("甲"), Position(Role.TRAINER, village), by=keeper) == "not_yours_to_give"
    assert refusal(change_person, theirs, Names("甲"), Position(Role.HOST, village), by=keeper) == "not_your_person"


def test_stopping_ends_logins_and_links_and_is_said_once(staff, now):
    person = make_user("host", staff.place)
    phone, computer, other = signed_in(person), signed_in(person), signed_in(staff)
    told = make_link(person, by=staff, at=now)

    first, second = (stop_person(person, by=staff, at=now) for _ in range(2))

    person.refresh_from_db()
    assert (first, second, person.state) == (True, False, "stopped")
    assert [client.get("/my/").status_code for client in (phone, computer, other)] == [302, 302, 200]
    assert link_that_holds(told.token, now) is None
    assert [deed for deed, *_ in deeds(person) if deed != "logins_ended"] == ["reset_link_made", "stopped"]
    assert not signed_in(person).login(username=person.phone, password="correct horse battery")
    assert refusal(make_link, person, by=staff, at=now) == "person_stopped"


def test_restored_person_signs_in_with_the_password_of_before_and_not_with_an_old_login(client, staff, host, now):
    before = signed_in(host)
    stop_person(host, by=staff, at=now)

    first, second = (restore_person(host, by=staff) for _ in range(2))

    assert (first, second) == (True, False)
    assert before.get("/my/").status_code == 302
    assert client.login(username=host.phone, password="correct horse battery")


def test_a_stopped_keeper_keeps_nobody(staff, host, now):
    staff.is_active = False

    assert refusal(stop_person, host, by=staff, at=now + timedelta(0)) == "not_your_person"
