from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from orders.models.delivery import Delivery
from orders.rules.waiting import LETTER_ADVICE, NOTE_AT_MOST, LetterReason, LetterState

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from livestream.models import User


class DeadLetterQuerySet(models.QuerySet["DeadLetter"]):
    def visible_to(self, user: User, action: Action = Action.SEE_FILES) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def waiting(self) -> Self:
        return self.filter(state=LetterState.WAITING)

    def due(self, at: datetime) -> Self:
        return self.waiting().filter(due_at__lte=at).order_by("due_at")


class DeadLetter(models.Model):
    """A signed push that was acked and kept because it could not be read or stored. After a few tries it waits for a person."""

    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    shop = models.ForeignKey(
        "orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("店铺")
    )
    message_id = models.CharField(_("消息号"), max_length=128)
    digest = models.BinaryField(_("摘要"), max_length=32)
    received_at = models.DateTimeField(_("收到时间"))
    size = models.PositiveIntegerField(_("字节"))
    reason = models.CharField(_("原因"), max_length=12, choices=LetterReason)
    tries = models.PositiveIntegerField(_("试过几次"), default=0)
    due_at = models.DateTimeField(_("下次自动重试"), null=True, blank=True)  # null: only a person tries again
    state = models.CharField(_("状态"), max_length=10, choices=LetterState, default=LetterState.WAITING)
    note = models.CharField(_("备注"), max_length=NOTE_AT_MOST, blank=True)
    by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("谁处理的")
    )
    at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    objects = DeadLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("读不懂的推送")
        verbose_name_plural = pgettext_lazy("many", "读不懂的推送")
        indexes = [models.Index(fields=["county", "received_at"], name="letter_waiting", condition=Q(state=LetterState.WAITING))]
        constraints = [
            models.UniqueConstraint(fields=["county", "shop", "message_id", "digest"], name="letter_once_per_delivery"),
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_is_known"),
            models.CheckConstraint(condition=Q(state=LetterState.WAITING) | Q(at__isnull=False), name="settled_letter_says_when"),
            models.CheckConstraint(
                condition=~Q(state=LetterState.DISMISSED) | (Q(by__isnull=False) & ~Q(note="")), name="dismissed_letter_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def delivery(self) -> Delivery:
        """The key of the message; its natural key is also ours."""
        return Delivery.objects.select_related("shop").get(
            county_id=self.county_id, shop_id=self.shop_id, message_id=self.message_id, digest=self.digest
        )

    @property
    def advice(self) -> str | _StrPromise:
        """What happened and what to do about it."""
        return LETTER_ADVICE[LetterReason(self.reason)]
