from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import inside, within
from livestream.models.together import together
from livestream.rules.availability import Away, Hours, Times, rule_words
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.models.person import User


class AvailabilityQuerySet(models.QuerySet["Availability"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        """Of the people and resources of one's places; one's own always."""
        codes = user.reach(action)
        people = inside(codes, "person__place__code")
        return self.filter(people | within(codes, county="resource__county", place="resource__place") | Q(person=user))

    def of(self, *, people: Iterable[int] = (), resources: Iterable[int] = ()) -> Self:
        """Of these people and resources (their ids)."""
        return self.filter(Q(person__in=people) | Q(resource__in=resources))

    def by_subject(self) -> dict[str, Times]:
        """What is known of each, by the subject of its bookings (`person:7`, `resource:3`); who is not there said nothing."""
        found: dict[str, Times] = {}
        for row in self:
            known = found.get(row.subject, Times())
            rule = row.rule
            found[row.subject] = (
                known._replace(hours=(*known.hours, rule))
                if isinstance(rule, Hours)
                else known._replace(away=(*known.away, rule))
            )
        return found


class Availability(models.Model):
    """When a person or a resource can be on air, or cannot. Either weekly hours (`weekday`, clock times: free then), or days
    away (`from_on`–`until_on`, both included, with clock times where only a part of each day is meant).

    Who has weekly hours is taken to be free in those alone; who has none is asked nothing (`rules/availability.py`)."""

    person = models.ForeignKey(
        "livestream.User", models.CASCADE, null=True, blank=True, related_name="availability", verbose_name=_("人员")
    )
    resource = models.ForeignKey(
        "livestream.Resource", models.CASCADE, null=True, blank=True, related_name="availability", verbose_name=_("资源")
    )
    weekday = models.PositiveSmallIntegerField(_("周几"), null=True, blank=True)  # 1 Monday … 7 Sunday
    from_on = models.DateField(_("从"), null=True, blank=True)
    until_on = models.DateField(_("到"), null=True, blank=True)
    from_time = models.TimeField(_("几点起"), null=True, blank=True)
    until_time = models.TimeField(_("到几点"), null=True, blank=True)  # 00:00 is the end of the day
    reason = models.CharField(_("原因"), max_length=60, blank=True)
    entered_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁填的"))
    entered_at = models.DateTimeField(_("填写时间"), auto_now=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("方便的时间")
        verbose_name_plural = pgettext_lazy("many", "方便的时间")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, resource=None) | Q(person=None, resource__isnull=False),
                name="availability_of_one",
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), from_on=None, until_on=None, from_time__isnull=False, until_time__isnull=False)
                | Q(weekday=None, from_on__isnull=False, until_on__gte=F("from_on")),
                name="availability_weekly_or_days_away",
            ),
            models.CheckConstraint(condition=together("from_time", "until_time"), name="availability_has_both_times"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.resource_id}"

    @property
    def subject(self) -> str:
        return f"person:{self.person_id}" if self.person_id else f"resource:{self.resource_id}"

    @property
    def rule(self) -> Hours | Away:
        """What this row says, for `rules/availability.py`."""
        if self.weekday is not None and self.from_time is not None and self.until_time is not None:
            return Hours(self.weekday, self.from_time, self.until_time)
        if self.from_on is None or self.until_on is None:
            raise ValueError(self.pk)  # availability_weekly_or_days_away
        return Away(self.from_on, self.until_on, self.from_time, self.until_time, self.reason)

    @property
    def words(self) -> str:
        """`10月1日周四到10月7日周三不行（走亲戚）`, or the weekly hours by the clock."""
        return rule_words(self.rule)
