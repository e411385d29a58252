"""What partners promised and how far it is, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date

WANTED_AT_MOST = 1_000_000
WARN_DAYS = 14


class Progress(TextChoices):
    DONE = "done", _("兑现了")
    LATE = "late", _("过期没做完")
    SOON = "soon", _("快到期")
    OPEN = "open", _("在期限内")


class Standing(NamedTuple):
    """`days`: until it is due, or since it was; 0 when it is done."""

    progress: Progress
    days: int = 0


def standing(*, wanted: int, done: int, due_on: date, today: date) -> Standing:
    """How far one promise is on a day. The day on which it is due still belongs to it."""
    if done >= wanted:
        return Standing(Progress.DONE)
    left = (due_on - today).days
    if left < 0:
        return Standing(Progress.LATE, -left)
    return Standing(Progress.SOON if left <= WARN_DAYS else Progress.OPEN, left)
