from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from training.models.trainee import Trainee


class DifferentPeople(models.Model):
    """Two rows that looked like one person and are two: said once, so that nobody is asked again. `one` is the older row."""

    one: Trainee = models.ForeignKey("training.Trainee", models.CASCADE, related_name="+", verbose_name=_("学员"))  # type: ignore[assignment]
    other: Trainee = models.ForeignKey("training.Trainee", models.CASCADE, related_name="+", verbose_name=_("另一位学员"))  # type: ignore[assignment]
    noted_at = models.DateTimeField(_("记下的时间"), auto_now_add=True)
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁记的"))

    class Meta:
        verbose_name = _("不是同一个人")
        verbose_name_plural = pgettext_lazy("many", "不是同一个人")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="different_people_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="different_people_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"
