from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.agreement import Standing, standing
from livestream.rules.promotion import LINK_AT_MOST
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import date

    from livestream.models.person import User


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class Agreement(models.Model):
    """What a partner (a platform, a company, an academy) and the county agreed on, for which days."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    partner = models.CharField(_("和谁签的"), max_length=60)
    subject = models.CharField(_("签的什么"), max_length=120)
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"))
    kept_where = models.CharField(_("文本放在哪里"), max_length=120, blank=True)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁登记的"))
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("合作协议")
        verbose_name_plural = pgettext_lazy("many", "合作协议")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="agreement_ends_after_it_begins"),
            models.UniqueConstraint(fields=["county", "partner", "subject", "from_on"], name="agreement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.subject}"


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="agreement__county"))


class Deliverable(models.Model):
    """One thing that was promised: how many of it, until when, and how many there are with a proof of it."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="deliverables", verbose_name=_("合作协议"))
    what = models.CharField(_("答应了什么"), max_length=120)
    unit = models.CharField(_("单位"), max_length=8)  # 场, 天, 人
    wanted = models.PositiveIntegerField(_("要多少"))
    due_on = models.DateField(_("哪天以前"))
    done = models.PositiveIntegerField(_("做了多少"), default=0)
    evidence = models.CharField(_("证明的链接"), max_length=LINK_AT_MOST, blank=True)
    done_at = models.DateTimeField(_("兑现时间"), null=True, blank=True)
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        verbose_name = _("承诺事项")
        verbose_name_plural = pgettext_lazy("many", "承诺事项")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(wanted__gt=0), name="deliverable_wants_something"),
            models.CheckConstraint(condition=Q(done=0) | ~Q(evidence=""), name="delivered_with_evidence"),
            models.CheckConstraint(
                condition=Q(done_at=None, done__lt=F("wanted")) | Q(done_at__isnull=False, done__gte=F("wanted")),
                name="delivered_when_all_is_done",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def standing(self, today: date) -> Standing:
        return standing(wanted=self.wanted, done=self.done, due_on=self.due_on, today=today)
