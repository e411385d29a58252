from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.session import Guest
from livestream.rules.leader import Aim, Decision, Department
from livestream.rules.rights import Action
from livestream.rules.session import AIRED, STILL_PLANNED, GuestRank, SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.models.person import User


IS_LEADER = ~Q(rank=GuestRank.OTHER) | Q(leader__isnull=False)


def guests_of(counties: Iterable[str]) -> models.QuerySet[Guest]:
    """The leaders who are guests of these counties' sessions; at practice nobody is on air."""
    of_counties = Guest.objects.filter(IS_LEADER, session__county__in=list(counties)).exclude(session__kind=SessionKind.PRACTICE)
    return of_counties.select_related("session", "leader").order_by("session__planned_start_at", "pk")


def guests_on_air(counties: Iterable[str], at: datetime) -> models.QuerySet[Guest]:
    """Those who were on air until now: in a relay whoever's segment had begun before the session was over."""
    had_begun = Q(segment=None) | Q(segment__starts_at__lt=Coalesce("session__ended_at", at))
    return guests_of(counties).filter(had_begun, session__state__in=AIRED, session__went_live_at__lte=at)


def guests_to_come(counties: Iterable[str], at: datetime) -> models.QuerySet[Guest]:
    """Those who are planned for later."""
    return guests_of(counties).filter(session__state__in=STILL_PLANNED, session__planned_end_at__gt=at)


class LeaderQuerySet(models.QuerySet["Leader"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def in_office(self) -> Self:
        return self.filter(is_in_office=True)


class Leader(models.Model):
    """Somebody in office who comes on air as a guest. One person is one row: the yearly quota counts rows, not visits."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("职务"), max_length=60)
    rank = models.CharField(_("级别"), max_length=8, choices=GuestRank)
    department = models.CharField(_("单位类别"), max_length=16, choices=Department)
    unit = models.CharField(_("单位"), max_length=60)
    is_in_office = models.BooleanField(_("在任"), default=True)

    objects = LeaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("领导")
        verbose_name_plural = pgettext_lazy("many", "领导")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(rank__in=GuestRank.values), name="leader_rank_is_known"),
            models.CheckConstraint(condition=Q(department__in=Department.values), name="leader_department_is_known"),
            models.UniqueConstraint(fields=["county", "name", "unit"], name="leader_once_per_county"),
        ]

    def __str__(self) -> str:
        return self.name


class BroadcastRequestQuerySet(models.QuerySet["BroadcastRequest"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))

    def waiting(self) -> Self:
        return self.filter(decision=Decision.WAITING)


class BroadcastRequest(models.Model):
    """The request 立项申请 for a broadcast of leaders: who organises it, why these goods, what is promised; and what the
    organiser's approver decided. Who organises is responsible (安徽网信办 2020)."""

    session = models.OneToOneField("livestream.LiveSession", models.CASCADE, related_name="request", verbose_name=_("场次"))
    organiser = models.CharField(_("主办单位"), max_length=60)
    aim = models.CharField(_("目的"), max_length=12, choices=Aim)
    goods_reason = models.CharField(_("为什么选这些货"), max_length=500)
    quality_promise = models.CharField(_("质量承诺"), max_length=500)
    discipline = ArrayField(models.CharField(max_length=24), default=list, blank=True, verbose_name=_("纪律清单"))
    asked_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    decision = models.CharField(_("结果"), max_length=8, choices=Decision, default=Decision.WAITING)
    decided_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=500, blank=True)
    # What was planned when it was approved last (`rules/leader.Covered`): a plan that goes beyond it needs a new approval.
    covers = models.JSONField(_("批准的内容"), default=dict, blank=True)
    thawed_until = models.DateTimeField(_("放行到"), null=True, blank=True)  # an approver let the plan change so late

    objects = BroadcastRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("立项申请")
        verbose_name_plural = pgettext_lazy("many", "立项申请")
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="broadcast_decision_is_known"),
            models.CheckConstraint(condition=Q(aim__in=Aim.values), name="broadcast_aim_is_known"),
            models.CheckConstraint(
                condition=Q(decision=Decision.WAITING, decided_by=None, decided_at=None)
                | ~Q(decision=Decision.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="broadcast_decision_has_an_author",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.APPROVED) | ~Q(decided_by=models.F("asked_by")),
                name="nobody_approves_his_own_request",
            ),
        ]

    def __str__(self) -> str:
        return self.organiser
