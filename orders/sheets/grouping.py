"""Rows of one order belong together: they say together how far the order has come. Pure.

Each row becomes one message of its own with its one line; all rows of an order carry the same status and rank. So every row
gets its own outcome, and a file whose rows were sorted anew ends in the same messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from orders.rules.rank import PROGRESS, progress_rank
from orders.rules.worth import WORTH_SOMETHING
from orders.sheets.contract import Problem, RowFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orders.sheets.text import Record

line_no_of = attrgetter("line_no")


class RowEvent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a row says of its order, now that all rows of the order were heard. It holds what counting needs and no more.

    `refunded_at`: the row says that its whole line went back, and knows nothing that happened later.
    """

    order_no: str
    rank: int
    happened_at: datetime
    status: str | None
    paid_at: datetime | None
    host_account: str | None
    province: str | None
    line_no: str
    sku: str
    title: str
    quantity: int
    paid_fen: int
    refunded_at: datetime | None = None


@dataclass(slots=True)
class Unit:
    """Rows that are counted together: all rows of one order, or one row (`number` in the file) that nobody can read."""

    facts: list[RowFact] = field(default_factory=list)
    problem: Problem | None = None
    number: int = 0

    @property
    def rows(self) -> int:
        return len(self.facts) or 1


def units(rows: Iterable[tuple[Record, RowFact | Problem]], scattered: Mapping[str, int]) -> Iterator[Unit]:
    """The file as units, always in the same sequence. `scattered` orders wait until their last row has come."""
    waiting: dict[str, Unit] = {}
    group = Unit()
    for record, result in rows:
        if isinstance(result, Problem):
            yield Unit(problem=result, number=record.number)
        elif scattered and (expected := scattered.get(result.order_no)):
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


def events(facts: list[RowFact]) -> list[RowEvent]:
    """One message for each row of an order, in the order of the rows."""
    status = status_of(facts)
    moment = max([fact.moment for fact in facts])
    is_counted = status in WORTH_SOMETHING
    rank = progress_rank(status or "created", moment)
    paid = [fact.paid_at for fact in facts if fact.paid_at is not None]
    paid_at = min(paid) if paid and is_counted else None
    # An order paid at an unknown time is booked on the day it was made, and stays there whatever it becomes later.
    happened_at = moment if paid_at or not is_counted else min([fact.submitted_at for fact in facts])
    best = latest(facts)
    by_line = sorted(best, key=line_no_of) if len(best) > 1 else best
    host = next(filter(None, [fact.host_account for fact in by_line]), None)
    province = next(filter(None, [fact.province for fact in by_line]), None)
    found = []
    for fact in best:
        is_paid = fact.status in WORTH_SOMETHING
        # A row that was never paid adds nothing to an order whose other rows were.
        is_void = is_counted and not is_paid and fact.status is not None
        found.append(
            RowEvent(
                fact.order_no,
                rank,
                happened_at,
                status,
                paid_at,
                host,
                province,
                fact.line_no,
                fact.sku,
                fact.title,
                0 if is_void else fact.quantity,
                0 if is_void else fact.paid_fen,
                fact.moment if fact.is_refunded and is_paid else None,
            )
        )
    return found


def latest(facts: list[RowFact]) -> list[RowFact]:
    """For each row the row that knows most of its line: itself, unless the file has the line twice."""
    best: dict[str, RowFact] = {}
    for fact in facts:
        known = best.get(fact.line_no)
        if known is None or own_rank(fact) >= own_rank(known):
            best[fact.line_no] = fact
    return facts if len(best) == len(facts) else [best[fact.line_no] for fact in facts]


def status_of(facts: list[RowFact]) -> str | None:
    """The least advanced of the paid rows, else of all; None if no row says anything."""
    said = {fact.status for fact in facts if fact.status}
    if len(said) == 1:
        return said.pop()
    among = said & WORTH_SOMETHING or said
    return min(among, key=lambda status: (PROGRESS[status], status)) if among else None


def own_rank(fact: RowFact) -> int:
    return progress_rank(fact.status or "created", fact.moment)
