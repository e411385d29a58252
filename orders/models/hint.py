from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from orders.rules.waiting import HINT_ADVICE, NOTE_AT_MOST, HintReason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from livestream.models import User

SINCE = Coalesce("waiting_since", "due_at")
LATE = timedelta(seconds=60)  # whoever waits longer is worth an alarm; most are answered within seconds


class HintKind(models.TextChoices):
    ORDER = "order", pgettext_lazy("one", "订单")
    AFTER_SALE = "after_sale", _("售后单")


class HintQuerySet(models.QuerySet["Hint"]):
    def visible_to(self, user: User, action: Action = Action.SEE_FILES) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def waiting(self) -> Self:
        return self.filter(asked__gt=F("answered"), given_up_at=None)

    def due(self, at: datetime) -> Self:
        return self.waiting().filter(due_at__lte=at).order_by("due_at")

    def oldest_first(self) -> Self:
        """With `since`, the moment from which each waits."""
        return self.annotate(since=SINCE).order_by(SINCE, "pk")

    def late(self, at: datetime) -> Self:
        return self.waiting().annotate(since=SINCE).filter(since__lt=at - LATE)

    def given_up(self) -> Self:
        """Those that nobody has dismissed since."""
        unanswered = self.filter(asked__gt=F("answered"), given_up_at__isnull=False)
        return unanswered.filter(Q(dismissed_at=None) | Q(dismissed_at__lt=F("given_up_at")))


class Hint(models.Model):
    """A push said only "look at this order": the row of work. `asked` counts the pushes, `answered` how many a fetch covers.

    What was given up is no longer asked for; what was dismissed was given up by a person. A new push clears `given_up_at` and
    so opens it again; who dismissed it before, when and why stays in the row.
    """

    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    shop = models.ForeignKey(
        "orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("店铺")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=HintKind)
    number = models.CharField(_("单号"), max_length=64)
    asked = models.IntegerField(_("来过几次"), default=1)
    answered = models.IntegerField(_("取到第几次"), default=0)
    attempts = models.IntegerField(_("试过几次"), default=0)
    due_at = models.DateTimeField(_("下次去取"))
    # Set by the first claim; until then `due_at` is the moment of the push that made it wait.
    waiting_since = models.DateTimeField(_("从何时起在等"), null=True, blank=True)
    first_asked_at = models.DateTimeField(_("第一次来"))
    given_up_at = models.DateTimeField(_("放弃时间"), null=True, blank=True)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)
    reason = models.CharField(_("原因"), max_length=12, choices=HintReason, blank=True, default="", db_default="")
    dismissed_at = models.DateTimeField(_("不再处理的时间"), null=True, blank=True)
    dismissed_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("谁不再处理")
    )
    note = models.CharField(_("备注"), max_length=NOTE_AT_MOST, blank=True, default="", db_default="")

    objects = HintQuerySet.as_manager()

    class Meta:
        verbose_name = _("待取订单")
        verbose_name_plural = pgettext_lazy("many", "待取订单")
        indexes = [
            models.Index(fields=["due_at"], name="hint_by_due", condition=Q(asked__gt=F("answered")) & Q(given_up_at=None)),
            models.Index(
                fields=["county", "given_up_at"],
                name="hint_given_up",
                condition=Q(asked__gt=F("answered")) & Q(given_up_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["county", "shop", "kind", "number"], name="hint_once_per_subject"),
            models.CheckConstraint(
                condition=Q(dismissed_at=None) | (Q(dismissed_by__isnull=False) & ~Q(note="")), name="dismissed_hint_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def is_dismissed(self) -> bool:
        return bool(self.given_up_at and self.dismissed_at and self.dismissed_at >= self.given_up_at)

    @property
    def advice(self) -> str | _StrPromise:
        """What happened and what to do about it."""
        return HINT_ADVICE[self.reason]

    @property
    def said(self) -> str:
        """The platform's own words, where they help."""
        return self.last_error if self.reason in {HintReason.REFUSED, HintReason.TOKEN, HintReason.MISSING} else ""
