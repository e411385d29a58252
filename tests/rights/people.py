"""Everybody who may ask: each role at each level of post, in time and out of it, appointed, stopped."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from livestream.models import Appointment, User
from livestream.rules.person import Role
from livestream.rules.place import level_of
from livestream.rules.rights import Action
from tests.factories import make_place, make_user
from tests.rights.document import Row, table
from tests.rights.world import OTHERS, VILLAGES, Spot

LETTERS = {"province": "P", "city": "C", "county": "X", "township": "T", "village": "V"}
PLACES = {"own village": VILLAGES["home"], **OTHERS, "other county": VILLAGES["far"][:6]}
LENT = "140426"  # a county of which the world has nothing: where somebody sits who is appointed elsewhere


@dataclass
class Person:
    """Who asks, and the posts that hold today as (role, place): what the written matrix is asked about."""

    name: str
    user: User | None
    posts: list[tuple[str, str]] = field(default_factory=list)

    def reach(self, action: str) -> set[str]:
        """The places, by the table of the document: not by the rules that it is compared with. "" is everywhere."""
        if self.is_everywhere:
            return {""}
        return {place for role, place in self.posts if LETTERS[level_of(place)] in WRITTEN[action].get(role, "")}

    def may(self, action: str, county: str, place: str) -> bool:
        return any((place if len(code) > 6 else county).startswith(code) for code in self.reach(action))

    def may_below(self, action: str, county: str) -> bool:
        """In the county, or in a place of it."""
        return any(county.startswith(code) or code.startswith(county) for code in self.reach(action))

    def may_somewhere(self, action: str) -> bool:
        return all(self.reach(one) for one in action.split(" + ") if one != "own")

    def may_something(self, county: str, place: str) -> bool:
        return any(self.may(action, county, place) for action in Action.values)

    @property
    def is_first(self) -> bool:
        """Of each role one is asked everything: what is nowhere, what asks for no place, every page of the back office."""
        return self.user is None or self.name.endswith((", county", "himself"))

    @property
    def is_typical(self) -> bool:
        """Of the roles that differ in little, some are asked everything in every run."""
        return self.user is None or not any(
            role in {"approver", "exporter", "commissioner", "auditor", "admin"} for role, _place in self.posts
        )

    @property
    def is_near(self) -> bool:
        """Those whose border lies just before a neighbour's object."""
        return self.name.endswith((", own village", ", county"))

    @property
    def asks_all(self) -> bool:
        return self.is_first or (self.name.endswith(", own village") and not self.is_everywhere)

    @property
    def is_everywhere(self) -> bool:
        """One platform administrator is like another."""
        return any(role == Role.ADMIN for role, _place in self.posts)

    def asks(self, row: Row) -> bool:
        """What names no object is asked by those for whom it may differ; what anybody may, by one of each role."""
        if self.is_first:
            return True
        is_for_all = {"public", "machine", "signed in"} & set(row.needs) or row.needs == ("own",) or row.kind == "row"
        return not is_for_all and not row.route.startswith("admin:")

    @property
    def is_below_county(self) -> bool:
        return all(len(place) > 6 for _role, place in self.posts)

    @property
    def is_anybody(self) -> bool:
        return any(self.reach(action) for action in Action.values)


def written() -> dict[str, dict[str, str]]:
    """Action → role → letters of levels, as the document has them."""
    roles = ["staff", "trainer", "approver", "exporter", "auditor", "commissioner"]
    return {cells[0]: dict(zip(roles, cells[2:], strict=True)) for cells in table("matrix")}


WRITTEN = written()


def people_of(role: str, world: dict[str, Spot]) -> list[Person]:
    today, day = timezone.localdate(), timedelta(days=1)
    term = {"from_on": today - day, "until_on": today + day}
    people = [
        Person(
            f"{role}, {name}",
            make_user(role, make_place(code, code) if name == "county" else place_of(code), **term),
            [(role, code)],
        )
        for name, code in PLACES.items()
    ]
    if role == Role.HOST:
        return [*people, Person("the host himself", world["home"].host, [(role, VILLAGES["home"])])]
    county = place_of(OTHERS["county"])
    before, after = {"from_on": today + day, "until_on": today + 2 * day}, {"from_on": today - 2 * day, "until_on": today - day}
    out_of_time = {"before": before, "after": after, "stopped": {**term, "is_active": False}}
    people += [Person(f"{role}, {name}", make_user(role, county, **changes)) for name, changes in out_of_time.items()]
    appointments = {
        "appointed": {**term},
        "appointed before": before,
        "appointed after": after,
        "appointment ended": {**term, "ended_at": timezone.now()},
    }
    for name, changes in appointments.items():
        person = make_user("host", make_place(LENT, LENT))
        Appointment.objects.create(user=person, role=role, place=county, **changes)
        people.append(Person(f"{role}, {name}", person, [(role, county.pk)] if name == "appointed" else []))
    return people


def place_of(code: str):
    from livestream.models import Place

    return Place.objects.get(pk=code)
