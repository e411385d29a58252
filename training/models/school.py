from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.rules.school import AttendanceUnit

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import Place, User


class SchoolRules(models.Model):
    """What a county agreed on for its school. Without a row: the defaults (`school_rules_of`)."""

    county = models.OneToOneField(
        "livestream.Place", models.PROTECT, primary_key=True, related_name="school_rules", verbose_name=_("县")
    )
    unit = models.CharField(_("人次怎么算"), max_length=8, choices=AttendanceUnit, default=AttendanceUnit.COHORT)
    goal_people = models.PositiveIntegerField(_("目标人数"), default=10_000)
    goal_from_on = models.DateField(_("从哪天算起"), null=True, blank=True)  # empty: the first lesson of the county
    goal_years = models.PositiveSmallIntegerField(_("几年"), default=3)
    attendance_percent = models.PositiveSmallIntegerField(_("出勤率至少（%）"), default=80)
    qr_seconds = models.PositiveSmallIntegerField(_("签到码有效秒数"), default=30)
    late_minutes = models.PositiveSmallIntegerField(_("开课几分钟后算迟到"), default=10)
    small_cell = models.PositiveSmallIntegerField(_("少于几人不显示"), default=5)

    class Meta:
        verbose_name = _("学堂规则")
        verbose_name_plural = pgettext_lazy("many", "学堂规则")
        constraints = [
            models.CheckConstraint(condition=Q(unit__in=AttendanceUnit.values), name="attendance_unit_is_known"),
            models.CheckConstraint(condition=Q(attendance_percent__lte=100), name="attendance_is_at_most_all"),
            models.CheckConstraint(condition=Q(goal_years__range=(1, 10)), name="school_goal_within_ten_years"),
            models.CheckConstraint(condition=Q(qr_seconds__range=(10, 300)), name="sign_in_code_changes"),
        ]

    def __str__(self) -> str:
        return str(self.county_id)


def school_rules_of(county: str) -> SchoolRules:
    """The rules of the county of this code: those it chose, else the defaults, not stored."""
    return SchoolRules.objects.filter(pk=county).first() or SchoolRules(county_id=county)


class SchoolMonthQuerySet(models.QuerySet["SchoolMonth"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class SchoolMonth(models.Model):
    """What a county planned for a month of its school. What came of it is counted, never stored."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    first_on: date = models.DateField(_("月份"))  # type: ignore[assignment]  # its first day
    theme = models.CharField(_("主题"), max_length=60, blank=True)
    planned_lessons = models.PositiveSmallIntegerField(_("计划课次"), default=0)
    planned_people = models.PositiveSmallIntegerField(_("计划人数"), default=0)
    note = models.CharField(_("说明"), max_length=500, blank=True)

    objects = SchoolMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("学堂的一个月")
        verbose_name_plural = pgettext_lazy("many", "学堂的一个月")
        constraints = [
            models.UniqueConstraint(fields=["county", "first_on"], name="school_month_once_per_county"),
            models.CheckConstraint(condition=Q(first_on__day=1), name="school_month_begins_on_the_first"),
        ]

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m}"
