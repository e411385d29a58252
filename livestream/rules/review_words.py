"""A review's figures in words, the same on the page and on paper: what is not known says so and is never 0. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.rules.day import SHANGHAI
from livestream.rules.definitions import BY_CODE, Definition
from livestream.rules.money import percent as part_of
from livestream.rules.money import yuan
from livestream.rules.statement import GRAMS_OF_JIN, ratio, rounded, total
from livestream.rules.trust import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from livestream.rules.review import Mark
    from livestream.rules.statement import Figures, GoodFigures, Part, Sums


class Row(NamedTuple):
    """A figure in every statement, in the order in which they were given; None: not known."""

    definition: Definition
    cells: list[str | None]
    marks: tuple[Mark, ...] = ()

    @property
    def by_mark(self) -> list[tuple[Mark, str | None]]:
        return list(zip(self.marks, self.cells, strict=True))


@dataclass(frozen=True, slots=True)
class Change:
    """What moved from one statement to the next, by cause; `parts` come to `all` exactly."""

    since: Mark
    until: Mark
    parts: tuple[Part, ...]
    all: Sums


def jin(grams: int) -> str:
    """`123.5`, half up."""
    return f"{(Decimal(grams) / GRAMS_OF_JIN).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def _share(value: Fraction | None) -> str | None:
    return None if value is None else percent(value)


def _money(fen: int | None) -> str | None:
    return None if fen is None else yuan(fen)


def _jin(figures: Figures) -> str | None:
    if figures.unweighed_units and not figures.sums.grams:
        return None
    told = jin(figures.sums.grams)
    if not figures.unweighed_units:
        return told
    return _("{jin}，另有 {n} 件没写净重").format(jin=told, n=figures.unweighed_units)


def _preship(figures: Figures) -> str | None:
    shipping = figures.seen.shipping
    if shipping is None:
        return None
    if not shipping.unknown:
        return _("{n} 单").format(n=shipping.before)
    return _("{n} 单；另有 {unknown} 单关闭了，分不清发没发").format(n=shipping.before, unknown=shipping.unknown)


def _peak(figures: Figures) -> str | None:
    peak = figures.peak
    return None if peak is None else _("{at} · {n} 单").format(at=f"{peak.minute.astimezone(SHANGHAI):%H:%M}", n=peak.orders)


def _gap(figures: Figures) -> str | None:
    gap = figures.gap
    if gap is None:
        return None
    minutes, seconds = divmod(gap.seconds, 60)
    return _("{minutes} 分 {seconds} 秒（{at} 起）").format(
        minutes=minutes, seconds=seconds, at=f"{gap.from_at.astimezone(SHANGHAI):%H:%M}"
    )


def _tenth(value: Fraction | None) -> str | None:
    hundredths = rounded(value * 100) if value is not None else None
    return None if hundredths is None else f"{hundredths / 100:.2f}"


def _closed(figures: Figures) -> str | None:
    return None if figures.seen.closed_orders is None else _("{n} 单").format(n=figures.seen.closed_orders)


TOLD: dict[str, Callable[[Figures], str | None]] = {
    "orders": lambda f: f"{f.sums.orders:,}",
    "units": lambda f: f"{f.sums.units:,}",
    "jin": _jin,
    "paid": lambda f: yuan(f.sums.paid_fen),
    "refunded": lambda f: yuan(f.sums.refunded_fen),
    "net": lambda f: yuan(f.sums.net_fen),
    "buyers": lambda f: None if f.buyers is None else f"{f.buyers:,}",
    "atv": lambda f: _money(f.atv_fen),
    "aov": lambda f: _money(f.aov_fen),
    "per_unit": lambda f: _money(f.per_unit_fen),
    "items_per_order": lambda f: _tenth(f.items_per_order),
    "refund_rate_orders": lambda f: _share(f.refund_rate_orders),
    "refund_rate_fen": lambda f: _share(f.refund_rate_fen),
    "preship": _preship,
    "closed": _closed,
    "moving": lambda f: f.moving_rate is not None and f"{percent(f.moving_rate)}（{f.listed_and_sold}/{f.listed}）" or None,
    "sell_through": lambda f: _share(f.sell_through),
    "oversold": lambda f: _("{n} 件").format(n=f.oversold_units) if any(good.committed for good in f.goods) else None,
    "peak": _peak,
    "gap": _gap,
}


def rows_of(all_figures: Sequence[Figures], marks: Sequence[Mark] = ()) -> list[Row]:
    """Every figure of all statements; `marks`: which of them is which."""
    return [Row(BY_CODE[code], [told(figures) for figures in all_figures], tuple(marks)) for code, told in TOLD.items()]


def changes_of(stated: Sequence[tuple[Mark, Figures, tuple[Part, ...]]]) -> list[Change]:
    """From each statement to the next."""
    return [
        Change(before[0], mark, parts, total(parts)) for before, (mark, _figures, parts) in zip(stated, stated[1:], strict=False)
    ]


# --- money ----------------------------------------------------------------------------------------------------------------


class Terms(NamedTuple):
    """What was agreed for a good; `settlement_fen`: what its supplier gets for one."""

    commission_basis_points: int
    slot_fee_fen: int
    settlement_fen: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """Where the money of a session goes, by what was agreed. `unsettled_units` have no settlement price: they are not in
    `settled_fen`, and then the farmers' share is at least what is shown."""

    subsidy_fen: int | None
    commission_fen: int
    slot_fee_fen: int
    settled_fen: int
    settled_units: int
    unsettled_units: int
    share: Fraction | None


def money_of(figures: Figures, terms: dict[str, Terms]) -> Money:
    settled = [(good, terms[good.sku].settlement_fen) for good in figures.goods if good.sku in terms]
    paid = [(good, price) for good, price in settled if price is not None]
    settled_fen = sum(good.units * price for good, price in paid)
    settled_units = sum(good.units for good, _price in paid)
    return Money(
        subsidy_fen=figures.seen.subsidy_fen,
        commission_fen=sum(commission(good, terms) for good in figures.goods),
        slot_fee_fen=sum(each.slot_fee_fen for each in terms.values()),
        settled_fen=settled_fen,
        settled_units=settled_units,
        unsettled_units=figures.sums.units - settled_units,
        share=ratio(settled_fen, figures.sums.net_fen) if settled_units else None,
    )


def commission(good: GoodFigures, terms: dict[str, Terms]) -> int:
    agreed = terms.get(good.sku)
    return part_of(max(0, good.net_fen), Decimal(agreed.commission_basis_points) / 100) if agreed else 0


# --- people ---------------------------------------------------------------------------------------------------------------


def pitched_minutes(stretches: Iterable[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """By product: how often it was presented, and for how many seconds in all; of (product, seconds)."""
    found: dict[int, tuple[int, int]] = {}
    for product, seconds in stretches:
        times, whole = found.get(product, (0, 0))
        found[product] = times + 1, whole + seconds
    return found


def a_pitch_minute(paid_fen: int, seconds: int) -> int | None:
    """Fen of a minute of presenting."""
    return rounded(ratio(paid_fen * 60, seconds))
