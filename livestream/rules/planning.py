"""The words of the plan: what can be booked, what somebody does in a session, how strict a county is about a clash. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ResourceKind(TextChoices):
    STUDIO = "studio", _("直播间场地")
    PLACE = "place", _("外景地")
    KIT = "kit", _("灯光设备")
    PHONE = "phone", pgettext_lazy("device", "手机")
    ACCOUNT = "account", _("平台账号")


class Duty(TextChoices):
    """What a person does in one session (domain 2.2), or in a lesson. In a village one person does three of these at once."""

    HOST = "host", _("主播")
    CO_HOST = "co_host", _("助播")
    FLOOR_MANAGER = "floor_manager", _("场控")
    CONTROLLER = "controller", _("中控")
    OPERATOR = "operator", _("运营")
    SUPPORT = "support", _("客服")
    TRAINER = "trainer", _("讲师")
    ASSISTANT = "assistant", _("助教")


# A session has a host and a crew; what else holds people (a lesson) has these two.
TEACHING = (Duty.TRAINER, Duty.ASSISTANT)
ON_AIR = tuple(duty for duty in Duty if duty not in TEACHING)
CREW = tuple(duty for duty in ON_AIR if duty != Duty.HOST)


class HoldKind(TextChoices):
    """What else than a session holds people and rooms."""

    LESSON = "lesson", pgettext_lazy("hold", "课")


class ClashKind(TextChoices):
    HOST = "host", _("主播撞时间")
    CREW = "crew", _("工作人员撞时间")
    GUEST = "guest", _("嘉宾撞时间")
    STUDIO = "studio", _("场地撞时间")
    KIT = "kit", _("设备撞时间")
    ACCOUNT = "account", _("账号撞时间")
    TRAVEL = "travel", _("路上来不及")
    AWAY = "away", _("说了不方便")
    PRICE = "price", _("同时不同价")


# Those that are about being in two sessions at the same hours; each of the others has a reason of its own.
AT_ONCE = frozenset({
    ClashKind.HOST, ClashKind.CREW, ClashKind.GUEST, ClashKind.STUDIO, ClashKind.KIT, ClashKind.ACCOUNT,
})  # fmt: skip


class Level(TextChoices):
    """How strict a county is. BLOCK: cannot be stored. APPROVE: stored with a reason, released once an approver allows it.
    WARN: stored and shown."""

    BLOCK = "block", _("不能排")
    APPROVE = "approve", _("说明理由，经批准可以排")
    WARN = "warn", _("只提醒")


KIND_OF_RESOURCE: dict[str, ClashKind] = {
    ResourceKind.STUDIO: ClashKind.STUDIO,
    ResourceKind.PLACE: ClashKind.STUDIO,
    ResourceKind.KIT: ClashKind.KIT,
    ResourceKind.PHONE: ClashKind.KIT,
    ResourceKind.ACCOUNT: ClashKind.ACCOUNT,
}
DEFAULT_LEVELS: dict[ClashKind, Level] = {
    **dict.fromkeys(ClashKind, Level.BLOCK),
    ClashKind.TRAVEL: Level.APPROVE,
    ClashKind.AWAY: Level.APPROVE,
    ClashKind.PRICE: Level.WARN,
}
