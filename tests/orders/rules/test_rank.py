from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from orders.rules.order import OrderStatus
from orders.rules.rank import PROGRESS, progress_rank

EARLY = datetime(2015, 1, 1, tzinfo=UTC)
LATE = datetime(2285, 12, 31, tzinfo=UTC)
BIGINT = 2**63 - 1


def test_every_status_has_a_step():
    assert set(PROGRESS) == set(OrderStatus.values)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("created", "paid"),
        ("paid", "shipped"),
        ("shipped", "received"),
        ("received", "completed"),
        ("completed", "closed"),
        ("created", "cancelled"),
    ],
)
def test_a_further_step_wins_whatever_the_moments(earlier, later):
    assert progress_rank(later, EARLY) > progress_rank(earlier, LATE)


def test_within_a_step_the_later_moment_wins():
    moment = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert progress_rank("paid", moment + timedelta(microseconds=1)) == progress_rank("paid", moment) + 1


def test_the_zone_of_a_moment_does_not_matter():
    moment = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert progress_rank("paid", moment.astimezone(timezone(timedelta(hours=8)))) == progress_rank("paid", moment)


def test_every_rank_fits_a_bigint():
    assert 0 < progress_rank("created", EARLY) < progress_rank("closed", LATE) < BIGINT
