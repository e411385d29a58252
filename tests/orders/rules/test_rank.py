from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from orders.rules.order import OrderStatus
from orders.rules.rank import PROGRESS, micros, progress_rank

EARLY = datetime(2015, 1, 1, tzinfo=UTC)
LATE = datetime(2285, 12, 31, tzinfo=UTC)
BIGINT = 2**63 - 1


def test_micros_are_exact_and_count_from_1970():
    assert micros(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert micros(datetime(2026, 11, 21, 12, 0, 0, 123457, tzinfo=UTC)) == 1_795_262_400_123_457
    assert micros(datetime(2285, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == 9_972_028_799_999_999  # no float could tell


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


def test_ranks_are_exact_and_never_change_because_every_order_keeps_its_own():
    moment = datetime(2026, 11, 21, 12, 0, 0, 123457, tzinfo=UTC)

    assert PROGRESS == {"created": 0, "paid": 10, "shipped": 20, "received": 25, "completed": 30, "closed": 40, "cancelled": 40}
    assert progress_rank("created", moment) == 1_795_262_400_123_457
    assert progress_rank("received", moment) == 251_795_262_400_123_457


def test_every_rank_fits_a_bigint():
    assert 0 < progress_rank("created", EARLY) < progress_rank("closed", LATE) < BIGINT
