from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.placing import place_anew
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))


class Segment(models.Model):
    """A stretch of a relay: its own guest, place, goods and result. Segments of one session follow each other; their moments are
    whole minutes, so that their result is a sum of the session's minutes."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="segments", verbose_name=_("场次"))
    title = models.CharField(_("这一段讲什么"), max_length=60)
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("在哪里"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("接力段")
        verbose_name_plural = pgettext_lazy("many", "接力段")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="segment_ends_after_start"),
            ExclusionConstraint(
                name="one_segment_at_a_time",
                expressions=[
                    ("session", RangeOperators.EQUAL),
                    (Func("starts_at", "ends_at", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                deferrable=Deferrable.IMMEDIATE,  # asked once a statement, not once a row: a relay moves as a whole
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="segment_moves_bookings",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("starts_at", "ends_at"),
                func=place_anew("segment_id = NEW.id") + " RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return self.title
