"""What the cells of a sheet name: people, places, things, guests, campaigns, as whoever imports it may name them. All are read
once, so that a thousand rows cost no more queries than one."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from livestream.actions.session import CrewPlan, GuestPlan, RoomPlan
from livestream.models import Campaign, Leader, PersonalData, Place, Resource, User
from livestream.rules.age import MAY_BE_PLANNED, REFUSALS, AgeFacts, standing
from livestream.rules.errors import NotAllowed
from livestream.rules.person import Role
from livestream.rules.plan import NAME_AT_MOST, POST_AT_MOST, Platform
from livestream.rules.plan_sheet import BadCell, Column, near, parts_of, short, with_bracket
from livestream.rules.planning import CREW, ResourceKind
from livestream.rules.rights import Action
from livestream.rules.session import GuestRank
from livestream.sheets.plan_book import Lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from livestream.actions.session import SessionPlan

MEANT_AT_MOST = 6
LISTED = 500
ROOM = re.compile(r"(\S+?)[\s:：]+([^\s（(]{1,64})\s*(?:[（(]([^）)]{1,64})[）)])?")
PLATFORMS = {name: platform for platform in Platform for name in (platform.value, str(platform.label))}


class Names:
    def __init__(self, county: Place, by: User) -> None:
        self.county, self.by = county, by

    @cached_property
    def people(self) -> dict[str, list[User]]:
        there = User.objects.reached_by(self.by, Action.PLAN_SESSION).filter(is_active=True).select_related("place__parent")
        found: defaultdict[str, list[User]] = defaultdict(list)
        for person in there.filter(place__code__startswith=self.county.pk).order_by("name", "pk"):
            found[person.name].append(person)
        return found

    @cached_property
    def ages(self) -> dict[int, AgeFacts]:
        hosts = [person.pk for those in self.people.values() for person in those]
        return {data.pk: data.age_facts for data in PersonalData.objects.filter(pk__in=hosts)}

    @cached_property
    def places(self) -> list[Place]:
        there = Place.objects.in_reach(self.by.reach(Action.PLAN_SESSION)).filter(code__startswith=self.county.pk)
        return list(there.select_related("parent").order_by("code"))

    @cached_property
    def places_called(self) -> dict[str, list[Place]]:
        found: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            for name in {place.name, place.short_name, place.full_name, place.pk}:
                found[name].append(place)
        return found

    @cached_property
    def things(self) -> list[Resource]:
        there = Resource.objects.visible_to(self.by, Action.PLAN_SESSION).in_use().filter(county=self.county)
        return list(there.select_related("place__parent"))

    @cached_property
    def leaders(self) -> list[Leader]:
        return list(Leader.objects.visible_to(self.by, Action.PLAN_SESSION).in_office().filter(county=self.county))

    @cached_property
    def campaigns(self) -> list[Campaign]:
        return list(Campaign.objects.visible_to(self.by, Action.PLAN_SESSION).filter(county=self.county).order_by("-from_on"))

    def lists(self) -> Lists:
        """What the sheet offers to choose from."""
        hosts = [name for name, those in self.people.items() if any(person.role == Role.HOST for person in those)]
        return Lists(
            [place.full_name for place in self.places][:LISTED],
            hosts[:LISTED],
            [thing.name for thing in self._bookable][:LISTED],
            [campaign.name for campaign in self.campaigns][:LISTED],
        )

    @property
    def _bookable(self) -> list[Resource]:
        return [thing for thing in self.things if thing.kind != ResourceKind.ACCOUNT]

    def host(self, name: str, tail: str) -> User:
        """Raises BadCell."""
        found = self.people.get(name, [])
        if not found:
            raise BadCell(Column.HOST, "host", typed=short(name), near=near(name, self.people))
        fitting = [person for person in found if not tail or person.phone.endswith(tail)]
        meant = "、".join(f"{person.place.short_name} {person.phone[-4:]}" for person in found[:MEANT_AT_MOST])
        if not fitting:
            raise BadCell(Column.PHONE, "host_tail", typed=short(name), tail=short(tail), meant=meant)
        if len(fitting) > 1:
            raise BadCell(Column.PHONE, "host_several", typed=short(name), meant=meant)
        return fitting[0]

    def check_age(self, host: User, on: date) -> None:
        """Raises NotAllowed for a host who is too young, or about whose age nothing is known."""
        found = standing(self.ages.get(host.pk, AgeFacts()), on)
        if found not in MAY_BE_PLANNED:
            raise NotAllowed(REFUSALS[found])

    def place(self, typed: str, host: User) -> Place:
        """Where nothing is said: the host's own village. Raises BadCell."""
        if not typed:
            if not host.place_id.startswith(self.county.pk):
                raise BadCell(Column.PLACE, "place_missing")
            return host.place
        found = self.places_called.get(typed) or self.places_called.get(typed.replace("(", "（").replace(")", "）"), [])
        if len(found) > 1:
            meant = "、".join(place.full_name for place in found[:MEANT_AT_MOST])
            raise BadCell(Column.PLACE, "place_several", typed=short(typed), meant=meant)
        if not found:
            raise BadCell(Column.PLACE, "place", typed=short(typed), near=near(typed, (place.full_name for place in self.places)))
        return found[0]

    def resources(self, typed: str, kept: Sequence[Resource]) -> list[Resource]:
        """Raises BadCell."""
        return [self._thing(name, kept) for name in parts_of(typed)]

    def _thing(self, name: str, kept: Sequence[Resource]) -> Resource:
        found = [thing for thing in kept if thing.name == name] or [thing for thing in self._bookable if thing.name == name]
        if not found:
            raise BadCell(Column.THINGS, "thing", typed=short(name), near=near(name, (thing.name for thing in self._bookable)))
        if len(found) > 1:
            raise BadCell(Column.THINGS, "thing_several", typed=short(name))
        return found[0]

    def rooms(self, typed: str) -> list[RoomPlan]:
        """Raises BadCell."""
        return [_room(part) for part in parts_of(typed)]

    def guests(self, typed: str, kept: Sequence[GuestPlan]) -> list[GuestPlan]:
        """A leader by the register, as the register names him; anybody else as he is written. Raises BadCell."""
        return [self._guest(part, kept) for part in parts_of(typed)]

    def _guest(self, text: str, kept: Sequence[GuestPlan]) -> GuestPlan:
        name, title = with_bracket(text)
        same = [guest for guest in kept if guest.name == name and title in {guest.title, ""}]
        if same:
            return same[0]
        if not name or len(name) > NAME_AT_MOST or len(title) > POST_AT_MOST:
            raise BadCell(Column.GUESTS, "guest", typed=short(text))
        leaders = [leader for leader in self.leaders if leader.name == name and title in {leader.title, ""}]
        if len(leaders) == 1:
            return GuestPlan(name, leaders[0].title, leaders[0].rank, leaders[0])
        return GuestPlan(name, title, GuestRank.OTHER)

    def crew(self, typed: str, kept: Sequence[CrewPlan]) -> list[CrewPlan]:
        """Raises BadCell."""
        return [self._member(part, kept) for part in parts_of(typed)]

    def _member(self, text: str, kept: Sequence[CrewPlan]) -> CrewPlan:
        name, said = with_bracket(text)
        duty = next((duty for duty in CREW if said in {str(duty.label), duty.value}), None)
        if duty is None:
            accepted = "、".join(str(duty.label) for duty in CREW)
            raise BadCell(Column.CREW, "crew", typed=short(text), accepted=accepted)
        if same := [member for member in kept if (member.person.name, member.duty) == (name, duty)]:
            return same[0]
        found = self.people.get(name, [])
        if len(found) != 1:
            raise BadCell(Column.CREW, "crew_person", typed=short(name), near=near(name, self.people) if not found else "")
        return CrewPlan(found[0], duty)

    def campaign(self, typed: str) -> Campaign | None:
        """Raises BadCell."""
        return _named(self.campaigns, typed) if typed else None


def _room(text: str) -> RoomPlan:
    found = ROOM.fullmatch(text)
    if not found or found[1] not in PLATFORMS:
        raise BadCell(Column.ROOMS, "room", typed=short(text))
    return RoomPlan(PLATFORMS[found[1]], found[2], found[3] or "")


def _named(campaigns: Iterable[Any], typed: str) -> Any:
    listed = list(campaigns)
    for campaign in listed:
        if campaign.name == typed:
            return campaign
    raise BadCell(Column.CAMPAIGN, "campaign", typed=short(typed), near=near(typed, (one.name for one in listed)))


def kept_of(plan: SessionPlan | None, name: str) -> Sequence[Any]:
    """What the session has of this, () for a new one."""
    return getattr(plan, name) if plan else ()
