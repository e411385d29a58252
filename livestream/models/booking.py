"""Who and what a session or a lesson holds, and when. The database itself keeps this true: a trigger writes the hours, the
subject and whether the row binds; one exclusion constraint refuses a second holder, by whatever path it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.placing import TURN, TURNS, mirrored
from livestream.rules.planning import AT_ONCE, TEACHING, ClashKind, Duty
from livestream.rules.rights import Action
from livestream.rules.session import HOLDS_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from livestream.models.hold import Hold
    from livestream.models.person import User
    from livestream.models.session import LiveSession

STATES = ", ".join(f"'{state}'" for state in sorted(HOLDS_TIME))
NOT_AT_ONCE = ", ".join(f"'{kind}'" for kind in sorted(set(ClashKind) - AT_ONCE))
TABLE_IS_HELD = "cunbo.bookings_held"  # set where all bookings of a county are placed anew: nobody else writes any then
PLACE = f"""
IF TG_OP = 'INSERT'
OR (NEW.session_id, NEW.hold_id, NEW.segment_id) IS DISTINCT FROM (OLD.session_id, OLD.hold_id, OLD.segment_id) THEN
    PERFORM 1 FROM livestream_livesession s WHERE s.id = NEW.session_id FOR SHARE;
    PERFORM 1 FROM livestream_hold h WHERE h.id = NEW.hold_id FOR SHARE;
    PERFORM 1 FROM livestream_segment g WHERE g.id = NEW.segment_id FOR SHARE;
END IF;
IF NEW.duty = 'host' THEN
    SELECT s.host_id INTO NEW.person_id FROM livestream_livesession s WHERE s.id = NEW.session_id;
ELSIF NEW.guest_id IS NOT NULL THEN
    SELECT g.leader_id, g.segment_id INTO NEW.leader_id, NEW.segment_id FROM livestream_guest g WHERE g.id = NEW.guest_id;
END IF;
NEW.subject := COALESCE('person:' || NEW.person_id, 'leader:' || NEW.leader_id, 'resource:' || NEW.resource_id);
IF COALESCE(current_setting('{TABLE_IS_HELD}', true), '') <> 'yes' THEN
    PERFORM pg_advisory_xact_lock({TURNS}, {TURN.format(subject="NEW.subject")});
END IF;
NEW.holder := COALESCE(NEW.session_id, NEW.hold_id);
IF NEW.hold_id IS NOT NULL THEN
    SELECT h.starts_at, h.ends_at, h.is_standing, h.county_id INTO begins, ends, NEW.is_holding, county
    FROM livestream_hold h WHERE h.id = NEW.hold_id;
ELSE
    SELECT s.planned_start_at, s.planned_end_at, s.state IN ({STATES}), s.county_id INTO begins, ends, NEW.is_holding, county
    FROM livestream_livesession s WHERE s.id = NEW.session_id;
END IF;
IF NEW.segment_id IS NOT NULL THEN
    SELECT g.starts_at, g.ends_at INTO begins, ends FROM livestream_segment g
    WHERE g.id = NEW.segment_id AND g.session_id = NEW.session_id;
END IF;
kind := CASE WHEN NEW.leader_id IS NOT NULL THEN 'guest' WHEN NEW.duty = 'host' THEN 'host' ELSE 'crew' END;
IF NEW.resource_id IS NOT NULL THEN
    SELECT begins - make_interval(mins => r.setup_minutes), ends + make_interval(mins => r.clearing_minutes),
        CASE r.kind WHEN 'studio' THEN 'studio' WHEN 'place' THEN 'studio' WHEN 'account' THEN 'account' ELSE 'kit' END
    INTO begins, ends, kind FROM livestream_resource r WHERE r.id = NEW.resource_id;
END IF;
IF begins IS NULL OR ends IS NULL THEN
    RAISE EXCEPTION 'booking of no session, or of a segment of another one' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'booked_segment_is_of_the_session';
END IF;
NEW.during := tstzrange(begins, ends, '[)');
SELECT p.levels ->> kind INTO level FROM livestream_planrules p WHERE p.county_id = county;
NEW.is_binding := NEW.is_holding AND CASE level WHEN 'warn' THEN false WHEN 'approve' THEN NOT EXISTS (
    SELECT 1 FROM livestream_excuse e WHERE e.session_id = NEW.session_id AND e.subject = NEW.subject
    AND e.kind NOT IN ({NOT_AT_ONCE}) AND tstzrange(e.begins_at, e.ends_at, '[)') && NEW.during) ELSE true END;
RETURN NEW;
"""

# A session without the booking of its host, or a leader's or an account's that somebody took away, could be planned over.
STAYS = """
IF TG_OP = 'UPDATE' AND NEW.session_id = OLD.session_id AND NEW.duty = OLD.duty
AND NEW.guest_id IS NOT DISTINCT FROM OLD.guest_id AND NEW.room_id IS NOT DISTINCT FROM OLD.room_id THEN
    RETURN NULL;
END IF;
IF OLD.duty = 'host' AND EXISTS (SELECT 1 FROM livestream_livesession s WHERE s.id = OLD.session_id)
AND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = OLD.session_id AND b.duty = 'host')
OR EXISTS (SELECT 1 FROM livestream_guest g WHERE g.id = OLD.guest_id AND g.leader_id IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.guest_id = OLD.guest_id)
OR EXISTS (SELECT 1 FROM livestream_room m JOIN livestream_resource r ON r.platform = m.platform AND r.account = m.account
    WHERE m.id = OLD.room_id AND r.id = OLD.resource_id AND m.session_id = OLD.session_id)
AND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = OLD.session_id AND b.resource_id = OLD.resource_id)
THEN
    RAISE EXCEPTION 'what a session needs stays booked as long as it needs it' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'booked_as_long_as_it_is_needed';
END IF;
RETURN NULL;
"""


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        codes = user.reach(action)
        of_hold = within(codes, county="hold__county", place="hold__place")
        return self.filter(within(codes, county="session__county", place="session__place") | of_hold)

    def holding(self) -> Self:
        """Of sessions that are still to come or on air, excused ones too, and of lessons that are not called off."""
        return self.filter(is_holding=True)

    def of(self, holders: Iterable[UUID | None]) -> Self:
        """Those of these sessions and holds."""
        asked = [one for one in holders if one]
        return self.filter(Q(session__in=asked) | Q(hold__in=asked))

    def overlapping(self, begins: Any, ends: Any) -> Self:
        """Those that hold any moment from `begins` up to `ends`, which is not part of it."""
        return self.filter(during__overlap=(begins, ends))


class Booking(models.Model):
    """One person, leader or resource that a session (or one segment of it), or a hold, has for itself, with the time for setting
    up and clearing.

    `during`, `subject`, `holder` (the session's or the hold's id), `is_holding` and `is_binding` are written by the trigger: what
    anybody else writes there is overwritten. Where the
    county's level is APPROVE, an `Excuse` lets the row stand beside another of the same hours. The constraint can wait for the
    end of a verb that writes the excuse after the session; who writes by SQL is told at once."""

    session: LiveSession = models.ForeignKey(
        "livestream.LiveSession", models.CASCADE, null=True, blank=True, related_name="bookings", verbose_name=_("场次")
    )  # type: ignore[assignment]
    hold: Hold | None = models.ForeignKey(
        "livestream.Hold", models.CASCADE, null=True, blank=True, related_name="bookings", verbose_name=_("占用事项")
    )  # type: ignore[assignment]
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
    holder = models.UUIDField(editable=False)
    is_holding = models.BooleanField(editable=False, default=True)
    is_binding = models.BooleanField(editable=False, default=True)

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
                    ("holder", RangeOperators.NOT_EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(is_binding=True),
                deferrable=Deferrable.IMMEDIATE,
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
            models.CheckConstraint(
                condition=Q(session__isnull=False, hold=None) & ~Q(duty__in=TEACHING)
                | Q(session=None, hold__isnull=False, segment=None, duty__in=["", *TEACHING]),
                name="booked_by_a_session_or_a_hold",
            ),
            models.UniqueConstraint(fields=["hold", "duty"], condition=~Q(duty=""), name="one_of_each_duty_per_hold"),
            models.UniqueConstraint(fields=["hold", "resource"], name="resource_once_per_hold"),
            models.UniqueConstraint(fields=["session"], condition=Q(duty=Duty.HOST), name="one_host_per_session"),
            models.UniqueConstraint(fields=["session", "person", "duty"], name="duty_once_per_session"),
            models.UniqueConstraint(fields=["session", "resource"], condition=Q(segment=None), name="resource_once_per_session"),
            models.UniqueConstraint(fields=["segment", "resource"], name="resource_once_per_segment"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="place_booking",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[
                    ("begins", "timestamptz"),
                    ("ends", "timestamptz"),
                    ("county", "text"),
                    ("kind", "text"),
                    ("level", "text"),
                ],
                func=PLACE,
            ),
            pgtrigger.Trigger(
                name="booking_stays",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=STAYS,
            ),
            mirrored("hold_books", "COALESCE(OLD.hold_id, NEW.hold_id) IS NOT NULL"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """Of its segment, else of the whole session or hold: without setting up and clearing."""
        if self.hold is not None:
            return self.hold.starts_at, self.hold.ends_at
        if self.segment is not None:
            return self.segment.starts_at, self.segment.ends_at
        return self.session.planned_start_at, self.session.planned_end_at
