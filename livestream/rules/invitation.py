"""Links by which a person sets a password: how long they hold. Pure: no query, no clock."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LinkKind(TextChoices):
    JOIN = "join", _("加入")
    RESET = "reset", _("重设密码")


LASTS = {LinkKind.JOIN: timedelta(days=7), LinkKind.RESET: timedelta(minutes=30)}
