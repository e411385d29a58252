from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.models.together import together
from livestream.rules.reward import ENTRY_AT_MOST, TOP_PRIZE_FEN, RewardKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.models.person import User

AFTER_PUBLISHING = """
IF NOT EXISTS (
    SELECT 1 FROM livestream_rewardrule r WHERE r.id = NEW.rule_id AND r.kind = 'draw' AND r.published_at < NEW.drawn_at
) THEN
    RAISE EXCEPTION 'a draw needs a published rule' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'reward_drawn_after_publishing';
END IF;
RETURN NEW;
"""
STAYS = """
IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published reward stays as it is' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'published_reward_stays';
END IF;
RETURN NEW;
"""


class RewardRuleQuerySet(models.QuerySet["RewardRule"]):
    def reached_by(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="session__place"))

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def of(self, *, campaign: int | None = None, session: UUID | None = None) -> Self:
        """A campaign's own and those of its sessions, or one session's."""
        about = Q(session=session) if session else Q(campaign=campaign) | Q(session__campaign=campaign)
        return self.filter(about).select_related("session", "draw").order_by("pk")


class RewardRule(models.Model):
    """What viewers may get, and how. Published, it stays as it is for ever: the law asks that, and a trigger holds it.

    `published_text` is what viewers read. `seed` is told at the draw; until then only its SHA-256, `commitment`, is public."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    session = models.ForeignKey(
        "livestream.LiveSession", models.PROTECT, null=True, blank=True, related_name="rewards", verbose_name=_("场次")
    )
    campaign = models.ForeignKey(
        "livestream.Campaign", models.PROTECT, null=True, blank=True, related_name="rewards", verbose_name=_("活动")
    )
    kind = models.CharField(_("类型"), max_length=8, choices=RewardKind)
    prize = models.CharField(_("奖品"), max_length=60)
    number = models.PositiveIntegerField(_("几份"))
    worth_fen = models.BigIntegerField(_("每份值多少（分）"))
    payer = models.CharField(_("谁出钱"), max_length=60)
    condition = models.CharField(_("谁能参加"), max_length=200)
    entering = models.CharField(_("怎样参加"), max_length=200)
    draws_at = models.DateTimeField(_("什么时候开奖"), null=True, blank=True)
    claiming = models.CharField(_("怎样兑奖、几时截止"), max_length=200)
    contact = models.CharField(_("主办方和联系方式"), max_length=120)
    published_text = models.TextField(_("公布的规则"), blank=True)
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    published_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, blank=True, related_name="+")
    commitment = models.CharField(max_length=64, blank=True, editable=False)
    seed = EncryptedTextField(blank=True, default="", editable=False)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁建的"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = RewardRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("奖励规则")
        verbose_name_plural = pgettext_lazy("many", "奖励规则")
        constraints = [
            models.CheckConstraint(
                condition=Q(session=None, campaign__isnull=False) | Q(session__isnull=False, campaign=None),
                name="reward_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(kind__in=RewardKind.values), name="reward_kind_is_known"),
            models.CheckConstraint(condition=Q(number__gt=0, worth_fen__gt=0), name="reward_is_worth_something"),
            # 反不正当竞争法 (text of 2025) art. 11: the top prize of a draw
            models.CheckConstraint(
                condition=~Q(kind=RewardKind.DRAW) | Q(worth_fen__lte=TOP_PRIZE_FEN), name="drawn_prize_within_the_law"
            ),
            models.CheckConstraint(condition=together("published_at", "published_by"), name="reward_published_by_somebody"),
            models.CheckConstraint(
                condition=Q(published_at=None, commitment="")
                | Q(published_at__isnull=False, kind=RewardKind.GIFT)
                | Q(published_at__isnull=False, commitment__regex="^[0-9a-f]{64}$", draws_at__isnull=False),
                name="published_draw_has_its_commitment",
            ),
        ]
        triggers = [
            # The seed may be encrypted under a newer key; that it is the same one, the commitment says.
            pgtrigger.Trigger(
                name="published_reward_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["seed"]),
                func=STAYS,
            ),
            pgtrigger.Protect(
                name="published_reward_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.prize


class RewardDraw(models.Model):
    """The one draw of a rule, for ever: who drew and when, the seed that was promised, the entry numbers, the winners. Entry
    numbers alone: no name, no phone number, no account of a viewer."""

    rule = models.OneToOneField(RewardRule, models.PROTECT, related_name="draw", verbose_name=_("奖励规则"))
    drawn_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁开的奖"))
    drawn_at = models.DateTimeField(_("开奖时间"))
    seed = models.CharField(_("种子"), max_length=64)
    entries = models.TextField(_("参与号"))  # sorted, one a line
    entry_count = models.PositiveIntegerField(_("几个参与号"))
    entries_digest = models.CharField(_("参与号的摘要"), max_length=64)
    winners = ArrayField(models.CharField(max_length=ENTRY_AT_MOST), verbose_name=_("中奖号"))

    class Meta:
        verbose_name = _("开奖记录")
        verbose_name_plural = pgettext_lazy("many", "开奖记录")
        constraints = [models.CheckConstraint(condition=Q(entry_count__gt=0), name="draw_has_entries")]
        triggers = [
            pgtrigger.Protect(name="draw_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="drawn_after_publishing", when=pgtrigger.Before, operation=pgtrigger.Insert, func=AFTER_PUBLISHING
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.drawn_at:%Y-%m-%d %H:%M}"
