from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.gate import OF_ONE_PRODUCT
from livestream.rules.goods import PaperKind, PaperState, ProductClass
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import date

    from livestream.models.person import User


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        """A paper lies where its supplier is."""
        return self.filter(within(user.reach(action), county="county", place="supplier__place"))

    def valid(self, on: date) -> Self:
        """Accepted, and not over on that Shanghai day: it holds through the day it names."""
        return self.filter(Q(valid_until_on=None) | Q(valid_until_on__gte=on), state=PaperState.ACCEPTED)


class Paper(models.Model):
    """A document (证件) of a supplier, or of one of his products. The file lies encrypted on the shelf of papers."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    supplier = models.ForeignKey("livestream.Supplier", models.PROTECT, related_name="papers", verbose_name=_("供货商"))
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("商品")
    )
    kind = models.CharField(_("证件"), max_length=10, choices=PaperKind)
    number = models.CharField(_("编号"), max_length=60, blank=True)
    issuer = models.CharField(_("谁发的"), max_length=60, blank=True)
    issued_on = models.DateField(_("发证日期"), null=True, blank=True)
    valid_until_on = models.DateField(_("有效到"), null=True, blank=True)
    batch = models.CharField(_("批次"), max_length=40, blank=True)
    state = models.CharField(_("核对"), max_length=8, choices=PaperState, default=PaperState.WAITING)
    checked_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁核对的")
    )
    checked_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    refusal = models.CharField(_("为什么不能用"), max_length=200, blank=True)
    name = models.CharField(_("文件名"), max_length=100, blank=True)
    stored_as = models.CharField(max_length=100, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    bytes = models.PositiveIntegerField(_("大小"), default=0)
    warned_on = models.DateField(null=True, editable=False)  # staff were told that it soon ends
    added_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁加的"))
    added_at = models.DateTimeField(_("加入时间"), auto_now_add=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("证件")
        verbose_name_plural = pgettext_lazy("many", "证件")
        ordering = ["valid_until_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PaperKind.values), name="paper_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=PaperState.values), name="paper_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=PaperState.WAITING) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="paper_was_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(OF_ONE_PRODUCT)) | Q(product__isnull=False), name="paper_of_goods_names_its_product"
            ),
        ]
        indexes = [models.Index(fields=["supplier", "kind"], name="paper_by_supplier")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class PaperRule(models.Model):
    """What a county asks of a class of goods besides what the law does (`rules/goods.REQUIRED`). A line (`any_of`, kinds with
    commas between) is met by any one of its kinds."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    product_class = models.CharField(_("商品类别"), max_length=10, choices=ProductClass)
    any_of = models.CharField(_("证件（有一种就行）"), max_length=80)

    class Meta:
        verbose_name = _("证件要求")
        verbose_name_plural = pgettext_lazy("many", "证件要求")
        constraints = [
            models.UniqueConstraint(fields=["county", "product_class", "any_of"], name="paper_rule_once"),
            models.CheckConstraint(condition=Q(product_class__in=ProductClass.values), name="paper_rule_class_is_known"),
            models.CheckConstraint(condition=Q(any_of__regex=r"^[a-z_]+(,[a-z_]+)*$"), name="paper_rule_names_kinds"),
        ]

    def __str__(self) -> str:
        return f"{self.product_class} {self.any_of}"


class GateOverride(models.Model):
    """A named approver lets a product without all its papers be listed in one session, and says why. Shown in the review."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="overrides", verbose_name=_("场次"))
    product = models.ForeignKey("livestream.Product", models.PROTECT, related_name="+", verbose_name=_("商品"))
    missing = models.CharField(_("缺什么"), max_length=300)
    reason = models.CharField(_("为什么放行"), max_length=200)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁放行的"))
    at = models.DateTimeField(_("放行时间"))

    class Meta:
        verbose_name = _("放行")
        verbose_name_plural = pgettext_lazy("many", "放行")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "product"], name="override_once_per_session"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.at:%Y-%m-%d}"
