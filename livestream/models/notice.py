from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.notice import (
    EMAIL_UNLESS_SAID,
    GROUP_OF,
    SMS_UNLESS_SAID,
    NoticeGroup,
    NoticeKind,
    NoticeState,
    RobotKind,
    Way,
)
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class RobotQuerySet(models.QuerySet["Robot"]):
    def visible_to(self, user: User, action: Action = Action.KEEP_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class Robot(models.Model):
    """A chat group's robot to which a county's notices go. Its address is a secret: whoever has it can write to the group."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    kind = models.CharField(_("类型"), max_length=8, choices=RobotKind)
    name = models.CharField(_("群名"), max_length=40)
    address = EncryptedTextField(_("地址"))  # "" of one that was stopped
    secret = EncryptedTextField(_("加签密钥"), blank=True, default="")
    is_in_use = models.BooleanField(_("在用"), default=True)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁加的"))
    made_at = models.DateTimeField(_("加入时间"), auto_now_add=True)

    objects = RobotQuerySet.as_manager()

    class Meta:
        verbose_name = _("群机器人")
        verbose_name_plural = pgettext_lazy("many", "群机器人")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RobotKind.values), name="robot_kind_is_known"),
            models.UniqueConstraint(
                fields=["county", "name"], condition=Q(is_in_use=True), name="robot_in_use_named_once_per_county"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User, action: Action = Action.PLAN_SESSION) -> Self:
        """Those of the sessions and places where this person plans, and his own."""
        return self.filter(within(user.reach(action), county="county", place="session__place") | Q(person=user))

    def reached_by(self, user: User, action: Action = Action.PLAN_SESSION) -> Self:
        """The same without his own."""
        return self.filter(within(user.reach(action), county="county", place="session__place"))

    def inbox_of(self, user: User) -> Self:
        return self.filter(person=user, way=Way.INBOX, state=NoticeState.SENT).order_by("-sent_at", "-pk")

    def unread_of(self, user: User) -> Self:
        return self.filter(person=user, way=Way.INBOX, state=NoticeState.SENT, read_at=None)


class Notice(models.Model):
    """One message to one person by one way (or to one robot), queued in the transaction of the change it tells of.

    `version` is the released version of the session, or the version of the hold, that it speaks of: a reminder whose version is
    superseded is withdrawn."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    kind = models.CharField(_("类型"), max_length=16, choices=NoticeKind)
    way = models.CharField(_("方式"), max_length=8, choices=Way)
    person = models.ForeignKey(
        "livestream.User", models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("给谁")
    )
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("群机器人"))
    phone = EncryptedTextField(_("手机号"), blank=True, default="")  # of somebody without an account: a trainee, by SMS alone
    session = models.ForeignKey(
        "livestream.LiveSession", models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("场次")
    )
    hold = models.ForeignKey(
        "livestream.Hold", models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("占用事项")
    )
    version = models.PositiveIntegerField(_("版本"), null=True, blank=True)
    text = models.CharField(_("内容"), max_length=500)
    # An address here, without the host. Encrypted: one to `/c/` opens without a login, and staff never see it.
    link = EncryptedTextField(_("链接"), blank=True, default="")
    due_at = models.DateTimeField(_("何时发"))
    expires_at = models.DateTimeField(_("过了就不发"), null=True, blank=True)  # a reminder after its session helps nobody
    state = models.CharField(_("状态"), max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    tries = models.PositiveSmallIntegerField(_("试了几次"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    error = models.CharField(_("没发成的原因"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = pgettext_lazy("many", "通知")
        indexes = [
            models.Index(fields=["due_at"], name="notice_due", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["person", "state"], name="notice_by_person"),
            models.Index(fields=["session", "state"], name="notice_by_session"),
            models.Index(fields=["hold", "state"], name="notice_by_hold", condition=Q(hold__isnull=False)),
            models.Index(fields=["county", "-due_at"], name="notice_by_county"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_is_known"),
            models.CheckConstraint(
                condition=Q(way=Way.ROBOT, robot__isnull=False, person=None, phone="")
                | ~Q(way=Way.ROBOT) & Q(robot=None, person__isnull=False, phone="")
                | Q(way=Way.SMS, robot=None, person=None) & ~Q(phone=""),
                name="notice_to_one",
            ),
            models.UniqueConstraint(
                fields=["person", "way", "kind", "session", "version"],
                condition=Q(person__isnull=False, session__isnull=False, version__isnull=False),
                name="told_once_of_a_version",
            ),
            models.UniqueConstraint(
                fields=["robot", "kind", "session", "version"],
                condition=Q(robot__isnull=False, session__isnull=False, version__isnull=False),
                name="robot_told_once_of_a_version",
            ),
            models.UniqueConstraint(
                fields=["person", "way", "kind", "hold", "version"],
                condition=Q(person__isnull=False, hold__isnull=False, version__isnull=False),
                name="told_once_of_a_version_of_a_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.way}"

    @property
    def may_be_retried(self) -> bool:
        return self.state == NoticeState.FAILED and (self.expires_at is None or self.expires_at > timezone.now())

    @property
    def is_on_its_way(self) -> bool:
        return self.state in {NoticeState.WAITING, NoticeState.SENDING}


def sms_unless_said() -> list[str]:
    return [group.value for group in SMS_UNLESS_SAID]


def email_unless_said() -> list[str]:
    return [group.value for group in EMAIL_UNLESS_SAID]


class NoticePreference(models.Model):
    """Where else than in the inbox a person wants to be told, and of what. Without a row: text messages of the plan and the
    reminders, no e-mail."""

    person = models.OneToOneField(
        "livestream.User", models.CASCADE, primary_key=True, related_name="notice_preference", verbose_name=_("人员")
    )
    email = EncryptedTextField(_("邮箱"), blank=True, default="")
    sms_for = ArrayField(
        models.CharField(max_length=8, choices=NoticeGroup), default=sms_unless_said, blank=True, verbose_name=_("发短信的")
    )
    email_for = ArrayField(
        models.CharField(max_length=8, choices=NoticeGroup), default=email_unless_said, blank=True, verbose_name=_("发邮件的")
    )

    class Meta:
        verbose_name = _("通知方式")
        verbose_name_plural = pgettext_lazy("many", "通知方式")
        constraints = [
            models.CheckConstraint(
                condition=Q(sms_for__contained_by=NoticeGroup.values, email_for__contained_by=NoticeGroup.values),
                name="notice_groups_are_known",
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)

    def ways(self, kind: NoticeKind) -> list[Way]:
        """The inbox always, and what was chosen for this kind."""
        group = GROUP_OF[kind]
        chosen = [(Way.SMS, group in self.sms_for), (Way.EMAIL, bool(self.email) and group in self.email_for)]
        return [Way.INBOX, *(way for way, is_wanted in chosen if is_wanted)]
