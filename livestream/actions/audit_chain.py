"""Closing the chain of the audit log over new entries, reading it from end to end, and letting old entries go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from livestream.actions.audit import note
from livestream.models import AuditCheck, AuditEntry
from livestream.rules.chain import START, Link, Reading, Row, Standing, digest_of, retired_stretches
from livestream.rules.deed import Deed
from livestream.rules.retention import EXPORT_MONTHS, kept_since

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

log = structlog.get_logger(__name__)
PIECE = 5000
STRETCHES_IN_A_PROOF = 500
SEALING, READING = 2_026_067_001, 2_026_067_002  # advisory locks: one sealer; no retiring while the chain is read

# What a digest is made of, as text, so that nothing depends on how a client reads numbers or times.
COLUMNS = """
    position, digest, id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), deed, actor_id, acted_for_id, place,
    kind, object_id, before::text, after::text, detail::text, host(address), request_id
"""
OPEN = f"SELECT {COLUMNS} FROM livestream_auditentry WHERE position IS NULL ORDER BY id LIMIT %s"
SEALED = f"SELECT {COLUMNS} FROM livestream_auditentry WHERE position >= %s ORDER BY position, id LIMIT %s OFFSET %s"
SEAL = """
UPDATE livestream_auditentry entry SET position = sealed.position, digest = sealed.digest
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS sealed(id, position, digest) WHERE entry.id = sealed.id
"""
# The last of the chain stays, whatever its age: the next one is hung on it.
OLD = """
    position < (SELECT max(position) FROM livestream_auditentry) AND deed <> 'log_retired' AND at < %(since)s
    AND (at < %(exports_since)s OR NOT (deed LIKE 'export%%' OR kind LIKE '%%.Export%%'))
"""
STRETCHES = f"""
SELECT min(position), max(position), (array_agg(digest ORDER BY position DESC))[1], count(*)
FROM (
    SELECT position, digest, position - row_number() OVER (ORDER BY position) AS stretch FROM livestream_auditentry WHERE {OLD}
) old
GROUP BY stretch ORDER BY 1
"""
RETIRE = f"DELETE FROM livestream_auditentry WHERE {OLD}"


def rows(sql: str, *params: int) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Row(*row) for row in cursor.fetchall()]


def alone(key: int) -> bool:
    """Until the end of the transaction nobody else has this lock; False when somebody has it now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])


def seal_entries() -> int:
    """Closes the chain over every entry that is committed by now; returns how many. Whoever comes while another seals leaves
    it to him. An entry with a lower id that is committed later is sealed later: the chain is in order of sealing."""
    sealed = 0
    while found := seal_piece():
        sealed += found
        if found < PIECE:
            break
    return sealed


@transaction.atomic
def seal_piece() -> int:
    if not alone(SEALING):
        return 0
    last = AuditEntry.objects.sealed().order_by("-position").first()
    head = Link(last.position or 0, last.digest) if last else START
    sealed: list[tuple[int, int, str]] = []
    for row in rows(OPEN, PIECE):
        placed = row._replace(position=head.position + 1)
        head = Link(placed.position, digest_of(head.digest, placed))
        sealed.append((row.id, *head))
    if sealed:
        with connection.cursor() as cursor:
            cursor.execute(SEAL, [list(column) for column in zip(*sealed, strict=True)])
    return len(sealed)


def chain(since: int = 1) -> Iterator[Row]:
    """Every sealed entry in order, in pieces: memory stays flat."""
    skip = 0
    while piece := rows(SEALED, since, PIECE, skip):
        yield from piece
        skip = sum(row.position == piece[-1].position for row in piece)
        since = piece[-1].position


@transaction.atomic
def check_chain(*, at: datetime, known: Link | None = None) -> AuditCheck | None:
    """Reads the whole chain up to what is wrong first, and keeps what was found. `known` is a head from elsewhere (a line of the
    log); else the last good check says how far the chain went. None: somebody else is reading or retiring."""
    if not alone(READING):
        return None
    reading = Reading(retired_stretches(proofs()), known or last_head())
    if all(reading.take(row) for row in chain()):
        reading.end()
    found = AuditCheck.objects.create(
        began_at=at,
        ended_at=timezone.now(),
        entries=reading.entries,
        position=reading.head.position,
        digest=reading.head.digest,
        fault=reading.fault,
        fault_position=reading.fault_position,
    )
    tell(found)
    return found


def find_head(known: Link) -> Standing:
    """Whether a head that somebody wrote down earlier is still in the chain. What lies in one stretch that was let go cannot be
    compared, only its last entry. That the entries themselves are as their digests say is what reading the chain shows."""
    if digest := AuditEntry.objects.sealed().filter(position=known.position).values_list("digest", flat=True).first():
        return Standing.SAME if digest == known.digest else Standing.DIFFERENT
    for first, last in retired_stretches(proofs()).items():
        if last.position == known.position:
            return Standing.SAME if last.digest == known.digest else Standing.DIFFERENT
        if first <= known.position < last.position:
            return Standing.RETIRED
    longest = AuditEntry.objects.sealed().aggregate(longest=Max("position"))["longest"] or 0
    return Standing.BEYOND if known.position > longest else Standing.MISSING


def proofs() -> QuerySet[AuditEntry, dict[str, Any]]:
    return AuditEntry.objects.sealed().filter(deed=Deed.LOG_RETIRED).values_list("detail", flat=True)


def last_head() -> Link:
    good = AuditCheck.objects.filter(fault="").order_by("-pk").values_list("position", "digest").first()
    return Link(*good) if good else START


def tell(found: AuditCheck) -> None:
    """The head goes into the log, which lies elsewhere: whoever cuts the end off the table cannot cut it off there."""
    if found.fault:
        log.error("audit_chain_broken", fault=found.fault, position=found.fault_position)
    else:
        log.info("audit_head", position=found.position, digest=found.digest, entries=found.entries)


def check_nightly(*, at: datetime) -> AuditCheck | None:
    """Once a night, after ten past three; a machine that was off then does it when it is on again."""
    due = timezone.localtime(at).replace(hour=3, minute=10, second=0, microsecond=0)
    if at < due or AuditCheck.objects.filter(began_at__gte=due).exists():
        return None
    seal_entries()
    return check_chain(at=at)


@transaction.atomic
def retire_entries(*, at: datetime, dry_run: bool = False) -> int:
    """Lets go what is older than AUDIT_KEEP_MONTHS (exports: never before three years) and leaves a proof of it in the chain:
    which positions, how many, and the digest at the end of each stretch, from which the check goes on. Returns how many."""
    if not dry_run and not alone(READING):
        return 0
    local = timezone.localtime(at)
    since = kept_since(local, settings.AUDIT_KEEP_MONTHS)
    ages = {"since": since, "exports_since": kept_since(local, max(EXPORT_MONTHS, settings.AUDIT_KEEP_MONTHS))}
    with connection.cursor() as cursor:
        cursor.execute(STRETCHES, ages)
        stretches = cursor.fetchall()
        number = sum(int(row[3]) for row in stretches)
        if dry_run or not number:
            return number
        prove(stretches, since)
        cursor.execute("SELECT set_config('cunbo.retire', 'on', true)")
        cursor.execute(RETIRE, ages)
        cursor.execute("SELECT set_config('cunbo.retire', '', true)")
    log.info("audit_entries_retired", entries=number, older_than=since.isoformat())
    return number


def prove(stretches: Sequence[tuple[int, int, str, int]], since: datetime) -> None:
    for start in range(0, len(stretches), STRETCHES_IN_A_PROOF):
        piece = stretches[start : start + STRETCHES_IN_A_PROOF]
        said = [[first, last, digest] for first, last, digest, _count in piece]
        note(Deed.LOG_RETIRED, entries=sum(row[3] for row in piece), older_than=since.isoformat(), stretches=said)
