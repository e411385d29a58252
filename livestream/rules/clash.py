"""What cannot be at once: one person, thing or account in two sessions, a road that is too long, somebody who is away, one
product at two prices. Pure: claims in, clashes out; half-open intervals, so what ends at 20:00 leaves 20:00 free.

The database itself refuses what a county blocks (`models/booking.py`); this says it in time, of whom, and what else is odd."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.planning import AT_ONCE, DEFAULT_LEVELS, ClashKind, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

TOWNSHIP_DIGITS = 9
STRICTNESS = {Level.WARN: 0, Level.APPROVE: 1, Level.BLOCK: 2}
MINUTE = timedelta(minutes=1)


class Claim(NamedTuple):
    """Some session, or hold, wants somebody or something (`subject`, as the booking names it) from `begins` up to `ends`, with
    setting up and clearing. `place` is where it must be then, "" for what stays where it is. A line of goods claims its product
    at a price."""

    subject: str
    kind: ClashKind
    session: UUID
    county: str
    place: str
    begins: datetime
    ends: datetime
    price_fen: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a county says about clashes. `roads` are minutes between two codes, the smaller first; also of townships."""

    levels: Mapping[ClashKind, Level] = field(default_factory=lambda: DEFAULT_LEVELS)
    same_township_minutes: int = 30
    same_county_minutes: int = 60
    beyond_minutes: int = 120
    roads: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def longest_road(self) -> int:
        return max(self.same_township_minutes, self.same_county_minutes, self.beyond_minutes, *self.roads.values())

    def known_road(self, one: str, other: str) -> int | None:
        """What the county's table says: of the two places, else of a township and a place, else of the two townships."""
        for near in _chain(one):
            for far in _chain(other):
                found = self.roads.get((near, far) if near < far else (far, near)) if near != far else None
                if found is not None:
                    return found
        return None

    def general_road(self, one: str, other: str) -> int:
        if one[:COUNTY_DIGITS] != other[:COUNTY_DIGITS]:
            return self.beyond_minutes
        same_township = len(one) >= TOWNSHIP_DIGITS <= len(other) and one[:TOWNSHIP_DIGITS] == other[:TOWNSHIP_DIGITS]
        return self.same_township_minutes if same_township else self.same_county_minutes


RulesOf = Mapping[str, Rules]  # by the code of a county; one that is not there has the defaults
Away = Callable[[str, datetime, datetime], str]  # why this subject is not free then, in words; "" when it is
DEFAULTS = Rules()


def _chain(code: str) -> tuple[str, ...]:
    return (code, code[:TOWNSHIP_DIGITS]) if len(code) > TOWNSHIP_DIGITS else (code,)


def road_minutes(one: Claim, other: Claim, rules: RulesOf) -> int:
    """How long somebody takes from the place of one claim to that of the other: 0 in one place and for what does not travel."""
    if not one.place or not other.place or one.place == other.place:
        return 0
    asked = [rules.get(claim.county, DEFAULTS) for claim in (one, other)]
    known = [road for each in asked if (road := each.known_road(one.place, other.place)) is not None]
    return min(known) if known else max(each.general_road(one.place, other.place) for each in asked)


@dataclass(frozen=True, slots=True)
class Clash:
    """`mine` cannot have `subject` then because of `other` (None: because the subject is away). `begins`–`ends` are the hours
    that both want; on the road, those between the two. `reason` and `is_allowed` tell of the excuse that `mine` has."""

    kind: ClashKind
    level: Level
    subject: str
    mine: UUID | None
    other: UUID | None
    begins: datetime
    ends: datetime
    road_minutes: int = 0
    prices_fen: tuple[int, int] = (0, 0)  # mine, the other's
    comes_after: bool = False  # mine begins after the other
    other_kind: ClashKind | None = field(default=None, compare=False)  # what it is for the other one
    words: str = field(default="", compare=False)
    reason: str = field(default="", compare=False)
    is_allowed: bool = field(default=False, compare=False)

    @property
    def key(self) -> str:
        """The same as long as the same two sessions are about the same thing, whatever their hours: what an excuse names."""
        return f"{'time' if self.kind in AT_ONCE else self.kind.value}:{self.subject}:{self.other or ''}"

    def turned(self) -> Clash:
        """The same as the other session sees it. Only of a clash between two."""
        return replace(
            self,
            kind=self.other_kind or self.kind,
            other_kind=self.kind,
            mine=self.other,
            other=self.mine,
            prices_fen=self.prices_fen[::-1],
            comes_after=not self.comes_after,
        )

    @property
    def is_refused(self) -> bool:
        """Cannot be stored as it is: the county blocks it, or asks for a reason that is not given."""
        return self.level == Level.BLOCK or (self.level == Level.APPROVE and not self.reason)

    @property
    def holds_release(self) -> bool:
        """Cannot be released as it is: refused, or nobody has allowed it yet."""
        return self.is_refused or (self.level == Level.APPROVE and not self.is_allowed)


class FreeStudio(NamedTuple):
    """A studio (the id of its resource) that could be taken instead."""

    pk: int
    name: str


class Clashing(NotAllowed):
    """A plan that clashes. `clashes` are those that refuse it, each with its words; `free` the next starts at which everything
    it needs is free; `studios` those of the county that are free at the wanted hours, where a studio is what clashes."""

    def __init__(
        self, clashes: list[Clash], free: Sequence[datetime] = (), studios: Sequence[FreeStudio] = (), *, code: str = "clash"
    ) -> None:
        super().__init__(code, words=" ".join(clash.words for clash in clashes))
        self.clashes, self.free, self.studios = clashes, list(free), list(studios)


def clash_of(mine: Claim, other: Claim, rules: RulesOf) -> Clash | None:
    """Whether these two claims of one subject get in each other's way."""
    if mine.session == other.session:
        return None
    begins, ends = max(mine.begins, other.begins), min(mine.ends, other.ends)
    if mine.kind == ClashKind.PRICE:
        odd = begins < ends and mine.price_fen != other.price_fen
        return _clash(ClashKind.PRICE, mine, other, rules) if odd else None
    if begins < ends:
        return _clash(mine.kind, mine, other, rules)
    road = road_minutes(mine, other, rules)
    return _clash(ClashKind.TRAVEL, mine, other, rules, road) if begins - ends < road * MINUTE else None


def _clash(kind: ClashKind, mine: Claim, other: Claim, rules: RulesOf, road: int = 0) -> Clash:
    """The milder of the two counties and kinds counts: the database binds two rows only if both bind."""
    kinds = (mine.kind, other.kind) if kind in AT_ONCE else (kind, kind)
    levels = [
        rules.get(claim.county, DEFAULTS).levels.get(each, Level.BLOCK) for claim, each in zip((mine, other), kinds, strict=True)
    ]
    begins, ends = max(mine.begins, other.begins), min(mine.ends, other.ends)
    return Clash(
        kind,
        min(levels, key=STRICTNESS.__getitem__),
        mine.subject,
        mine.session,
        other.session,
        min(begins, ends),
        max(begins, ends),
        road,
        (mine.price_fen, other.price_fen),
        mine.begins > other.begins,
        kinds[1],
    )


def find_clashes(claims: Iterable[Claim], rules: RulesOf, away: Away | None = None) -> list[Clash]:
    """Every clash among these claims, once for two sessions and a subject, by the clock. The greater session id is `mine`."""
    found: dict[tuple[object, ...], Clash] = {}
    reach = max(each.longest_road for each in (DEFAULTS, *rules.values())) * MINUTE
    by_subject: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_subject[claim.subject].append(claim)
    for those in by_subject.values():
        for one, other in _near(sorted(those, key=_by_clock), reach if those[0].place else timedelta(0)):
            mine, its = (one, other) if one.session > other.session else (other, one)
            if clash := clash_of(mine, its, rules):
                _keep(found, clash)
    for clash in _absences(by_subject, rules, away) if away else ():
        _keep(found, clash)
    return sorted(found.values(), key=lambda clash: (clash.begins, clash.key, str(clash.mine)))


def _by_clock(claim: Claim) -> tuple[datetime, datetime]:
    return claim.begins, claim.ends


def _keep(found: dict[tuple[object, ...], Clash], clash: Clash) -> None:
    """Of several between the same two (a person may be host and crew there), the strictest, then the first."""
    known = found.setdefault((clash.mine, clash.key), clash)
    if STRICTNESS[clash.level] > STRICTNESS[known.level]:
        found[clash.mine, clash.key] = clash


def _near(those: list[Claim], reach: timedelta) -> Iterator[tuple[Claim, Claim]]:
    """The pairs of claims, sorted by the clock, of which the earlier is not over by more than `reach` when the later begins."""
    active: list[Claim] = []
    for claim in those:
        active = [one for one in active if one.ends + reach > claim.begins]
        for one in active:
            if one.session != claim.session:
                yield one, claim
        active.append(claim)


def _absences(by_subject: Mapping[str, list[Claim]], rules: RulesOf, away: Away) -> Iterator[Clash]:
    for subject, those in by_subject.items():
        for claim in those:
            if claim.kind != ClashKind.PRICE and (why := away(subject, claim.begins, claim.ends)):
                yield absence(claim, why, rules)


def absence(claim: Claim, why: str, rules: RulesOf) -> Clash:
    """That the subject of a claim is not free then."""
    level = rules.get(claim.county, DEFAULTS).levels.get(ClashKind.AWAY, Level.BLOCK)
    return Clash(ClashKind.AWAY, level, claim.subject, claim.session, None, claim.begins, claim.ends, words=why)


def seen_from(session: UUID, claims: Iterable[Claim], rules: RulesOf, away: Away | None = None) -> list[Clash]:
    """The clashes of one session with the others among these claims: it is `mine` in each. By the clock."""
    found: dict[tuple[object, ...], Clash] = {}
    own: defaultdict[str, list[Claim]] = defaultdict(list)
    others: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        (own if claim.session == session else others)[claim.subject].append(claim)
    for subject, those in own.items():
        for mine in those:
            for other in others[subject]:
                if clash := clash_of(mine, other, rules):
                    _keep(found, clash)
    for clash in _absences(own, rules, away) if away else ():
        _keep(found, clash)
    return sorted(found.values(), key=lambda clash: (clash.begins, clash.key))
