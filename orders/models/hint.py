from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HintKind(models.TextChoices):
    ORDER = "order", pgettext_lazy("one", "订单")
    AFTER_SALE = "after_sale", _("售后单")


class HintQuerySet(models.QuerySet["Hint"]):
    def waiting(self) -> Self:
        return self.filter(asked__gt=F("answered"), given_up_at=None)

    def due(self, at: datetime) -> Self:
        return self.waiting().filter(due_at__lte=at).order_by("due_at")


class Hint(models.Model):
    """A push said only "look at this order": the row of work. `asked` counts the pushes, `answered` how many a fetch covers."""

    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    shop = models.ForeignKey(
        "orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("店铺")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=HintKind)
    number = models.CharField(_("单号"), max_length=64)
    asked = models.IntegerField(_("来过几次"), default=1)
    answered = models.IntegerField(_("取到第几次"), default=0)
    attempts = models.IntegerField(_("试过几次"), default=0)
    due_at = models.DateTimeField(_("下次去取"))
    first_asked_at = models.DateTimeField(_("第一次来"))
    given_up_at = models.DateTimeField(_("放弃时间"), null=True, blank=True)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)

    objects = HintQuerySet.as_manager()

    class Meta:
        verbose_name = _("待取订单")
        verbose_name_plural = pgettext_lazy("many", "待取订单")
        indexes = [
            models.Index(fields=["due_at"], name="hint_by_due", condition=Q(asked__gt=F("answered")) & Q(given_up_at=None))
        ]
        constraints = [models.UniqueConstraint(fields=["county", "shop", "kind", "number"], name="hint_once_per_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
