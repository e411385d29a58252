"""The public holidays by name, for whatever keeps its holiday from one year to the next. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    from datetime import date


@lru_cache(maxsize=16)
def named_holidays(first: int, last: int) -> dict[date, str]:
    """Every public holiday of these years, both included, with its Chinese name: {2027-02-06: 春节}."""
    return dict(holidays.country_holidays("CN", years=range(first, last + 1), language="zh_CN"))
