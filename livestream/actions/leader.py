"""Every write to the register of leaders, and to which guest is which leader."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.refusal import refusing
from livestream.models import Guest, Leader
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import MAY_NOT_RECOMMEND_FOOD
from livestream.rules.leader_words import barred_office
from livestream.rules.quota import LEADERS, plain_name

if TYPE_CHECKING:
    from livestream.models import User


@dataclass(frozen=True, slots=True)
class LeaderFacts:
    """What is known of a leader. `is_namesake`: staff say that it is another person than the one of this name in the register."""

    name: str
    title: str
    rank: str
    department: str
    unit: str
    is_namesake: bool = False


KNOWN = {"leader_once_per_county": "leader_known"}
BOOKED_TWICE = {"booked_by_one_session_at_a_time": "leader_busy"}


@transaction.atomic
def add_leader(facts: LeaderFacts, *, county: str) -> Leader:
    """In the county's register (its code) from now on; guests of this name are this leader. Raises NotAllowed for a name and unit
    that are there, for a namesake nobody vouched for, and for a unit that belongs to another department."""
    _check(facts, county)
    with refusing(KNOWN):
        leader = Leader.objects.create(county_id=county, **_columns(facts))
    link_guests(county, name=leader.name)
    return leader


@transaction.atomic
def change_leader(leader: Leader, facts: LeaderFacts) -> Leader:
    """Another title, unit or name. Visits keep the title and the rank of their day. Raises NotAllowed as `add_leader`."""
    _check(facts, leader.county_id, but=leader)
    columns = _columns(facts)
    for name, value in columns.items():
        setattr(leader, name, value)
    with refusing(KNOWN):
        leader.save(update_fields=list(columns))
    link_guests(leader.county_id, name=leader.name)
    return leader


def _columns(facts: LeaderFacts) -> dict[str, str]:
    return {
        "name": facts.name,
        "title": facts.title,
        "rank": facts.rank,
        "department": facts.department,
        "unit": facts.unit,
    }


def _check(facts: LeaderFacts, county: str, but: Leader | None = None) -> None:
    office = barred_office(facts.unit)
    if office and facts.department not in MAY_NOT_RECOMMEND_FOOD:
        raise NotAllowed("department_differs", office=office)
    others = Leader.objects.filter(county=county)
    same = [other for other in others if other != but and plain_name(other.name) == plain_name(facts.name)]
    if any(other.unit == facts.unit for other in same):
        raise NotAllowed("leader_known")
    if same and not facts.is_namesake and (but is None or plain_name(but.name) != plain_name(facts.name)):
        raise NotAllowed("leader_namesake", name=same[0].name, unit=same[0].unit)


@transaction.atomic
def set_office(leader: Leader, *, is_in_office: bool) -> bool:
    """Out of office: the row and its visits stay, nobody is offered it for a new session. False when it was so before."""
    changed = Leader.objects.filter(pk=leader.pk, is_in_office=not is_in_office).update(is_in_office=is_in_office)
    leader.is_in_office = is_in_office
    return bool(changed)


@transaction.atomic
def merge_leaders(kept: Leader, gone: Leader, *, by: User) -> int:
    """Two rows were one person: the visits of `gone` are those of `kept`, and `gone` is no more. Returns how many visits moved.
    Raises NotAllowed for rows of two counties, and when the person would then be in two sessions at once."""
    both = Leader.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
    rows = {leader.pk: leader for leader in both}
    if len(rows) < 2:
        raise NotAllowed("leader_same")
    if len({leader.county_id for leader in rows.values()}) > 1:
        raise NotAllowed("leader_of_another_county")
    with refusing(BOOKED_TWICE):
        moved = Guest.objects.filter(leader=gone).update(leader=kept)
    told = f"{gone.name} · {gone.title} · {gone.unit}"
    Leader.objects.filter(pk=gone.pk).delete()
    note(Deed.LEADERS_MERGED, place=kept.county_id, by=by, about=kept, gone=told, visits=moved)
    return moved


@transaction.atomic
def link_guests(county: str, *, name: str = "") -> int:
    """Guests of rank whose name stands once in the county's register, or once with their title, are that leader; of one name, or
    of all. Doing it again changes nothing. Returns how many were linked; one who would then be in two places at once is not."""
    known: defaultdict[str, list[Leader]] = defaultdict(list)
    for leader in Leader.objects.filter(county=county):
        known[plain_name(leader.name)].append(leader)
    guests = Guest.objects.filter(session__county=county, leader=None, rank__in=sorted(LEADERS))
    wanted = plain_name(name)
    linked = 0
    for guest in guests.order_by("pk"):
        if wanted and plain_name(guest.name) != wanted:
            continue
        meant = _meant(guest, known[plain_name(guest.name)])
        linked += bool(meant and _link(guest, meant))
    return linked


def _meant(guest: Guest, namesakes: list[Leader]) -> Leader | None:
    if len(namesakes) == 1:
        return namesakes[0]
    of_title = [leader for leader in namesakes if leader.title == guest.title]
    return of_title[0] if len(of_title) == 1 else None


def _link(guest: Guest, leader: Leader) -> bool:
    try:
        with refusing(BOOKED_TWICE):
            return bool(Guest.objects.filter(pk=guest.pk, leader=None).update(leader=leader))
    except NotAllowed:
        return False
