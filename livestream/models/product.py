from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.goods import FloorPer, ProductClass, Rank, ReturnPolicy, SaleUnit, Storage
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
    # Empty: nobody has said it yet, and then it cannot be listed. The class decides papers, claims and return policy.
    product_class = models.CharField(_("商品类别"), max_length=10, choices=ProductClass, blank=True, db_default="")
    spec = models.CharField(_("规格"), max_length=60, blank=True, help_text=_("例如 5 斤一箱，单果 80 毫米以上"), db_default="")
    sale_unit = models.CharField(
        pgettext_lazy("goods", "单位"), max_length=8, choices=SaleUnit, default=SaleUnit.PIECE, db_default="piece"
    )
    grade = models.PositiveSmallIntegerField(_("等级"), choices=Rank, null=True, blank=True)
    geo_indication = models.ForeignKey(
        "livestream.GeoIndication", models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("地理标志")
    )
    brand = models.CharField(_("品牌"), max_length=40, blank=True, db_default="")
    storage = models.CharField(_("储存"), max_length=8, choices=Storage, default=Storage.ROOM, db_default="room")
    shelf_life_days = models.PositiveSmallIntegerField(_("保质期（天）"), null=True, blank=True)
    return_policy = models.CharField(
        _("退货办法"), max_length=10, choices=ReturnPolicy, default=ReturnPolicy.SEVEN_DAYS, db_default="seven_days"
    )
    # Whoever sells in the sense of the law (法释〔2022〕8 号 第十二条); empty: the supplier sells himself.
    actual_seller = models.CharField(_("实际销售者"), max_length=80, blank=True, db_default="")
    floor_price_fen = models.PositiveIntegerField(_("保护价（分）"), null=True, blank=True)
    floor_per = models.CharField(_("保护价按"), max_length=6, choices=FloorPer, default=FloorPer.PIECE, db_default="piece")
    version = models.PositiveIntegerField(default=1, editable=False, db_default=1)
    is_in_use = models.BooleanField(_("在用"), default=True, db_default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("商品")
        verbose_name_plural = _("商品")
        constraints = [
            models.UniqueConstraint(fields=["county", "sku"], name="sku_once_per_county"),
            models.CheckConstraint(condition=models.Q(net_weight_grams__gt=0), name="product_weighs_something"),
            models.CheckConstraint(
                condition=models.Q(product_class="") | models.Q(product_class__in=ProductClass.values),
                name="product_class_is_known",
            ),
            models.CheckConstraint(condition=models.Q(sale_unit__in=SaleUnit.values), name="sale_unit_is_known"),
            models.CheckConstraint(condition=models.Q(return_policy__in=ReturnPolicy.values), name="return_policy_is_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def seller(self) -> str:
        """Who sells; reads the supplier where nobody else does."""
        return self.actual_seller or self.supplier.name


class GeoIndicationQuerySet(models.QuerySet["GeoIndication"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class GeoIndication(models.Model):
    """A geographical indication (地理标志农产品) of the county: whoever uses it needs the holder's authorisation as a paper."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("地理标志"), max_length=40)
    number = models.CharField(_("登记号"), max_length=40, blank=True)
    holder = models.CharField(_("持有人"), max_length=80, blank=True)
    valid_until_on = models.DateField(_("有效到"), null=True, blank=True)

    objects = GeoIndicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("地理标志")
        verbose_name_plural = pgettext_lazy("many", "地理标志")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["county", "name"], name="geo_indication_once_per_county")]

    def __str__(self) -> str:
        return self.name


class Packaging(models.Model):
    """A version of a product's packaging, so that sales before and after can be told apart."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="packagings", verbose_name=_("商品"))
    name = models.CharField(_("包装"), max_length=60)
    from_on = models.DateField(_("从哪天用"))
    note = models.CharField(_("改了什么"), max_length=200, blank=True)
    added_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁加的"))

    class Meta:
        verbose_name = _("包装")
        verbose_name_plural = pgettext_lazy("many", "包装")
        ordering = ["-from_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["product", "from_on"], name="one_packaging_begins_on_a_day")]

    def __str__(self) -> str:
        return self.name
