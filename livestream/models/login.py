from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.device import Browser, Platform
from livestream.rules.login import LoginKind

if TYPE_CHECKING:
    from livestream.models.person import User


class SignInQuerySet(models.QuerySet["SignIn"]):
    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(user=user)

    def open(self, at: datetime) -> Self:
        """Neither ended by somebody nor run out."""
        return self.filter(ended_at=None, expires_at__gt=at)


class SignIn(models.Model):
    """A login of a person on a device, from the password to its end. `session_key` is empty once it has ended.

    `network` is what of the address says where somebody usually is: the address itself, or the /64 network of an IPv6 one."""

    user = models.ForeignKey("livestream.User", models.CASCADE, related_name="sign_ins", verbose_name=_("人员"))
    session_key = models.CharField(_("会话"), max_length=40, blank=True)
    kind = models.CharField(_("类型"), max_length=10, choices=LoginKind, default=LoginKind.DESK)
    platform = models.CharField(_("设备"), max_length=10, choices=Platform, default=Platform.OTHER)
    browser = models.CharField(_("浏览器"), max_length=10, choices=Browser, default=Browser.OTHER)
    address = models.GenericIPAddressField(_("来自"), null=True)
    network = models.GenericIPAddressField(_("网络"), null=True)
    began_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))
    expires_at = models.DateTimeField(_("到期"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("登录")
        verbose_name_plural = pgettext_lazy("many", "登录")
        indexes = [
            models.Index(fields=["user", "-began_at"], name="sign_in_by_person"),
            models.Index(fields=["expires_at"], name="sign_in_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session_key"], condition=~Q(session_key=""), name="sign_in_of_a_session_once"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(session_key=""), name="ended_sign_in_has_no_session"),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} · {self.get_browser_display()}"
