from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.rules.rights import Action
from livestream.rules.subject_request import Outcome, RequestKind, RequestState

if TYPE_CHECKING:
    from datetime import date

    from livestream.models.person import User


class SubjectRequestQuerySet(models.QuerySet["SubjectRequest"]):
    def visible_to(self, user: User) -> Self:
        """Those of the people in places where this person answers requests."""
        mine = Q(pk__in=[])
        for code in user.reach(Action.ANSWER_REQUESTS):
            mine |= Q(user__place__code__startswith=code)
        return self.filter(mine)

    def open(self) -> Self:
        return self.filter(state=RequestState.OPEN)

    def term_is_over(self, on: date) -> Self:
        """Restricted people of whom nothing has to be kept any longer."""
        return self.filter(outcome=Outcome.RESTRICTED, user__personal__restricted_until__lt=on)


class SubjectRequest(models.Model):
    """A person asks about his own data; answered by the county's staff, with proof of what was there before and after."""

    user = models.ForeignKey("livestream.User", models.PROTECT, related_name="subject_requests", verbose_name=_("人员"))
    kind = models.CharField(_("请求"), max_length=8, choices=RequestKind)
    wish = EncryptedTextField(_("说明"), blank=True)
    asked_at = models.DateTimeField(_("提出时间"), db_default=Now())
    due_on = models.DateField(_("最晚答复"))
    state = models.CharField(_("状态"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    outcome = models.CharField(_("答复"), max_length=10, choices=Outcome, blank=True)
    answer = EncryptedTextField(_("答复说明"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("答复人"))
    proof = models.JSONField(_("前后行数"), default=dict)  # {"livestream_personaldata": [1, 0], …}: rows before and after

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("个人信息请求")
        verbose_name_plural = pgettext_lazy("many", "个人信息请求")
        indexes = [models.Index(fields=["due_on"], name="open_request_by_due", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], condition=Q(state="open"), name="one_open_request_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="request_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False, answered_by__isnull=False, outcome__in=Outcome.values)
                | Q(state__in=["open", "withdrawn"], outcome=""),
                name="answered_request_has_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
