"""What a trainer has to show of himself. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RecordKind(TextChoices):
    TRAINING = "training", _("参加培训")
    SHADOWING = "shadowing", _("跟班学习")
    VISIT = "visit", _("外出考察")
    CERTIFICATE = "certificate", _("取得证书")


TRAININGS_A_YEAR = 3
