"""Who and what a session holds, and when. The database itself keeps this true: a trigger writes the hours, the subject and
whether the row binds; one exclusion constraint refuses a second session, by whatever path it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.together import together
from livestream.rules.planning import Duty
from livestream.rules.rights import Action
from livestream.rules.session import HOLDS_TIME

if TYPE_CHECKING:
    from livestream.models.person import User

STATES = ", ".join(f"'{state}'" for state in sorted(HOLDS_TIME))
PLACE = f"""
SELECT s.planned_start_at, s.planned_end_at, s.state, s.county_id INTO begins, ends, state, county
FROM livestream_livesession s WHERE s.id = NEW.session_id FOR SHARE;
IF NEW.segment_id IS NOT NULL THEN
    SELECT g.starts_at, g.ends_at INTO begins, ends FROM livestream_segment g WHERE g.id = NEW.segment_id;
END IF;
kind := CASE WHEN NEW.leader_id IS NOT NULL THEN 'guest' WHEN NEW.duty = 'host' THEN 'host' ELSE 'crew' END;
IF NEW.resource_id IS NOT NULL THEN
    SELECT begins - make_interval(mins => r.setup_minutes), ends + make_interval(mins => r.clearing_minutes),
        CASE r.kind WHEN 'studio' THEN 'studio' WHEN 'place' THEN 'studio' WHEN 'account' THEN 'account' ELSE 'kit' END
    INTO begins, ends, kind FROM livestream_resource r WHERE r.id = NEW.resource_id;
END IF;
NEW.during := tstzrange(begins, ends, '[)');
NEW.subject := COALESCE('person:' || NEW.person_id, 'leader:' || NEW.leader_id, 'resource:' || NEW.resource_id);
SELECT COALESCE(p.levels ->> kind, 'block') INTO level FROM livestream_planrules p WHERE p.county_id = county;
level := COALESCE(level, 'block');
NEW.is_binding := state IN ({STATES}) AND (level = 'block' OR (level = 'approve' AND NEW.excuse = ''));
RETURN NEW;
"""


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))

    def holding(self) -> Self:
        """Of sessions that are still to come or on air, excused ones too."""
        return self.filter(session__state__in=HOLDS_TIME)

    def overlapping(self, begins: Any, ends: Any) -> Self:
        """Those that hold any moment from `begins` up to `ends`, which is not part of it."""
        return self.filter(during__overlap=(begins, ends))


class Booking(models.Model):
    """One person, leader or resource that a session (or one segment of it) holds, with the time for setting up and clearing.

    `during`, `subject` and `is_binding` are written by the trigger: what anybody else writes there is overwritten. An `excuse` is
    the reason why this row may stand beside another of the same hours; it takes effect where the county's level is APPROVE."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="bookings", verbose_name=_("场次"))
    segment = models.ForeignKey(
        "livestream.Segment", models.CASCADE, null=True, blank=True, related_name="bookings", verbose_name=_("接力段")
    )
    person = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name=_("人员")
    )
    duty = models.CharField(_("分工"), max_length=16, choices=Duty, blank=True)
    leader = models.ForeignKey(
        "livestream.Leader", models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name=_("领导")
    )
    guest = models.OneToOneField(
        "livestream.Guest", models.CASCADE, null=True, blank=True, related_name="booking", editable=False
    )
    resource = models.ForeignKey(
        "livestream.Resource", models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name=_("资源")
    )
    room = models.OneToOneField("livestream.Room", models.CASCADE, null=True, blank=True, related_name="booking", editable=False)
    during = DateTimeRangeField(_("占用时间"), editable=False)
    subject = models.CharField(max_length=40, editable=False)
    is_binding = models.BooleanField(editable=False, default=True)
    excuse = models.CharField(_("为什么可以撞"), max_length=200, blank=True)
    excused_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, blank=True, related_name="+")
    excused_at = models.DateTimeField(null=True, blank=True)
    allowed_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, blank=True, related_name="+")
    allowed_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("占用")
        verbose_name_plural = pgettext_lazy("many", "占用")
        indexes = [models.Index(fields=["subject", "session"], name="booking_by_subject")]
        constraints = [
            ExclusionConstraint(
                name="booked_by_one_session_at_a_time",
                expressions=[
                    ("subject", RangeOperators.EQUAL),
                    ("session", RangeOperators.NOT_EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(is_binding=True),
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, leader=None, resource=None)
                | Q(person=None, leader__isnull=False, resource=None)
                | Q(person=None, leader=None, resource__isnull=False),
                name="booking_holds_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(person=None, duty="") | Q(person__isnull=False) & ~Q(duty=""), name="booked_person_has_a_duty"
            ),
            models.UniqueConstraint(fields=["session"], condition=Q(duty=Duty.HOST), name="one_host_per_session"),
            models.UniqueConstraint(fields=["session", "person", "duty"], name="duty_once_per_session"),
            models.UniqueConstraint(fields=["session", "resource"], condition=Q(segment=None), name="resource_once_per_session"),
            models.UniqueConstraint(fields=["segment", "resource"], name="resource_once_per_segment"),
            models.CheckConstraint(
                condition=Q(excuse="", excused_by=None, excused_at=None, allowed_by=None)
                | Q(excused_by__isnull=False, excused_at__isnull=False) & ~Q(excuse=""),
                name="excuse_has_an_author",
            ),
            models.CheckConstraint(condition=together("allowed_by", "allowed_at"), name="allowance_has_its_moment"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="place_booking",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[
                    ("begins", "timestamptz"),
                    ("ends", "timestamptz"),
                    ("state", "text"),
                    ("county", "text"),
                    ("kind", "text"),
                    ("level", "text"),
                ],
                func=PLACE,
            )
        ]

    def __str__(self) -> str:
        return self.subject
