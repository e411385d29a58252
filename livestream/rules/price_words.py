"""The parts of a price mechanism (价格机制), in words. The sums are in `rules/price.py`. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SlotRole(TextChoices):
    """款型."""

    TRAFFIC = "traffic", _("引流款")
    WELFARE = "welfare", _("福利款")
    HERO = "hero", _("主推款")
    PROFIT = "profit", _("利润款")
    BUNDLE = "bundle", _("搭配款")
    ENCORE = "encore", _("返场款")


class OfferKind(TextChoices):
    COUPON = "coupon", _("券")
    THRESHOLD = "threshold", _("满减")
    GIFT = "gift", _("赠品")


class Payer(TextChoices):
    """Who pays for a part of a price."""

    SUPPLIER = "supplier", _("供货商")
    PLATFORM = "platform", pgettext_lazy("payer", "平台")
    COUNTY = "county", pgettext_lazy("payer", "县里")
    HOST = "host", pgettext_lazy("payer", "主播")


class CompareBasis(TextChoices):
    """What a compare price (划线价) rests on: 明码标价和禁止价格欺诈规定 第十七、十八条."""

    EVIDENCE = "evidence", _("有证据")
    OWN_LOW = "own_low", _("自己前 7 天最低成交价")


class SampleStatus(TextChoices):
    NONE = "none", _("还没有")
    ASKED = "asked", _("已要")
    HERE = "here", _("在台上")
    NOT_NEEDED = "unneeded", _("不用")


class SubsidyTo(TextChoices):
    """Whom a subsidy reaches: the seller gets it on top of what he receives, or the buyer pays so much less."""

    SELLER = "seller", _("补给卖家")
    BUYER = "buyer", _("减给顾客")
