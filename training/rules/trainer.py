"""What a trainer has to show of himself. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date


class RecordKind(TextChoices):
    TRAINING = "training", _("参加培训")
    SHADOWING = "shadowing", _("跟班学习")
    VISIT = "visit", _("外出考察")
    CERTIFICATE = "certificate", _("取得证书")


TRAININGS_A_YEAR = 3  # case 001-13: three a year for each local teacher
LAST_QUARTER = 10  # from October on, what is missing is said in red


def is_behind(trainings: int, *, today: date) -> bool:
    """Whether somebody in use has fewer trainings than the year asks for, in its last quarter."""
    return trainings < TRAININGS_A_YEAR and today.month >= LAST_QUARTER
