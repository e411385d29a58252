"""The day of the trade: Shanghai's, whatever the clock of the server says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_day(moment: datetime) -> date:
    """The business day 营业日 of an aware moment."""
    return moment.astimezone(SHANGHAI).date()
