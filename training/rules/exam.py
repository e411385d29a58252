"""Tests and their pass mark. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FULL_MARKS, PASS_MARKS = 100, 60


class ExamKind(TextChoices):
    THEORY = "theory", _("理论")
    SKILLS = "skills", _("技能")


class FeedbackKind(TextChoices):
    """Reaction and own judgment, the first two of the four levels of evaluation."""

    BEFORE = "before", _("上课前自评")
    AFTER = "after", _("上课后自评")
    SATISFACTION = "satisfaction", _("满意度")
