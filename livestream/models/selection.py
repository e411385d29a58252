from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.goods import SampleFate, SelectionStage
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class SelectionCaseQuerySet(models.QuerySet["SelectionCase"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="product__supplier__place"))

    def open(self) -> Self:
        return self.exclude(stage__in=(SelectionStage.CHOSEN, SelectionStage.REJECTED))


class SelectionCase(models.Model):
    """选品: a candidate on its way to being chosen or rejected, with the reasons; for a campaign, a session, or in general."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    product = models.ForeignKey("livestream.Product", models.PROTECT, related_name="selections", verbose_name=_("商品"))
    campaign = models.ForeignKey(
        "livestream.Campaign", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("活动")
    )
    stage = models.CharField(_("到哪一步"), max_length=10, choices=SelectionStage, default=SelectionStage.CANDIDATE)
    why = models.CharField(_("为什么选它"), max_length=200, blank=True)
    reason = models.CharField(_("结论和理由"), max_length=200, blank=True)
    score = models.PositiveSmallIntegerField(_("试吃打分"), null=True, blank=True)
    opened_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁提的"))
    opened_at = models.DateTimeField(_("提出时间"))
    decided_at = models.DateTimeField(_("定下时间"), null=True, blank=True)

    objects = SelectionCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("选品")
        verbose_name_plural = pgettext_lazy("many", "选品")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=SelectionStage.values), name="selection_stage_is_known"),
            models.CheckConstraint(
                condition=~Q(stage__in=(SelectionStage.CHOSEN, SelectionStage.REJECTED)) | ~Q(reason=""),
                name="decided_selection_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["product", "campaign"],
                condition=~Q(stage__in=(SelectionStage.CHOSEN, SelectionStage.REJECTED)),
                name="one_open_selection_per_product",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.get_stage_display()}"


class SelectionStep(models.Model):
    """One step of a selection: who took it, when, and what was said. Never changed."""

    case = models.ForeignKey(SelectionCase, models.CASCADE, related_name="steps", verbose_name=_("选品"))
    stage = models.CharField(_("到哪一步"), max_length=10, choices=SelectionStage)
    words = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("选品步骤")
        verbose_name_plural = pgettext_lazy("many", "选品步骤")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.at:%Y-%m-%d}"


class Sample(models.Model):
    """样品 of a candidate: when it came, where it is, what became of it."""

    case = models.ForeignKey(SelectionCase, models.CASCADE, related_name="samples", verbose_name=_("选品"))
    quantity = models.PositiveSmallIntegerField(_("几件"))
    came_on = models.DateField(_("哪天收到"))
    fate = models.CharField(_("现在"), max_length=8, choices=SampleFate, default=SampleFate.HERE)
    where = models.CharField(_("放在哪里"), max_length=60, blank=True)
    gone_on = models.DateField(_("哪天离开"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁记的"))

    class Meta:
        verbose_name = _("样品")
        verbose_name_plural = pgettext_lazy("many", "样品")
        ordering = ["-came_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(fate__in=SampleFate.values), name="sample_fate_is_known"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sample_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.get_fate_display()}"
