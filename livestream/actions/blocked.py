"""Every write to what browsers reported as blocked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from livestream.models import BlockedLoad
from livestream.rules.day import shanghai_day

if TYPE_CHECKING:
    from datetime import datetime

KEPT_FOR = timedelta(days=90)
ROWS_A_DAY = 200  # anybody may report: what is more than this is counted together
MORE = "…"


@transaction.atomic
def count_blocked(directive: str, page: str, blocked: str, *, at: datetime) -> None:
    """One more of these today. What is older than 90 days is forgotten by the way."""
    today = shanghai_day(at)
    rows = BlockedLoad.objects.filter(on=today)
    if rows.filter(directive=directive, page=page, blocked=blocked).update(count=F("count") + 1, last_at=at):
        return
    BlockedLoad.objects.filter(on__lt=today - KEPT_FOR).delete()
    if rows.count() >= ROWS_A_DAY:
        page = blocked = MORE
    row, is_new = BlockedLoad.objects.get_or_create(
        on=today, directive=directive, page=page, blocked=blocked, defaults={"count": 1, "last_at": at}
    )
    if not is_new:
        BlockedLoad.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=at)
