from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.campaign import NAME_AT_MOST, NOTE_AT_MOST, SOURCE_AT_MOST, CampaignKind, Window
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def in_year(self, year: int) -> Self:
        """Those with a day in it."""
        return self.filter(from_on__year__lte=year, until_on__year__gte=year)


class Campaign(models.Model):
    """A window with a name and a goal: 95公益周, 新春开门红, 花椒节. `follows` is the same one of the year before.

    The goal is about the net of the campaign's sessions. `reported_fen` is a total that somebody told us, with who told it: it
    stands beside what was counted and is never added to it. `version` counts every change: who saves says which one he saw."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("名称"), max_length=NAME_AT_MOST)
    kind = models.CharField(_("类型"), max_length=12, choices=CampaignKind)
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"))
    goal_fen = models.BigIntegerField(_("目标（分）"), null=True, blank=True)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("接着哪一届")
    )
    note = models.CharField(_("说明"), max_length=NOTE_AT_MOST, blank=True)
    reported_fen = models.BigIntegerField(_("上报数（分）"), null=True, blank=True)
    reported_source = models.CharField(_("上报数是谁报的"), max_length=SOURCE_AT_MOST, blank=True)
    version = models.PositiveIntegerField(_("改过几次"), default=1, editable=False)
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
            models.CheckConstraint(
                condition=Q(reported_fen=None, reported_source="") | Q(reported_fen__gte=0) & ~Q(reported_source=""),
                name="reported_total_has_its_source",
            ),
            models.CheckConstraint(condition=Q(follows=None) | ~Q(follows=F("id")), name="campaign_follows_another"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def window(self) -> Window:
        return Window(self.from_on, self.until_on)
