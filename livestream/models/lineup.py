from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.gate import PAPERS_BEFORE_LISTING
from livestream.models.place import within
from livestream.models.price_guard import LIVE_PRICE_BY_THE_LOG
from livestream.rules.control import ItemState
from livestream.rules.goods import FloorPer
from livestream.rules.price import percent_words
from livestream.rules.price_words import CompareBasis, OfferKind, Payer, SampleStatus, SlotRole
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class LineUpItemQuerySet(models.QuerySet["LineUpItem"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))


class LineUpItem(models.Model):
    """A product on a session's line-up sheet: its place in the order of pitches, its live price, its committed stock."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="line_up", verbose_name=_("场次"))
    product = models.ForeignKey("livestream.Product", models.PROTECT, related_name="+", verbose_name=_("商品"))
    segment = models.ForeignKey(
        "livestream.Segment", models.SET_NULL, null=True, blank=True, related_name="line_up", verbose_name=_("接力段")
    )
    position = models.PositiveSmallIntegerField(_("坑位"))
    live_price_fen = models.PositiveIntegerField(_("直播价（分）"))
    committed_stock = models.PositiveIntegerField(_("承诺库存"), null=True, blank=True)
    # Written by the control log alone (`actions/control.py`); a trigger refuses `listed` without the papers of the day.
    state = models.CharField(_("上架"), max_length=8, choices=ItemState, default=ItemState.PLANNED, db_default="planned")
    slot_role = models.CharField(_("款型"), max_length=8, choices=SlotRole, blank=True, db_default="")
    actual_seller = models.CharField(_("实际销售者"), max_length=80, blank=True, db_default="")  # empty: as the product says
    list_price_fen = models.PositiveIntegerField(_("日常价（分）"), null=True, blank=True)  # empty: as the product says
    compare_price_fen = models.PositiveIntegerField(_("划线价（分）"), null=True, blank=True)
    compare_basis = models.CharField(_("划线价依据"), max_length=8, choices=CompareBasis, blank=True, db_default="")
    compare_evidence = models.CharField(_("证据"), max_length=200, blank=True, db_default="")
    floor_price_fen = models.PositiveIntegerField(_("保护价（分）"), null=True, blank=True)  # empty: as the product says
    floor_per = models.CharField(_("保护价按"), max_length=6, choices=FloorPer, default=FloorPer.PIECE, db_default="piece")
    settlement_price_fen = models.PositiveIntegerField(_("结算价（分）"), null=True, blank=True)
    commission_basis_points = models.PositiveSmallIntegerField(_("佣金（万分之）"), default=0, db_default=0)
    slot_fee_fen = models.PositiveIntegerField(_("坑位费（分）"), default=0, db_default=0)
    subsidy = models.ForeignKey(
        "livestream.SubsidyRule", models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("补贴")
    )
    daily_ship_capacity = models.PositiveIntegerField(_("每天能发（件）"), null=True, blank=True)
    ship_within_hours = models.PositiveSmallIntegerField(_("几小时内发货"), null=True, blank=True)
    presale_on = models.DateField(_("预售发货日"), null=True, blank=True)
    cut_off_at = models.DateTimeField(_("截单时间"), null=True, blank=True)
    sample_status = models.CharField(_("样品"), max_length=8, choices=SampleStatus, default=SampleStatus.NONE, db_default="none")
    planned_minutes = models.PositiveSmallIntegerField(_("讲几分钟"), null=True, blank=True)
    points = models.CharField(_("卖点"), max_length=300, blank=True, db_default="")  # one a line; empty: as the product says
    banned_claims = models.CharField(_("不能说"), max_length=300, blank=True, db_default="")
    note = models.CharField(_("备注"), max_length=200, blank=True, db_default="")

    objects = LineUpItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("排品")
        verbose_name_plural = _("排品")
        ordering = ["position"]
        constraints = [
            # Asked at the end of each statement: one statement puts all items in another order.
            models.UniqueConstraint(
                fields=["session", "position"], name="slot_once_per_session", deferrable=models.Deferrable.IMMEDIATE
            ),
            models.UniqueConstraint(fields=["session", "product"], name="product_once_per_session"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="item_state_is_known"),
            models.CheckConstraint(condition=Q(slot_role="") | Q(slot_role__in=SlotRole.values), name="slot_role_is_known"),
            models.CheckConstraint(
                condition=Q(compare_price_fen=None) | Q(compare_basis__in=CompareBasis.values), name="compare_price_has_a_basis"
            ),
            models.CheckConstraint(condition=Q(commission_basis_points__lte=10000), name="commission_within_the_price"),
        ]
        triggers = [PAPERS_BEFORE_LISTING, LIVE_PRICE_BY_THE_LOG]

    def __str__(self) -> str:
        return f"{self.position} {self.product}"

    @property
    def commission_words(self) -> str:
        return percent_words(self.commission_basis_points)


class PaidLow(models.Model):
    """The lowest price at which a product was really sold in the seven days before a day, a piece: what a compare price may rest
    on (明码标价和禁止价格欺诈规定 第十八条). Handed down by `orders`; `low_fen` is empty where nothing was sold."""

    product = models.OneToOneField(
        "livestream.Product", models.CASCADE, primary_key=True, related_name="paid_low", verbose_name=_("商品")
    )
    before_on = models.DateField(_("哪天以前的七天"))
    low_fen = models.PositiveIntegerField(_("最低成交价（分）"), null=True, blank=True)
    orders = models.PositiveIntegerField(_("几笔成交"), default=0)

    class Meta:
        verbose_name = _("前 7 天最低成交价")
        verbose_name_plural = pgettext_lazy("many", "前 7 天最低成交价")

    def __str__(self) -> str:
        return f"{self.product_id} {self.before_on}"


class Offer(models.Model):
    """A coupon, a threshold discount (满减) or a gift of a line-up item: what it takes off one unit, and who pays it."""

    item = models.ForeignKey(LineUpItem, models.CASCADE, related_name="offers", verbose_name=_("排品"))
    kind = models.CharField(_("优惠"), max_length=9, choices=OfferKind)
    payer = models.CharField(_("谁出钱"), max_length=8, choices=Payer)
    amount_fen = models.PositiveIntegerField(_("减多少（分）"), default=0)
    threshold_fen = models.PositiveIntegerField(_("满多少（分）"), null=True, blank=True)
    gift = models.CharField(_("赠品"), max_length=60, blank=True)  # name and number are told (明码标价规定 第二十条)
    gift_quantity = models.PositiveSmallIntegerField(_("赠几件"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("一共几份"), null=True, blank=True)

    class Meta:
        verbose_name = _("优惠")
        verbose_name_plural = pgettext_lazy("many", "优惠")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OfferKind.values), name="offer_kind_is_known"),
            models.CheckConstraint(condition=Q(payer__in=Payer.values), name="offer_payer_is_known"),
            models.CheckConstraint(condition=~Q(kind=OfferKind.GIFT) | ~Q(gift=""), name="gift_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_fen}"


class ItemLink(models.Model):
    """The number (链接号) under which a platform's room sells a line-up item."""

    item = models.ForeignKey(LineUpItem, models.CASCADE, related_name="links", verbose_name=_("排品"))
    platform = models.CharField(_("平台"), max_length=16)
    number = models.CharField(_("链接号"), max_length=40)
    price_fen = models.PositiveIntegerField(_("平台上的价（分）"), null=True, blank=True)

    class Meta:
        verbose_name = _("链接")
        verbose_name_plural = pgettext_lazy("many", "链接")
        ordering = ["platform"]
        constraints = [models.UniqueConstraint(fields=["item", "platform"], name="link_once_per_platform")]

    def __str__(self) -> str:
        return f"{self.platform} {self.number}"


class SupplyPromise(models.Model):
    """供货保障: what a supplier or a household commits to deliver for one item, how much a day, until when orders are taken."""

    item = models.ForeignKey(LineUpItem, models.CASCADE, related_name="promises", verbose_name=_("排品"))
    supplier = models.ForeignKey("livestream.Supplier", models.PROTECT, related_name="+", verbose_name=_("谁供货"))
    units = models.PositiveIntegerField(_("承诺几件"))
    daily_capacity = models.PositiveIntegerField(_("每天能发（件）"), null=True, blank=True)
    cut_off_at = models.DateTimeField(_("截单时间"), null=True, blank=True)
    evidence = models.CharField(_("凭据"), max_length=200, blank=True)
    promised_on = models.DateField(_("哪天承诺的"))
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁记的"))

    class Meta:
        verbose_name = _("供货承诺")
        verbose_name_plural = pgettext_lazy("many", "供货承诺")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "supplier"], name="promise_once_per_supplier"),
            models.CheckConstraint(condition=Q(units__gt=0), name="promise_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.units}"


class LineUpVersion(models.Model):
    """The line-up as it stood when somebody saved it: for looking back, comparing and printing. Never changed."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="line_up_versions", verbose_name=_("场次"))
    number = models.PositiveIntegerField(_("版本"))
    body = models.JSONField(editable=False)
    words = models.CharField(_("改了什么"), max_length=200, blank=True)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁存的"))
    made_at = models.DateTimeField(_("存的时间"))

    class Meta:
        verbose_name = _("排品表版本")
        verbose_name_plural = pgettext_lazy("many", "排品表版本")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="line_up_version_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.number}"
