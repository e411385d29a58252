"""A file's rows as facts, one by one, in flat memory: every data row ends as a fact or as a problem, none is skipped silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orders.rules.worth import WORTH_SOMETHING
from orders.sheets.cells import Row, clean, lost_its_tail
from orders.sheets.contract import BadRow, Problem, Refused, RowFact
from orders.sheets.header import plain_name
from orders.sheets.text import lines, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orders.sheets.header import Header
    from orders.sheets.text import Record

ROWS_AT_MOST = 200_000
KEPT_PROBLEMS = 200
TOTALS = frozenset({"总计", "合计", "小计"})
FEW = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. `now` is fixed when the file comes in, so that every reading of it ends alike."""

    header: Header
    pieces: Callable[[], Iterator[bytes]]
    now: datetime
    has_lost_tails: bool = False

    def records(self) -> Iterator[Record]:
        """Everything below the header. Raises Refused in the middle for bytes that cannot be read."""
        header = self.header
        for record in records(lines(self.pieces(), header.encoding), header.separator):
            if record.number > header.number:
                yield record

    def rows(self, totals: list[Record] | None = None) -> Iterator[tuple[Record, RowFact | Problem]]:
        """Every data row; captions, repeated headers and totals rows are none (the latter go to `totals`). Raises Refused."""
        count = 0
        titles = self.header.titles
        for record in self.records():
            if is_no_data(record, self.header):
                if totals is not None and is_totals(record):
                    totals.append(record)
                continue
            count += 1
            if count > ROWS_AT_MOST:
                raise Refused("too_many_rows", limit=f"{ROWS_AT_MOST:,}")
            try:
                yield record, self._fact(record, titles)
            except BadRow as bad:
                yield record, bad.problem

    def _fact(self, record: Record, titles: dict[str, str]) -> RowFact:
        header = self.header
        if record.is_broken:
            raise BadRow("quotes")
        if len(record.cells) != header.width:
            check_width(record, header.width)
        if header.twins:
            check_twins(record, header)
        fact = header.sheet.read(Row(record.cells, header.places, titles), self.now)
        if self.has_lost_tails:
            check_tails(fact, titles)
        if "\0" in f"{fact.line.title}{fact.line.sku}{fact.province}{fact.host_account}":
            raise BadRow("nul")
        return fact


def check_twins(record: Record, header: Header) -> None:
    """Two columns of one name are one column as long as they agree."""
    for key, place in header.twins:
        if place < len(record.cells) and clean(record.cells[place]) != clean(record.cells[header.places[key]]):
            raise BadRow("twins", header.titles[key])


def check_tails(fact: RowFact, titles: dict[str, str]) -> None:
    for key, number in (("order_no", fact.order_no), ("line_no", fact.line.line_no)):
        if lost_its_tail(number):
            raise BadRow("floated", titles[key])


def check_width(record: Record, width: int) -> None:
    """A comma too many at the end is harmless, and spreadsheets leave empty cells at the end out; a cut last row is refused."""
    if any(clean(cell) for cell in record.cells[width:]):
        raise BadRow("columns")
    if record.is_unfinished and len(record.cells) < width:
        raise BadRow("cut_off")


def is_no_data(record: Record, header: Header) -> bool:
    """A totals row, or the header once more (files that were joined)."""
    place = header.places["order_no"]
    if record.is_broken or (place < len(record.cells) and clean(record.cells[place]).isdecimal()):
        return False
    return is_totals(record) or (place < len(record.cells) and plain_name(record.cells[place]) == header.names[place])


def is_totals(record: Record) -> bool:
    return any(clean(cell).rstrip(":：") in TOTALS for cell in record.cells[:3])


@dataclass(slots=True)
class Survey:
    """What a file holds, found by reading it once. `scattered`: orders whose rows do not stand together, with their count."""

    rows: int = 0
    orders: int = 0
    lines_paid: int = 0
    paid_fen: int = 0
    refunded_rows: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    problem_count: int = 0
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    kinds: Counter[Problem] = field(default_factory=Counter)
    scattered: Counter[str] = field(default_factory=Counter)
    zero_tails: int = 0
    was_rounded: bool = False
    due_fen: int = 0
    totals: Record | None = None

    @property
    def has_lost_tails(self) -> bool:
        """One true number in ten thousand ends like a rounded one; in a file that a spreadsheet saved they all do."""
        return self.zero_tails >= max(1, self.rows // 50) and (self.zero_tails > 1 or self.rows < FEW)

    def add_problem(self, number: int, problem: Problem) -> None:
        self.problem_count += 1
        self.kinds[problem] += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append((number, problem))

    def add_fact(self, fact: RowFact) -> None:
        if lost_its_tail(fact.order_no) or lost_its_tail(fact.line.line_no):
            self.zero_tails += 1
        at = fact.paid_at or fact.submitted_at
        self.first_at = at if self.first_at is None or at < self.first_at else self.first_at
        self.last_at = at if self.last_at is None or at > self.last_at else self.last_at
        self.refunded_rows += fact.is_refunded
        self.due_fen += fact.due_fen
        if fact.status in WORTH_SOMETHING:
            self.lines_paid += 1
            self.paid_fen += fact.line.paid_fen


def survey(reading: Reading) -> Survey:
    """Reads the whole file once. Raises Refused, also for a file without a row."""
    found = Survey()
    seen: dict[int, int] = {}  # hash of an order number → rows; a number itself would cost ten times the memory
    last = ""
    totals: list[Record] = []
    for record, result in reading.rows(totals):
        found.rows += 1
        if isinstance(result, Problem):
            found.add_problem(record.number, result)
            continue
        found.add_fact(result)
        key = hash(result.order_no)
        if result.order_no != last and key in seen:
            found.scattered[result.order_no] = 0
        last = result.order_no
        seen[key] = seen.get(key, 0) + 1
    if not found.rows:
        raise Refused("no_rows")
    found.orders = len(seen)
    found.totals = totals[-1] if totals else None
    for order_no in found.scattered:
        found.scattered[order_no] = seen[hash(order_no)]
    return found


def totals_differ(reading: Reading, found: Survey) -> bool:
    """Whether the file's own totals row says another amount due than its rows; only asked where every row was readable."""
    if found.totals is None or found.problem_count:
        return False
    try:
        said = Row(found.totals.cells, reading.header.places, reading.header.titles).money("due")
    except BadRow:
        return False
    return said is not None and said != found.due_fen
