"""Who supplies the goods."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SupplierKind(TextChoices):
    COOPERATIVE = "cooperative", _("合作社")
    HOUSEHOLD = "household", _("农户")
