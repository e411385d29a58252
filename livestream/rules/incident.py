"""What may go wrong or be corrected while a session is on air, in the words of the control desk."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IncidentKind(TextChoices):
    STREAM_LOST = "stream_lost", _("断播")
    STREAM_REOPENED = "stream_reopened", _("重开")
    PRICE_CHANGED = "price_changed", _("改价")
    STOCK_CHANGED = "stock_changed", _("改库存")
    ITEM_PULLED = "item_pulled", _("紧急下架")
    CORRECTION_MADE = "correction_made", _("口播更正")
    OTHER = "other", _("其他情况")
