from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.rights import Action
from orders.rules.secret import LONGEST

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User


MANUAL = "manual"  # the platform of the shop in which hosts write down by hand what was ordered by phone or WeChat


def new_shop_key() -> str:
    return secrets.token_urlsafe(12).replace("-", "a").replace("_", "b")


class ShopQuerySet(models.QuerySet["Shop"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: User, action: Action = Action.SEE_FILES) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def with_api(self) -> Self:
        """Those in whose name the platform can be asked."""
        return self.active().exclude(access_token="")

    def with_two_secrets(self, at: datetime) -> Self:
        return self.active().filter(old_secret_until__gt=at).order_by("old_secret_until")

    def token_due(self, at: datetime) -> Self:
        return self.active().filter(token_due_at__lte=at).order_by("pk")


class Shop(models.Model):
    """A shop on a platform. Its key stands in the address its platform sends to; its secret proves the sender."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    platform = models.CharField(_("平台"), max_length=16)
    key = models.CharField(_("店铺标识"), max_length=32, unique=True, default=new_shop_key)
    name = models.CharField(_("店铺名"), max_length=60)
    app_key = models.CharField(_("应用 key"), max_length=64, blank=True)
    secret = EncryptedTextField(_("密钥"))
    # While a secret is changed, the one before it signs too, until then (rules/secret.py). Who signed with which when is written
    # down about once a minute, and only while there are two.
    old_secret = EncryptedTextField(_("旧密钥"), blank=True)
    old_secret_until = models.DateTimeField(_("旧密钥用到"), null=True, blank=True)
    secret_changed_at = models.DateTimeField(_("换密钥的时间"), null=True, blank=True)
    secret_used_at = models.DateTimeField(_("新密钥最近签名"), null=True, blank=True)
    old_secret_used_at = models.DateTimeField(_("旧密钥最近签名"), null=True, blank=True)
    # The platform's own number of the shop. One application may serve several shops: its pushes tell them apart by this.
    platform_shop_no = models.CharField(_("平台店铺号"), max_length=32, blank=True)
    access_token = EncryptedTextField(_("接口令牌"), blank=True)
    refresh_token = EncryptedTextField(_("刷新令牌"), blank=True)
    token_expires_at = models.DateTimeField(_("令牌到期"), null=True, blank=True)
    token_due_at = models.DateTimeField(_("下次换令牌"), null=True, blank=True)  # null: it cannot be renewed
    token_error = models.CharField(_("换令牌的错误"), max_length=300, blank=True)
    # A practice shop talks to the fake platform (PRACTICE_PLATFORM_URL) and never to a real one.
    is_practice = models.BooleanField(_("练习店铺"), default=False)
    is_active = models.BooleanField(_("在用"), default=True)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("店铺")
        verbose_name_plural = pgettext_lazy("many", "店铺")
        constraints = [
            models.UniqueConstraint(fields=["county", "platform", "name"], name="shop_once_per_platform"),
            models.CheckConstraint(
                condition=models.Q(old_secret="", old_secret_until=None)
                | models.Q(
                    ~models.Q(old_secret=""),
                    old_secret_until__isnull=False,
                    secret_changed_at__isnull=False,
                    old_secret_until__lte=models.F("secret_changed_at") + LONGEST,
                ),
                name="shop_old_secret_ends_within_a_week",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_renewable(self) -> bool:
        """A refresh token renews the access token; an application of the shop's own gets one by the shop's number."""
        return bool(self.refresh_token or self.platform_shop_no)

    def secrets_at(self, at: datetime) -> tuple[str, ...]:
        """Those that may sign then, the one in force first."""
        return (self.secret, self.old_secret) if self.has_old_secret(at) else (self.secret,)

    def has_old_secret(self, at: datetime) -> bool:
        return self.old_secret_until is not None and at < self.old_secret_until

    def has_expired(self, at: datetime) -> bool:
        return self.token_expires_at is not None and self.token_expires_at <= at
