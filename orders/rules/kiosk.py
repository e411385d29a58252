"""Kiosk links: how long a link lasts, and what has become of it. Pure: no query, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line

NAME_AT_MOST = 40


class KioskTerm(TextChoices):
    """How long a link opens its board."""

    DAY = "day", _("1 天")
    MONTH = "month", _("30 天")
    YEAR = "year", _("1 年")


LASTS = {KioskTerm.DAY: timedelta(days=1), KioskTerm.MONTH: timedelta(days=30), KioskTerm.YEAR: timedelta(days=365)}


class KioskState(TextChoices):
    VALID = "valid", pgettext_lazy("kiosk", "有效")
    EXPIRED = "expired", pgettext_lazy("kiosk", "已过期")
    REVOKED = "revoked", pgettext_lazy("kiosk", "已收回")


def state_of(revoked_at: datetime | None, expires_at: datetime, at: datetime) -> KioskState:
    """What a link is at a moment; the moment it expires it opens nothing any more."""
    if revoked_at is not None:
        return KioskState.REVOKED
    return KioskState.EXPIRED if expires_at <= at else KioskState.VALID


def plain_name(name: str) -> str:
    """The screen's name without characters that nobody sees. Raises NotAllowed when nothing is left, or too much."""
    plain = one_line(name)
    if not plain:
        raise NotAllowed("kiosk_name_missing")
    if len(plain) > NAME_AT_MOST:
        raise NotAllowed("too_long", field=_("哪块屏"), limit=NAME_AT_MOST)
    return plain
