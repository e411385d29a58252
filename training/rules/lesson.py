"""The states of a lesson. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class LessonState(TextChoices):
    PLANNED = "planned", pgettext_lazy("lesson", "待上")
    HELD = "held", pgettext_lazy("lesson", "已上")
    CANCELLED = "cancelled", pgettext_lazy("lesson", "已取消")
