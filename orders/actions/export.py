"""Every write by people to exports: asking, approving, rejecting, withdrawing, downloading."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError

from livestream.actions.audit import note
from livestream.rules.day import shanghai_day
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from orders.actions import stored_file
from orders.actions.export_reading import Asked, count_rows
from orders.models import Export, ExportHour
from orders.rules.export import (
    RECEIVER_AT_MOST,
    WITHDRAWABLE,
    WORDS_AT_MOST,
    ExportKind,
    ExportState,
    check_period,
    may_export,
    needs_approval,
    rows_approved,
    said,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livestream.models import User
    from orders.rules.export import ExportFormat, ExportPurpose

MAKE = "orders.tasks.make_export_file"
SHELF = "exports"
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read for another


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. `key` makes a second press of one button the same export."""

    key: UUID
    kind: ExportKind
    place: str
    from_on: date
    until_on: date
    format: ExportFormat
    purpose: ExportPurpose
    purpose_words: str
    receiver: str

    @property
    def asked(self) -> Asked:
        return Asked(self.kind, self.place, self.from_on, self.until_on)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows it would be, and whether another person must approve them."""

    rows: int
    needs_approval: bool


def measure(wish: Wish, *, by: User, at: datetime) -> Size:
    """What asking would come to. Raises NotAllowed as asking does: not in this place, not this period, too many rows an hour."""
    check(wish, by, at)
    rows = count_rows(wish.asked)
    used = used_within_the_hour(by, at)
    if used.rows + rows > settings.EXPORT_ROWS_PER_HOUR:
        raise NotAllowed("export_hour_full", limit=f"{settings.EXPORT_ROWS_PER_HOUR:,}", rows=f"{rows:,}")
    free = settings.EXPORT_ROWS_WITHOUT_APPROVAL
    return Size(rows, needs_approval(rows, free_used=used.free_rows, free_limit=free))


def check(wish: Wish, by: User, at: datetime) -> None:
    if not may_export(wish.kind, lambda action: by.may(action, wish.place)):
        raise NotAllowed("not_your_export")
    check_period(wish.from_on, wish.until_on, shanghai_day(at))


@transaction.atomic
def ask_export(wish: Wish, *, by: User, at: datetime) -> Export:
    """It waits for an approval, or for the worker; asked with the same key again it is the same one. Raises NotAllowed."""
    size = measure(wish, by=by, at=at)
    free = settings.EXPORT_ROWS_WITHOUT_APPROVAL
    facts: dict[str, Any] = {
        "number": new_number(at),
        "kind": wish.kind,
        "place_id": wish.place,
        "from_on": wish.from_on,
        "until_on": wish.until_on,
        "format": wish.format,
        "language": get_language() or settings.LANGUAGE_CODE,
        "purpose": wish.purpose,
        "purpose_words": said(wish.purpose_words, field=_("用途说明"), limit=WORDS_AT_MOST),
        "receiver": said(wish.receiver, field=_("交给谁"), limit=RECEIVER_AT_MOST),
        "asked_at": at,
        "heartbeat_at": at,
        "state": ExportState.WAITING if size.needs_approval else ExportState.QUEUED,
        "rows_expected": size.rows,
        "rows_free": free,
        "rows_allowed": free,
    }
    try:
        export, is_new = Export.objects.get_or_create(id=wish.key, asked_by=by, defaults=facts)
    except IntegrityError:  # somebody else's key
        raise NotAllowed("not_your_export") from None
    if is_new:
        note(Deed.EXPORT_ASKED, place=wish.place, by=by, about=export, **summary(export))
        if export.state == ExportState.QUEUED:
            transaction.on_commit(lambda: wake(export))
    return export


def new_number(at: datetime) -> str:
    """`20261122-7K3FQ`: short enough to be read out, and no two alike."""
    return f"{shanghai_day(at):%Y%m%d}-{''.join(secrets.choice(SIGNS) for _sign in range(5))}"


def summary(export: Export) -> dict[str, Any]:
    """What the audit log says of it: enough to tell after years who gave what to whom."""
    return {
        "number": export.number,
        "kind": export.kind,
        "from_on": str(export.from_on),
        "until_on": str(export.until_on),
        "format": export.format,
        "purpose": export.purpose,
        "purpose_words": export.purpose_words,
        "receiver": export.receiver,
        "rows": export.rows or export.rows_expected,
    }


def wake(export: Export) -> None:
    """Only a wake-up: without a broker the sweep finds the export within half a minute."""
    try:
        current_app.send_task(MAKE, [str(export.pk), export.place_id], retry=False, ignore_result=True)
    except BrokerError:
        return


# --- deciding -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve_export(export: Export, *, words: str, by: User, at: datetime) -> None:
    """It is made now. Raises NotAllowed for one's own, in another place, and when it does not wait any more."""
    check_decider(export, by)
    shown = export.rows_expected  # what the page said when the button was pressed
    waiting = Export.objects.filter(pk=export.pk, state=ExportState.WAITING, rows_expected=shown)
    allowed = max(export.rows_free, rows_approved(shown))
    decision = {"decided_by": by, "decided_at": at, "decision_words": plain_words(words)}
    if not waiting.update(state=ExportState.QUEUED, rows_allowed=allowed, heartbeat_at=at, **decision):
        raise NotAllowed("export_decided")
    note(Deed.EXPORT_APPROVED, place=export.place_id, by=by, about=export, words=decision["decision_words"], **summary(export))
    transaction.on_commit(lambda: wake(export))


@transaction.atomic
def reject_export(export: Export, *, words: str, by: User, at: datetime) -> None:
    """It is never made. Raises NotAllowed as approving does, and when no reason is given."""
    check_decider(export, by)
    reason = said(words, field=_("审批意见"), limit=WORDS_AT_MOST)
    waiting = Export.objects.filter(pk=export.pk, state=ExportState.WAITING)
    if not waiting.update(state=ExportState.REJECTED, decided_by=by, decided_at=at, decision_words=reason):
        raise NotAllowed("export_decided")
    note(Deed.EXPORT_REJECTED, place=export.place_id, by=by, about=export, words=reason, **summary(export))


def check_decider(export: Export, by: User) -> None:
    if export.asked_by_id == by.pk:
        raise NotAllowed("own_export")
    if not by.may(Action.APPROVE_EXPORT, export.place_id):
        raise NotAllowed("not_your_export")


def plain_words(words: str) -> str:
    return said(words, field=_("审批意见"), limit=WORDS_AT_MOST) if words.strip() else ""


@transaction.atomic
def withdraw_export(export: Export, *, by: User) -> None:
    """Its asker does not want it any more. Raises NotAllowed for somebody else's, and once it is being made."""
    if export.asked_by_id != by.pk:
        raise NotAllowed("not_your_export")
    if not Export.objects.filter(pk=export.pk, state__in=WITHDRAWABLE).update(state=ExportState.WITHDRAWN):
        raise NotAllowed("export_decided")
    note(Deed.EXPORT_WITHDRAWN, place=export.place_id, by=by, about=export, **summary(export))


# --- taking it away -------------------------------------------------------------------------------------------------------


@transaction.atomic
def download_export(export: Export, *, by: User, at: datetime) -> Iterator[bytes]:
    """Its bytes, and a line in the audit log, each time. Raises NotAllowed for somebody else's, when the right is gone by now,
    and when there is no file (any more)."""
    if export.asked_by_id != by.pk or not may_export(ExportKind(export.kind), lambda action: by.may(action, export.place_id)):
        raise NotAllowed("not_your_export")
    ready = Export.objects.filter(pk=export.pk, state=ExportState.READY, expires_at__gt=at)
    if not ready.update(downloads=F("downloads") + 1) or not stored_file.is_kept(export.stored_as, SHELF):
        raise NotAllowed("export_gone")
    note(Deed.EXPORTED, place=export.place_id, by=by, about=export, sha256=export.sha256, **summary(export))
    return stored_file.read(export.stored_as, SHELF)


# --- how many rows an hour ------------------------------------------------------------------------------------------------


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def used_within_the_hour(person: User, at: datetime) -> ExportHour:
    return ExportHour.objects.filter(person=person, hour=hour_of(at)).first() or ExportHour(person=person, hour=hour_of(at))


def charge(export: Export, rows: int, *, at: datetime) -> str:
    """Counts these rows to the hour of their asker; two at once cannot both take the last ones. Returns "", or the name of the
    limit that holds: `exported_rows_within_the_hour`, `rows_without_approval_within_the_hour`; then nothing was counted."""
    limits = {"rows_limit": settings.EXPORT_ROWS_PER_HOUR, "free_limit": settings.EXPORT_ROWS_WITHOUT_APPROVAL}
    hour, _is_new = ExportHour.objects.get_or_create(person_id=export.asked_by_id, hour=hour_of(at), defaults=limits)
    free = rows if export.decided_by_id is None else 0
    try:
        with transaction.atomic():
            ExportHour.objects.filter(pk=hour.pk).update(rows=F("rows") + rows, free_rows=F("free_rows") + free)
    except IntegrityError as full:
        return constraint_of(full)
    return ""


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused."""
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or "")


def days_kept() -> timedelta:
    return timedelta(days=settings.EXPORT_DAYS_KEPT)
