"""供货保障: whether what is committed can be shipped within what is promised. Pure: warnings, nothing is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.rules.day import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

HOURS_OF_A_DAY = 24


class Pledge(NamedTuple):
    """What one supplier or household committed to."""

    name: str
    units: int
    daily_capacity: int | None
    cut_off_at: datetime | None = None


class Supply(NamedTuple):
    """`ends_at`: when the session is over, and with it the last order."""

    committed: int | None
    daily_capacity: int | None
    ship_within_hours: int | None
    presale_on: date | None
    cut_off_at: datetime | None
    pledges: Sequence[Pledge]
    ends_at: datetime

    @property
    def days(self) -> int | None:
        """In how many days everything is shipped: until the day of a presale, that day too, else within the promised hours."""
        if self.presale_on:
            return max(1, (self.presale_on - self.ends_at.astimezone(SHANGHAI).date()).days + 1)
        return None if self.ship_within_hours is None else max(1, -(-self.ship_within_hours // HOURS_OF_A_DAY))

    @property
    def capacity(self) -> int | None:
        """A day: of all who pledged, where each said it, else the item's own."""
        each = [pledge.daily_capacity for pledge in self.pledges]
        return sum(n for n in each if n) if each and None not in each else self.daily_capacity


def supply_warnings(supply: Supply) -> list[str]:
    """What cannot be kept, in sentences."""
    said = []
    if supply.committed is None:
        said.append(_("没有写承诺库存：卖多了发不出货。"))
    if supply.days is None:
        said.append(_("没有写几小时内发货。"))
    elif supply.capacity is None:
        said.append(_("没有写每天能发几件，不知道来不来得及发货。"))
    else:
        said += _too_slow(supply, supply.days, supply.capacity)
    said += [_too_early(name, until, supply.ends_at) for name, until in _cut_offs(supply) if until < supply.ends_at]
    return said


def _too_slow(supply: Supply, days: int, capacity: int) -> list[str]:
    said = []
    if capacity * days < (supply.committed or 0):
        sentence = _("承诺 {units} 件，每天能发 {each} 件，{days} 天只能发 {most} 件。请减库存，或把发货时间写长。")
        said.append(sentence.format(units=supply.committed, each=capacity, days=days, most=capacity * days))
    sentence = _("{name}承诺 {units} 件，每天能发 {each} 件，{days} 天只能发 {most} 件。")
    for name, units, each, _until in supply.pledges:
        if each is not None and each * days < units:
            said.append(sentence.format(name=name, units=units, each=each, days=days, most=each * days))
    return said


def _cut_offs(supply: Supply) -> list[tuple[str, datetime]]:
    known = [(pledge.name, pledge.cut_off_at) for pledge in supply.pledges] + [("", supply.cut_off_at)]
    return [(name, until) for name, until in known if until is not None]


def _too_early(name: str, until: datetime, ends_at: datetime) -> str:
    hours = [f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}" for moment in (until, ends_at)]
    sentence = _("{name}到 {until} 就截单，直播到 {ends} 才完：之后的单要先说好什么时候发。")
    return sentence.format(name=name, until=hours[0], ends=hours[1])
