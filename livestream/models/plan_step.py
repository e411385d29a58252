from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.plan import StepKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class PlanStepQuerySet(models.QuerySet["PlanStep"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))


class PlanStep(models.Model):
    """What one act of planning made of a session: its plan before and after (`actions/plan_json.py`), by whom, when, and why.
    `version` is the plan_version after it. Kept for 30 days: so long it can be undone, and tells a second editor what changed."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="steps", verbose_name=_("场次"))
    version = models.PositiveIntegerField(_("版本"))
    kind = models.CharField(_("做了什么"), max_length=10, choices=StepKind)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField()
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁"))
    at = models.DateTimeField(_("时间"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = PlanStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("计划的一步")
        verbose_name_plural = pgettext_lazy("many", "计划的一步")
        ordering = ["-version"]
        indexes = [models.Index(fields=["at"], name="plan_step_by_time")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="plan_step_kind_is_known"),
            models.UniqueConstraint(fields=["session", "version"], name="one_step_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.session_id} v{self.version}"
