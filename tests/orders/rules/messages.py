"""Messages about one order, as short as tests of its rules want them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orders.rules.order import LineFact, OrderEvent, OrderState, RefundFact, apply

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def event(rank, status="paid", **kwargs):
    return OrderEvent("T1", rank, AT + timedelta(seconds=rank), status=status, **kwargs)


def lines(*fens):
    return tuple(LineFact(str(i), f"S{i}", f"S{i}", 1, fen) for i, fen in enumerate(fens))


def refund(no, rank, status="succeeded", fen=100):
    return RefundFact(no, "0", status, fen, 1, rank, AT)


def tells(rank, **kwargs):
    """A message that says nothing of the order's status."""
    return OrderEvent("T1", rank, AT, **kwargs)


def row(rank, *facts):
    """Rows of a file: these lines, among others."""
    return tells(rank, lines=facts, lines_complete=False)


def settled(*events):
    state = OrderState("T1")
    outcomes = [apply(state, arrived) for arrived in events]
    return outcomes, state


def paid_fens(state):
    return {no: line.fact.paid_fen for no, line in state.lines.items()}
