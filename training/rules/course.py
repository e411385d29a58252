"""What a course is about, for whom, how it is held; and the trades of 互联网营销师 with their hours. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

ACADEMIC_HOUR_MINUTES = 45


class CourseLevel(TextChoices):
    ENTRY = "entry", _("零基础")
    BASIC = "basic", _("入门")
    ADVANCED = "advanced", _("提高")
    EXPERT = "expert", _("骨干")


class Topic(TextChoices):
    PHONE = "phone", _("手机和网络")
    SHOP = "shop", _("开店和上架")
    LIVE = "live", _("直播带货")
    VIDEO = "video", _("短视频")
    GOODS = "goods", _("选品和包装")
    SERVICE = "service", _("客服和售后")
    LAW = "law", _("法规和合规")
    LOGISTICS = "logistics", _("打包和物流")
    DATA = "data", _("看数据和复盘")


class Mode(TextChoices):
    OFFLINE = "offline", _("线下")
    ONLINE = "online", _("线上")
    MIXED = "mixed", _("线上加线下")


class Trade(TextChoices):
    """工种 of 互联网营销师 (4-01-02-07, national standard of 2021)."""

    SELECTOR = "selector", _("选品员")
    SELLER = "seller", _("直播销售员")
    VIDEO_PROMOTER = "video_promoter", _("视频创推员")
    PLATFORM_MANAGER = "platform_manager", _("平台管理员")


class TradeLevel(IntegerChoices):
    FIVE = 5, _("五级（初级工）")
    FOUR = 4, _("四级（中级工）")
    THREE = 3, _("三级（高级工）")
    TWO = 2, _("二级（技师）")
    ONE = 1, _("一级（高级技师）")


# Standard hours at least, by level (互联网营销师国家职业技能标准 2021, 1.8 培训参考学时).
TRADE_HOURS: dict[int, int] = {5: 120, 4: 104, 3: 88, 2: 72, 1: 72}
TRADE_LEVELS: dict[str, tuple[int, ...]] = {
    Trade.SELECTOR: (5, 4, 3, 2, 1),
    Trade.SELLER: (5, 4, 3, 2, 1),
    Trade.VIDEO_PROMOTER: (5, 4, 3, 2, 1),
    Trade.PLATFORM_MANAGER: (5, 4, 3),
}


class TradeHours(NamedTuple):
    """One level of a trade: the hours that the standard asks for at least, and those of the county's courses for it."""

    trade: Trade
    level: TradeLevel
    wanted: int
    given: int

    @property
    def missing(self) -> int:
        return max(self.wanted - self.given, 0)


def trade_hours(given: Mapping[tuple[str, int], int]) -> list[TradeHours]:
    """Every level of the trades for which there is a course, from the lowest up; `given`: hours by (trade, level)."""
    begun = {trade for trade, _level in given}
    return [
        TradeHours(trade, TradeLevel(level), TRADE_HOURS[level], given.get((trade, level), 0))
        for trade in Trade
        if trade in begun
        for level in TRADE_LEVELS[trade]
    ]
