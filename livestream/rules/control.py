"""What is done at the control desk (中控台) and on the host's phone while a session is on air, as kinds of its log. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from datetime import datetime

WORDS_AT_MOST = 300
TAP_AT_MOST = 64
INSTANT = timedelta(microseconds=1)
# A phone shows it when it left: a clock that is wrong by less than this is not corrected, the line itself takes seconds.
CLOCK_SLACK = timedelta(seconds=15)
# A tap may wait on the phone for a whole evening without network; what claims to be older is a wrong clock.
OLDEST_TAP = timedelta(hours=12)


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
    ITEM_RELEASED = "released", _("解除紧急下架")
    PITCH_ENDED = "pitch_end", _("讲完了")
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


# What the desk says to a host most often: one press each.
QUICK_PROMPTS = (
    _("讲慢一点"),
    _("再报一次价格"),
    _("讲下一个"),
    _("库存不多了，提醒大家"),
    _("看一下弹幕提问"),
    _("镜头近一点"),
    _("声音大一点"),
    _("别说“最好”“第一”这样的话"),
    _("准备下播"),
)
# Why something is taken out of every room at once: one press each.
PULL_REASONS = (
    _("价格错了"),
    _("质量有问题"),
    _("证件有问题"),
    _("说法违规"),
    _("发不出货"),
)
# Why staff end a session that its host cannot end.
END_REASONS = (
    _("主播的手机没电或坏了"),
    _("主播那边没有网"),
    _("主播身体不舒服"),
    _("平台把直播间关了"),
    _("货卖完了"),
)
# What must be pressed in the platform's own app: no platform lets another program list goods or pop up a pitch card for a room
# (domain 2.6), so the desk says what to press, and does not pretend to have pressed it.
GUIDES = {
    "douyin": (
        pgettext_lazy("guide", "抖店／巨量百应"),
        (
            _("上架、下架：在巨量百应的“直播中控台”→“商品列表”里点商品右边的“上架”或“移除”。"),
            _("讲解：在同一行点“讲解”，讲完再点“取消讲解”。"),
            _("改价、改库存：在抖店后台“商品管理”里改，再回到中控台刷新。"),
            _("发券、福袋：在中控台的“营销工具”里发。"),
        ),
    ),
    "kuaishou": (
        pgettext_lazy("guide", "快手小店"),
        (
            _("上架、下架：在快手小店“直播助手”→“直播商品”里点“添加”或“删除”。"),
            _("讲解：在同一行点“开始讲解”，讲完点“结束讲解”。"),
            _("改价、改库存：在快手小店“商品管理”里改。"),
        ),
    ),
    "wechat": (
        pgettext_lazy("guide", "视频号／微信小店"),
        (
            _("上架、下架：在“视频号助手”→“直播管理”→“商品管理”里点“上架”或“下架”。"),
            _("讲解：点商品右边的“讲解”，讲完再点一次。"),
            _("改价、改库存：在微信小店后台的“商品”里改。"),
        ),
    ),
}
GUIDE_ELSEWHERE = (_("上架、下架、讲解、改价，都要在平台自己的后台再按一次。"),)


def moment_of_tap(at: datetime | None, *, sent: datetime | None, now: datetime) -> datetime:
    """When a tap was made, by our clock. `at` and `sent` are by the device's: when it was pressed, and when it left; `now` is
    when it came. What is between `sent` and `now` is how wrong that clock goes, and `at` is moved by it. Without `sent`, or where
    the result lies ahead of us or further back than an evening, it happened now: the one rule for every tap."""
    if at is None:
        return now
    if sent is not None and abs(now - sent) > CLOCK_SLACK:
        at += now - sent
    return at if now - OLDEST_TAP <= at <= now else now


def brought_within(at: datetime, *, began: datetime, ended: datetime | None, now: datetime) -> datetime:
    """The moment at which something stands in the log of a session: its own, or, where a clock said one at which the session was
    not on air, the moment at which we heard of it, at the latest the session's last."""
    latest = now if ended is None else min(now, ended - INSTANT)
    return at if began <= at <= latest else max(began, latest)
