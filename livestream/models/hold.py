from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.placing import mirrored, place_anew
from livestream.rules.planning import HoldKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models.person import User

TITLE_AT_MOST = 130


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="place"))

    def standing(self) -> Self:
        return self.filter(is_standing=True)

    def between(self, begins: datetime, ends: datetime) -> Self:
        """Those that lie in any moment from `begins` up to `ends`, by the clock; called off ones too."""
        return self.filter(starts_at__lt=ends, ends_at__gt=begins).order_by("starts_at", "pk")


class Hold(models.Model):
    """Something other than a session that has people and rooms for itself: a lesson. What it is for lies in another app, whose
    triggers write this row and its bookings (of the same id) by whatever path that changes; nobody else does.

    `version` grows with every change of what is told here or of what is booked; `link` is the address of its page, here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("在哪里"))
    kind = models.CharField(_("类型"), max_length=8, choices=HoldKind)
    title = models.CharField(_("名称"), max_length=TITLE_AT_MOST)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    is_standing = models.BooleanField(_("没有取消"), default=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    changed_at = models.DateTimeField(_("改动时间"), db_default=Now())
    link = models.CharField(_("链接"), max_length=80, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("占用事项")
        verbose_name_plural = pgettext_lazy("many", "占用事项")
        indexes = [models.Index(fields=["county", "starts_at"], name="hold_by_start")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=HoldKind.values), name="hold_kind_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="hold_ends_after_it_begins"),
        ]
        triggers = [
            mirrored("hold_follows"),
            # What it books moves with it.
            pgtrigger.Trigger(
                name="hold_moves_bookings",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("starts_at", "ends_at", "is_standing", "county_id"),
                condition=pgtrigger.AnyChange("starts_at", "ends_at", "is_standing", "county_id"),
                func=place_anew("hold_id = NEW.id") + " RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.title
