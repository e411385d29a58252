"""Every write about export files: taking one in, importing it, forgetting it after its time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

import structlog
from celery import current_app
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from orders.actions import stored_file
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.file_reading import Facts, as_text, check_header, keep_and_read, keep_facts, nobody, seldom
from orders.actions.guess import ask_about_guesses
from orders.actions.intake import receive
from orders.models import OrderFile, OrderFileState
from orders.models.ledger import Cause
from orders.rules.order import Outcome
from orders.sheets.contract import Problem, Refused
from orders.sheets.event import order_event
from orders.sheets.pieces import pieces_after
from orders.sheets.workbook import XLSX_AT_MOST, check_directory, check_name, is_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from livestream.models import User
    from orders.models import Shop
    from orders.sheets.pieces import Piece

Rejected = tuple[int, Problem]
log = structlog.get_logger(__name__)
CSV_AT_MOST = 150_000_000  # 200,000 rows of 74 columns are some 80 MB, 120 MB with every cell quoted
MEGA = 1_000_000
CHUNK = 1 << 20
SILENCE = timedelta(seconds=30)
KEPT_FOR = timedelta(days=30)
READ = "orders.tasks.read_order_file"
IMPORT = "orders.tasks.import_order_file"


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


def take_in(shop: Shop, upload: IO[bytes], *, name: str, by: User | None, at: datetime) -> OrderFile:
    """The file is kept, encrypted; the worker reads it. Raises Refused for what its first bytes show, and keeps nothing then."""
    file = keep_upload(shop, upload, name=name, by=by, at=at)
    transaction.on_commit(lambda: wake(READ, file))
    return file


def store_file(shop: Shop, upload: IO[bytes], *, name: str, by: User | None, at: datetime) -> OrderFile:
    """The file is kept, encrypted, and read meanwhile; nothing is counted yet. Raises Refused, and keeps nothing then."""
    if not (sheet := check_upload(shop, upload, name)):
        return store_workbook(shop, upload, name=name, by=by, at=at)
    digest = hashlib.sha256()
    stored, facts = keep_and_read(chunks(upload, digest.update), at)
    found = {"state": OrderFileState.UPLOADED, "facts_as": facts.name, "rows_total": facts.rows, "survey": facts.survey}
    return create_file(shop, name, by, stored_as=stored, sheet=sheet, digest=digest.hexdigest(), heartbeat_at=at, **found)


def store_workbook(shop: Shop, upload: IO[bytes], *, name: str, by: User | None, at: datetime) -> OrderFile:
    file = keep_upload(shop, upload, name=name, by=by, at=at)
    try:
        read_kept(file, lambda: at)
    except BaseException:
        stored_file.forget(file.stored_as)
        file.delete()
        raise
    return file


def keep_upload(shop: Shop, upload: IO[bytes], *, name: str, by: User | None, at: datetime) -> OrderFile:
    sheet = check_upload(shop, upload, name)
    digest = hashlib.sha256()
    stored = stored_file.keep(chunks(upload, digest.update))
    found = {"state": OrderFileState.READING, "survey": {"read_at": at.isoformat()}}
    return create_file(shop, name, by, stored_as=stored, sheet=sheet, digest=digest.hexdigest(), heartbeat_at=at, **found)


def create_file(shop: Shop, name: str, by: User | None, **found: Any) -> OrderFile:
    try:
        return OrderFile.objects.create(shop=shop, uploaded_by=by, name=plain_file_name(name), **found)
    except BaseException:
        stored_file.forget(found["stored_as"])
        stored_file.forget(found.get("facts_as", ""))
        raise


def check_upload(shop: Shop, upload: IO[bytes], name: str = "") -> str:
    """What can be said at once: name, size, kind, columns. The name of the sheet, "" for a workbook. Raises Refused."""
    size = upload.seek(0, 2)
    upload.seek(0)
    is_book = is_workbook(upload.read(8))
    if name:
        check_name(name, is_book)
    if size > (XLSX_AT_MOST if is_book else CSV_AT_MOST):
        raise Refused("too_big", csv_mb=CSV_AT_MOST // MEGA, xlsx_mb=XLSX_AT_MOST // MEGA)
    if not is_book:
        return check_header(shop, lambda: chunks(upload))
    check_directory(upload)
    return ""


def chunks(upload: IO[bytes], look: Callable[[bytes], object] = len) -> Iterator[bytes]:
    """The upload from its beginning; `look` sees each piece."""
    upload.seek(0)
    while piece := upload.read(CHUNK):
        look(piece)
        yield piece


def plain_file_name(name: str) -> str:
    """The last part of a path, without characters that nobody sees."""
    return "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable())[-200:] or "file"


# --- reading --------------------------------------------------------------------------------------------------------------


def read_file(file_id: UUID, clock: Callable[[], datetime] = timezone.now) -> OrderFile:
    """Reads a file that waits for it; one that cannot be read says why, and its upload is deleted."""
    file = OrderFile.objects.select_related("shop").get(pk=file_id)
    if file.state != OrderFileState.READING:
        return file
    try:
        read_kept(file, clock)
    except Refused as refused:
        facts = {key: fact if isinstance(fact, int) else str(fact) for key, fact in refused.facts.items()}
        survey = file.survey | {"refused": facts}
        still = OrderFile.objects.filter(pk=file.pk, state=OrderFileState.READING, stored_as=file.stored_as)
        if still.update(state=OrderFileState.REFUSED, error=refused.code, survey=survey, stored_as="", rows_total=0):
            stored_file.forget(file.stored_as)
        file.refresh_from_db()
    return file


def read_kept(file: OrderFile, clock: Callable[[], datetime]) -> None:
    """The file with its facts, ready to be imported; two who read it at once do it once. Raises Refused."""
    mine = OrderFile.objects.filter(pk=file.pk, state=OrderFileState.READING)

    @seldom
    def beat(rows: int) -> None:
        mine.update(rows_total=rows, heartbeat_at=clock())

    text = as_text(file.stored_as, beat)
    if text != file.stored_as:
        if not mine.filter(stored_as=file.stored_as).update(stored_as=text):
            stored_file.forget(text)
            return
        stored_file.forget(file.stored_as)
        file.stored_as = text
    file.sheet = check_header(file.shop, lambda: stored_file.read(text))
    facts = keep_facts(lambda: stored_file.read(text), read_at(file), beat)
    found = {"sheet": file.sheet, "facts_as": facts.name, "rows_total": facts.rows, "survey": facts.survey}
    if not mine.filter(stored_as=text).update(state=OrderFileState.UPLOADED, **found):
        stored_file.forget(facts.name)
    file.refresh_from_db()


def read_at(file: OrderFile) -> datetime:
    """Fixed when the file came in, so that every reading of it ends alike."""
    return datetime.fromisoformat(file.survey["read_at"])


# --- importing ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def queue_import(file: OrderFile, *, at: datetime) -> bool:
    """The file waits for the worker, which is woken after commit. False when it is being imported already, or done."""
    if not begin_import(file, at=at):
        return False
    transaction.on_commit(lambda: wake(IMPORT, file))
    return True


def begin_import(file: OrderFile, *, at: datetime) -> bool:
    """Marks the file as being imported; whoever calls this calls import_file too."""
    waiting = OrderFile.objects.filter(pk=file.pk, state__in=[OrderFileState.UPLOADED, OrderFileState.FAILED])
    return bool(waiting.update(state=OrderFileState.IMPORTING, heartbeat_at=at, error=""))


def wake(task: str, file: OrderFile) -> None:
    """Only a wake-up: without a broker the sweep finds the file half a minute later."""
    try:
        current_app.send_task(task, [str(file.pk), file.shop.county_id], retry=False, ignore_result=True)
    except BrokerError as error:
        log.warning("worker_not_woken", error=str(error)[:200])


def is_of_county(file_id: UUID, county: str) -> bool:
    """Whether a task may work on this file: it must be of the county that the task was given. Says so in the log if not."""
    is_so = OrderFile.objects.filter(pk=file_id, shop__county_id=county).exists()
    if not is_so:
        log.warning("foreign_file_refused", file=str(file_id), county=county)
    return is_so


def import_file(file_id: UUID, clock: Callable[[], datetime] = timezone.now) -> OrderFile:
    """Counts the file from where it stands to its end, a piece a transaction; two who do it at once do it once.

    Whoever is killed leaves whole pieces behind; the next one goes on after them.
    """
    file = OrderFile.objects.select_related("shop").get(pk=file_id)
    if file.state != OrderFileState.IMPORTING:
        return file
    try:
        for piece in pieces_after(file.rows_read, facts_of(file, clock)):
            if not count_piece(file, piece, clock()):
                return file
        finish(file, clock())
    except (OperationalError, InterfaceError):
        raise
    except (Refused, DatabaseError) as error:
        log.exception("import_failed", file=str(file.pk))
        code = error.code if isinstance(error, Refused) else "database"
        if isinstance(error, Refused):
            stored_file.forget(file.facts_as)  # the next try reads the upload again
        OrderFile.objects.filter(pk=file.pk).update(state=OrderFileState.FAILED, error=code)
    file.refresh_from_db()
    return file


def facts_of(file: OrderFile, clock: Callable[[], datetime] = timezone.now) -> Iterator[bytes]:
    """The kept facts of the file; it is read again where they are gone. Raises Refused when the upload is gone too."""
    if not stored_file.is_kept(file.facts_as):
        mine = OrderFile.objects.filter(pk=file.pk)

        @seldom
        def beat(_rows: int) -> None:
            mine.update(heartbeat_at=clock())

        file.facts_as = keep_facts(lambda: stored_file.read(file.stored_as), read_at(file), beat).name
        mine.update(facts_as=file.facts_as)
    return stored_file.read(file.facts_as)


@transaction.atomic
def count_piece(file: OrderFile, piece: Piece, at: datetime) -> bool:
    """Counts a piece and says so on the file, in one transaction. False when somebody else has counted it meanwhile."""
    mine = OrderFile.objects.select_for_update().filter(pk=file.pk, state=OrderFileState.IMPORTING, rows_read=file.rows_read)
    if not mine.exists():
        return False
    counts = Counts(file.rows_applied, file.rows_duplicate, file.rows_rejected)
    count_rows(counts, file.shop, piece, at)
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


def count_rows(counts: Counts, shop: Shop, piece: Piece, at: datetime) -> None:
    outcomes: list[Outcome] = []
    if piece.events:
        facts = tuple([order_event(row) for row in piece.events])
        outcomes = receive([Arrival(ShopRef(shop.pk, shop.county_id), events=facts)], cause=Cause.FILE, at=at)[0].outcomes
        ask_about_guesses(shop, facts, outcomes, at)
    counts.add(outcomes, len(piece.problems))


def finish(file: OrderFile, at: datetime) -> None:
    OrderFile.objects.filter(pk=file.pk, state=OrderFileState.IMPORTING, rows_read=file.rows_read).update(
        state=OrderFileState.DONE, finished_at=at
    )


def rehearse_import(shop: Shop, upload: IO[bytes], *, at: datetime) -> tuple[Counts, Facts, list[Rejected]]:
    """What an import would do, piece by piece, each rolled back: nothing is kept. Raises Refused."""
    counts = Counts()
    rejected: list[Rejected] = []
    check_upload(shop, upload)
    kept = [stored_file.keep(chunks(upload))]
    try:
        kept.append(as_text(kept[0], nobody))
        check_header(shop, lambda: stored_file.read(kept[1]))
        facts = keep_facts(lambda: stored_file.read(kept[1]), at, nobody)
        kept.append(facts.name)
        for piece in pieces_after(0, stored_file.read(facts.name)):
            with transaction.atomic():
                count_rows(counts, shop, piece, at)
                transaction.set_rollback(True)
            rejected += problems_of(piece)
    finally:
        for name in kept:
            stored_file.forget(name)
    return counts, facts, rejected


def rejected_rows(file: OrderFile) -> Iterator[Rejected]:
    """The rows that were not counted, with their numbers."""
    return (row for piece in pieces_after(0, facts_of(file)) for row in problems_of(piece))


def problems_of(piece: Piece) -> list[Rejected]:
    return [(bad.number, Problem(bad.code, bad.column)) for bad in piece.problems]


# --- afterwards -----------------------------------------------------------------------------------------------------------


def continue_imports(*, at: datetime) -> int:
    """Goes on with files whose reader or importer has not been heard of; returns how many."""
    silent = list(OrderFile.objects.silent_since(at - SILENCE).order_by("heartbeat_at").values_list("pk", "state"))
    for file_id, state in silent:
        if state == OrderFileState.READING:
            read_file(file_id)
        else:
            import_file(file_id)
    return len(silent)


def forget_old_files(*, at: datetime) -> int:
    """Deletes uploads after 30 days, and what a killed upload left behind; their figures stay. Returns how many."""
    old = OrderFile.objects.filter(uploaded_at__lt=at - KEPT_FOR).exclude(stored_as="", facts_as="")
    forgotten = 0
    for file in old.exclude(pk__in=OrderFile.objects.under_way()):
        stored_file.forget(file.stored_as)
        stored_file.forget(file.facts_as)
        forgotten += OrderFile.objects.filter(pk=file.pk).update(stored_as="", facts_as="")
    known = {name for names in OrderFile.objects.values_list("stored_as", "facts_as") for name in names}
    return forgotten + stored_file.forget_strays(known, before=at - timedelta(days=1))
