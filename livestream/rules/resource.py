"""What is bookable besides people: how much may be written of it, and how it stands at a moment. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

READY_AT_MOST = 720  # minutes for setting up, and for clearing
NAME_AT_MOST, NOTE_AT_MOST, ACCOUNT_AT_MOST = 40, 200, 64


class Standing(TextChoices):
    """How a resource stands at a moment."""

    FREE = "free", pgettext_lazy("resource", "空着")
    HELD = "held", pgettext_lazy("resource", "正在用")
    AWAY = "away", pgettext_lazy("resource", "现在不能用")
    RETIRED = "retired", pgettext_lazy("resource", "停用了")


def standing(*, is_in_use: bool, is_held: bool, is_away: bool) -> Standing:
    """What counts most is said: a studio that is held stays held, whatever its owner said about the hour."""
    if not is_in_use:
        return Standing.RETIRED
    if is_held:
        return Standing.HELD
    return Standing.AWAY if is_away else Standing.FREE
