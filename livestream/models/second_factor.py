from __future__ import annotations

import base64
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from livestream.models.encrypted import EncryptedTextField

STEPS_OFF = 1  # a code counts half a minute before and after its own
FAILURES_THAT_SLOW = 10  # 1, 2, 4 … 512 seconds between tries, never longer: nobody is locked out for good


class SecondFactorQuerySet(models.QuerySet["SecondFactor"]):
    def in_use(self) -> Self:
        return self.filter(confirmed=True)


class SecondFactor(ThrottlingMixin, Device, models.Model):  # type: ignore[misc]  # the first two come without types
    """An authenticator of a person (TOTP, RFC 6238): a code is accepted once, and slower after each wrong one.

    `key` is base32. A new one waits unconfirmed beside the old until its first code was right."""

    user = models.ForeignKey("livestream.User", models.CASCADE, related_name="second_factors", verbose_name=_("人员"))
    key = EncryptedTextField(_("密钥"))
    last_step = models.BigIntegerField(_("最近用过的一步"), default=-1)
    created_at = models.DateTimeField(_("设置时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    throttling_failure_count: int

    objects = SecondFactorQuerySet.as_manager()

    class Meta:
        verbose_name = _("两步验证")
        verbose_name_plural = _("两步验证")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(confirmed=True), name="second_factor_one_for_a_person"),
            models.UniqueConstraint(fields=["user"], condition=Q(confirmed=False), name="second_factor_one_waits"),
        ]

    def __str__(self) -> str:
        return str(_("验证器"))

    def verify_token(self, token: str) -> bool:
        """Whether the code is right and new. Writes what it learned; call it through `django_otp.verify_token`, which locks."""
        if not self.verify_is_allowed()[0]:
            return False
        step = self._step_of(token)
        if step is None:
            self.throttle_increment()
            return False
        self.last_step, self.last_used_at = step, timezone.now()
        self.throttle_reset(commit=False)
        self.save()
        return True

    def _step_of(self, token: str) -> int | None:
        if not (token.isascii() and token.isdigit()):
            return None
        totp = TOTP(base64.b32decode(self.key))
        totp.time = timezone.now().timestamp()
        return totp.t() if totp.verify(int(token), STEPS_OFF, self.last_step + 1) else None

    def throttle_increment(self, commit: bool = True) -> None:
        self.throttling_failure_count = min(self.throttling_failure_count, FAILURES_THAT_SLOW - 1)
        super().throttle_increment(commit)

    def get_throttle_factor(self) -> int:
        return 1
