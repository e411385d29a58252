"""What a county counts as an attendance (人次): the funding document says it, the report prints it. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AttendanceUnit(TextChoices):
    """One 人次 is one person in one … (domain 3.2)."""

    COHORT = "cohort", _("一人一期算一人次")
    DAY = "day", _("一人一天算一人次")
    LESSON = "lesson", _("一人一课算一人次")
