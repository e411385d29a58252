"""What came of a class: the kinds of conversion, the windows counties agree on, and how a share is said (domain 3.3). Pure.

No national definition was found, contracts define it locally: so a rule is data, and its words stand beside every figure.
Days are Shanghai days and counted from the day of completion, which is day 0: "within 90 days" begins with the first moment of
day 0 and ends with the last of day 90; day 91 is too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise

LONGEST_DAYS = 1100
TENTH = Decimal("0.1")


class ConversionKind(TextChoices):
    """Each with its evidence: shops, live and sales from the system's own records, the others from papers and calls."""

    SHOP = "shop", _("开了店")
    LIVE = "live", _("开了播")
    SALE = "sale", _("出了单")
    SUSTAINED = "sustained", _("持续经营")
    EMPLOYED = "employed", _("就业")
    LINKED = "linked", _("被带动")


# What nobody can write down by hand: only sessions and orders of the system prove it. The system knows no owner of a shop or of
# an account (they are the county's), so a shop is proved by a paper; a job by a paper or by what the person said when called.
BY_RECORDS = frozenset({ConversionKind.LIVE, ConversionKind.SALE, ConversionKind.SUSTAINED})
BY_PAPER = tuple(kind for kind in ConversionKind if kind not in BY_RECORDS)


class Terms(NamedTuple):
    """When an event counts, and how much of it: minutes on air, orders, months with sales; 1 where it is yes or no."""

    from_days: int
    within_days: int
    least: int


DEFAULTS: dict[ConversionKind, Terms] = {
    ConversionKind.SHOP: Terms(0, 90, 1),
    ConversionKind.LIVE: Terms(0, 90, 30),
    ConversionKind.SALE: Terms(0, 180, 1),
    ConversionKind.SUSTAINED: Terms(180, 365, 3),
    ConversionKind.EMPLOYED: Terms(0, 180, 1),
    ConversionKind.LINKED: Terms(0, 180, 1),
}
MOST: Mapping[ConversionKind, int] = {ConversionKind.LIVE: 1440, ConversionKind.SALE: 10_000, ConversionKind.SUSTAINED: 36}

# The definition as it is printed beside the figure.
DEFINITIONS: dict[ConversionKind, _StrPromise] = {
    ConversionKind.SHOP: _("结业后第 {from_days}–{within_days} 天里开了网店或直播账号，有登记的材料。"),
    ConversionKind.LIVE: _(
        "结业后第 {from_days}–{within_days} 天里，用本人账号主播过至少一场，从开播到下播满 {least} 分钟；练习不算。"
    ),
    ConversionKind.SALE: _(
        "结业后第 {from_days}–{within_days} 天里，本人主播的场次有至少 {least} 个计入的支付订单；退款不减，练习不算。"
    ),
    ConversionKind.SUSTAINED: _(
        "结业后第 {from_days}–{within_days} 天里，至少 {least} 个自然月，本人主播的场次有计入的支付订单。"
    ),
    ConversionKind.EMPLOYED: _("结业后第 {from_days}–{within_days} 天里受雇：有合同等材料，或回访时本人说受雇。"),
    ConversionKind.LINKED: _("结业后第 {from_days}–{within_days} 天里，通过直播供货或带动增收，有登记的材料。"),
}


def definition(kind: ConversionKind, terms: Terms) -> str:
    """In the reader's language."""
    return str(DEFINITIONS[kind]).format(**terms._asdict())


def check_terms(kind: ConversionKind, terms: Terms) -> None:
    """Raises NotAllowed for a window that is empty or longer than three years, and for an amount that cannot be."""
    if not 1 <= terms.within_days <= LONGEST_DAYS:
        raise NotAllowed("conversion_days", most=LONGEST_DAYS)
    if not 0 <= terms.from_days < terms.within_days:
        raise NotAllowed("conversion_backwards")
    if not 1 <= terms.least <= MOST.get(kind, 1):
        raise NotAllowed("conversion_least", most=MOST.get(kind, 1))


@lru_cache(maxsize=4096)
def first_moment(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole Shanghai days, both included; as moments half-open."""

    first_on: date
    last_on: date

    def holds(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on

    @property
    def begins_at(self) -> datetime:
        return first_moment(self.first_on)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is too late."""
        return first_moment(self.last_on + timedelta(days=1))


def span(terms: Terms, completed_on: date) -> Span:
    """The days in which the event must lie."""
    return Span(completed_on + timedelta(days=terms.from_days), completed_on + timedelta(days=terms.within_days))


def long_enough(terms: Terms, within: Span, *, went_live_at: datetime, ended_at: datetime | None) -> bool:
    """Whether a session that began in these days was on air for the least minutes; one still on air is not over yet."""
    if ended_at is None or not within.begins_at <= went_live_at < within.ends_at:
        return False
    return ended_at - went_live_at >= timedelta(minutes=terms.least)


def months_of(days: Iterable[date]) -> list[date]:
    """The calendar months, by their first days, in order."""
    return sorted({day.replace(day=1) for day in days})


def percent(part: int, whole: int) -> Decimal | None:
    """With one decimal, half up; None of nobody."""
    return (Decimal(part) * 100 / whole).quantize(TENTH, ROUND_HALF_UP) if whole else None
