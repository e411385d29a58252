from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from livestream.models.place import within
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        """A product lies where its supplier is."""
        return self.filter(within(user.reach(action), county="county", place="supplier__place"))


class Product(models.Model):
    """One sellable unit of a county's goods; `sku` is the merchant code that shops put on their order lines."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    sku = models.CharField(_("商家编码"), max_length=64)
    title = models.CharField(_("商品名"), max_length=80)
    supplier = models.ForeignKey("livestream.Supplier", models.PROTECT, related_name="products", verbose_name=_("供货商"))
    net_weight_grams = models.PositiveIntegerField(_("净重（克）"))
    list_price_fen = models.PositiveIntegerField(_("日常价（分）"))
    selling_points = models.TextField(_("卖点"), blank=True, help_text=_("一行一条，最多三条"))

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("商品")
        verbose_name_plural = _("商品")
        constraints = [
            models.UniqueConstraint(fields=["county", "sku"], name="sku_once_per_county"),
            models.CheckConstraint(condition=models.Q(net_weight_grams__gt=0), name="product_weighs_something"),
        ]

    def __str__(self) -> str:
        return self.title
