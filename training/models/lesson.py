from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.rights import Action
from training.models.cohort import Cohort
from training.models.holding import HOLD_LESSON, LET_LESSON_GO, MOVE_LESSONS
from training.rules.course import Mode
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from livestream.models import User


pgtrigger.register(MOVE_LESSONS)(Cohort)


class LessonQuerySet(models.QuerySet["Lesson"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Those of his places, and those he teaches."""
        is_his = Q(trainer=user) | Q(assistant=user)
        return self.filter(within(user.reach(action), county="cohort__county", place="cohort__place") | is_his)

    def reached_by(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="cohort__county", place="cohort__place"))

    def standing(self) -> Self:
        """Planned or held, not called off: the lessons that are due."""
        return self.exclude(state=LessonState.CANCELLED)

    def held(self) -> Self:
        return self.filter(state=LessonState.HELD)


class Lesson(models.Model):
    """One scheduled meeting of a cohort (课次). Trainer, assistant and room are booked like those of a session.

    `secret` makes the changing sign-in codes of this lesson; it never leaves the server."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort: Cohort = models.ForeignKey("training.Cohort", models.PROTECT, related_name="lessons", verbose_name=_("培训班"))  # type: ignore[assignment]
    course = models.ForeignKey(
        "training.Course", models.PROTECT, null=True, blank=True, related_name="lessons", verbose_name=_("课程")
    )
    title = models.CharField(_("课题"), max_length=60)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    academic_hours = models.PositiveSmallIntegerField(_("学时"), default=2)
    mode = models.CharField(_("方式"), max_length=8, choices=Mode, default=Mode.OFFLINE)
    trainer = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="lessons", verbose_name=_("讲师")
    )
    assistant = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("助教")
    )
    room = models.ForeignKey(
        "livestream.Resource", models.PROTECT, null=True, blank=True, related_name="lessons", verbose_name=_("教室或场地")
    )
    room_note = models.CharField(_("别的地点"), max_length=80, blank=True)  # a village square is no resource
    state = models.CharField(_("状态"), max_length=10, choices=LessonState, default=LessonState.PLANNED)
    held_at = models.DateTimeField(_("上课登记时间"), null=True, blank=True)
    held_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁登记的")
    )
    cancelled_because = models.CharField(_("取消原因"), max_length=120, blank=True)
    note = models.CharField(_("备注"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    secret = EncryptedTextField(blank=True, editable=False)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("课次")
        verbose_name_plural = pgettext_lazy("many", "课次")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["cohort", "starts_at"], name="lesson_by_start")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="lesson_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(state__in=LessonState.values), name="lesson_state_is_known"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="lesson_mode_is_known"),
            models.CheckConstraint(condition=Q(academic_hours__range=(1, 24)), name="lesson_has_hours"),
            models.CheckConstraint(condition=~Q(state=LessonState.HELD) | Q(held_at__isnull=False), name="held_lesson_was_noted"),
            models.CheckConstraint(
                condition=Q(trainer=None) | Q(assistant=None) | ~Q(trainer=F("assistant")), name="lesson_is_assisted_by_another"
            ),
        ]
        triggers = [HOLD_LESSON, LET_LESSON_GO]

    def __str__(self) -> str:
        return self.title
