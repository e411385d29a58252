from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
