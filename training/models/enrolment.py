from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.models.seating import OF_ENROLMENTS
from training.rules.cohort import SEATS
from training.rules.enrolment import SEATED, EnrolmentState, EnrolmentWay

if TYPE_CHECKING:
    from livestream.models import User
    from training.models.cohort import Cohort
    from training.models.trainee import Trainee


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="cohort__county", place="cohort__place") | Q(trainee__user=user))

    def reached_by(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="cohort__county", place="cohort__place"))

    def seated(self) -> Self:
        """Who has a seat, or had one to the end."""
        return self.filter(state__in=SEATED)

    def waiting(self) -> Self:
        """The queue, first come first."""
        return self.filter(state=EnrolmentState.WAITING).order_by("queue_no")

    def completed(self) -> Self:
        return self.filter(state=EnrolmentState.COMPLETED)


class Enrolment(models.Model):
    """One person in one cohort: a seat by its number, or a place in the queue. The database gives both (a trigger), whoever
    writes; a seat can be held by one only, and there are no more than the cohort has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort: Cohort = models.ForeignKey("training.Cohort", models.PROTECT, related_name="enrolments", verbose_name=_("培训班"))  # type: ignore[assignment]
    trainee: Trainee = models.ForeignKey("training.Trainee", models.PROTECT, related_name="enrolments", verbose_name=_("学员"))  # type: ignore[assignment]
    state = models.CharField(_("状态"), max_length=14, choices=EnrolmentState, default=EnrolmentState.ENROLLED)
    seat = models.PositiveSmallIntegerField(_("座位号"), null=True, blank=True)
    queue_no = models.PositiveIntegerField(_("候补号"), null=True, blank=True)
    way = models.CharField(_("怎么报的"), max_length=8, choices=EnrolmentWay, default=EnrolmentWay.TRAINER)
    client_id = models.UUIDField(unique=True, null=True, blank=True)  # of the phone: the same tap twice is one enrolment
    enrolled_at = models.DateTimeField(_("报名时间"), default=timezone.now)
    enrolled_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    promoted_at = models.DateTimeField(_("候补转正时间"), null=True, blank=True)
    told_at = models.DateTimeField(_("已告知"), null=True, blank=True)
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    left_because = models.CharField(_("退出原因"), max_length=120, blank=True)
    completed_on = models.DateField(_("结业日期"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("报名")
        verbose_name_plural = pgettext_lazy("many", "报名")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "trainee"], name="enrolled_once_per_cohort"),
            models.UniqueConstraint(fields=["cohort", "seat"], condition=Q(seat__isnull=False), name="seat_is_held_by_one"),
            models.CheckConstraint(condition=Q(seat=None) | Q(seat__range=(1, SEATS)), name="seat_is_one_of_forty"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(SEATED), seat__isnull=False, queue_no=None)
                | Q(state=EnrolmentState.WAITING, seat=None, queue_no__isnull=False)
                | Q(state=EnrolmentState.WITHDRAWN, seat=None, queue_no=None),
                name="enrolment_has_a_seat_or_waits",
            ),
            models.UniqueConstraint(fields=["cohort", "queue_no"], condition=Q(queue_no__isnull=False), name="queue_number_once"),
            models.CheckConstraint(condition=Q(way__in=EnrolmentWay.values), name="enrolment_way_is_known"),
            models.CheckConstraint(
                condition=~Q(state=EnrolmentState.COMPLETED) | Q(completed_on__isnull=False), name="completed_on_a_day"
            ),
        ]
        triggers = OF_ENROLMENTS

    def __str__(self) -> str:
        return f"{self.state} {self.seat or ''}"
