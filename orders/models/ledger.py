from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    PUSH = "push", _("推送")
    API = "api", _("接口")
    FILE = "file", _("文件")
    MOVE = "move", _("归因变动")
    HAND = "hand", _("手记")


class LedgerEntry(models.Model):
    """The truth: every change of what an order is worth, as a difference, for ever.

    A wrong figure is never mended here; another entry takes it back. That is why a trigger refuses UPDATE and DELETE, and
    why every tally can be thrown away and made again from this table. `occurred_at` is the time of payment and decides the
    business day; `counted_at` is when we first counted the order (of a file: when it was paid) and decides the second it lights
    up on a board; `recorded_at` is when this row was written, and decides the month's partition it lies in. `refunded_on` is the
    Shanghai day of a refund; its amounts stay with the business day of the sale.
    """

    pk = models.CompositePrimaryKey("order_id", "recorded_at", "id")
    id = models.BigIntegerField(db_default=models.Func(models.Value("orders_ledgerentry_no"), function="nextval"))
    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    shop = models.ForeignKey("orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="ledger", db_constraint=False, db_index=False)
    line_no = models.CharField(_("行号"), max_length=64)
    item = models.ForeignKey("orders.SoldItem", models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False)
    session = models.ForeignKey(
        "livestream.LiveSession", models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    business_day = models.DateField(_("营业日"))
    occurred_at = models.DateTimeField(_("发生时间"))
    counted_at = models.DateTimeField(_("计入时间"))
    recorded_at = models.DateTimeField(_("入账时间"))
    refunded_on = models.DateField(_("退款日"), null=True)
    orders = models.SmallIntegerField(_("订单数"))
    item_orders = models.SmallIntegerField(_("商品订单数"))
    units = models.IntegerField(_("件数"))
    paid_fen = models.BigIntegerField(_("支付（分）"))
    refunded_fen = models.BigIntegerField(_("退款（分）"))
    cause = models.CharField(_("来由"), max_length=6, choices=Cause)

    class Meta:
        verbose_name = _("分录")
        verbose_name_plural = _("账本")
        indexes = [
            models.Index(fields=["session"], name="ledger_by_session", condition=models.Q(session__isnull=False)),
            # A session's refunds of a day, without a look at its sales.
            models.Index(
                fields=["session", "refunded_on", "order"],
                include=["refunded_fen"],
                name="ledger_refunds",
                condition=models.Q(refunded_on__isnull=False),
            ),
        ]
        triggers = [pgtrigger.Protect(name="ledger_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_no} {self.orders:+d} {self.paid_fen:+d}"
