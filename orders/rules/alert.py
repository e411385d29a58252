"""What the board and the staff's inbox warn of."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AlertKind(TextChoices):
    OVERSOLD = "oversold", _("超卖")
    SELLING_OUT = "selling_out", _("即将售罄")
    REFUND_SPIKE = "refund_spike", _("退款突增")
    FEED_SILENT = "feed_silent", _("来源没有动静")
    NO_ORDERS = "no_orders", _("久无订单")
    BROKEN = "broken", _("数字对不上")
