from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.price_words import SubsidyTo
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class SubsidyRuleQuerySet(models.QuerySet["SubsidyRule"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class SubsidyRule(models.Model):
    """价格补贴: who adds how much to each unit sold, up to which sum. What it has paid is a sum of `orders.SubsidyEntry`."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("补贴"), max_length=60)
    payer = models.CharField(_("谁出钱"), max_length=60)
    per_unit_fen = models.PositiveIntegerField(_("每件补（分）"))
    cap_fen = models.BigIntegerField(_("一共最多（分）"))
    from_at = models.DateTimeField(_("从什么时候"))
    until_at = models.DateTimeField(_("到什么时候"))
    goes_to = models.CharField(
        _("补给谁"), max_length=6, choices=SubsidyTo, default=SubsidyTo.SELLER, db_default=SubsidyTo.SELLER.value
    )
    basis = models.CharField(_("文件依据"), max_length=120, blank=True)
    # What orders have used of it so far, handed down by `orders`; derived, rebuilt from its ledger.
    used_fen = models.BigIntegerField(_("已用（分）"), default=0, editable=False)
    is_active = models.BooleanField(_("在用"), default=True)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁建的"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    # Until then it counts for nothing. Of rules from before there was this step nobody is named, and it is when they were made.
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    approved_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁批准的")
    )

    objects = SubsidyRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("补贴规则")
        verbose_name_plural = pgettext_lazy("many", "补贴规则")
        ordering = ["-from_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["county", "name"], name="subsidy_once_per_county"),
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="subsidy_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(per_unit_fen__gt=0), name="subsidy_is_something"),
            models.CheckConstraint(condition=Q(cap_fen__gte=F("per_unit_fen")), name="subsidy_cap_holds_a_unit"),
            models.CheckConstraint(condition=Q(goes_to__in=SubsidyTo.values), name="subsidy_reaches_somebody"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by=None, approved_at=F("made_at"))
                | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("made_by")),
                name="subsidy_takes_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    @property
    def left_fen(self) -> int:
        return max(0, self.cap_fen - self.used_fen)

    @property
    def left_units(self) -> int:
        """For how many whole pieces it still lasts."""
        return self.left_fen // self.per_unit_fen
