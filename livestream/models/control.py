from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.price_guard import PRICE_AS_PROPOSED
from livestream.rules.control import TAP_AT_MOST, WORDS_AT_MOST, ControlKind, Device
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class ControlEventQuerySet(models.QuerySet["ControlEvent"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))

    def in_order(self) -> Self:
        """The one order that everybody agrees on, whenever each event arrived."""
        return self.order_by("happened_at", "tap", "pk")


class ControlEvent(models.Model):
    """One thing that somebody did in a session (中控记录), never changed or deleted. `happened_at` is the moment of the tap by
    the clock of whoever pressed, brought within the session; `recorded_at` when it was stored. `tap` is the device's own id:
    the same tap again finds this row. `old` and `new` are fen of a price or pieces of a stock."""

    session = models.ForeignKey("livestream.LiveSession", models.PROTECT, related_name="control", verbose_name=_("场次"))
    kind = models.CharField(_("做了什么"), max_length=12, choices=ControlKind)
    happened_at = models.DateTimeField(_("什么时候"))
    recorded_at = models.DateTimeField(_("记下的时间"), auto_now_add=True)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁"))
    device = models.CharField(_("用什么"), max_length=6, choices=Device)
    tap = models.CharField(max_length=TAP_AT_MOST, blank=True, editable=False)
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    platform = models.CharField(_("平台"), max_length=16, blank=True)
    old = models.BigIntegerField(_("原来"), null=True, blank=True)
    new = models.BigIntegerField(_("改成"), null=True, blank=True)
    words = models.CharField(_("说明"), max_length=WORDS_AT_MOST, blank=True)
    about = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("关于哪一条"))
    proposed_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁提的")
    )

    objects = ControlEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("中控记录")
        verbose_name_plural = pgettext_lazy("many", "中控记录")
        ordering = ["happened_at", "tap", "pk"]
        indexes = [models.Index(fields=["session", "happened_at"], name="control_by_session")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ControlKind.values), name="control_kind_is_known"),
            models.CheckConstraint(condition=Q(device__in=Device.values), name="control_device_is_known"),
            models.UniqueConstraint(fields=["session", "tap"], condition=~Q(tap=""), name="control_tap_once"),
            models.CheckConstraint(
                condition=~Q(kind=ControlKind.PRICE_CHANGED) | Q(proposed_by__isnull=False) & ~Q(proposed_by=F("by")),
                name="price_needs_two_persons",
            ),
            models.UniqueConstraint(
                fields=["about"],
                condition=Q(kind__in=(ControlKind.PRICE_CHANGED, ControlKind.PRICE_REFUSED)),
                name="price_answered_once",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="control_log_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            PRICE_AS_PROPOSED,
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%H:%M:%S}"
