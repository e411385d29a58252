"""Rows of one order belong together: they say together how far the order has come. Pure.

Each row becomes one message of its own with its one line; all rows of an order carry the same status and rank. So every row
gets its own outcome, and a file whose rows were sorted anew ends in the same messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orders.rules.order import AfterSaleStatus, LineFact, OrderEvent, RefundFact
from orders.rules.rank import EPOCH, PROGRESS, progress_rank
from orders.rules.worth import WORTH_SOMETHING
from orders.sheets.contract import Problem, RowFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orders.sheets.text import Record


@dataclass(slots=True)
class Unit:
    """Rows that are counted together: all rows of one order, or one row that nobody can read."""

    facts: list[RowFact] = field(default_factory=list)
    problem: Problem | None = None

    @property
    def rows(self) -> int:
        return len(self.facts) or 1


def units(rows: Iterable[tuple[Record, RowFact | Problem]], scattered: Mapping[str, int]) -> Iterator[Unit]:
    """The file as units, always in the same sequence. `scattered` orders wait until their last row has come."""
    waiting: dict[str, Unit] = {}
    group = Unit()
    for _record, result in rows:
        if isinstance(result, Problem):
            yield Unit(problem=result)
        elif expected := scattered.get(result.order_no):
            held = waiting.setdefault(result.order_no, Unit())
            held.facts.append(result)
            if len(held.facts) == expected:
                yield waiting.pop(result.order_no)
        else:
            if group.facts and group.facts[0].order_no != result.order_no:
                yield group
                group = Unit()
            group.facts.append(result)
    if group.facts:
        yield group
    yield from waiting.values()


def events(facts: list[RowFact]) -> list[OrderEvent]:
    """One message for each row of an order, in the order of the rows."""
    status = status_of(facts)
    moment = max(fact.moment for fact in facts)
    is_counted = status in WORTH_SOMETHING
    rank = progress_rank(status or "created", moment)
    paid = [fact.paid_at for fact in facts if fact.paid_at]
    paid_at = min(paid) if paid and is_counted else None
    # An order paid at an unknown time is booked on the day it was made, and stays there whatever it becomes later.
    happened_at = moment if paid_at or not is_counted else min(fact.submitted_at for fact in facts)
    best: dict[str, RowFact] = {}
    for fact in facts:
        known = best.get(fact.line.line_no)
        if known is None or own_rank(fact) >= own_rank(known):
            best[fact.line.line_no] = fact
    host = next((best[no].host_account for no in sorted(best) if best[no].host_account), None)
    province = next((best[no].province for no in sorted(best) if best[no].province), None)
    return [
        OrderEvent(
            order_no=fact.order_no,
            rank=rank,
            happened_at=happened_at,
            status=status,
            paid_at=paid_at,
            host_account=host,
            province=province,
            lines=(line_of(best[fact.line.line_no], is_counted=is_counted),),
            lines_complete=False,
            refunds=refunds_of(best[fact.line.line_no]),
        )
        for fact in facts
    ]


def status_of(facts: list[RowFact]) -> str | None:
    """The least advanced of the paid rows, else of all; None if no row says anything."""
    said = {fact.status for fact in facts if fact.status}
    among = said & WORTH_SOMETHING or said
    return min(among, key=lambda status: (PROGRESS[status], status)) if among else None


def own_rank(fact: RowFact) -> int:
    return progress_rank(fact.status or "created", fact.moment)


def line_of(fact: RowFact, *, is_counted: bool) -> LineFact:
    """A row that was never paid adds nothing to an order whose other rows were."""
    if is_counted and fact.status is not None and fact.status not in WORTH_SOMETHING:
        return LineFact(fact.line.line_no, fact.line.sku, fact.line.title, 0, 0)
    return fact.line


def refunds_of(fact: RowFact) -> tuple[RefundFact, ...]:
    """What "退款成功" lets us guess: the whole line went back. The real after-sale, once it is known, replaces it."""
    if not fact.is_refunded or fact.status not in WORTH_SOMETHING:
        return ()
    line = fact.line
    return (
        RefundFact(
            refund_no=f"file:{line.line_no}",
            line_no=line.line_no,
            status=AfterSaleStatus.SUCCEEDED.value,
            refund_fen=line.paid_fen,
            quantity=line.quantity,
            rank=micros(fact.moment),
            happened_at=fact.moment,
            is_guess=True,
        ),
    )


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
