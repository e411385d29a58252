"""When a session is reviewed (复盘) and restated. Pure. Sources: domain 2.1 and 2.11."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mark(TextChoices):
    """How long after the session a statement of its figures is made."""

    T0 = "t0", _("下播时")
    T1 = "t1", _("T+1")
    T7 = "t7", _("T+7")
    T15 = "t15", _("T+15")
    T30 = "t30", _("T+30")


AFTER: dict[Mark, timedelta] = {
    Mark.T0: timedelta(0),
    Mark.T1: timedelta(days=1),
    Mark.T7: timedelta(days=7),
    Mark.T15: timedelta(days=15),
    Mark.T30: timedelta(days=30),
}


class Cause(TextChoices):
    """Why two statements of one session differ."""

    LATE = "late", _("晚到的订单")
    MOVED_IN = "moved_in", _("改归到这一场")
    MOVED_OUT = "moved_out", _("改归到别处")
    REFUNDED = "refunded", _("退款")
    CLOSED = "closed", _("订单关闭")
    CORRECTED = "corrected", _("平台更正")


class ReviewPart(TextChoices):
    """What people may conclude something of (domain 2.11); `host` holds the host's own words."""

    GOAL = "goal", _("目标和结果")
    FUNNEL = "funnel", _("转化")
    CURVE = "curve", _("每分钟")
    GOODS = "goods", _("商品表现")
    PEOPLE = "people", _("人和节奏")
    SUPPLY = "supply", _("供货和售后")
    MONEY = "money", _("钱")
    PROMOTION = "promotion", pgettext_lazy("review", "推广")
    HOST = "host", _("主播自己说")


WHAT_AT_MOST = 200
WORDS_AT_MOST = 500
