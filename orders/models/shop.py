from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField

if TYPE_CHECKING:
    from livestream.models import User


def new_shop_key() -> str:
    return secrets.token_urlsafe(12).replace("-", "a").replace("_", "b")


class ShopQuerySet(models.QuerySet["Shop"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: User) -> Self:
        if user.is_platform_admin:
            return self
        return self.filter(county_id=user.county_id) if user.is_county_staff else self.none()


class Shop(models.Model):
    """A shop on a platform. Its key stands in the address its platform sends to; its secret proves the sender."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    platform = models.CharField(_("平台"), max_length=16)
    key = models.CharField(_("店铺标识"), max_length=32, unique=True, default=new_shop_key)
    name = models.CharField(_("店铺名"), max_length=60)
    app_key = models.CharField(_("应用 key"), max_length=64, blank=True)
    secret = EncryptedTextField(_("密钥"))
    access_token = EncryptedTextField(_("接口令牌"), blank=True)
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
