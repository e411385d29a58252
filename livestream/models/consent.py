from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.consent import ConsentKind, ConsentWay, covers

if TYPE_CHECKING:
    from livestream.models.person import User


class ConsentQuerySet(models.QuerySet["Consent"]):
    def current(self, user: User) -> Self:
        """The last word on each kind."""
        return self.filter(user=user).order_by("kind", "-pk").distinct("kind")

    def allows(self, user: User, kind: ConsentKind) -> bool:
        """Whether this person agrees to it now. Who was never asked does not."""
        said = self.filter(user=user, kind=kind).order_by("-pk").values_list("is_given", "text_version").first()
        return said is not None and covers(kind, is_given=said[0], text_version=said[1])


class Consent(models.Model):
    """That a person allowed something, or took it back: a row for each time, never changed."""

    user = models.ForeignKey("livestream.User", models.PROTECT, related_name="consents", verbose_name=_("人员"))
    kind = models.CharField(_("事项"), max_length=16, choices=ConsentKind)
    is_given = models.BooleanField(_("同意"))
    at = models.DateTimeField(_("时间"), db_default=Now())
    way = models.CharField(_("方式"), max_length=8, choices=ConsentWay)
    text_version = models.PositiveSmallIntegerField(_("文本版本"))
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("同意记录")
        verbose_name_plural = pgettext_lazy("many", "同意记录")
        indexes = [models.Index(fields=["user", "kind", "-id"], name="consent_by_person")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ConsentKind.values), name="consent_kind_is_known"),
            models.CheckConstraint(condition=models.Q(way__in=ConsentWay.values), name="consent_way_is_known"),
        ]
        triggers = [pgtrigger.Protect(name="consent_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.is_given}"
