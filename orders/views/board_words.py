"""The words of the boards: for the first HTML, and as JSON for their scripts, which hold none. `{n}` is filled in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from livestream.rules.control import ItemState
from livestream.rules.incident import IncidentKind
from livestream.rules.session import SessionState
from orders.models.ledger import Cause
from orders.models.shop import MANUAL
from orders.rules.alert import AlertKind
from orders.views import around_words


def words() -> dict[str, Any]:
    """In the language of the request. Words that belong to a kind are `{<kind>: text}`."""
    return (
        {
            "countyHead": pgettext("short", "县长直播"),  # in front of a title that must keep its place
            "left": _("还剩 {n}"),
            "oversold": _("超卖 {n}"),
            "more": _("还有 {n} 项未显示"),
            "moreAlerts": _("另有 {n} 条"),
            "pitching": _("讲解中：{title}"),
            "best": _("卖得最多：{title}"),
            "jin": _("{n} 斤"),
            "pieces": _("{n} 件"),
            "uncovered": _("还缺 {months} 月"),
            "uncoveredMany": _("还缺 {n} 个月"),
            "comma": pgettext("between months", "、"),
            "noneUncovered": _("每个月都有"),
            "pace": _("{now} 单，上场同时 {then} 单"),
            "silent": _("没有动静"),
            "acknowledged": _("已有人处理"),
            "states": dict(SessionState.choices),
            "itemStates": dict(ItemState.choices),
            "causes": dict(Cause.choices),
            "platforms": platforms(),
            "incidents": dict(IncidentKind.choices),
            "alerts": dict(AlertKind.choices),
            "alertFigures": alert_figures(),
            "soldOut": _("已经卖完"),
            "moments": moments(),
        }
        | age_words()
        | told_words()
        | around_words.words()
    )


def age_words() -> dict[str, str]:
    return {
        "age": _("数据 {n} 秒前"),
        "ageSilent": _("数据停在 {time}，等待新数据"),
        "ageLost": _("断线，数据停在 {time}，正在重连"),
        "ageDelayed": _("延迟模式，数据 {n} 秒前"),
        "ageDetail": _("明细停在 {time}"),
        "checking": _("数据核对中，数字可能有误，自 {time} 起"),
        "seconds": _("{n} 秒前"),
        "minutes": _("{n} 分钟前"),
        "hours": _("{n} 小时前"),
    }


def told_words() -> dict[str, str]:
    """Sentences for those who listen instead of looking."""
    return {
        "summary": _("支付订单 {orders} 单，净额 {net}，最近十秒每秒 {rate} 单，提醒 {alerts} 条。"),
        "summaryMoneyless": _("支付订单 {orders} 单，最近十秒每秒 {rate} 单，提醒 {alerts} 条。"),
        "curve": _("最近 60 分钟共 {sum} 单，最多的一分钟是 {time}，{most} 单。"),
        "curvePitches": _("讲解：{list}。"),
        "curveIncidents": _("现场记录：{list}。"),
    }


def platforms() -> dict[str, str]:
    return {
        "standard": _("自有系统"),
        "douyin": _("抖音"),
        "kuaishou": _("快手"),
        "wechat": _("视频号"),
        "taobao": _("淘宝"),
        MANUAL: _("电话、微信"),
    }


def alert_figures() -> dict[str, str]:
    """What the number of an alert counts."""
    return {
        AlertKind.OVERSOLD: _("多卖 {n} 件"),
        AlertKind.SELLING_OUT: _("约 {n} 分钟卖完"),
        AlertKind.REFUND_SPIKE: _("退款单占 {n}%"),
        AlertKind.FEED_SILENT: _("{n} 分钟没有动静"),
        AlertKind.NO_ORDERS: _("{n} 分钟没有订单"),
        AlertKind.BROKEN: "",
    }


def moments() -> dict[str, str]:
    return {
        "went_live": _("开播：{title}"),
        "ended": _("下播：{title}"),
        "peak": _("一秒 {n} 单，今日最高"),
        "minute": _("一分钟 {n} 单，今日最高"),
        "thousand": _("今日第 {n} 单"),
    }
