from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from orders.rules.alert import URGENT, AlertKind
from orders.rules.alert_words import advice, sentence

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from livestream.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User, action: Action = Action.SEE_ALERTS) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def open(self) -> Self:
        """What is still so."""
        return self.filter(cleared_at=None)

    def unacknowledged(self) -> Self:
        return self.filter(acknowledged_at=None)

    def unread(self) -> Self:
        """What still is so and nobody has taken note of."""
        return self.open().unacknowledged()

    def cleared_since(self, moment: datetime) -> Self:
        """What was so until not long ago, the newest first."""
        return self.filter(cleared_at__gte=moment).order_by("-cleared_at", "-pk")


class Alert(models.Model):
    """One warning, raised once. `subject` is what it is about (a merchant code, a shop), `episode` which time: a source that
    falls silent again is another warning, a good that stays oversold is not. `detail` holds its figures and titles.
    """

    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    scope = models.CharField(_("大屏"), max_length=60)
    kind = models.CharField(_("类别"), max_length=12, choices=AlertKind)
    subject = models.CharField(_("对象"), max_length=160, blank=True)
    episode = models.CharField(_("哪一次"), max_length=40, blank=True)
    detail = models.JSONField(_("数字"), default=dict)
    raised_at = models.DateTimeField(_("发出时间"))
    cleared_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("知道了的时间"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁知道了")
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("one", "提醒")
        verbose_name_plural = pgettext_lazy("many", "提醒")
        indexes = [
            models.Index(fields=["county", "-raised_at"], name="alert_by_county"),
            models.Index(fields=["scope"], name="alert_open_by_scope", condition=Q(cleared_at=None)),
            # The number in the menu of every page.
            models.Index(fields=["county"], name="alert_unread", condition=Q(cleared_at=None, acknowledged_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["scope", "kind", "subject", "episode"], name="alert_once"),
            models.CheckConstraint(condition=Q(kind__in=AlertKind.values), name="alert_kind_is_known"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.scope}"

    @property
    def is_urgent(self) -> bool:
        return self.kind in URGENT

    @property
    def title(self) -> str:
        """The good, the shop or the session it is about."""
        return str(self.detail.get("title") or "")

    @property
    def sentence(self) -> str:
        return sentence(self.kind, self.detail)

    @property
    def advice(self) -> str:
        return advice(self.kind)

    @property
    def session_id(self) -> str | None:
        """The session whose board it stands on; None: the county's."""
        kind, _colon, key = self.scope.partition(":")
        return key if kind == "session" else None


MINUTES, PERCENT, ORDERS = (1, 240), (1, 100), (1, 10_000)
BOUNDS = {
    "selling_out_minutes": MINUTES,
    "no_orders_minutes": MINUTES,
    "silent_minutes": MINUTES,
    "refund_percent": PERCENT,
    "refund_orders": ORDERS,
}


def _between(bounds: tuple[int, int], label: _StrPromise, default: int) -> models.PositiveSmallIntegerField[int, int]:
    least, most = bounds
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


class AlertThresholds(models.Model):
    """From when on a county wants to be warned. A county without a row has the defaults."""

    county = models.OneToOneField("livestream.Place", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("县"))
    selling_out_minutes = _between(MINUTES, _("预计多少分钟内卖完就提醒"), 10)
    no_orders_minutes = _between(MINUTES, _("直播中多少分钟没有订单就提醒"), 10)
    silent_minutes = _between(MINUTES, _("来源至少安静多少分钟才提醒"), 5)
    refund_percent = _between(PERCENT, _("退款单占多少（%）就提醒"), 20)
    refund_orders = _between(ORDERS, _("至少多少单退款才提醒"), 5)

    class Meta:
        verbose_name = _("提醒的界线")
        verbose_name_plural = _("提醒的界线")
        constraints = [
            models.CheckConstraint(
                condition=Q(selling_out_minutes__range=MINUTES, no_orders_minutes__range=MINUTES, silent_minutes__range=MINUTES),
                name="alert_minutes_between_1_and_240",
            ),
            models.CheckConstraint(condition=Q(refund_percent__range=PERCENT), name="refund_percent_between_1_and_100"),
            models.CheckConstraint(condition=Q(refund_orders__range=ORDERS), name="refund_orders_between_1_and_10000"),
        ]

    def __str__(self) -> str:
        return str(self.county_id)
