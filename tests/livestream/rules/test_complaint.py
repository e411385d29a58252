from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.complaint import Handled, Rates, plain_code, rates_of, shown_code

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def said(hours_ago, answered_after=None, *, closed=False):
    at = AT - timedelta(hours=hours_ago)
    return Handled(at, None if answered_after is None else at + timedelta(hours=answered_after), closed)


def test_a_code_is_read_however_it_was_written_down():
    assert plain_code(" abcd-efg hjk ") == "ABCDEFGHJK"
    assert shown_code("ABCDEFGHJK") == "ABCD-EFG-HJK"
    assert plain_code(shown_code("23456789AB")) == "23456789AB"


@pytest.mark.parametrize("typed", ["", "ABCDEFGHJ", "ABCDEFGHJKM", "ABCDEFGHI0", "ABCDEFGHJ\0", "一二三四五六七八九十"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(ValueError, match="^"):
        plain_code(typed)


@pytest.mark.parametrize(
    ("complaints", "rates", "percents"),
    [
        ([], Rates(0, 0, 0, 0, 0), (None, None, None)),
        ([said(1)], Rates(1, 0, 0, 0, 0), (0, 0, None)),  # nobody is late yet
        ([said(49)], Rates(1, 0, 0, 1, 0), (0, 0, 0)),
        ([said(48)], Rates(1, 0, 0, 0, 0), (0, 0, None)),
        ([said(100, 48, closed=True)], Rates(1, 1, 1, 1, 1), (100, 100, 100)),
        ([said(100, 49)], Rates(1, 1, 0, 1, 0), (100, 0, 0)),
        ([said(9, 1, closed=True), said(9, 1, closed=True), said(80)], Rates(3, 2, 2, 3, 2), (67, 67, 67)),
    ],
)
def test_three_rates_with_their_counts(complaints, rates, percents):
    found = rates_of(complaints, at=AT)

    assert found == rates
    assert (found.answered_percent, found.closed_percent, found.in_time_percent) == percents
