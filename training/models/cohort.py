from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.models.seating import OF_COHORTS
from training.rules.cohort import COUNTS, SEATS, CohortForm, CohortState, Funding, TeachingDuty

if TYPE_CHECKING:
    from livestream.models import Place, User


class CohortQuerySet(models.QuerySet["Cohort"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Those of his places, and those he teaches."""
        taught = CohortTrainer.objects.filter(user=user).values("cohort")
        return self.filter(within(user.reach(action), county="county", place="place") | Q(pk__in=taught))

    def reached_by(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Those of the places where this person may do that."""
        return self.filter(within(user.reach(action), county="county", place="place"))

    def that_count(self) -> Self:
        """Neither in preparation nor called off."""
        return self.filter(state__in=COUNTS)


class Cohort(models.Model):
    """One class (期) from opening to closing: at most forty seats. `number` is the county's own, of the year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    place: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("开班地点"))  # type: ignore[assignment]
    title = models.CharField(_("班名"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveSmallIntegerField(_("期号"))
    form = models.CharField(_("形式"), max_length=12, choices=CohortForm, default=CohortForm.MONTH)
    state = models.CharField(_("状态"), max_length=10, choices=CohortState, default=CohortState.PLANNED)
    starts_on = models.DateField(_("开班日期"))
    ends_on = models.DateField(_("结班日期"))
    seats = models.PositiveSmallIntegerField(_("名额"), default=SEATS)
    courses = models.ManyToManyField("training.Course", related_name="cohorts", verbose_name=_("课程"), blank=True)
    funding = models.CharField(_("经费来源"), max_length=14, choices=Funding, default=Funding.COUNTY)
    funding_note = models.CharField(_("经费文件"), max_length=120, blank=True)
    budget_fen = models.BigIntegerField(_("预算（分）"), null=True, blank=True)
    aims = models.CharField(_("对象和目标"), max_length=500, blank=True)
    summary = models.CharField(_("班级总结"), max_length=2000, blank=True)
    join_code = models.CharField(
        _("报名码"), max_length=16, unique=True, null=True, blank=True
    )  # of the public link; empty: closed
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁建的"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    closed_at = models.DateTimeField(_("结班时间"), null=True, blank=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("培训班")
        verbose_name_plural = pgettext_lazy("many", "培训班")
        ordering = ["-starts_on", "-number"]
        indexes = [models.Index(fields=["county", "starts_on"], name="cohort_by_start")]
        constraints = [
            models.CheckConstraint(condition=Q(seats__range=(1, SEATS)), name="cohort_has_forty_seats_at_most"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cohort_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(form__in=CohortForm.values), name="cohort_form_is_known"),
            models.CheckConstraint(condition=Q(state__in=CohortState.values), name="cohort_state_is_known"),
            models.CheckConstraint(condition=Q(funding__in=Funding.values), name="cohort_funding_is_known"),
            models.UniqueConstraint(fields=["county", "year", "number"], name="cohort_number_once_per_year"),
        ]
        triggers = OF_COHORTS

    def __str__(self) -> str:
        return self.title


class CohortTrainer(models.Model):
    """Who teaches a cohort, and as what."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="trainers", verbose_name=_("培训班"))
    user = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("讲师"))
    duty = models.CharField(_("分工"), max_length=10, choices=TeachingDuty, default=TeachingDuty.TEACHER)

    class Meta:
        verbose_name = _("班级讲师")
        verbose_name_plural = pgettext_lazy("many", "班级讲师")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "user"], name="trainer_once_per_cohort"),
            models.UniqueConstraint(fields=["cohort"], condition=Q(duty=TeachingDuty.LEAD), name="one_lead_per_cohort"),
            models.CheckConstraint(condition=Q(duty__in=TeachingDuty.values), name="teaching_duty_is_known"),
        ]

    def __str__(self) -> str:
        return self.duty
