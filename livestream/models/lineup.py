from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("排品")
        verbose_name_plural = _("排品")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="slot_once_per_session"),
            models.UniqueConstraint(fields=["session", "product"], name="product_once_per_session"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.product}"
