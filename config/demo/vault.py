"""What the county's offices know of the demo's hosts: they looked at every identity card, and everybody agreed to everything."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from config.demo.people import CLIFF_HOST, COUNTY, GORGE_HOST, HOST, NEIGHBOUR, STAFF, TERRACE_HOST, TOMATO_HOST, Person
from livestream.actions.consent import record_consents_at_joining
from livestream.actions.person import Names, Position, create_user
from livestream.actions.vault import PersonalFacts, record_data
from livestream.models import Consent, PersonalData, Place, User
from livestream.rules.person import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

NEIGHBOUR_STAFF = Person("10014042702", "huguan-handi-shifan", "靳麦", Role.STAFF, NEIGHBOUR)
BORN = {
    HOST: date(1986, 3, 12),
    GORGE_HOST: date(1991, 9, 5),
    CLIFF_HOST: date(1979, 11, 30),
    TERRACE_HOST: date(1996, 4, 20),
    TOMATO_HOST: date(1983, 7, 8),
}


def load_persons_data(people: Mapping[str, User]) -> None:
    """Adds what is missing: also for hosts from before ages and consents were kept."""
    staff = {COUNTY: people[STAFF.phone], NEIGHBOUR: _staff_next_door()}
    for person, birth_on in BORN.items():
        host = people[person.phone]
        if not Consent.objects.filter(user=host).exists():
            record_consents_at_joining(host)
        if not PersonalData.objects.filter(pk=host.pk).exclude(birth="").exists():
            record_data(host, PersonalFacts(birth_on=birth_on), by=staff[person.place[:6]])


def _staff_next_door() -> User:
    there, place = User.objects.filter(phone=NEIGHBOUR_STAFF.phone).first(), Place.objects.get(pk=NEIGHBOUR)
    who = NEIGHBOUR_STAFF
    return there or create_user(who.phone, Names(who.name), Position(who.role, place), password=who.password)
