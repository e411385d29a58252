from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecoveryCode(models.Model):
    """One of the codes that open the door once when the authenticator is lost. `digest` is an HMAC under a key of its own."""

    user = models.ForeignKey("livestream.User", models.CASCADE, related_name="recovery_codes", verbose_name=_("人员"))
    digest = models.CharField(_("摘要"), max_length=64)
    used_at = models.DateTimeField(_("用掉的时间"), null=True)

    class Meta:
        verbose_name = _("备用码")
        verbose_name_plural = pgettext_lazy("many", "备用码")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return str(self.used_at or "")
