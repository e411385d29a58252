from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.rights import Action

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
        constraints = [models.UniqueConstraint(fields=["county", "platform", "name"], name="shop_once_per_platform")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_renewable(self) -> bool:
        """A refresh token renews the access token; an application of the shop's own gets one by the shop's number."""
        return bool(self.refresh_token or self.platform_shop_no)

    def has_expired(self, at: datetime) -> bool:
        return self.token_expires_at is not None and self.token_expires_at <= at
