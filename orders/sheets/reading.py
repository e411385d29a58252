"""A file's rows as facts, one by one, in flat memory: every data row ends as a fact or as a problem, none is skipped silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from orders.rules.worth import WORTH_SOMETHING
from orders.sheets.cells import Values, clean, lost_its_tail, money
from orders.sheets.contract import BadCell, BadRow, Problem, Refused, RowFact
from orders.sheets.header import plain_name
from orders.sheets.text import lines, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orders.sheets.header import Header
    from orders.sheets.text import Record

    Batch = list[tuple[Record, RowFact | Problem]]

ROWS_AT_MOST = 200_000
KEPT_PROBLEMS = 200
TOTALS = frozenset({"总计", "合计", "小计"})
FEW = 5
TOGETHER = 64  # rows


@dataclass(frozen=True)
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
        for batch in self.batches(totals):
            yield from batch

    def batches(self, totals: list[Record] | None = None) -> Iterator[Batch]:
        """The same, some rows at once."""
        count = 0
        left = self.records()
        while some := list(islice(left, TOGETHER)):
            facts = self._usual(some)
            batch: Batch = list(zip(some, facts, strict=True)) if facts else self._one_by_one(some, totals)
            count += len(batch)
            if count > ROWS_AT_MOST:
                raise Refused("too_many_rows", limit=f"{ROWS_AT_MOST:,}")
            yield batch

    def _usual(self, some: list[Record]) -> list[RowFact] | None:
        """Column by column, a third faster; None if one of the rows is not as rows usually are."""
        header = self.header
        is_usual = {len(record.cells) for record in some} == {header.width} and not any(record.is_broken for record in some)
        if not is_usual or header.twins or self.has_lost_tails:
            return None
        read, places = header.sheet.read, header.places
        try:
            facts = [read(values, places) for values in self.values.of_many([record.cells for record in some])]
        except BadRow:
            return None
        return facts if "".join([fact.order_no for fact in facts]).isdecimal() else None

    def _one_by_one(self, some: list[Record], totals: list[Record] | None) -> Batch:
        found: Batch = []
        for record in some:
            if is_no_data(record, self.header):
                if totals is not None and is_totals(record):
                    totals.append(record)
                continue
            try:
                found.append((record, self._fact(record)))
            except BadRow as bad:
                found.append((record, bad.problem))
        return found

    def _fact(self, record: Record) -> RowFact:
        header = self.header
        if record.is_broken:
            raise BadRow("quotes")
        if len(record.cells) != header.width:
            check_width(record, header.width)
        if header.twins:
            check_twins(record, header)
        fact = header.sheet.read(self.values.of(record.cells), header.places)
        if self.has_lost_tails:
            check_tails(fact, header)
        return fact

    @cached_property
    def values(self) -> Values:
        return Values(self.header.sheet.COLUMNS, self.header.places, self.header.width, self.now)


def check_twins(record: Record, header: Header) -> None:
    """Two columns of one name are one column as long as they agree."""
    for key, place in header.twins:
        if place < len(record.cells) and clean(record.cells[place]) != clean(record.cells[header.places[key]]):
            raise BadRow("twins", header.titles[key])


def check_tails(fact: RowFact, header: Header) -> None:
    for key, number in (("order_no", fact.order_no), ("line_no", fact.line_no)):
        if lost_its_tail(number):
            raise BadRow("floated", header.titles[key])


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
    seen: dict[int, int] = field(default_factory=dict)  # hash of an order number → rows; the numbers would cost ten times more
    last_order_no: str = ""

    @property
    def has_lost_tails(self) -> bool:
        """One true number in ten thousand ends like a rounded one; in a file that a spreadsheet saved they all do."""
        return self.zero_tails >= max(1, self.rows // 50) and (self.zero_tails > 1 or self.rows < FEW)

    def add_problem(self, number: int, problem: Problem) -> None:
        self.problem_count += 1
        self.kinds[problem] += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append((number, problem))

    def add_facts(self, facts: list[RowFact]) -> None:
        tails = [fact for fact in facts if fact.order_no[-1] == "0" or fact.line_no[-1] == "0"]
        self.zero_tails += sum([lost_its_tail(fact.order_no) or lost_its_tail(fact.line_no) for fact in tails])
        times = [fact.paid_at or fact.submitted_at for fact in facts]
        self.first_at = min(times) if self.first_at is None else min(self.first_at, *times)
        self.last_at = max(times) if self.last_at is None else max(self.last_at, *times)
        self.refunded_rows += sum([fact.is_refunded for fact in facts])
        self.due_fen += sum([fact.due_fen for fact in facts])
        paid = [fact.paid_fen for fact in facts if fact.status in WORTH_SOMETHING]
        self.lines_paid += len(paid)
        self.paid_fen += sum(paid)
        seen, last = self.seen, self.last_order_no
        for order_no in [fact.order_no for fact in facts]:
            key = hash(order_no)
            if order_no == last:
                seen[key] += 1
            elif key in seen:
                self.scattered[order_no] = 0
                seen[key] += 1
            else:
                seen[key] = 1
            last = order_no
        self.last_order_no = last

    def along(self, reading: Reading) -> Iterator[tuple[Record, RowFact | Problem]]:
        """The rows of the file, looked at before they are given. Raises Refused, at the end also for a file without a row."""
        totals: list[Record] = []
        for batch in reading.batches(totals):
            self.rows += len(batch)
            for record, result in batch:
                if isinstance(result, Problem):
                    self.add_problem(record.number, result)
            if facts := [result for _record, result in batch if isinstance(result, RowFact)]:
                self.add_facts(facts)
            yield from batch
        if not self.rows:
            raise Refused("no_rows")
        self.orders = len(self.seen)
        self.totals = totals[-1] if totals else None
        for order_no in self.scattered:
            self.scattered[order_no] = self.seen[hash(order_no)]


def survey(reading: Reading) -> Survey:
    """Reads the whole file once. Raises Refused, also for a file without a row."""
    found = Survey()
    for _row in found.along(reading):
        pass
    return found


def totals_differ(reading: Reading, found: Survey) -> bool:
    """Whether the file's own totals row says another amount due than its rows; only asked where every row was readable."""
    if found.totals is None or found.problem_count:
        return False
    place = reading.header.places["due"]
    try:
        said = money("".join(found.totals.cells[place : place + 1]), reading.now)
    except BadCell:
        return False
    return said is not None and said != found.due_fen


def summary(reading: Reading, found: Survey) -> dict[str, object]:
    """What the preview shows and what a later reading must know to end alike."""
    header = reading.header
    notes = [column.if_missing for column in header.sheet.COLUMNS if column.if_missing and column.key not in header.places]
    if totals_differ(reading, found):
        notes.append("total_differs")
    return {
        "read_at": reading.now.isoformat(),
        "was_rounded": found.was_rounded,
        "has_scattered": bool(found.scattered),
        "orders": found.orders,
        "lines_paid": found.lines_paid,
        "paid_fen": found.paid_fen,
        "refunded_rows": found.refunded_rows,
        "first_at": found.first_at and found.first_at.isoformat(),
        "last_at": found.last_at and found.last_at.isoformat(),
        "problem_count": found.problem_count,
        "problems": [[number, problem.code, problem.column] for number, problem in found.problems],
        "kinds": [[problem.code, problem.column, count] for problem, count in found.kinds.most_common()],
        "notes": notes,
    }
