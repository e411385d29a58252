"""Every write to class packs: asking for one, making it in the background, taking it away, forgetting the file after its time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from livestream.actions.audit import note
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line
from livestream.sheets.paper import NotPrinted
from orders.actions import stored_file
from orders.sheets.contract import Refused
from training.actions.class_pack_file import SHELF, write_pack
from training.models import ClassPack, Cohort
from training.rules.class_pack import GIVEN_UP_AFTER, KEPT_DAYS, LEASE, PACKS_AT_ONCE, PURPOSE_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from livestream.models import User
    from orders.actions.export_file import Made

MAKE = "training.tasks.make_class_pack"
STRAY = timedelta(days=1)
log = structlog.get_logger(__name__)


@transaction.atomic
def ask_pack(cohort: Cohort, *, purpose: str, by: User, at: datetime) -> ClassPack:
    """It waits for the worker. Raises NotAllowed(`pack_purpose`, `pack_purpose_long`, `pack_waits`)."""
    purpose = one_line(purpose)
    if not purpose:
        raise NotAllowed("pack_purpose")
    if len(purpose) > PURPOSE_AT_MOST:
        raise NotAllowed("pack_purpose_long", limit=PURPOSE_AT_MOST)
    Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)  # two who ask at once ask one after the other
    if under_way(cohort, at).count() >= PACKS_AT_ONCE:
        raise NotAllowed("pack_waits")
    pack = ClassPack.objects.create(cohort=cohort, purpose=purpose, asked_by=by)
    note(Deed.PACK_ASKED, place=cohort.place_id, by=by, about=pack, cohort=str(cohort.pk), purpose=purpose)
    transaction.on_commit(lambda: wake(pack))
    return pack


def under_way(cohort: Cohort, at: datetime) -> QuerySet[ClassPack]:
    return ClassPack.objects.filter(cohort=cohort, made_at=None, error="", asked_at__gt=at - GIVEN_UP_AFTER)


def wake(pack: ClassPack) -> None:
    """Only a wake-up: without a broker the sweep finds the pack within a minute."""
    try:
        current_app.send_task(MAKE, [str(pack.pk), pack.cohort.county_id], retry=False, ignore_result=True)
    except BrokerError:
        return


# --- making ---------------------------------------------------------------------------------------------------------------


def make_pack(pack_id: UUID, county: str, clock: Callable[[], datetime] = timezone.now) -> None:
    """Makes a pack of this county that waits, or whose maker was killed; two who do it at once do it once."""
    pack = claim(pack_id, county, clock())
    if pack is None:
        return
    try:
        made = write_pack(pack, address=settings.PUBLIC_ADDRESS, at=clock())
    except NotPrinted:
        log.exception("class_pack_not_printed", pack=str(pack.pk))
        fail(pack, "paper")
    except DatabaseError:
        raise  # the sweep begins anew
    except Exception:
        fail(pack, "unknown")
        raise
    else:
        finish(pack, made, clock())


@transaction.atomic
def claim(pack_id: UUID, county: str, at: datetime) -> ClassPack | None:
    """The pack, if this worker makes it now: nobody does, or whoever did has had his time. Whoever holds the row is not waited
    for. One whose makers were killed again and again is given up."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - LEASE)
    open_ones = ClassPack.objects.filter(free, pk=pack_id, cohort__county=county, made_at=None, error="")
    rows = open_ones.select_for_update(of=("self",), skip_locked=True).select_related(
        "asked_by", "cohort__county", "cohort__place"
    )
    pack = rows.first()
    if pack is None:
        return None
    if pack.claimed_at and pack.asked_at < at - GIVEN_UP_AFTER:
        fail(pack, "killed")
        return None
    pack.claimed_at = at
    pack.save(update_fields=["claimed_at"])
    return pack


def finish(pack: ClassPack, made: Made, at: datetime) -> None:
    """Where somebody took over meanwhile, his is the one."""
    mine = ClassPack.objects.filter(pk=pack.pk, claimed_at=pack.claimed_at, made_at=None)
    facts = {"made_at": at, "stored_as": made.name, "bytes": made.bytes, "sha256": made.sha256}
    try:
        is_mine = mine.update(**facts)
    except BaseException:
        stored_file.forget(made.name, SHELF)
        raise
    if not is_mine:
        stored_file.forget(made.name, SHELF)


def fail(pack: ClassPack, error: str) -> None:
    ClassPack.objects.filter(pk=pack.pk, claimed_at=pack.claimed_at, made_at=None).update(error=error)


def continue_packs(*, at: datetime) -> int:
    """Makes what no wake-up announced, and goes on with what its maker left; returns how many there were."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - LEASE)
    left = list(ClassPack.objects.filter(free, made_at=None, error="").order_by("asked_at").values_list("pk", "cohort__county"))
    for pack_id, county in left:
        make_pack(pack_id, county)
    return len(left)


def forget_packs(*, at: datetime) -> int:
    """Deletes files whose days are over, and what killed workers left; the records and their digests stay."""
    over = ClassPack.objects.filter(made_at__lt=at - timedelta(days=KEPT_DAYS)).exclude(stored_as="")
    forgotten = 0
    for pack in over:
        stored_file.forget(pack.stored_as, SHELF)
        forgotten += ClassPack.objects.filter(pk=pack.pk).update(stored_as="")
    known = set(ClassPack.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    stored_file.forget_strays(known, before=at - STRAY, shelf=SHELF)
    return forgotten


# --- taking it away -------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_pack(pack: ClassPack, *, by: User) -> Iterator[bytes]:
    """Its bytes, piece by piece; that it was taken is written down. Raises NotAllowed(`pack_gone`)."""
    if not stored_file.is_kept(pack.stored_as, SHELF):
        raise NotAllowed("pack_gone")
    ClassPack.objects.filter(pk=pack.pk).update(downloads=F("downloads") + 1)
    said = {"cohort": str(pack.cohort_id), "purpose": pack.purpose, "sha256": pack.sha256}
    note(Deed.PACK_TAKEN, place=pack.cohort.place_id, by=by, about=pack, **said)
    return pieces(pack.stored_as)


def pieces(stored_as: str) -> Iterator[bytes]:
    try:
        yield from stored_file.read(stored_as, SHELF)
    except Refused:
        raise NotAllowed("pack_gone") from None
