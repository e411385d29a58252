from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SubsidyEntry(models.Model):
    """What a subsidy rule pays for a line of an order, as a difference, for ever (补贴台账). A rule's used sum is the sum of its
    entries; `actions/subsidy.py` derives them from orders and takes back by another entry what no longer holds."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    rule = models.ForeignKey("livestream.SubsidyRule", models.PROTECT, related_name="+", verbose_name=_("补贴"))
    session = models.ForeignKey("livestream.LiveSession", models.PROTECT, related_name="+", verbose_name=_("场次"))
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("订单"))
    line_no = models.CharField(_("行号"), max_length=64)
    units = models.IntegerField(_("件数"))
    amount_fen = models.BigIntegerField(_("补贴（分）"))
    paid_at = models.DateTimeField(_("支付时间"))
    recorded_at = models.DateTimeField(_("记下的时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("补贴台账")
        verbose_name_plural = pgettext_lazy("many", "补贴台账")
        ordering = ["pk"]
        indexes = [models.Index(fields=["rule", "order", "line_no"], name="subsidy_by_order")]
        triggers = [pgtrigger.Protect(name="subsidy_ledger_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount_fen}"


class SubsidyMark(models.Model):
    """How far the ledger of a subsidy rule has followed its orders: what the boards of its sessions had counted when it looked
    last, and when that was. Only saves work; the ledger is the truth."""

    rule = models.OneToOneField("livestream.SubsidyRule", models.CASCADE, primary_key=True, related_name="+")
    seen = models.CharField(max_length=64)
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rule_id} {self.seen}"
