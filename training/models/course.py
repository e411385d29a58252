from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from training.rules.course import CourseLevel, Mode, Topic, Trade, TradeLevel

if TYPE_CHECKING:
    from livestream.models import Place, User


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Those of his counties. Whoever sees the school of a township or a village reads the courses of its county."""
        codes = user.reach(action)
        if action == Action.SEE_SCHOOL:
            codes = tuple({code[:COUNTY_DIGITS] for code in codes})
        return self.filter(within(codes, county="county"))

    def in_use(self) -> Self:
        return self.filter(is_in_use=True)


class Course(models.Model):
    """One course of a county's catalogue. `academic_hours`: of 45 minutes each (学时)."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    title = models.CharField(_("课程"), max_length=60)
    level = models.CharField(_("程度"), max_length=8, choices=CourseLevel, default=CourseLevel.ENTRY)
    topic = models.CharField(_("内容"), max_length=10, choices=Topic)
    mode = models.CharField(_("方式"), max_length=8, choices=Mode, default=Mode.OFFLINE)
    academic_hours = models.PositiveSmallIntegerField(_("学时"))
    trade = models.CharField(_("工种"), max_length=20, choices=Trade, blank=True)
    trade_level = models.PositiveSmallIntegerField(_("等级"), choices=TradeLevel, null=True, blank=True)
    about = models.CharField(_("讲什么"), max_length=500, blank=True)
    is_in_use = models.BooleanField(_("在用"), default=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("课程")
        verbose_name_plural = pgettext_lazy("many", "课程")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["county", "title"], condition=Q(is_in_use=True), name="course_once_per_county"),
            models.CheckConstraint(condition=Q(level__in=CourseLevel.values), name="course_level_is_known"),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="course_topic_is_known"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="course_mode_is_known"),
            models.CheckConstraint(condition=Q(academic_hours__range=(1, 400)), name="course_has_hours"),
            models.CheckConstraint(
                condition=Q(trade="", trade_level=None) | Q(trade__in=Trade.values, trade_level__in=TradeLevel.values),
                name="course_of_a_trade_has_its_level",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Material(models.Model):
    """课件: a small file for phones. `path` lies under the uploads, named by its digest."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="materials", verbose_name=_("课程"))
    title = models.CharField(_("名称"), max_length=60)
    name = models.CharField(_("文件名"), max_length=100)
    stored_as = models.CharField(max_length=100, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    bytes = models.PositiveIntegerField(_("大小"))
    added_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁加的"))
    added_at = models.DateTimeField(_("加入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("课件")
        verbose_name_plural = pgettext_lazy("many", "课件")
        constraints = [models.UniqueConstraint(fields=["course", "sha256"], name="material_once_per_course")]

    def __str__(self) -> str:
        return self.title
