from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.ledger import Cause


class Source(models.Model):
    """When a shop was last heard of on one road (push, API, file), and how long it is usually silent.

    `pause_ms` is the longest pause it has made lately: a longer one replaces it at once, and it fades by half in six hours.
    Pauses of more than an hour are nights and do not count. Written at most once a second.
    """

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    shop = models.ForeignKey("orders.Shop", models.CASCADE, related_name="sources")
    cause = models.CharField(_("来由"), max_length=6, choices=Cause)
    heard_at = models.DateTimeField(_("最近一次"))
    pause_ms = models.PositiveIntegerField(_("平常的间隔（毫秒）"), default=0)

    class Meta:
        verbose_name = _("数据来源")
        verbose_name_plural = pgettext_lazy("many", "数据来源")
        constraints = [
            models.UniqueConstraint(fields=["shop", "cause"], name="source_once_per_shop"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.cause}"
