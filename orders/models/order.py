from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from orders.rules.attribution import Evidence
from orders.rules.order import AfterSaleStatus, OrderStatus
from orders.rules.worth import WORTH_SOMETHING

if TYPE_CHECKING:
    from livestream.models import LiveSession, User


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User, action: Action = Action.SEE_ORDERS) -> Self:
        """Below the county those of sessions in the place; and everybody's own sessions'."""
        return self.filter(within(user.reach(action), county="county", place="session__place") | Q(session__host=user))

    def counted(self) -> Self:
        return self.filter(status__in=WORTH_SOMETHING)

    def of_session(self, session: LiveSession) -> Self:
        return self.filter(session=session)

    def unattributed(self) -> Self:
        return self.counted().filter(session=None)


class SoldItem(models.Model):
    """What order lines call a thing: the merchant code, or the title where there is none. A product with that sku names it."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    sku = models.CharField(_("商家编码"), max_length=128)
    title = models.CharField(_("商品名"), max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "sku"], name="sold_item_once_per_county")]

    def __str__(self) -> str:
        return self.title


class Order(models.Model):
    """What is known of an order now. The `…_rank` of a field says which message decided it (rules/order.py)."""

    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    shop = models.ForeignKey(
        "orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("店铺")
    )
    order_no = models.CharField(_("订单号"), max_length=64)
    status = models.CharField(_("状态"), max_length=10, choices=OrderStatus)
    status_rank = models.BigIntegerField(editable=False)
    status_at = models.DateTimeField(_("更新时间"), null=True)
    paid_at = models.DateTimeField(_("支付时间"), null=True)
    paid_rank = models.BigIntegerField(editable=False)
    live_room = models.CharField(_("直播间号"), max_length=64, null=True)  # noqa: DJ001  (null: nobody said)
    room_rank = models.BigIntegerField(editable=False)
    host_account = models.CharField(_("直播账号"), max_length=64, null=True)  # noqa: DJ001
    account_rank = models.BigIntegerField(editable=False)
    province = models.CharField(_("收货省份"), max_length=32, null=True)  # noqa: DJ001
    province_rank = models.BigIntegerField(editable=False)
    lines_rank = models.BigIntegerField(editable=False)
    session = models.ForeignKey(
        "livestream.LiveSession",
        models.PROTECT,
        null=True,
        related_name="orders",
        db_constraint=False,
        db_index=False,
        verbose_name=_("场次"),
    )
    evidence = models.CharField(_("归因依据"), max_length=8, choices=Evidence, blank=True)
    is_contested = models.BooleanField(_("归因有争议"), default=False)
    is_conflicting = models.BooleanField(_("平台说法矛盾"), default=False, db_default=False)
    counted_at = models.DateTimeField(_("首次计入"), null=True)
    changed_at = models.DateTimeField(_("最近变化"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("one", "订单")
        verbose_name_plural = _("订单")
        indexes = [
            # For attributing anew when a session's window changes; most orders name a room or an account, not both.
            models.Index(fields=["county", "live_room", "paid_at"], name="order_by_room", condition=Q(live_room__isnull=False)),
            models.Index(
                fields=["county", "host_account", "paid_at"], name="order_by_account", condition=Q(host_account__isnull=False)
            ),
            # A session's newest orders in one step, of a million.
            models.Index(fields=["session", "-counted_at"], name="order_by_session", condition=Q(session__isnull=False)),
            # A county's orders page by page, and those of a day. Payments come nearly in order, so it grows at one end.
            models.Index(fields=["county", "-paid_at", "-id"], name="order_by_payment", condition=Q(paid_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["county", "shop", "order_no"], name="order_once_per_shop"),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.order_no


class OrderLine(models.Model):
    """One line of an order as last listed."""

    pk = models.CompositePrimaryKey("order_id", "line_no")
    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", db_constraint=False, db_index=False)
    line_no = models.CharField(_("行号"), max_length=64)
    item = models.ForeignKey(SoldItem, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    sku = models.CharField(_("商家编码"), max_length=128)
    title = models.CharField(_("商品名"), max_length=200)
    quantity = models.PositiveIntegerField(_("件数"))
    paid_fen = models.BigIntegerField(_("实付（分）"))
    rank = models.BigIntegerField(editable=False)

    class Meta:
        verbose_name = _("订单行")
        verbose_name_plural = pgettext_lazy("many", "订单行")
        constraints = [
            models.CheckConstraint(condition=Q(paid_fen__gte=0), name="line_paid_not_negative"),
        ]

    def __str__(self) -> str:
        return self.line_no


class AfterSale(models.Model):
    """A refund request and what became of it; `is_guess` where only an export's word "退款成功" is known.

    Its number is unique within its order, because own systems number refunds from R1 in every order; an order has one shop.
    """

    pk = models.CompositePrimaryKey("order_id", "after_sale_no")
    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    shop = models.ForeignKey("orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="after_sales", db_constraint=False, db_index=False)
    after_sale_no = models.CharField(_("售后单号"), max_length=80)
    line_no = models.CharField(_("行号"), max_length=64, null=True)  # noqa: DJ001  (null: of the whole order)
    status = models.CharField(_("状态"), max_length=10, choices=AfterSaleStatus)
    refund_fen = models.BigIntegerField(_("退款（分）"))
    quantity = models.PositiveIntegerField(_("件数"), default=0)
    rank = models.BigIntegerField(editable=False)
    happened_at = models.DateTimeField(_("更新时间"))
    is_guess = models.BooleanField(_("只见于订单文件"), default=False)

    class Meta:
        verbose_name = _("售后单")
        verbose_name_plural = pgettext_lazy("many", "售后单")
        constraints = [
            models.CheckConstraint(condition=Q(refund_fen__gte=0), name="refund_not_negative"),
            models.CheckConstraint(condition=Q(status__in=AfterSaleStatus.values), name="after_sale_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.after_sale_no
