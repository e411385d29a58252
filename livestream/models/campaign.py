from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.campaign import CampaignKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class Campaign(models.Model):
    """A window with a name and a goal: 95公益周, 新春开门红, 花椒节. `follows` is the same one of the year before."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=12, choices=CampaignKind)
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"))
    goal_fen = models.BigIntegerField(_("目标（分）"), null=True, blank=True)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("接着哪一届")
    )
    note = models.CharField(_("说明"), max_length=500, blank=True)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁建的"))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("活动")
        verbose_name_plural = pgettext_lazy("many", "活动")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="campaign_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(kind__in=CampaignKind.values), name="campaign_kind_is_known"),
            models.UniqueConstraint(fields=["county", "name", "from_on"], name="campaign_once"),
            models.CheckConstraint(condition=Q(goal_fen=None) | Q(goal_fen__gt=0), name="campaign_goal_is_positive"),
        ]

    def __str__(self) -> str:
        return self.name
