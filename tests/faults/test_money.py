"""Money is whole fen from the message to the screen: no float on the way, no fen lost where it is divided."""

from __future__ import annotations

import ast
import random
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from hypothesis import given, settings
from hypothesis import strategies as st

from livestream.rules.money import fen_from_yuan, percent, split, yuan
from livestream.sheets.workbook_child import text
from orders.rules.worth import WorthLine, WorthRefund, refunds_by_line
from orders.sheets.cells import BadCell, money

ROOT = Path(__file__).resolve().parents[2]
OURS = ["config", "livestream", "orders", "training"]
MONEY = re.compile(r"_fen\b|\bfen\b|_yuan\b|\byuan\b|\bprice|\bamount|\bpaid\b|\brefunded\b")
EXACT = re.compile(r"Decimal\(|Fraction\(|ROOT /|settings\.")
# What is a rate, a wait or the world's own float, in modules that also know money: put here on purpose, one by one.
NO_MONEY = {
    "serializers.FloatField",  # orders a second
    "float('-inf')",  # a moment that never was
    "float(asked)",  # seconds to wait
}
EXAMPLES = 50_000


def inexact(source):
    """The expressions of a module that put a float where money is."""
    tree = ast.parse(source)
    knows_money = "_fen" in source
    for node in ast.walk(tree):
        said = ast.unparse(node) if isinstance(node, ast.expr) else ""
        is_field = isinstance(node, ast.Attribute | ast.Name) and said.rpartition(".")[2] in {"FloatField", "DecimalField"}
        is_float = isinstance(node, ast.Call) and said.startswith("float(")
        if knows_money and (is_field or is_float) and said not in NO_MONEY:
            yield said
        if EXACT.search(said) or not MONEY.search(said):
            continue
        is_rounded = isinstance(node, ast.Call) and said.startswith(("float(", "round("))
        is_quotient = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        is_scaled = isinstance(node, ast.BinOp) and any(isinstance(part, ast.Constant) and isinstance(part.value, float) for part in (node.left, node.right))  # fmt: skip
        if is_rounded or is_quotient or is_scaled:
            yield said


def test_no_float_stands_where_money_is():
    modules = [path for package in OURS for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(modules) > 100

    assert [f"{path.relative_to(ROOT)}: {said}" for path in modules for said in inexact(path.read_text())] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "fee_fen = round(amount_fen * rate)",
        "fee_fen = amount_fen / 100",
        "x_fen = float(cell)",
        "paid_fen = models.FloatField()",
        "paid_fen = models.DecimalField(max_digits=9, decimal_places=2)",
        "share = 0.05 * row.paid_fen",
        "price = price * 1.1",
    ],
)
def test_control_the_lint_sees_what_it_must(wrong):
    assert list(inexact(wrong))


def test_every_column_of_money_is_a_whole_number():
    fields = [
        field
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
    ]

    assert [str(field) for field in fields if isinstance(field, models.FloatField)] == []
    money = [
        field
        for field in fields
        if field.name.endswith(("_fen", "_yuan", "price", "amount")) and not field.name.startswith("shows_")
    ]
    assert len(money) >= 8
    assert {type(field).__name__ for field in money} <= {
        "BigIntegerField",
        "PositiveBigIntegerField",
        "IntegerField",
        "PositiveIntegerField",
    }


@pytest.mark.django_db
def test_no_table_of_orders_holds_a_number_with_a_point():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name LIKE 'orders_%%'"
            " AND data_type IN ('real', 'double precision', 'numeric', 'money')"
        )
        assert cursor.fetchall() == []


# --- sums of parts ------------------------------------------------------------------------------------------------------


def test_the_parts_of_fifty_thousand_splits_make_the_whole():
    chance = random.Random(40)

    for _ in range(EXAMPLES):
        weights = [chance.choice([0, 1, 7, 9_999, chance.randrange(10**6)]) for _ in range(chance.randint(1, 6))]
        amount = chance.choice([0, 1, 99, chance.randrange(10**9)])
        parts = split(amount, weights)
        assert sum(parts) == amount
        assert min(parts) >= 0


def test_control_parts_that_are_rounded_each_by_itself_do_not_make_the_whole():
    def naive(amount, weights):
        return [round(amount * weight / sum(weights)) for weight in weights]

    chance = random.Random(40)
    tries = [(chance.randrange(10**6), [chance.randint(1, 9) for _ in range(3)]) for _ in range(1000)]

    assert sum(sum(naive(amount, weights)) != amount for amount, weights in tries) > 100


@settings(max_examples=500)
@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(-1, 8), st.integers(0, 10**7)), max_size=6),
)
def test_the_refunds_of_the_lines_make_the_refund_of_the_order(paid, refunds):
    lines = [WorthLine(str(no), no, 1, fen) for no, fen in enumerate(paid)]
    asked = [
        WorthRefund(date(2026, 11, 21 + position % 3), None if no < 0 else str(no), fen, is_guess=False)
        for position, (no, fen) in enumerate(refunds)
    ]

    by_line_and_day = refunds_by_line(lines, asked)

    assert sum(by_line_and_day.values()) == min(sum(paid), sum(fen for _, fen in refunds))


def test_percentages_are_rounded_once_and_half_up():
    chance = random.Random(41)

    for _ in range(EXAMPLES // 5):
        amount, hundredths = chance.randrange(10**10), chance.randrange(10_001)
        exact = Fraction(amount * hundredths, 10_000)
        assert percent(amount, Decimal(hundredths) / 100) == int(exact + Fraction(1, 2))
    assert [percent(fen, Decimal(50)) for fen in (1, 3, 5)] == [1, 2, 3]  # a banker would say 0, 2, 2


# --- in and out ---------------------------------------------------------------------------------------------------------


def test_fifty_thousand_amounts_are_read_back_as_they_were_written():
    chance = random.Random(42)
    amounts = [*range(0, 20_000), *(chance.randrange(10**11) for _ in range(EXAMPLES - 20_000))]

    for fen in amounts:
        assert fen_from_yuan(f"{fen // 100}.{fen % 100:02d}") == fen
        assert fen_from_yuan(yuan(fen).replace("\u2009", "")) == fen


def cell(value):
    """Fen as read from the cell of a workbook."""
    return money(text(value), datetime.now(UTC))


def test_every_price_that_a_workbook_holds_as_a_float_is_read_to_the_fen():
    assert [fen for fen in range(0, 1_000_000, 7) if cell(fen / 100) != fen] == []
    assert (cell(19.99), cell(0.1 + 0.2), cell(59.8), cell(1e3), cell(19)) == (1999, 30, 5980, 100_000, 1900)


@pytest.mark.parametrize("value", [19.999, 0.001, 59.805, 1e11, float("nan"), float("inf"), -0.01, True])
def test_a_number_that_is_no_amount_is_refused_and_never_rounded_to_one(value):
    with pytest.raises(BadCell):
        cell(value)
