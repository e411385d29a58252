from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.together import together
from livestream.rules.promotion import CODE_LENGTH, LINK_AT_MOST, WHAT_AT_MOST, PromotionKind, TaskState, Visits, task_state
from livestream.rules.rights import Action
from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from livestream.models.person import User


class PromotionTaskQuerySet(models.QuerySet["PromotionTask"]):
    def reached_by(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="session__place"))

    def of(self, *, campaign: int | None = None, session: UUID | None = None) -> Self:
        """A campaign's own and those of its sessions, or one session's; by when they are due."""
        about = Q(session=session) if session else Q(campaign=campaign) | Q(session__campaign=campaign)
        return self.filter(about).select_related("owner", "session").order_by("due_at", "pk")

    def open(self) -> Self:
        return self.filter(done_at=None)

    def still_wanted(self) -> Self:
        """Open ones, without those of sessions that were cancelled."""
        return self.open().exclude(session__state=SessionState.CANCELLED)

    def counted(self) -> Self:
        """With how often the short link was opened, and on how many days."""
        return self.annotate(visits=Coalesce(Sum("opened__visits"), 0), visit_days=Count("opened"))


class PromotionTask(models.Model):
    """Something to be done before people come: a poster, a clip, a link to make an appointment. Of one session or of a campaign.

    `link` is what came of it. `/go/<code>/` leads there and counts how often, not who. `appointments` is typed in, from the
    platform. `reminded_for` is the due time of which its owner was reminded: another due time is told again."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    session = models.ForeignKey(
        "livestream.LiveSession", models.CASCADE, null=True, blank=True, related_name="promotion", verbose_name=_("场次")
    )
    campaign = models.ForeignKey(
        "livestream.Campaign", models.PROTECT, null=True, blank=True, related_name="promotion", verbose_name=_("活动")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=PromotionKind)
    what = models.CharField(_("做什么"), max_length=WHAT_AT_MOST)
    owner = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="promotion", verbose_name=_("谁做")
    )
    due_at = models.DateTimeField(_("什么时候做完"))
    link = models.CharField(_("链接"), max_length=LINK_AT_MOST, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, unique=True, editable=False)
    appointments = models.PositiveIntegerField(_("预约人数"), null=True, blank=True)
    done_at = models.DateTimeField(_("做完的时间"), null=True, blank=True)
    done_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, blank=True, related_name="+")
    reminded_for = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁派的"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = PromotionTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("预播推广")
        verbose_name_plural = pgettext_lazy("many", "预播推广")
        indexes = [
            models.Index(fields=["due_at"], name="promotion_open_by_due", condition=Q(done_at=None)),
            models.Index(fields=["owner", "due_at"], name="promotion_by_owner", condition=Q(done_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(session=None, campaign__isnull=False) | Q(session__isnull=False, campaign=None),
                name="promotion_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(kind__in=PromotionKind.values), name="promotion_kind_is_known"),
            models.CheckConstraint(condition=together("done_at", "done_by"), name="promotion_done_by_somebody"),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__regex=r"^https?://[^\s]+$"), name="promotion_link_is_of_the_web"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def state(self, at: datetime) -> TaskState:
        return task_state(self.due_at, self.done_at, at)


class PromotionVisit(models.Model):
    """How often a short link was opened on a Shanghai day. Nothing else is kept of it: no address, no device, no cookie."""

    task = models.ForeignKey(PromotionTask, models.CASCADE, related_name="opened")
    on = models.DateField()
    visits = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "on"], name="promotion_visits_once_a_day")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.on}"


def visits_of(task: PromotionTask) -> Visits:
    found = task.opened.aggregate(number=Coalesce(Sum("visits"), 0), days=Count("pk"))
    return Visits(found["number"], found["days"])
