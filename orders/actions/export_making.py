"""Every write by the worker to exports: making a file, going on after whoever was killed, deleting what is over."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from orders.actions import stored_file
from orders.actions.export import SHELF, charge, constraint_of, days_kept, wake
from orders.actions.export_file import Made, write_file
from orders.actions.export_reading import Asked, count_rows, key_of
from orders.actions.file_reading import seldom
from orders.models import Export
from orders.rules.export import ATTEMPTS, SLOTS, ExportKind, ExportState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

log = structlog.get_logger(__name__)
SILENCE = timedelta(seconds=30)
STRAY = timedelta(days=1)
SCRATCH = "making"  # where a workbook lies in pieces while it is written; nobody else may read it


class TooMany(Exception):
    """There are more rows than may be taken out so."""


class TakenOver(Exception):
    """Somebody else makes this export by now, or nobody does."""


def make_export(export_id: UUID, place: str, clock: Callable[[], datetime] = timezone.now) -> None:
    """Makes the file of an export of this place that waits for it, or whose maker was killed; two who do it at once do it once.
    One that would be bigger than it may be waits for an approval."""
    export = Export.objects.select_related("place", "asked_by", "decided_by").filter(pk=export_id, place_id=place).first()
    if export is None or not claim(export, clock()):
        return
    try:
        made = make(export, clock)
        finish(export, made, clock())
    except TooMany:
        wait_for_approval(export, count_rows(asked_of(export)))
    except TakenOver:
        log.warning("export_taken_over", export=export.number)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: the sweep begins anew
    except DatabaseError:
        log.exception("export_failed", export=export.number)
        fail(export, "database")
    wake_next(export)


def claim(export: Export, at: datetime) -> bool:
    """Whether this worker makes it now: there is one of the person's two slots free, or its maker has fallen silent."""
    is_left = export.state == ExportState.MAKING
    claimed = take_over(export, at) if is_left else any(take_slot(export, slot, at) for slot in SLOTS)
    export.attempt += claimed
    if claimed and export.attempt > ATTEMPTS:
        fail(export, "attempts")
        return False
    return claimed


def take_slot(export: Export, slot: int, at: datetime) -> bool:
    """`two_exports_of_a_person_being_made` says whether it is free."""
    queued = Export.objects.filter(pk=export.pk, state=ExportState.QUEUED, attempt=export.attempt)
    try:
        with transaction.atomic():
            return bool(queued.update(state=ExportState.MAKING, slot=slot, attempt=F("attempt") + 1, heartbeat_at=at, rows=0))
    except IntegrityError as taken:
        if constraint_of(taken) != "two_exports_of_a_person_being_made":
            raise
        return False


@transaction.atomic
def take_over(export: Export, at: datetime) -> bool:
    """Whether its maker is gone: not heard of, and not holding the lock of whoever reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key_of(export.pk)])
        if not cursor.fetchone()[0]:
            return False
    silent = mine(export).filter(heartbeat_at__lt=at - SILENCE)
    return bool(silent.update(attempt=F("attempt") + 1, heartbeat_at=at, rows=0))


def mine(export: Export) -> QuerySet[Export]:
    """The row, as long as nobody has taken it over."""
    return Export.objects.filter(pk=export.pk, state=ExportState.MAKING, attempt=export.attempt)


def asked_of(export: Export) -> Asked:
    return Asked(ExportKind(export.kind), export.place_id, export.from_on, export.until_on)


def make(export: Export, clock: Callable[[], datetime]) -> Made:
    """Writes the file and says now and then how far it has come. Raises TooMany and TakenOver; nothing is left behind then."""

    @seldom
    def say(rows: int) -> None:
        if not mine(export).update(heartbeat_at=clock(), rows=rows):
            raise TakenOver

    def count(rows: int) -> None:
        if rows > export.rows_allowed:
            raise TooMany
        say(rows)

    with tempfile.TemporaryDirectory(dir=stored_file.folder(SCRATCH)) as scratch:
        return write_file(export, asked_of(export), scratch=scratch, count=count, at=clock())


def finish(export: Export, made: Made, at: datetime) -> None:
    """The file may be fetched for some days; its rows are counted to the hour. Where they do not fit, there is no file."""
    try:
        with transaction.atomic():
            full = charge(export, made.rows, at=at)
            if not full:
                facts = {"rows": made.rows, "bytes": made.bytes, "sha256": made.sha256, "stored_as": made.name}
                until = at + days_kept()
                if not mine(export).update(state=ExportState.READY, slot=None, made_at=at, expires_at=until, **facts):
                    raise TakenOver
    except BaseException:
        stored_file.forget(made.name, SHELF)
        raise
    if full:
        stored_file.forget(made.name, SHELF)
    if full == "rows_without_approval_within_the_hour":
        wait_for_approval(export, made.rows)
    elif full:
        fail(export, "hour")


def wait_for_approval(export: Export, rows: int) -> None:
    """Whatever was approved before was approved for fewer rows."""
    fresh = {"rows": 0, "rows_expected": rows, "rows_allowed": F("rows_free"), "decided_by": None, "decided_at": None}
    mine(export).update(state=ExportState.WAITING, slot=None, attempt=0, decision_words="", **fresh)


def fail(export: Export, error: str) -> None:
    mine(export).update(state=ExportState.FAILED, slot=None, error=error, rows=0)


def wake_next(export: Export) -> None:
    """The person's next one has a free slot now."""
    queued = Export.objects.filter(asked_by_id=export.asked_by_id, state=ExportState.QUEUED)
    if found := queued.order_by("asked_at").first():
        wake(found)


def continue_exports(*, at: datetime) -> int:
    """Makes what no wake-up announced, and goes on with what its maker left; returns how many there were."""
    silent = list(Export.objects.silent_since(at - SILENCE).order_by("heartbeat_at").values_list("pk", "place_id"))
    for export_id, place in silent:
        make_export(export_id, place)
    return len(silent)


def forget_exports(*, at: datetime) -> int:
    """Deletes files whose days are over, and what killed workers left; the records stay. Returns how many exports it was."""
    forgotten = 0
    for export in Export.objects.over(at):
        stored_file.forget(export.stored_as, SHELF)
        forgotten += Export.objects.over(at).filter(pk=export.pk).update(state=ExportState.EXPIRED, stored_as="")
    known = set(Export.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    stored_file.forget_strays(known, before=at - STRAY, shelf=SHELF)
    for left in stored_file.folder(SCRATCH).iterdir():
        if left.stat().st_mtime < (at - STRAY).timestamp():
            shutil.rmtree(left, ignore_errors=True)
    return forgotten
