"""What an auditor hears on the telephone. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SpotResult(TextChoices):
    CONFIRMED = "confirmed", _("本人说参加过")
    PARTLY = "partly", _("参加过，但对不上")
    DENIED = "denied", _("本人说没参加")
    UNREACHED = "unreached", _("没联系上")
