from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from livestream.rules.series import LONGEST_SESSION_MINUTES, SeriesRule
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from livestream.models.person import User


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="place"))


class Series(models.Model):
    """A rule like “every Tuesday and Friday 19:30 until December” or “the 15th of every month 村播日”. Each of its dates is a
    session of its own (`LiveSession.series`, `series_on`), so one may move or fall out without the rest.

    A session that is not as the rule says was changed by hand, and is left alone when the rest changes. When the rest changes
    from some day on, the rule ends before it, and another one `follows`."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("直播地点"))
    title = models.CharField(_("主题"), max_length=60)
    kind = models.CharField(_("类型"), max_length=12, choices=SessionKind)
    host = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("主播"))
    from_time = models.TimeField(_("几点开播"))
    minutes = models.PositiveSmallIntegerField(_("播多久（分钟）"))
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("每周几"))  # 1 Monday … 7
    month_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("每月几号"))
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"))
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接着哪一个"))
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁排的"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("固定场次")
        verbose_name_plural = pgettext_lazy("many", "固定场次")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="series_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(kind__in=SessionKind.values), name="series_kind_is_known"),
            models.CheckConstraint(condition=Q(minutes__range=(1, LONGEST_SESSION_MINUTES)), name="series_session_within_a_day"),
            models.CheckConstraint(
                condition=Q(weekdays__len=0, month_days__len__gt=0) | Q(weekdays__len__gt=0, month_days__len=0),
                name="series_by_week_or_by_month",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> SeriesRule:
        """For `rules/series.py`."""
        return SeriesRule(self.from_on, self.until_on, self.from_time, self.minutes, tuple(self.weekdays), tuple(self.month_days))
