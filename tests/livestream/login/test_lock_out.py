"""Strangers, victims, offices and proxies before the login. The whole of F82 runs in `make faults`; here is a small part of it."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import hashers
from django.core import signing
from django.db import connections
from django.utils import timezone

from livestream.actions import tries
from livestream.actions.invitation import accept_link, make_link
from livestream.models import AuditEntry
from tests.factories import make_user
from tests.livestream.login.doors import PASSWORD, browser, entered, is_in, try_password

HOUR = timedelta(hours=1)
STRANGERS = [f"198.51.100.{n}" for n in range(50)]


def looked_at() -> int:
    """How many wrong passwords were compared with the right one."""
    return AuditEntry.objects.filter(deed="sign_in_failed").count()


def attack(phone, count, addresses=STRANGERS, seed=82) -> None:
    """Wrong passwords, each from another address, under another name of a browser, with another claim of who asked."""
    chance = random.Random(seed)
    clients = [browser(address) for address in addresses]
    for n in range(count):
        client = clients[n % len(clients)]
        claim = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        headers = {
            "x-forwarded-for": claim,
            "x-real-ip": claim,
            "forwarded": f"for={claim}",
            "user-agent": f"Chrome/{chance.random()}",
        }
        client.post("/login/", {"username": phone, "password": f"guess number {n} of many"}, headers=headers)


def test_tries_from_fifty_addresses_are_eight_and_the_owner_gets_in(staff, locks):
    device, usual = entered(staff, address="10.0.0.1"), entered(staff, address="10.0.0.2")
    for client in (device, usual):
        client.post("/logout/")

    attack(staff.phone, 150)

    assert looked_at() == 8
    assert try_password(device, staff.phone, PASSWORD).status_code == 302  # the device, wherever it is
    assert is_in(entered(staff, address="10.0.0.2"))  # another device at the usual address
    assert try_password(browser("203.0.113.9"), staff.phone, PASSWORD).status_code == 429  # nobody knows who that is


def test_control_without_locks_every_try_is_looked_at(staff):
    attack(staff.phone, 40)
    assert looked_at() == 40


def test_tries_of_a_stranger_never_make_the_lock_longer(staff, locks):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        attack(staff.phone, 8)
        for _turn in range(20):
            clock.shift(timedelta(minutes=2, seconds=57))
            attack(staff.phone, 1)
        assert (looked_at(), try_password(browser("203.0.113.9"), staff.phone, PASSWORD).status_code) == (8, 429)
        clock.shift(timedelta(minutes=1, seconds=1))
        assert try_password(browser("203.0.113.9"), staff.phone, PASSWORD).status_code == 302


def test_patience_gains_a_stranger_nothing(staff, locks):
    """One try every three minutes for two hours: no hour has more than eight that are looked at."""
    moments = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for n in range(40):
            before = looked_at()
            attack(staff.phone, 1, [STRANGERS[n % 50]])
            moments += [timezone.now()] if looked_at() > before else []
            clock.shift(timedelta(minutes=3))

    assert max(sum(start <= at < start + HOUR for at in moments) for start in moments) == 8


def test_owner_who_signs_in_does_not_begin_the_strangers_anew(staff, locks):
    client = entered(staff)
    for _round in range(4):
        attack(staff.phone, 3)
        client.post("/logout/")
        try_password(client, staff.phone, PASSWORD)

    assert looked_at() == 8


def test_office_behind_one_address_is_not_locked_out_by_one_colleague(county, locks):
    careless, colleague, newcomer = (make_user("staff", county) for _person in range(3))
    for person in (careless, colleague):
        entered(person, address="10.0.0.1")
    found = [try_password(browser("10.0.0.1"), careless.phone).status_code for _try in range(20)]

    assert found == [200] * 7 + [429] * 13
    assert is_in(entered(colleague, address="10.0.0.1"))
    assert is_in(entered(newcomer, address="10.0.0.1"))


def test_own_device_has_fifteen_tries_and_forgets_them_when_the_right_one_comes(staff, locks):
    client = entered(staff)
    client.post("/logout/")
    found = [try_password(client, staff.phone).status_code for _try in range(14)]
    assert try_password(client, staff.phone, PASSWORD).status_code == 302
    client.post("/logout/")
    found += [try_password(client, staff.phone).status_code for _try in range(15)]

    assert found == [200] * 14 + [200] * 14 + [429]
    assert is_in(entered(staff, address="10.0.0.1"))  # the usual address is another door


def test_device_is_known_for_its_own_people_only(staff, trainer, locks, settings):
    """A cookie of one person is a stranger's at another's door, and a forged one is none."""
    client = entered(trainer, address="198.51.100.1")
    client.post("/logout/")
    attack(staff.phone, 8)
    forged = browser("203.0.113.1")
    forged.cookies[settings.DEVICE_COOKIE_NAME] = signing.dumps({"name": "x", "people": [staff.pk]}, salt="another")

    assert [try_password(one, staff.phone, PASSWORD).status_code for one in (client, forged)] == [429, 429]
    assert try_password(client, trainer.phone, PASSWORD).status_code == 302


def test_shared_computer_knows_all_of_its_people(staff, trainer, locks):
    client = entered(staff)
    client.post("/logout/")
    try_password(client, trainer.phone, PASSWORD)
    client.post("/logout/")
    for person in (staff, trainer):
        attack(person.phone, 8)

    for person in (staff, trainer):
        assert try_password(client, person.phone, PASSWORD).status_code == 302
        client.post("/logout/")


def test_unknown_numbers_are_locked_like_known_ones(staff, locks):
    found = [[try_password(browser(), phone).status_code for _try in range(10)] for phone in (staff.phone, "13999999999")]
    assert found[0] == found[1] == [200] * 7 + [429] * 3


def test_one_address_has_sixty_tries_at_all_doors(county, locks):
    """Stuffing: many numbers, a few words each, all from one address that claims to be many."""
    for n in range(64):
        attack(f"139{n:08}", 1, ["198.51.100.7"], seed=n)

    assert looked_at() == 60


def test_an_ipv6_connection_is_one_address(county, locks):
    for n in range(62):
        attack(f"139{n:08}", 1, [f"2001:db8:1:2::{n:x}"])

    assert looked_at() == 60


def test_new_password_by_link_opens_the_door_of_a_new_phone(host, staff, locks):
    attack(host.phone, 20)
    new = "yusan-huoche-laba-liang"
    at = timezone.now()
    accept_link(make_link(host, by=staff, at=at).token, password=new, at=at)

    assert try_password(browser("203.0.113.9"), host.phone, new).status_code == 302


class Slow(hashers.MD5PasswordHasher):
    """Takes its time, as a real one does."""

    algorithm = "slow"

    def encode(self, password, salt):
        time.sleep(0.05)
        return super().encode(password, salt)


def at_once(phone, count=16) -> int:
    def one(n):
        try:
            return try_password(browser(STRANGERS[n]), phone).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))
    return looked_at()


@pytest.fixture
def slow_person(transactional_db, county, settings, locks, monkeypatch):
    monkeypatch.setattr(tries, "PATIENCE_S", 60)  # what else the machine does turns nobody away
    settings.PASSWORD_HASHERS = ["tests.livestream.login.test_lock_out.Slow"]
    return make_user("staff", county)


def test_sixteen_at_once_are_no_more_than_in_a_row(slow_person):
    assert at_once(slow_person.phone) == 8


def test_control_without_waiting_at_the_door_more_are_looked_at(slow_person, monkeypatch):
    monkeypatch.setattr(tries, "_is_alone_at", lambda bucket: True)
    assert at_once(slow_person.phone) > 8
