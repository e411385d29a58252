"""What is done at the control desk (中控台) and on the host's phone while a session is on air, as kinds of its log. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WORDS_AT_MOST = 300
TAP_AT_MOST = 64


class ItemState(TextChoices):
    """Whether buyers can have an item in the room. It follows from the log and is stored for whoever asks."""

    PLANNED = "planned", _("还没上架")
    LISTED = "listed", _("在架")
    SOLD_OUT = "sold_out", _("卖完了")
    UNLISTED = "unlisted", _("已下架")
    PULLED = "pulled", _("紧急下架")


class ControlKind(TextChoices):
    """domain 2.6. Pitches have a table of their own; what went wrong or was corrected is an `Incident`."""

    STARTED = "started", _("开播")
    ENDED = "ended", _("下播")
    ITEM_LISTED = "listed", _("上架")
    ITEM_UNLISTED = "unlisted", _("下架")
    ITEM_SOLD_OUT = "sold_out", _("卖完了")
    ITEM_PULLED = "pulled", _("紧急下架")
    PRICE_PROPOSED = "price_asked", _("提出改价")
    PRICE_CHANGED = "price", _("改价")
    PRICE_REFUSED = "price_no", _("不同意改价")
    STOCK_CHANGED = "stock", _("改库存")
    COUPON_ISSUED = "coupon", _("发券")
    REWARD_ISSUED = "reward", _("发福袋")
    NOTICE_PINNED = "pinned", _("置顶公告")
    HOST_PROMPTED = "prompt", _("提示主播")
    PROMPT_SEEN = "seen", _("主播看到了")
    HELP_ASKED = "help", _("主播求助")
    HELP_ANSWERED = "helped", _("有人来帮")
    STREAM_LOST = "lost", _("断播")
    STREAM_REOPENED = "reopened", _("重开")


class Device(TextChoices):
    PHONE = "phone", _("手机")
    DESK = "desk", _("中控台")
    API = "api", _("接口")
    SYSTEM = "system", _("系统")
