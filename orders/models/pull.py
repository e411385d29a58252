from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User


class PullKind(models.TextChoices):
    ORDERS = "orders", pgettext_lazy("many", "订单")
    AFTER_SALES = "after_sales", pgettext_lazy("many", "售后单")


BEHIND = timedelta(minutes=10)  # a list is read every minute
# What the beginning of an error means to a person who cannot mend the network but can sign an application in again.
MEANINGS = (
    (("token", "40003", "40001", "30001", "50001"), _("店铺授权失效，要重新授权")),
    (("60000", "HTTP 429"), _("平台限流，稍后再取")),
    (("30002",), _("平台没有放行本系统的地址")),
    (("unreadable",), _("平台的回答看不懂")),
)


class PullCursorQuerySet(models.QuerySet["PullCursor"]):
    def visible_to(self, user: User, action: Action = Action.SEE_FILES) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def active(self) -> Self:
        return self.filter(shop__is_active=True)

    def due(self, at: datetime) -> Self:
        return self.active().filter(due_at__lte=at).order_by("due_at", "-kind", "pk")


class PullCursor(models.Model):
    """How far a shop's list at its platform has been read: what no push told us is found there.

    `position` is a time of the platform's clock: rows that changed before it are with us. `pulled_until` is what people
    are shown: everything the platform had listed by then is with us.
    """

    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    shop = models.ForeignKey("orders.Shop", models.CASCADE, related_name="pulls", verbose_name=_("店铺"))
    kind = models.CharField(_("类别"), max_length=12, choices=PullKind)
    position = models.DateTimeField(_("读到平台时间"))
    # Rows since `position` by number, as digests: a row that is still the same when it is read again needs no work.
    seen = models.JSONField(default=dict, editable=False)
    pulled_until = models.DateTimeField(_("对账到"), null=True, blank=True)
    found = models.BigIntegerField(_("补到"), default=0)
    due_at = models.DateTimeField(_("下次对账"))
    attempts = models.PositiveIntegerField(_("试过几次"), default=0)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)

    objects = PullCursorQuerySet.as_manager()

    class Meta:
        verbose_name = _("对账")
        verbose_name_plural = pgettext_lazy("many", "对账")
        constraints = [
            models.UniqueConstraint(fields=["shop", "kind"], name="one_pull_cursor_per_list"),
            models.CheckConstraint(condition=models.Q(kind__in=PullKind.values), name="pull_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.kind}"

    def is_behind(self, at: datetime) -> bool:
        """What happened since `pulled_until` may be missing if its push was lost."""
        return self.pulled_until is None or self.pulled_until < at - BEHIND

    @property
    def trouble(self) -> str:
        """Why it is not read on, in words; "" if it is."""
        if not self.last_error:
            return ""
        found = (words for beginnings, words in MEANINGS if self.last_error.startswith(beginnings))
        return str(next(found, _("平台没有回答")))
