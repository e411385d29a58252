"""What is bookable besides people: the words of its account, and how it stands at a moment. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

READY_AT_MOST = 720  # minutes for setting up, and for clearing
NAME_AT_MOST, NOTE_AT_MOST, ACCOUNT_AT_MOST = 40, 200, 64


class AccountPlatform(TextChoices):
    """Where an account is on air; the values are those of `Room.platform`."""

    DOUYIN = "douyin", _("抖音")
    KUAISHOU = "kuaishou", _("快手")
    WECHAT = "wechat", _("视频号")
    PINDUODUO = "pinduoduo", _("拼多多")
    TAOBAO = "taobao", _("淘宝")
    STANDARD = "standard", _("自有系统")


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
