"""Scripts (直播脚本) in words: who speaks, what the control desk does, which step of an item a line belongs to. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Speaker(TextChoices):
    HOST = "host", _("主播")
    CO_HOST = "co_host", _("助播")
    GUEST = "guest", _("嘉宾")
    FLOOR = "floor", _("场控")


class RowKind(TextChoices):
    OPENING = "opening", _("开场")
    ITEM = "item", _("讲货")
    INTERACTION = "interaction", _("互动")
    REWARD = "reward", _("福利")
    GUEST = "guest", _("嘉宾")
    ENCORE = "encore", _("返场")
    CLOSING = "closing", _("收尾和预告")
    OTHER = "other", pgettext_lazy("script", "其他")


class PosterKind(TextChoices):
    SESSION = "session", _("场次海报")
    ITEM = "item", _("商品海报")
    LEADER = "leader", _("县长推介海报")
