"""The grades of hosts: what a county asks, what the system proposes, and what a person decided. Only the last one counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.models.certificate import differing
from training.rules.grade import FINAL, LIMITS, Answer, Grade, Terms

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import Place, User

FORGOTTEN = "—"  # what stands where somebody's reason was, once the host is nobody


class GradeRule(models.Model):
    """What a county asks of its hosts, from a day on. A change is a new version; what was decided keeps its own.

    Every threshold in its unit; 0 asks nothing (`rules/grade.Terms`). `made_by` is empty of what the system itself proposes."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    version = models.PositiveSmallIntegerField(_("版本"))
    begins_on: date = models.DateField(_("从哪天起"))  # type: ignore[assignment]
    novice_lessons = models.PositiveSmallIntegerField(_("新手：上过几次课"), default=1)
    junior_sessions = models.PositiveSmallIntegerField(_("初级：播过几场"), default=3)
    junior_needs_sale = models.BooleanField(_("初级：要卖出过"), default=True)
    window_months = models.PositiveSmallIntegerField(_("中级、高级看最近几个月"), default=6)
    middle_sessions = models.PositiveSmallIntegerField(_("中级：近期播几场"), default=12)
    middle_online = models.PositiveIntegerField(_("中级：一般在线几人"), default=50)
    middle_refund_percent = models.PositiveSmallIntegerField(_("中级：退款率不超过全县中位数的百分之几"), default=100)
    senior_online = models.PositiveIntegerField(_("高级：一般在线几人"), default=500)
    senior_lessons_taught = models.PositiveSmallIntegerField(_("高级：教过几次课"), default=1)
    senior_households = models.PositiveSmallIntegerField(_("高级：带动几户"), default=10)
    rest_days = models.PositiveSmallIntegerField(_("不同意以后几天内不再提"), default=30)
    made_at = models.DateTimeField(_("定下时间"), auto_now_add=True)
    made_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁定的")
    )

    class Meta:
        verbose_name = _("等级规则")
        verbose_name_plural = pgettext_lazy("many", "等级规则")
        constraints = [
            models.UniqueConstraint(fields=["county", "version"], name="grade_rule_once_per_version"),
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": limits for name, limits in LIMITS.items()}), name="grade_rule_can_be_met"
            ),
            models.CheckConstraint(
                condition=Q(senior_online=0) | Q(senior_online__gte=F("middle_online")), name="grade_rule_rises"
            ),
        ]
        triggers = [pgtrigger.Protect(name="grade_rule_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"v{self.version}"

    @property
    def terms(self) -> Terms:
        return Terms(*(getattr(self, name) for name in Terms._fields))


def grade_rule_of(county: str, on: date) -> GradeRule:
    """The version that holds in the county of this code on that day; where it has none yet, the proposals of the system, not
    stored."""
    begun = GradeRule.objects.filter(county=county, begins_on__lte=on)
    return begun.order_by("-begins_on", "-version").first() or GradeRule(county_id=county, version=1, begins_on=on)


class GradeProposalQuerySet(models.QuerySet["GradeProposal"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Of the hosts of his places."""
        return self.filter(within(user.reach(action), county="county", place="host__place"))

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def due(self, on: date) -> Self:
        """Open, and not put off beyond that day."""
        return self.open().filter(Q(postponed_until=None) | Q(postponed_until__lte=on))


class GradeProposal(models.Model):
    """That a host's figures say another grade than the one he holds. Nothing follows from it before a person has decided.

    `facts`: his figures as they stood at `computed_at`, with what was asked (`actions/grade.as_facts`); an open proposal is
    computed anew every night, and withdrawn where it does not hold any more."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    host: User = models.ForeignKey("livestream.User", models.PROTECT, related_name="grade_proposals", verbose_name=_("主播"))  # type: ignore[assignment]
    rule = models.ForeignKey(GradeRule, models.PROTECT, related_name="+", verbose_name=_("等级规则"))
    held = models.CharField(_("现在的等级"), max_length=6, choices=Grade)
    grade = models.CharField(_("建议的等级"), max_length=6, choices=Grade)
    facts = models.JSONField(_("依据"))
    proposed_at = models.DateTimeField(_("提出时间"))
    computed_at = models.DateTimeField(_("算出时间"))
    postponed_until = models.DateField(_("推到哪天"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办完时间"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("不再成立"), default=False)

    objects = GradeProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("等级建议")
        verbose_name_plural = pgettext_lazy("many", "等级建议")
        constraints = [
            models.UniqueConstraint(fields=["county", "host"], condition=Q(closed_at=None), name="grade_proposal_open_once"),
            models.CheckConstraint(condition=Q(held__in=Grade.values, grade__in=Grade.values), name="proposed_grade_is_known"),
            models.CheckConstraint(condition=~Q(held=F("grade")), name="grade_proposal_changes_something"),
            models.CheckConstraint(
                condition=Q(is_withdrawn=False) | Q(closed_at__isnull=False), name="withdrawn_grade_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held} → {self.grade}"


class GradeDecisionQuerySet(models.QuerySet["GradeDecision"]):
    def giving(self, county: str) -> Self:
        """The newest decision by which each host of the county holds a grade."""
        given = self.filter(county=county, answer=Answer.ACCEPT)
        return given.order_by("host_id", "-pk").distinct("host_id")


class GradeDecision(models.Model):
    """What somebody decided about a proposal, never changed: who, when, by which version, and the figures as they stood.

    Accepted and refused it is decided, once; postponed it comes back on `until_on`."""

    proposal = models.ForeignKey(GradeProposal, models.PROTECT, related_name="decisions", verbose_name=_("等级建议"))
    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    host: User = models.ForeignKey("livestream.User", models.PROTECT, related_name="grade_decisions", verbose_name=_("主播"))  # type: ignore[assignment]
    rule = models.ForeignKey(GradeRule, models.PROTECT, related_name="+", verbose_name=_("等级规则"))
    held = models.CharField(_("原来的等级"), max_length=6, choices=Grade)
    grade = models.CharField(_("建议的等级"), max_length=6, choices=Grade)
    facts = models.JSONField(_("依据"))
    answer = models.CharField(_("决定"), max_length=8, choices=Answer)
    because = models.CharField(_("原因"), max_length=200, blank=True)
    until_on = models.DateField(_("推到哪天"), null=True, blank=True)
    at = models.DateTimeField(_("决定时间"))
    by: User = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁定的"))  # type: ignore[assignment]

    objects = GradeDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("等级决定")
        verbose_name_plural = pgettext_lazy("many", "等级决定")
        indexes = [models.Index(fields=["county", "host", "-id"], name="grade_decision_by_host")]
        constraints = [
            models.UniqueConstraint(fields=["proposal"], condition=Q(answer__in=FINAL), name="grade_decided_once"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="grade_answer_is_known"),
            models.CheckConstraint(condition=~Q(by=F("host")), name="nobody_grades_himself"),
            models.CheckConstraint(condition=~Q(answer=Answer.REFUSE) | ~Q(because=""), name="refused_grade_says_why"),
            models.CheckConstraint(
                condition=Q(answer=Answer.POSTPONE, until_on__isnull=False) | Q(~Q(answer=Answer.POSTPONE), until_on=None),
                name="postponed_grade_says_until",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="grade_decision_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="grade_decision_stays", exclude=["because"]),
            pgtrigger.Protect(
                name="grade_reason_is_only_forgotten",
                operation=pgtrigger.Update,
                condition=differing("because") & ~pgtrigger.Q(new__because=FORGOTTEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.grade}"
