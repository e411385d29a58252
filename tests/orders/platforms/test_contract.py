from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orders.platforms.contract import AHEAD, EARLIEST, HintFact, Listed, ListPage, Message, is_plausible, refund_rank
from orders.rules.order import AfterSaleStatus, OrderEvent

NOW = datetime(2026, 11, 21, 12, 0, 0, 123457, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(("status", "step"), [("requested", 0), ("rejected", 1), ("withdrawn", 2), ("succeeded", 3)])
def test_ranks_of_refunds_are_exact_and_never_change_because_every_refund_keeps_its_own(status, step):
    assert refund_rank(NOW, status) == 4 * 1_795_262_400_123_457 + step


def test_of_a_refund_the_later_moment_wins_whatever_the_steps():
    assert refund_rank(NOW + TICK, "requested") > refund_rank(NOW, "succeeded")


def test_every_status_of_a_refund_has_a_step():
    assert len({refund_rank(NOW, status) for status in AfterSaleStatus.values}) == 4


@pytest.mark.parametrize(
    ("moment", "plausible"),
    [(EARLIEST - TICK, False), (EARLIEST, True), (NOW, True), (NOW + AHEAD, True), (NOW + AHEAD + TICK, False)],
)
def test_a_moment_is_plausible_from_2015_to_a_day_ahead(moment, plausible):
    assert (datetime(2015, 1, 1, tzinfo=UTC), timedelta(days=1)) == (EARLIEST, AHEAD)
    assert is_plausible(moment, NOW) is plausible


def test_a_refused_message_keeps_its_name_and_says_whose_it_is():
    message = Message("M1", b"digest", (OrderEvent("T1", 1, NOW),), (HintFact("order", "T1"),), (), "4463798")

    assert message.refused() == Message("M1", b"digest", (), (), ((0, "of another shop: 4463798"),), "4463798")


@pytest.mark.parametrize(("readable", "unreadable", "is_last"), [(2, 1, True), (1, 1, False), (2, 0, False)])
def test_the_first_page_is_the_last_when_it_holds_every_row_readable_or_not(readable, unreadable, is_last):
    rows = tuple(Listed(str(number), NOW, "") for number in range(readable))

    assert ListPage(rows, 3, unreadable).is_last is is_last
