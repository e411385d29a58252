from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.start_gate import REASON_AT_MOST, ChoiceKind


class PreflightTick(models.Model):
    """One answer to one question of the check before going on air (`rules/preflight.py`). Never changed: the newest by the
    phone's own time counts, so that a tap kept without network is placed where it belongs."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="preflight", verbose_name=_("场次"))
    step = models.CharField(_("检查什么"), max_length=16)
    is_fine = models.BooleanField(_("好了"))
    note = models.CharField(_("说明"), max_length=120, blank=True)
    ticked_at = models.DateTimeField(_("什么时候"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁"))
    tap = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("开播前检查")
        verbose_name_plural = pgettext_lazy("many", "开播前检查")
        ordering = ["ticked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "tap"], condition=~Q(tap=""), name="preflight_tap_once")]

    def __str__(self) -> str:
        return f"{self.step} {self.is_fine}"


class StartChoice(models.Model):
    """What people decided about something that stood in the way of going on air (`actions/start_gate.py`, `code`): an item is not
    sold for now (left out), or staff let it pass with a reason, which the review shows."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="start_choices", verbose_name=_("场次"))
    kind = models.CharField(_("怎么办"), max_length=8, choices=ChoiceKind)
    code = models.CharField(_("哪一条"), max_length=16)
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    reason = models.CharField(_("原因"), max_length=REASON_AT_MOST, blank=True)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁定的"))
    at = models.DateTimeField(_("什么时候"))

    class Meta:
        verbose_name = _("开播前的决定")
        verbose_name_plural = pgettext_lazy("many", "开播前的决定")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "kind", "code", "product"], name="start_choice_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(kind__in=ChoiceKind.values), name="start_choice_is_known"),
            models.CheckConstraint(condition=~Q(kind=ChoiceKind.PASSED) | ~Q(reason=""), name="start_pass_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind=ChoiceKind.LEFT_OUT) | Q(product__isnull=False), name="left_out_is_a_product"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"
