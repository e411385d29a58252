"""Every write about export files: taking one in, importing it, forgetting it after its time."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

import structlog
from celery import current_app
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from orders.actions import stored_file
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.guess import ask_about_guesses
from orders.actions.intake import receive
from orders.models import OrderFile, OrderFileState
from orders.models.ledger import Cause
from orders.rules.order import Outcome
from orders.sheets.contract import Problem, Refused
from orders.sheets.grouping import events, units
from orders.sheets.header import recognize
from orders.sheets.reading import Reading, Survey, survey, totals_differ
from orders.sheets.workbook import XLSX_AT_MOST, as_csv, check_directory, is_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from uuid import UUID

    from livestream.models import User
    from orders.models import Shop
    from orders.sheets.grouping import Unit

Rejected = tuple[int, Problem]
log = structlog.get_logger(__name__)
CSV_AT_MOST = 150_000_000  # 200,000 rows of 74 columns are some 80 MB, 120 MB with every cell quoted
MEGA = 1_000_000
CHUNK = 1 << 20
ROWS_PER_PIECE = 1000
SILENCE = timedelta(seconds=30)
KEPT_FOR = timedelta(days=30)
WAKE = "orders.tasks.import_order_file"


@dataclass(slots=True)
class Counts:
    """What became of rows: read = applied + duplicate + rejected."""

    applied: int = 0
    duplicate: int = 0
    rejected: int = 0

    @property
    def read(self) -> int:
        return self.applied + self.duplicate + self.rejected

    def add(self, outcomes: Iterable[Outcome], rejected: int) -> None:
        """A row that is older than what is known counts as a duplicate: it brings nothing."""
        for outcome in outcomes:
            if outcome == Outcome.APPLIED:
                self.applied += 1
            else:
                self.duplicate += 1
        self.rejected += rejected


# --- taking a file in -----------------------------------------------------------------------------------------------------


def store_file(shop: Shop, upload: IO[bytes], *, name: str, by: User | None, at: datetime) -> OrderFile:
    """The file is kept, encrypted, and read once; nothing is counted yet. Raises Refused, and keeps nothing then."""
    stored = stored_file.keep(text_of(upload))
    try:
        reading, found = look(shop, lambda: stored_file.read(stored), at)
        return OrderFile.objects.create(
            shop=shop,
            uploaded_by=by,
            name=plain_file_name(name),
            stored_as=stored,
            digest=digest_of(upload),
            sheet=reading.header.sheet.NAME,
            survey=summary(reading, found),
            rows_total=found.rows,
        )
    except BaseException:
        stored_file.forget(stored)
        raise


def text_of(upload: IO[bytes]) -> Iterator[bytes]:
    """The upload as delimited text; a workbook goes through the child process. Raises Refused."""
    size = upload.seek(0, 2)
    upload.seek(0)
    head = upload.read(8)
    is_book = is_workbook(head)
    if size > (XLSX_AT_MOST if is_book else CSV_AT_MOST):
        raise Refused("too_big", csv_mb=CSV_AT_MOST // MEGA, xlsx_mb=XLSX_AT_MOST // MEGA)
    upload.seek(0)
    if not is_book:
        while piece := upload.read(CHUNK):
            yield piece
        return
    with tempfile.TemporaryFile() as file:  # it has no name; the child needs a file of the system
        file.write(upload.read())
        check_directory(file)
        yield from as_csv(file)


def look(shop: Shop, pieces: Callable[[], Iterator[bytes]], at: datetime) -> tuple[Reading, Survey]:
    """Reads a file once. Raises Refused, also for a file of another platform than the shop's."""
    header = recognize(pieces)
    if shop.platform != header.sheet.NAME:
        raise Refused("other_platform", what=header.sheet.LABEL, shop=shop.name)
    reading = Reading(header, pieces, at)
    found = survey(reading)
    if found.has_lost_tails:
        reading = Reading(header, pieces, at, has_lost_tails=True)
        found = survey(reading)
        found.was_rounded = True
    return reading, found


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


def digest_of(upload: IO[bytes]) -> str:
    upload.seek(0)
    found = hashlib.sha256()
    while piece := upload.read(CHUNK):
        found.update(piece)
    return found.hexdigest()


def plain_file_name(name: str) -> str:
    """The last part of a path, without characters that nobody sees."""
    return "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable())[-200:] or "file"


# --- importing ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def queue_import(file: OrderFile, *, at: datetime) -> bool:
    """The file waits for the worker, which is woken after commit. False when it is being imported already, or done."""
    if not begin_import(file, at=at):
        return False
    transaction.on_commit(lambda: wake(file.pk))
    return True


def begin_import(file: OrderFile, *, at: datetime) -> bool:
    """Marks the file as being imported; whoever calls this calls import_file too."""
    waiting = OrderFile.objects.filter(pk=file.pk, state__in=[OrderFileState.UPLOADED, OrderFileState.FAILED])
    return bool(waiting.update(state=OrderFileState.IMPORTING, heartbeat_at=at, error=""))


def wake(file_id: UUID) -> None:
    """Only a wake-up: without a broker the sweep finds the file half a minute later."""
    try:
        current_app.send_task(WAKE, [str(file_id)], retry=False, ignore_result=True)
    except BrokerError as error:
        log.warning("worker_not_woken", error=str(error)[:200])


def import_file(file_id: UUID, clock: Callable[[], datetime] = timezone.now) -> OrderFile:
    """Counts the file from where it stands to its end, a piece a transaction; two who do it at once do it once.

    Whoever is killed leaves whole pieces behind; the next one goes on after them.
    """
    file = OrderFile.objects.select_related("shop").get(pk=file_id)
    if file.state != OrderFileState.IMPORTING:
        return file
    try:
        for piece in pieces_after(file.rows_read, file_units(file)):
            if not count_piece(file, piece, clock()):
                return file
        finish(file, clock())
    except (OperationalError, InterfaceError):
        raise
    except (Refused, DatabaseError) as error:
        log.exception("import_failed", file=str(file.pk))
        code = error.code if isinstance(error, Refused) else "database"
        OrderFile.objects.filter(pk=file.pk).update(state=OrderFileState.FAILED, error=code)
    file.refresh_from_db()
    return file


def reading_of(file: OrderFile) -> Reading:
    """The stored file, read as it was when it came in. Raises Refused when it is gone."""

    def pieces() -> Iterator[bytes]:
        return stored_file.read(file.stored_as)

    now = datetime.fromisoformat(file.survey["read_at"])
    return Reading(recognize(pieces), pieces, now, has_lost_tails=file.survey["was_rounded"])


def file_units(file: OrderFile) -> Iterator[Unit]:
    reading = reading_of(file)
    scattered: Mapping[str, int] = survey(reading).scattered if file.survey["has_scattered"] else {}
    return units(reading.rows(), scattered)


def pieces_after(rows: int, found: Iterator[Unit]) -> Iterator[list[Unit]]:
    """The units in pieces of some 1,000 rows, without those of the first `rows` rows."""
    skipped = 0
    while skipped < rows and (unit := next(found, None)):
        skipped += unit.rows
    while piece := list(islice(found, ROWS_PER_PIECE)):
        yield piece


@transaction.atomic
def count_piece(file: OrderFile, piece: list[Unit], at: datetime) -> bool:
    """Counts a piece and says so on the file, in one transaction. False when somebody else has counted it meanwhile."""
    mine = OrderFile.objects.select_for_update().filter(pk=file.pk, state=OrderFileState.IMPORTING, rows_read=file.rows_read)
    if not mine.exists():
        return False
    counts = Counts(file.rows_applied, file.rows_duplicate, file.rows_rejected)
    count_units(counts, file.shop, piece, at)
    changed = {
        "rows_read": counts.read,
        "rows_applied": counts.applied,
        "rows_duplicate": counts.duplicate,
        "rows_rejected": counts.rejected,
        "heartbeat_at": at,
    }
    OrderFile.objects.filter(pk=file.pk).update(**changed)
    for name, value in changed.items():
        setattr(file, name, value)
    return True


def count_units(counts: Counts, shop: Shop, piece: list[Unit], at: datetime) -> None:
    facts = tuple(event for unit in piece if unit.facts for event in events(unit.facts))
    outcomes: list[Outcome] = []
    if facts:
        outcomes = receive([Arrival(ShopRef(shop.pk, shop.county_id), events=facts)], cause=Cause.FILE, at=at)[0].outcomes
        ask_about_guesses(shop, facts, outcomes, at)
    counts.add(outcomes, sum(unit.problem is not None for unit in piece))


def finish(file: OrderFile, at: datetime) -> None:
    OrderFile.objects.filter(pk=file.pk, state=OrderFileState.IMPORTING, rows_read=file.rows_read).update(
        state=OrderFileState.DONE, finished_at=at
    )


def rehearse_import(shop: Shop, upload: IO[bytes], *, at: datetime) -> tuple[Counts, Survey, list[Rejected]]:
    """What an import would do, piece by piece, each rolled back: nothing is kept. Raises Refused."""
    counts = Counts()
    with tempfile.TemporaryFile() as file:
        for piece in text_of(upload):
            file.write(piece)

        def pieces() -> Iterator[bytes]:
            file.seek(0)
            while piece := file.read(CHUNK):
                yield piece

        reading, found = look(shop, pieces, at)
        for some in pieces_after(0, units(reading.rows(), found.scattered)):
            with transaction.atomic():
                count_units(counts, shop, some, at)
                transaction.set_rollback(True)
        return counts, found, list(rejected_by(reading))


def rejected_by(reading: Reading) -> Iterator[Rejected]:
    """The rows that are not counted, with their numbers."""
    return ((record.number, result) for record, result in reading.rows() if isinstance(result, Problem))


# --- afterwards -----------------------------------------------------------------------------------------------------------


def continue_imports(*, at: datetime) -> int:
    """Goes on with files whose importer has not been heard of; returns how many."""
    silent = list(OrderFile.objects.silent_since(at - SILENCE).order_by("heartbeat_at").values_list("pk", flat=True))
    for file_id in silent:
        import_file(file_id)
    return len(silent)


def forget_old_files(*, at: datetime) -> int:
    """Deletes uploads after 30 days, and what a killed upload left behind; their figures stay. Returns how many."""
    old = OrderFile.objects.filter(uploaded_at__lt=at - KEPT_FOR).exclude(stored_as="")
    forgotten = 0
    for file_id, stored in old.exclude(state=OrderFileState.IMPORTING).values_list("pk", "stored_as"):
        stored_file.forget(stored)
        forgotten += OrderFile.objects.filter(pk=file_id).update(stored_as="")
    known = set(OrderFile.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    return forgotten + stored_file.forget_strays(known, before=at - timedelta(days=1))
