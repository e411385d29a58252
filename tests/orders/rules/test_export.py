from __future__ import annotations

from datetime import date

import pytest

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from orders.rules.export import ExportKind, check_period, may_export, needs_approval, rows_approved, said

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("rows", "used", "asks"),
    [(0, 0, False), (1000, 0, False), (1001, 0, True), (600, 400, False), (600, 401, True), (1, 1000, True)],
)
def test_more_than_goes_freely_within_an_hour_needs_approval(rows, used, asks):
    assert needs_approval(rows, free_used=used, free_limit=1000) is asks


@pytest.mark.parametrize(("rows", "covers"), [(0, 100), (500, 600), (1001, 1101), (50_000, 55_000)])
def test_an_approval_covers_what_arrives_meanwhile_but_not_twice_as_much(rows, covers):
    assert rows_approved(rows) == covers


@pytest.mark.parametrize(
    ("held", "kinds"),
    [
        ({Action.EXPORT, Action.SEE_ORDERS}, {"ledger", "sessions", "orders", "lines", "after_sales", "entries"}),
        ({Action.EXPORT}, set()),
        ({Action.SEE_ORDERS, Action.SEE_PEOPLE}, set()),
        ({Action.EXPORT, Action.SEE_PEOPLE}, {"people"}),
        ({Action.READ_AUDIT}, {"audit"}),
        (set(Action), set(ExportKind.values)),
    ],
)
def test_everything_that_is_taken_out_must_also_be_seen(held, kinds):
    assert {kind for kind in ExportKind if may_export(kind, held.__contains__)} == kinds


@pytest.mark.parametrize(
    ("from_on", "until_on", "code"),
    [
        (date(2026, 11, 22), date(2026, 11, 21), "period_backwards"),
        (date(2026, 11, 1), date(2026, 11, 23), "period_outside"),
        (date(2014, 12, 31), date(2026, 11, 1), "period_outside"),
        (date(2023, 1, 1), date(2026, 11, 1), "period_too_long"),
    ],
)
def test_a_period_that_cannot_be_is_refused(from_on, until_on, code):
    with pytest.raises(NotAllowed) as refused:
        check_period(from_on, until_on, TODAY)

    assert refused.value.code == code
    assert "{" not in str(refused.value)


def test_one_day_and_three_years_are_periods():
    check_period(TODAY, TODAY, TODAY)
    check_period(date(2023, 11, 22), TODAY, TODAY)


@pytest.mark.parametrize(("text", "code"), [("", "words_missing"), (" \u200b\x00 ", "words_missing"), ("长" * 11, "too_long")])
def test_words_must_be_there_and_short(text, code):
    with pytest.raises(NotAllowed) as refused:
        said(text, field="用途", limit=10)

    assert refused.value.code == code


def test_words_become_one_line():
    assert said("上报\n商务\u202e局", field="用途", limit=10) == "上报 商务局"
