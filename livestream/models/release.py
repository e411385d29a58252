from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.together import together
from livestream.rules.release import Change
from livestream.rules.rights import Action
from livestream.rules.token import digest_of, is_token

if TYPE_CHECKING:
    from livestream.models.person import User


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="place"))


class Release(models.Model):
    """A frozen version of the plan of some days in one place (a county, or a township or village of it). What it changed is in
    its `changes`; what was in force after it is the newest change of each session up to it."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("范围"))
    number = models.PositiveIntegerField(_("版本号"))  # 1, 2, 3… in its county
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    restores = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("退回到"))
    released_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("发布人"))
    released_at = models.DateTimeField(_("发布时间"))

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("plan", "发布")
        verbose_name_plural = pgettext_lazy("many plan", "发布")
        constraints = [
            models.UniqueConstraint(fields=["county", "number"], name="release_number_once_per_county"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="release_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.county_id} v{self.number}"


class ReleasedChangeQuerySet(models.QuerySet["ReleasedChange"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))


class ReleasedChange(models.Model):
    """What one release did to one session: new, changed or cancelled; its plan before and after (`rules/release.py: Plan`)."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="changes", verbose_name=pgettext_lazy("plan", "发布"))
    session = models.ForeignKey("livestream.LiveSession", models.PROTECT, related_name="released", verbose_name=_("场次"))
    version = models.PositiveIntegerField(_("版本"))  # the session's plan_version that was released
    change = models.CharField(_("变化"), max_length=10, choices=Change)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField()

    objects = ReleasedChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("发布的变化")
        verbose_name_plural = pgettext_lazy("many", "发布的变化")
        constraints = [
            models.UniqueConstraint(fields=["release", "session"], name="session_once_per_release"),
            models.UniqueConstraint(fields=["session", "version"], name="version_released_once"),
            models.CheckConstraint(condition=Q(change__in=Change.values), name="released_change_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.session_id}"


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="change__session__county", place="change__session__place"))

    def by_token(self, token: str) -> Self:
        """The one of this link, as long as its person is not stopped."""
        return self.filter(digest=digest_of(token), person__is_active=True) if is_token(token) else self.none()

    def newest(self) -> Self:
        """Those that no later change of the same session has ended."""
        return self.filter(superseded_at=None)

    def asked(self) -> Self:
        return self.newest().filter(due_at__isnull=False)

    def unanswered(self) -> Self:
        return self.asked().filter(answered_at=None)


class Confirmation(models.Model):
    """That one person concerned was told of a released change, opened it, and answered. The link's token is told once; here lies
    its SHA-256. A newer change of the same session ends it (`superseded_at`)."""

    change = models.ForeignKey(ReleasedChange, models.CASCADE, related_name="confirmations", verbose_name=_("发布的变化"))
    person = models.ForeignKey("livestream.User", models.CASCADE, related_name="confirmations", verbose_name=_("人员"))
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    told_at = models.DateTimeField(_("通知时间"))
    due_at = models.DateTimeField(_("最晚回复"), null=True, blank=True)  # None: nothing is asked, only told
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    can_come = models.BooleanField(_("能来"), null=True, blank=True)
    answered_at = models.DateTimeField(_("回复时间"), null=True, blank=True)
    answer_note = models.CharField(_("留言"), max_length=200, blank=True)
    escalated_at = models.DateTimeField(_("转工作人员时间"), null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("确认")
        verbose_name_plural = pgettext_lazy("many", "确认")
        constraints = [
            models.UniqueConstraint(fields=["change", "person"], name="asked_once_about_a_change"),
            models.CheckConstraint(condition=together("can_come", "answered_at"), name="answer_has_its_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.person_id}"
