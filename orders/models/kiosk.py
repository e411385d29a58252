from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.rights import EVERYWHERE, Action

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User


class KioskLinkQuerySet(models.QuerySet["KioskLink"]):
    def visible_to(self, user: User) -> Self:
        """Staff of a city or a province have links of their own place, and none of the counties inside it: a link is a door that
        its own place opens and closes."""
        codes = user.reach(Action.SHARE_SCREEN)
        return self if EVERYWHERE in codes else self.filter(county_id__in=codes)

    def valid(self, at: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at)


class KioskLink(models.Model):
    """A link that opens one board on a screen without a login, to read only. Its token is shown once; here lies its SHA-256."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("哪块屏"), max_length=40)
    scope = models.CharField(_("大屏"), max_length=60)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    hides_money = models.BooleanField(_("不显示金额"), default=False)
    created_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁建的"))
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("有效到"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)
    seen_at = models.DateTimeField(_("最近一次打开"), null=True, blank=True)

    objects = KioskLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("大屏链接")
        verbose_name_plural = pgettext_lazy("many", "大屏链接")
        indexes = [models.Index(fields=["county", "-created_at"], name="kiosk_link_by_county")]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="kiosk_link_ends_after_it_began"),
        ]

    def __str__(self) -> str:
        return self.name
