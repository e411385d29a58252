from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.booking import Booking
from livestream.models.person import User
from livestream.models.place import within
from livestream.models.placing import book_accounts, place_anew
from livestream.models.together import together
from livestream.rules.rights import Action, holds
from livestream.rules.session import AIRED, GuestRank, SessionKind, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_SESSION = timedelta(hours=24)


class LiveSessionQuerySet(models.QuerySet["LiveSession"]):
    def reached_by(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        """Those in whose county or place this person may do that, by a post."""
        return self.filter(within(user.reach(action), county="county", place="place"))

    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        """The same, and everybody's own: a host needs no post for what he hosts."""
        return self.filter(within(user.reach(action), county="county", place="place") | Q(host=user))

    def live(self) -> Self:
        return self.filter(state=SessionState.LIVE)

    def aired(self) -> Self:
        return self.filter(state__in=AIRED)

    def upcoming(self, at: datetime) -> Self:
        before = {SessionState.DRAFT, SessionState.IN_REVIEW, SessionState.APPROVED, SessionState.REHEARSED}
        return self.filter(state__in=before, planned_end_at__gt=at).order_by("planned_start_at")

    def beginning(self, begins: datetime, ends: datetime) -> Self:
        """Those that began, or are planned to, from `begins` up to `ends`; cancelled ones too."""
        began = Q(went_live_at__gte=begins, went_live_at__lt=ends)
        return self.filter(began | Q(went_live_at=None, planned_start_at__gte=begins, planned_start_at__lt=ends))

    def of_day(self, day_start: datetime) -> Self:
        """Sessions of a Shanghai day (its first moment given): those that began in it, are planned in it, or are on air in it."""
        day_end = day_start + timedelta(days=1)
        on_air = self.filter(state=SessionState.LIVE, went_live_at__lt=day_end)
        return (self.beginning(day_start, day_end) | on_air).exclude(state=SessionState.CANCELLED)


class LiveSession(models.Model):
    """One stretch on air, planned and actual. Django already has a Session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    kind = models.CharField(_("类型"), max_length=12, choices=SessionKind)
    state = models.CharField(_("状态"), max_length=10, choices=SessionState, default=SessionState.DRAFT)
    title = models.CharField(_("主题"), max_length=60)
    host = models.ForeignKey("livestream.User", models.PROTECT, related_name="sessions", verbose_name=_("主播"))
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("直播地点"))
    planned_start_at = models.DateTimeField(_("计划开播"))
    planned_end_at = models.DateTimeField(_("计划下播"))
    went_live_at = models.DateTimeField(_("开播时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("下播时间"), null=True, blank=True)
    goal_fen = models.BigIntegerField(_("目标（分）"), null=True, blank=True)
    is_public_interest = models.BooleanField(
        _("公益推介"), default=False
    )  # civil servants on air: no advertisement (广告法 第九条)
    campaign = models.ForeignKey(
        "livestream.Campaign", models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("活动")
    )
    series = models.ForeignKey(
        "livestream.Series", models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("固定场次")
    )
    series_on = models.DateField(_("固定场次的日子"), null=True, blank=True)  # stays, wherever the session is moved to
    note = models.CharField(_("备注"), max_length=500, blank=True)
    # Counts every change of the plan: who saves must say which one he saw. What people were told of is `released_version`.
    plan_version = models.PositiveIntegerField(_("计划版本"), default=1)
    released_version = models.PositiveIntegerField(_("发布的版本"), null=True, blank=True)
    # Counts every change of the window or the rooms, so that orders can tell which sessions to attribute anew.
    window_revision = models.PositiveIntegerField(default=0, editable=False)
    window_changed_at = models.DateTimeField(null=True, editable=False)
    return_words = models.CharField(
        _("退货说明"), max_length=300, blank=True, db_default=""
    )  # beside what each product's policy says
    replay_url = models.URLField(
        _("回放地址"), max_length=500, blank=True, db_default=""
    )  # 网络交易监督管理办法: kept three years
    replay_sha256 = models.CharField(_("回放文件的 SHA-256"), max_length=64, blank=True, db_default="")
    replay_until_on = models.DateField(_("回放保存到"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = LiveSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("场次")
        verbose_name_plural = pgettext_lazy("many", "场次")
        indexes = [
            models.Index(fields=["county", "planned_start_at"], name="session_by_plan"),
            models.Index(fields=["county", "went_live_at"], name="session_by_air"),
            models.Index(fields=["state", "ended_at"], name="session_by_state"),  # who is on air, of all counties
        ]
        constraints = [
            models.CheckConstraint(condition=Q(planned_end_at__gt=F("planned_start_at")), name="session_plan_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("went_live_at")), name="session_ends_after_going_live"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(AIRED)) | Q(went_live_at__isnull=False), name="aired_session_went_live"
            ),
            models.CheckConstraint(condition=Q(state__in=SessionState.values), name="session_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=SessionKind.values), name="session_kind_is_known"),
            models.CheckConstraint(
                condition=Q(planned_end_at__lte=F("planned_start_at") + LONGEST_SESSION), name="session_within_a_day"
            ),
            models.CheckConstraint(condition=together("series", "series_on"), name="session_of_a_series_has_its_day"),
            models.UniqueConstraint(fields=["series", "series_on"], name="one_session_per_day_of_a_series"),
            models.CheckConstraint(
                condition=Q(released_version=None) | Q(released_version__lte=F("plan_version")), name="released_what_was_planned"
            ),
        ]
        triggers = [
            # The host is booked with the session, and whatever it holds moves with it, by whatever path it is written.
            pgtrigger.Trigger(
                name="book_host",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("host_id"),
                func="""
IF TG_OP = 'UPDATE' THEN
    UPDATE livestream_booking SET person_id = NEW.host_id
    WHERE session_id = NEW.id AND duty = 'host' AND person_id <> NEW.host_id;
ELSE
    INSERT INTO livestream_booking (session_id, person_id, duty, during, subject, is_binding)
    VALUES (NEW.id, NEW.host_id, 'host', 'empty', '', true);
END IF;
RETURN NULL;
""",
            ),
            pgtrigger.Trigger(
                name="move_bookings",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("planned_start_at", "planned_end_at", "state", "county_id"),
                condition=pgtrigger.AnyChange("planned_start_at", "planned_end_at", "state", "county_id"),
                func=place_anew("session_id = NEW.id") + " RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def lies_in(self, codes: Iterable[str]) -> bool:
        """What `reached_by` asks the database, of a session in memory."""
        return holds(codes, county=self.county_id, place=self.place_id)

    def people_concerned(self) -> models.QuerySet[User]:
        """The host and the crew: whoever must know when, where and whether."""
        booked = Booking.objects.filter(session=self, person__isnull=False).values("person")
        return User.objects.filter(Q(pk=self.host_id) | Q(pk__in=booked)).order_by("pk")

    @property
    def is_live(self) -> bool:
        return self.state == SessionState.LIVE

    @property
    def started_at(self) -> datetime:
        return self.went_live_at or self.planned_start_at


class Room(models.Model):
    """A platform room that a session holds while it is on air; `account` is the host account that owns it."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="rooms", verbose_name=_("场次"))
    platform = models.CharField(_("平台"), max_length=16)
    room_id = models.CharField(_("直播间号"), max_length=64)
    account = models.CharField(_("直播账号"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("直播间")
        verbose_name_plural = pgettext_lazy("many", "直播间")
        indexes = [models.Index(fields=["room_id"], name="room_by_id"), models.Index(fields=["account"], name="room_by_account")]
        constraints = [models.UniqueConstraint(fields=["session", "platform", "room_id"], name="room_once_per_session")]
        triggers = [
            # An account that the county keeps as a resource is booked by the room that uses it.
            pgtrigger.Trigger(
                name="book_account",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("account", "platform", "session_id"),
                func=book_accounts("m.session_id = NEW.session_id") + "RETURN NULL;",
            ),
            # Another room of the same account keeps it; asked when a session that is deleted is gone.
            pgtrigger.Trigger(
                name="keep_account",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("session_id") | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=book_accounts("m.session_id = OLD.session_id") + "RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.room_id


class Guest(models.Model):
    """A guest of a session; the rank decides whether a county-head broadcast counts for the yearly quota."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="guests", verbose_name=_("场次"))
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("职务"), max_length=60)
    rank = models.CharField(_("级别"), max_length=8, choices=GuestRank)
    leader = models.ForeignKey(
        "livestream.Leader", models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("领导")
    )
    segment = models.ForeignKey(
        "livestream.Segment", models.SET_NULL, null=True, blank=True, related_name="guests", verbose_name=_("接力段")
    )

    class Meta:
        verbose_name = _("嘉宾")
        verbose_name_plural = pgettext_lazy("many", "嘉宾")
        constraints = [models.UniqueConstraint(fields=["session", "name"], name="guest_once_per_session")]
        triggers = [
            # A guest who is in the register of leaders is booked for his segment, or for the whole session.
            pgtrigger.Trigger(
                name="book_leader",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("leader_id", "segment_id", "session_id"),
                func="""
IF NEW.leader_id IS NULL THEN
    DELETE FROM livestream_booking WHERE guest_id = NEW.id;
ELSIF EXISTS (SELECT 1 FROM livestream_booking WHERE guest_id = NEW.id) THEN
    UPDATE livestream_booking SET leader_id = NEW.leader_id, segment_id = NEW.segment_id, session_id = NEW.session_id
    WHERE guest_id = NEW.id;
ELSE
    INSERT INTO livestream_booking (session_id, leader_id, segment_id, guest_id, duty, during, subject, is_binding)
    VALUES (NEW.session_id, NEW.leader_id, NEW.segment_id, NEW.id, '', 'empty', '', true);
END IF;
RETURN NULL;
""",
            )
        ]

    def __str__(self) -> str:
        return self.name
