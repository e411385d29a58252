"""What a release froze, and how it differs from what was in force before. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Change(TextChoices):
    NEW = "new", pgettext_lazy("change", "新排")
    CHANGED = "changed", pgettext_lazy("change", "改动")
    CANCELLED = "cancelled", _("取消")
