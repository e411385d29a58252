from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.errors import NotAllowed
from training.rules.course import Trade, TradeLevel
from training.rules.study import Hours, TradeLedger, minute_claimed, tenths_of

OPENED = datetime(2026, 11, 22, 12, 0, 40, tzinfo=UTC)
NOW = OPENED + timedelta(minutes=30)


def number(at):
    return int(at.timestamp()) // 60


@pytest.mark.parametrize("minutes", [0, 1, 30, 31])
def test_minute_lies_between_the_opening_and_now(minutes):
    at = OPENED + timedelta(minutes=minutes)

    assert minute_claimed(number(at), opened_at=OPENED, now=NOW) == at.replace(second=0)


@pytest.mark.parametrize("minutes", [-1, 32, -9_000_000, 10**9])
def test_no_minute_before_or_after(minutes):
    with pytest.raises(NotAllowed) as refused:
        minute_claimed(number(OPENED) + minutes, opened_at=OPENED, now=NOW)

    assert refused.value.code == "minute_outside"


@pytest.mark.parametrize(
    ("hours", "minutes", "tenths"), [(0, 0, 0), (2, 0, 20), (0, 45, 10), (0, 44, 9), (16, 100, 182), (0, 4, 0)]
)
def test_forty_five_minutes_are_an_hour(hours, minutes, tenths):
    assert tenths_of(hours, minutes) == tenths
    assert Hours(hours, minutes).hours == tenths / 10


@pytest.mark.parametrize(("level", "wanted"), [(5, 120), (4, 104), (3, 88), (2, 72), (1, 72)])
def test_hours_of_a_trade_by_its_level(level, wanted):
    short = TradeLedger(Trade.SELLER, TradeLevel(level), wanted - 1, 44)
    enough = TradeLedger(Trade.SELLER, TradeLevel(level), wanted - 1, 45)

    assert (short.wanted, short.is_reached, short.percent) == (wanted, False, 99)
    assert (enough.is_reached, enough.percent, enough.hours) == (True, 100, wanted)
