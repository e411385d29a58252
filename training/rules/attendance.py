"""Who was there: the words of a mark, and of what holds in the end. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Presence(TextChoices):
    PRESENT = "present", pgettext_lazy("presence", "到")
    LATE = "late", pgettext_lazy("presence", "迟到")
    EXCUSED = "excused", pgettext_lazy("presence", "请假")
    ABSENT = "absent", pgettext_lazy("presence", "缺")


WAS_THERE = frozenset({Presence.PRESENT, Presence.LATE})


class MarkWay(TextChoices):
    """How a mark came about. A decision settles what contradicts itself, and says why."""

    QR = "qr", _("扫码")
    ROLL_CALL = "roll_call", _("点名")
    PAPER = "paper", _("纸上签到")
    ONLINE = "online", _("线上")
    DECISION = "decision", _("核对后定的")
