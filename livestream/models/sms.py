from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.rules.sms import TRIES_OF_A_CODE


class SmsCode(models.Model):
    """A code that somebody asked for. Numbers that belong to nobody have rows too: from outside all look alike.

    `phone_digest` and `code_digest` are HMACs under keys of their own. `unsent` holds the code until it is sent."""

    phone_digest = models.CharField(_("手机号摘要"), max_length=64)
    code_digest = models.CharField(_("验证码摘要"), max_length=64)
    unsent = EncryptedTextField(_("待发"), blank=True)
    user = models.ForeignKey("livestream.User", models.CASCADE, null=True, related_name="+", verbose_name=_("人员"))
    network = models.GenericIPAddressField(_("网络"), null=True)
    is_known = models.BooleanField(_("常用设备"), default=False)
    asked_at = models.DateTimeField(_("请求时间"))
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    ended_at = models.DateTimeField(_("失效时间"), null=True)

    class Meta:
        verbose_name = _("短信验证码")
        verbose_name_plural = pgettext_lazy("many", "短信验证码")
        indexes = [
            models.Index(fields=["phone_digest", "asked_at"], name="sms_code_by_phone"),
            models.Index(fields=["network", "asked_at"], name="sms_code_by_network"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["phone_digest"], condition=Q(ended_at=None), name="sms_code_one_for_a_phone"),
            models.CheckConstraint(condition=Q(tries__lte=TRIES_OF_A_CODE), name="sms_code_tried_few_times"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at}"
