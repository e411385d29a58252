"""Every write to the epoch of the boards, but for `rebuild_tallies`: versions compare only within one epoch."""

from __future__ import annotations

import uuid

import structlog
from django.db import connection, transaction

from orders.models import BoardEpoch

log = structlog.get_logger(__name__)
TIMELINE = "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)"


def begin_epoch() -> uuid.UUID:
    """From now on every board takes what the database says, also where its own version is higher. Needed after a restore."""
    epoch = uuid.UUID(hex=_timeline() + uuid.uuid4().hex[8:])
    BoardEpoch.objects.update_or_create(id=1, defaults={"epoch": epoch})
    return epoch


@transaction.atomic
def follow_timeline() -> bool:
    """Begins an epoch when the server is another one than before; True if it did.

    PostgreSQL counts its history in timelines: a promoted standby and a restore to a point in time each begin one, and may
    lack what boards have shown already. An epoch carries the timeline it began on in its first eight digits, so that no
    operator has to think of it. (A restored dump begins none: `manage.py begin_epoch`.)
    """
    known = BoardEpoch.objects.select_for_update().filter(id=1).first()
    if known is not None and known.epoch.hex[:8] == _timeline():
        return False
    epoch = begin_epoch()
    log.warning("board_epoch_begun", epoch=str(epoch))
    return True


def _timeline() -> str:
    with connection.cursor() as cursor:
        cursor.execute(TIMELINE)
        (timeline,) = cursor.fetchone()
    return str(timeline).lower()
