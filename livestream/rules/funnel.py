"""From being shown a room to buying in it: five counts, four rates, which step is the weakest and who can mend it; and what the
clicks and the sales of each good say of it. Pure. Sources: domain 2.8 (五维四率) and 2.11."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.definitions import BY_CODE
from livestream.rules.statement import ratio

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction
    from uuid import UUID

    from django.utils.functional import _StrPromise

    from livestream.rules.definitions import Definition

COMPARABLE = 3  # fewer sessions of the county than this are no measure
COMPARED = timedelta(days=90)  # before the end of the session that is measured
COMPARED_AT_MOST = 60  # the newest of them
COUNT_CODES = {
    "exposure_uv": "exposure",
    "view_uv": "views",
    "item_exposure_uv": "item_exposure",
    "item_click_uv": "item_clicks",
    "buyers": "buyers",
}
COUNTS = ("exposure_uv", "view_uv", "item_exposure_uv", "item_click_uv", "buyers")


class Step(TextChoices):
    ENTRY = "entry", _("曝光进入率")
    SHOWN = "shown", _("商品曝光率")
    CLICK = "click", _("商品点击率")
    PAY = "pay", _("点击成交率")


# The count that a rate leads to, and the one that it is a part of.
OF: dict[Step, tuple[str, str]] = {
    Step.ENTRY: ("view_uv", "exposure_uv"),
    Step.SHOWN: ("item_exposure_uv", "view_uv"),
    Step.CLICK: ("item_click_uv", "item_exposure_uv"),
    Step.PAY: ("buyers", "item_click_uv"),
}
OWNER: dict[Step, _StrPromise] = {
    Step.ENTRY: _("封面、标题和预播推广：运营"),
    Step.SHOWN: _("什么时候上架、讲多久：中控和主播"),
    Step.CLICK: _("选品和排品：选品员、运营"),
    Step.PAY: _("价格和主播怎么讲：定价的人、主播"),
}
Counts = dict[str, int | None]


class Rate(NamedTuple):
    """`usual`: the median of the county's other sessions on this platform, `own` that of the host's own ones among them; None
    where there are too few. `compared`, `compared_own`: how many of them said this rate."""

    step: Step
    value: Fraction | None
    usual: Fraction | None
    own: Fraction | None = None
    compared: int = 0
    compared_own: int = 0

    @property
    def owner(self) -> _StrPromise:
        return OWNER[self.step]

    @property
    def of_usual(self) -> Fraction | None:
        """How much of the usual rate it reaches; None where one of the two is not known, or the usual one is nothing."""
        return self.value / self.usual if self.value is not None and self.usual else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """Of one platform: people of two platforms are never added."""

    platform: str
    counts: Mapping[str, int | None]
    rates: tuple[Rate, ...]
    weakest: Rate | None

    @property
    def told(self) -> list[tuple[Definition, int | None]]:
        """The five counts, each with what it means."""
        return [(BY_CODE[COUNT_CODES[name]], self.counts[name]) for name in COUNTS]

    @property
    def steps(self) -> list[tuple[Rate, Definition]]:
        """The four rates, each with what it means."""
        return [(rate, BY_CODE[rate.step.value]) for rate in self.rates]

    @property
    def is_comparable(self) -> bool:
        return any(rate.value is not None and rate.usual is not None for rate in self.rates)


def rate_of(step: Step, counts: Mapping[str, int | None]) -> Fraction | None:
    part, whole = OF[step]
    return ratio(counts.get(part), counts.get(whole))


def funnel(
    platform: str,
    counts: Mapping[str, int | None],
    others: Sequence[Mapping[str, int | None]],
    own: Sequence[Mapping[str, int | None]] = (),
) -> Funnel:
    """`others`: the counts of the county's other sessions on this platform, `own`: those of the same host among them. The weakest
    step is the one furthest below the usual one; none where nothing is below it, or too little is known to say."""
    rates = tuple(_rate(step, counts, others, own) for step in Step)
    return Funnel(platform, {name: counts.get(name) for name in COUNTS}, rates, weakest(rates))


def _rate(
    step: Step,
    counts: Mapping[str, int | None],
    others: Sequence[Mapping[str, int | None]],
    own: Sequence[Mapping[str, int | None]],
) -> Rate:
    known, known_own = rates_of(step, others), rates_of(step, own)
    return Rate(step, rate_of(step, counts), usual(known), usual(known_own), len(known), len(known_own))


def weakest(rates: Iterable[Rate]) -> Rate | None:
    """The one furthest below the usual, of several so the earliest step; whatever their order."""
    below = [(part, list(Step).index(rate.step), rate) for rate in rates if (part := rate.of_usual) is not None and part < 1]
    return min(below, default=(None, None, None), key=lambda found: found[:2])[2]


def rates_of(step: Step, others: Iterable[Mapping[str, int | None]]) -> list[Fraction]:
    return [rate for counts in others if (rate := rate_of(step, counts)) is not None]


def usual(known: Sequence[Fraction]) -> Fraction | None:
    """The median; None of fewer than three."""
    return median(known) if len(known) >= COMPARABLE else None


class Said(NamedTuple):
    """What a platform said of a session that is over: of each count the newest word. A practice is never among them."""

    session: UUID
    host: int
    ended_at: datetime
    platform: str
    counts: Counts


def funnels(said: Iterable[Said], wanted: Collection[UUID]) -> dict[UUID, list[Funnel]]:
    """Of the sessions `wanted`, one funnel a platform. Each is measured against the county's sessions that had ended in the
    ninety days before its own end: a review says the same whenever it is read, and in whatever order `said` comes."""
    found: dict[UUID, list[Funnel]] = {}
    by_platform: dict[str, list[Said]] = {}
    for one in sorted(said, key=lambda one: (one.platform, one.ended_at, one.session)):
        by_platform.setdefault(one.platform, []).append(one)
    for platform, those in by_platform.items():
        for one in those:
            if one.session in wanted:
                others = _before(one, those)
                own = [other.counts for other in others if other.host == one.host]
                made = funnel(platform, one.counts, [other.counts for other in others], own)
                found.setdefault(one.session, []).append(made)
    return found


def _before(one: Said, those: Sequence[Said]) -> list[Said]:
    """`those` are in the order of their end."""
    ended = attrgetter("ended_at")
    first = bisect_right(those, one.ended_at - COMPARED, key=ended)
    last = bisect_right(those, one.ended_at, key=ended)
    return [other for other in those[first:last] if other.session != one.session][-COMPARED_AT_MOST:]


# --- goods ----------------------------------------------------------------------------------------------------------------


class Verdict(TextChoices):
    HERO = "hero", _("主推：点的人多，买的也多")
    TRAFFIC = "traffic", _("多露脸：点的人少，点了就买")
    PRICE = "price", _("看看价格：点的人多，买的少")
    DROP = "drop", _("考虑换下：点的少，买的也少")


@dataclass(frozen=True, slots=True)
class Clicked:
    """A good with the people who clicked on it (None: nobody said how many) and the orders that hold it."""

    sku: str
    clicks: int | None
    orders: int

    @property
    def conversion(self) -> Fraction | None:
        return ratio(self.orders, self.clicks)


def verdicts(goods: Sequence[Clicked]) -> dict[str, Verdict]:
    """By sku, of those with clicks: much and little is against the middle of the session's own goods. Two at least."""
    known = [(good, good.conversion) for good in goods if good.clicks]
    rates = [rate for _good, rate in known if rate is not None]
    if len(known) < 2:
        return {}
    clicks_middle, rate_middle = median(good.clicks or 0 for good, _rate in known), median(rates)
    found = {}
    for good, rate in known:
        clicked, bought = (good.clicks or 0) >= clicks_middle, rate is not None and rate >= rate_middle
        found[good.sku] = {
            (True, True): Verdict.HERO,
            (False, True): Verdict.TRAFFIC,
            (True, False): Verdict.PRICE,
            (False, False): Verdict.DROP,
        }[clicked, bought]
    return found
