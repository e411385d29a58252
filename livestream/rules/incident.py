"""What may go wrong or be corrected while a session is on air, in the words of the control desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.control import ControlKind
from livestream.rules.day import SHANGHAI

if TYPE_CHECKING:
    from datetime import time

LONGEST_NOTE = 120
LONGEST_SAID = 200


class IncidentKind(TextChoices):
    STREAM_LOST = "stream_lost", _("断播")
    STREAM_REOPENED = "stream_reopened", _("重开")
    PRICE_CHANGED = "price_changed", _("改价")
    STOCK_CHANGED = "stock_changed", _("改库存")
    ITEM_PULLED = "item_pulled", _("紧急下架")
    CORRECTION_MADE = "correction_made", _("口播更正")
    OTHER = "other", _("其他情况")


# An event of these kinds notes an incident too, of the same moment; whoever lists both tells it once.
TOLD_ALREADY = {
    IncidentKind.STREAM_LOST: ControlKind.STREAM_LOST,
    IncidentKind.STREAM_REOPENED: ControlKind.STREAM_REOPENED,
    IncidentKind.ITEM_PULLED: ControlKind.ITEM_PULLED,
}


def is_within(at: datetime, *, began: datetime | None, ended: datetime | None) -> bool:
    """Whether something may have happened on air then; what ended the session happened at its last moment."""
    return began is not None and began <= at and (ended is None or at <= ended)


def moment_on_air(clock: time, *, began: datetime, until: datetime) -> datetime | None:
    """The first moment from `began` to `until` at which clocks in Shanghai showed this hour and minute; None: they did not.

    The minute in which the session began counts from its beginning, so that "19:30" is not before a session of 19:30:40.
    """
    day = began.astimezone(SHANGHAI).date()
    while (at := datetime.combine(day, clock.replace(second=0, microsecond=0), SHANGHAI)) + timedelta(minutes=1) <= began:
        day += timedelta(days=1)
    at = max(at, began)
    return at if at <= until else None
