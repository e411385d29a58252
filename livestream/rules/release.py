"""What a release froze, how it differs from what was in force before, and whom that concerns. Pure.

A plan is compared by who and what it names (ids, codes), never by how they are called: a studio that gets another name is no
change of anybody's evening. The names stand in the plan all the same, as they were on that day, so that the history reads on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.planning import Duty, ResourceKind
from livestream.rules.session import TRANSITIONS, SessionEvent, SessionState, next_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ANSWER_BEFORE = timedelta(hours=3)  # before the start: later than that nobody finds a replacement


class Change(TextChoices):
    NEW = "new", pgettext_lazy("change", "新排")
    CHANGED = "changed", pgettext_lazy("change", "改动")
    CANCELLED = "cancelled", pgettext_lazy("change", "取消")


class LeftOut(TextChoices):
    """Why a session of the days is not released with the others."""

    UNAPPROVED = "unapproved", _("有领导，还没有批准")
    EXCUSE = "excuse", _("撞时间的理由还没有批准")
    CLASH = "clash", _("撞时间")
    ANNOUNCED = "announced", _("和已经通知出去的一场撞，那一场的改动要一起发布")
    PAST = "past", _("开播时间已经过去")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something by id (of a person, a leader or a resource) or code (of a place), with the name of that day."""

    key: str
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class CrewMember:
    """A person and a duty besides the host; one person may have several."""

    person: int
    name: str = field(compare=False)
    duty: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment of a relay."""

    title: str
    place: Named
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """A guest; `leader` is his id in the register, `segment` the number of the stretch (from 0), if he comes for one alone."""

    name: str
    title: str
    rank: str
    leader: int | None = None
    segment: int | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource that is held for the session, or for one stretch of it."""

    resource: int
    name: str = field(compare=False)
    kind: str = field(compare=False)
    segment: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is frozen of a session: all that somebody who comes must know. Goods, rooms and goals go on being prepared."""

    kind: str
    title: str
    host: Named
    starts_at: datetime
    ends_at: datetime
    place: Named
    segments: tuple[Stretch, ...] = ()
    crew: tuple[CrewMember, ...] = ()
    guests: tuple[Visitor, ...] = ()
    things: tuple[Thing, ...] = ()
    is_cancelled: bool = False

    @property
    def host_id(self) -> int:
        return int(self.host.key)

    @property
    def people(self) -> tuple[int, ...]:
        """Ids of host and crew, the host first, each once; nobody has to come to what is cancelled."""
        return () if self.is_cancelled else tuple(dict.fromkeys([self.host_id, *(one.person for one in self.crew)]))

    @property
    def sites(self) -> tuple[Thing, ...]:
        """Studios and off-site places, in which it happens."""
        return tuple(thing for thing in self.things if thing.kind in {ResourceKind.STUDIO, ResourceKind.PLACE})

    def duties(self, person: int) -> tuple[str, ...]:
        """What this person does in it, the host's part first; () for somebody it does not concern."""
        if person not in self.people:
            return ()
        others = sorted(one.duty for one in self.crew if one.person == person)
        return tuple(([Duty.HOST.value] if person == self.host_id else []) + others)

    def cancelled(self) -> Plan:
        return replace(self, is_cancelled=True)

    def to_json(self) -> dict[str, Any]:
        """JSON as it is stored; times are UTC."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Plan:
        times = {name: datetime.fromisoformat(stored[name]) for name in ("starts_at", "ends_at")}
        return cls(
            kind=stored["kind"],
            title=stored["title"],
            host=Named(**stored["host"]),
            **times,
            place=Named(**stored["place"]),
            segments=tuple(_stretch(one) for one in stored["segments"]),
            crew=tuple(CrewMember(**one) for one in stored["crew"]),
            guests=tuple(Visitor(**one) for one in stored["guests"]),
            things=tuple(Thing(**one) for one in stored["things"]),
            is_cancelled=stored["is_cancelled"],
        )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _stretch(stored: dict[str, Any]) -> Stretch:
    times = {name: datetime.fromisoformat(stored[name]) for name in ("starts_at", "ends_at")}
    return Stretch(stored["title"], Named(**stored["place"]), **times)


def difference(before: Plan | None, after: Plan | None) -> Change | None:
    """How what is now differs from what was in force; None where nobody needs to be told anything. A plan that is not there and
    one that is cancelled are the same: nothing takes place."""
    was, will = before is not None and not before.is_cancelled, after is not None and not after.is_cancelled
    if was and will:
        return None if before == after else Change.CHANGED
    return Change.NEW if will else Change.CANCELLED if was else None


def concerned(before: Plan | None, after: Plan | None) -> list[int]:
    """Ids of all whom a change concerns: who comes now, then who came before."""
    return list(dict.fromkeys([*(after.people if after else ()), *(before.people if before else ())]))


def change_for(person: int, before: Plan | None, after: Plan | None) -> Change | None:
    """The same difference as one person meets it: whoever is replaced finds the session cancelled, his successor finds it new."""
    was = before if before and person in before.people else None
    will = after if after and person in after.people else None
    return difference(was, will)


def asks_anew(person: int, before: Plan | None, after: Plan) -> bool:
    """Whether what changed can make somebody who said that he comes unable to: the hours, the place, his own part. A new title or
    another guest is only told, and the answer he gave stays."""
    if not after.duties(person) or change_for(person, before, after) is None:
        return False
    return before is None or _what_is_asked(person, before) != _what_is_asked(person, after)


def _what_is_asked(person: int, plan: Plan) -> tuple[Any, ...]:
    sites = sorted(thing.resource for thing in plan.sites)
    return plan.starts_at, plan.ends_at, plan.place, sites, plan.duties(person), [one.place for one in plan.segments]


def state_when_released(state: str, kind: str) -> SessionState:
    """What a session becomes by its release: whatever was still to be submitted and approved is. Others stay as they are."""
    now = SessionState(state)
    for event in (SessionEvent.SUBMIT, SessionEvent.APPROVE):
        if event in TRANSITIONS[now]:
            now = next_state(now, event, kind)
    return now


def held_by_both(one: Plan, other: Plan) -> list[str]:
    """The names of the people and things that two plans need at the same moment, in the order of the first."""
    theirs = list(_holdings(other))
    found = [
        name
        for subject, name, begins, ends in _holdings(one)
        if any(subject == same and begins < until and since < ends for same, _name, since, until in theirs)
    ]
    return list(dict.fromkeys(found))


def _holdings(plan: Plan) -> Iterator[tuple[str, str, datetime, datetime]]:
    if plan.is_cancelled:
        return
    people = {plan.host_id: plan.host.name} | {one.person: one.name for one in plan.crew}
    for person, name in people.items():
        yield f"person:{person}", name, plan.starts_at, plan.ends_at
    for thing in plan.things:
        part = plan if thing.segment is None else plan.segments[thing.segment]
        yield f"resource:{thing.resource}", thing.name, part.starts_at, part.ends_at
    for guest in plan.guests:
        if guest.leader is not None:
            part = plan if guest.segment is None else plan.segments[guest.segment]
            yield f"leader:{guest.leader}", guest.name, part.starts_at, part.ends_at


def answer_by(told_at: datetime, starts_at: datetime, hours: int) -> datetime | None:
    """Until when an answer is awaited: the county's hours, but so that somebody else can still be found; where it is told late,
    half of the time that is left. None when it has begun: there is nothing to ask."""
    left = starts_at - told_at
    if left <= timedelta():
        return None
    return min(told_at + timedelta(hours=hours), max(starts_at - ANSWER_BEFORE, told_at + left / 2))


def digest_of_difference(entries: Iterable[tuple[str, Plan | None, Plan | None, str]]) -> str:
    """A mark of what somebody was shown (session, before, after, why it is left out or ""), in any order: with one word changed
    it is another."""
    plain = sorted([key, before and before.to_json(), after and after.to_json(), why] for key, before, after, why in entries)
    return sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
