"""Who was there: every scan and every tap once, for ever; and what holds in the end, which follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.rules.attendance import WAS_THERE, MarkWay, Presence

if TYPE_CHECKING:
    from livestream.models import User
    from training.models.enrolment import Enrolment
    from training.models.lesson import Lesson


class SignInSheet(models.Model):
    """A paper sheet printed for a lesson, its code in print, and the photo of it once it was signed."""

    lesson = models.ForeignKey("training.Lesson", models.PROTECT, related_name="sheets", verbose_name=_("课次"))
    code = models.CharField(_("表号"), max_length=12, unique=True)
    printed_at = models.DateTimeField(_("打印时间"), auto_now_add=True)
    printed_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁打印的"))
    photo = models.ForeignKey(
        "training.Photo", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签到表照片")
    )
    entered_at = models.DateTimeField(_("录入时间"), null=True, blank=True)
    entered_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁录入的")
    )

    class Meta:
        verbose_name = _("签到表")
        verbose_name_plural = pgettext_lazy("many", "签到表")

    def __str__(self) -> str:
        return self.code


class Mark(models.Model):
    """One scan, tap or line of a sheet, as it came; append-only. `client_id` is made where it was taken: the same one twice is
    one mark. `at`: when it happened, the phone's clock corrected; `skew_seconds`: by how much; `recorded_at`: when it was stored.
    `noted_by` took it, which is nobody where the trainee himself scanned."""

    client_id = models.UUIDField(unique=True)
    lesson: Lesson = models.ForeignKey("training.Lesson", models.PROTECT, related_name="marks", verbose_name=_("课次"))  # type: ignore[assignment]
    enrolment: Enrolment = models.ForeignKey("training.Enrolment", models.PROTECT, related_name="marks", verbose_name=_("学员"))  # type: ignore[assignment]
    presence = models.CharField(_("到课"), max_length=8, choices=Presence)
    way = models.CharField(_("方式"), max_length=10, choices=MarkWay)
    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(_("记下的时间"), db_default=Now())
    skew_seconds = models.IntegerField(_("手机时钟快慢（秒）"), default=0)
    device = models.CharField(_("设备"), max_length=64, blank=True)  # a random name the phone gave itself
    noted_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁记的")
    )
    sheet = models.ForeignKey(SignInSheet, models.PROTECT, null=True, blank=True, related_name="marks", verbose_name=_("签到表"))
    words = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("签到记录")
        verbose_name_plural = pgettext_lazy("many", "签到记录")
        indexes = [models.Index(fields=["lesson", "enrolment"], name="mark_by_lesson")]
        constraints = [
            models.CheckConstraint(condition=Q(presence__in=Presence.values), name="mark_presence_is_known"),
            models.CheckConstraint(condition=Q(way__in=MarkWay.values), name="mark_way_is_known"),
            models.CheckConstraint(
                condition=~Q(way=MarkWay.DECISION) | Q(noted_by__isnull=False) & ~Q(words=""), name="decision_has_a_reason"
            ),
        ]
        triggers = [pgtrigger.Protect(name="mark_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.presence} {self.way}"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        reached = within(user.reach(action), county="lesson__cohort__county", place="lesson__cohort__place")
        return self.filter(reached | Q(enrolment__trainee__user=user))

    def there(self) -> Self:
        return self.filter(presence__in=WAS_THERE)

    def contradicting(self) -> Self:
        return self.filter(is_contradicted=True)


class Attendance(models.Model):
    """What holds for one trainee and one lesson. It follows from the marks alone (`rules/attendance.resolve`), in whatever order
    they came, and can be made anew from them. `is_contradicted`: marks say different things, and nobody has decided yet."""

    lesson: Lesson = models.ForeignKey("training.Lesson", models.PROTECT, related_name="attendances", verbose_name=_("课次"))  # type: ignore[assignment]
    enrolment: Enrolment = models.ForeignKey(
        "training.Enrolment", models.PROTECT, related_name="attendances", verbose_name=_("学员")
    )  # type: ignore[assignment]
    presence = models.CharField(_("到课"), max_length=8, choices=Presence)
    way = models.CharField(_("方式"), max_length=10, choices=MarkWay)
    at = models.DateTimeField(_("时间"))
    is_contradicted = models.BooleanField(_("有矛盾"), default=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("到课情况")
        verbose_name_plural = pgettext_lazy("many", "到课情况")
        constraints = [
            models.UniqueConstraint(fields=["lesson", "enrolment"], name="attendance_once_per_lesson"),
            models.CheckConstraint(condition=Q(presence__in=Presence.values), name="attendance_presence_is_known"),
        ]
        indexes = [models.Index(fields=["enrolment"], name="attendance_by_enrolment", include=["lesson", "presence"])]

    def __str__(self) -> str:
        return self.presence
