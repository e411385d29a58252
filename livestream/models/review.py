from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.review import Mark, ReviewPart
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class Statement(models.Model):
    """What a session had earned by a mark after it (T+1, …): figures and, against the mark before, every difference by its
    cause. Frozen when made: `orders` hands it down, nothing changes it."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="statements", verbose_name=_("场次"))
    mark = models.CharField(_("哪一次"), max_length=3, choices=Mark)
    due_at = models.DateTimeField(_("截到什么时候"))  # orders and refunds known up to then
    made_at = models.DateTimeField(_("算的时间"))
    figures = models.JSONField(editable=False)
    causes = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("复盘数字")
        verbose_name_plural = pgettext_lazy("many", "复盘数字")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "mark"], name="statement_once_per_mark"),
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="statement_mark_is_known"),
        ]
        triggers = [pgtrigger.Protect(name="statement_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.session_id} {self.mark}"


class ReviewNote(models.Model):
    """What people concluded of one part of the review."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="review_notes", verbose_name=_("场次"))
    part = models.CharField(_("哪一部分"), max_length=10, choices=ReviewPart)
    words = models.CharField(_("结论"), max_length=500)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁写的"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("复盘结论")
        verbose_name_plural = pgettext_lazy("many", "复盘结论")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(part__in=ReviewPart.values), name="note_part_is_known")]

    def __str__(self) -> str:
        return self.words[:20]


class ReviewActionQuerySet(models.QuerySet["ReviewAction"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place") | Q(owner=user))

    def open(self) -> Self:
        return self.filter(done_at=None)


class ReviewAction(models.Model):
    """改进: what is to be done after a review, by whom and until when; shown on the host's next session until it is done."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="review_actions", verbose_name=_("场次"))
    what = models.CharField(_("做什么"), max_length=200)
    owner = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁来做"))
    due_on = models.DateField(_("哪天做完"))
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁提的"))
    made_at = models.DateTimeField(_("提出时间"))
    done_at = models.DateTimeField(_("做完的时间"), null=True, blank=True)
    outcome = models.CharField(_("做得怎样"), max_length=200, blank=True)

    objects = ReviewActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("改进")
        verbose_name_plural = pgettext_lazy("many", "改进")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.what
