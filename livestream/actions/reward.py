"""Every write to rewards: a rule drafted, published for ever, drawn once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livestream.actions.audit import note
from livestream.actions.promotion import about
from livestream.actions.refusal import refusing
from livestream.models import RewardDraw, RewardRule
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.money import yuan
from livestream.rules.reward import (
    SEED_BYTES,
    RewardKind,
    check_may_draw,
    check_prize,
    commitment_of,
    entries_digest,
    entries_of,
    winners,
)

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from livestream.models import Campaign, LiveSession, User

BROKEN = {"drawn_prize_within_the_law": "prize_too_high", "published_reward_stays": "published_already"}
DRAWN = {"livestream_rewarddraw_rule_id_key": "drawn_already", "reward_drawn_after_publishing": "draw_before_publishing"}


@dataclass(frozen=True, slots=True)
class RewardPlan:
    """What viewers may get and how: all that the law wants to be told before it begins. `worth_fen` is of one prize."""

    kind: str
    prize: str
    number: int
    worth_fen: int
    payer: str
    condition: str
    entering: str
    claiming: str
    contact: str
    draws_at: datetime | None = None

    def columns(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def add_reward(plan: RewardPlan, *, thing: LiveSession | Campaign, by: User) -> RewardRule:
    """A draft. Raises NotAllowed(`prize_too_high`, `prize_out_of_range`, `prizes_out_of_range`)."""
    check_prize(plan.kind, number=plan.number, worth_fen=plan.worth_fen)
    with refusing(BROKEN):
        return RewardRule.objects.create(**about(thing), made_by=by, **plan.columns())


@transaction.atomic
def change_reward(rule: RewardRule, plan: RewardPlan) -> RewardRule:
    """The draft as it is wanted now. Raises NotAllowed as `add_reward` does, and `published_already`."""
    check_prize(plan.kind, number=plan.number, worth_fen=plan.worth_fen)
    with refusing(BROKEN):
        if not RewardRule.objects.filter(pk=rule.pk, published_at=None).update(**plan.columns()):
            raise NotAllowed("published_already")
    rule.refresh_from_db()
    return rule


@transaction.atomic
def publish_reward(rule: RewardRule, *, by: User, at: datetime) -> RewardRule:
    """From now on everybody reads it and nobody can change it. A draw gets its seed, of which only the digest is public.

    Raises NotAllowed(`published_already`, `draw_time_missing`)."""
    rule = RewardRule.objects.select_for_update().get(pk=rule.pk)
    if rule.published_at is not None:
        raise NotAllowed("published_already")
    is_draw = rule.kind == RewardKind.DRAW
    if is_draw and (rule.draws_at is None or rule.draws_at <= at):
        raise NotAllowed("draw_time_missing")
    rule.seed = secrets.token_hex(SEED_BYTES) if is_draw else ""
    rule.commitment = commitment_of(rule.seed) if is_draw else ""
    rule.published_text = text_of(rule)
    rule.published_at, rule.published_by = at, by
    rule.save(update_fields=["seed", "commitment", "published_text", "published_at", "published_by"])
    note(Deed.REWARD_PUBLISHED, place=rule.county_id, by=by, about=rule, prize=rule.prize, commitment=rule.commitment)
    return rule


def text_of(rule: RewardRule) -> str:
    """What viewers read, a line for each thing that 规范促销行为暂行规定 art. 13 wants told. In Chinese, whoever publishes."""
    with translation.override("zh-hans"):
        lines = [
            (
                _("奖品"),
                _("{prize}，{number} 份，每份值 {worth}").format(
                    prize=rule.prize, number=rule.number, worth=yuan(rule.worth_fen)
                ),
            ),
            (_("谁能参加"), rule.condition),
            (_("怎样参加"), rule.entering),
        ]
        if rule.draws_at:
            lines.append((_("什么时候开奖"), f"{timezone.localtime(rule.draws_at):%Y-%m-%d %H:%M}"))
            lines.append((_("怎样开奖"), _("系统按公布的办法，从参与号里算出中奖号；谁都可以重新算一遍。")))
        lines += [(_("怎样兑奖、几时截止"), rule.claiming), (_("谁出钱"), rule.payer), (_("主办方和联系方式"), rule.contact)]
        return "\n".join(f"{label}：{value}" for label, value in lines)


@transaction.atomic
def draw_winners(rule: RewardRule, *, entries: str, by: User, at: datetime) -> RewardDraw:
    """The one draw of a published rule, over the entry numbers as they were typed. Two at once give one.

    Raises NotAllowed(`nothing_to_draw`, `draw_before_publishing`, `draw_too_early`, `drawn_already`, `seed_changed`, and what
    `entries_of` says)."""
    rule.refresh_from_db()
    check_may_draw(rule.kind, published_at=rule.published_at, draws_at=rule.draws_at, at=at)
    if commitment_of(rule.seed) != rule.commitment:
        raise NotAllowed("seed_changed")
    numbers = entries_of(entries)
    digest = entries_digest(numbers)
    with refusing(DRAWN):
        draw = RewardDraw.objects.create(
            rule=rule,
            drawn_by=by,
            drawn_at=at,
            seed=rule.seed,
            entries="\n".join(numbers),
            entry_count=len(numbers),
            entries_digest=digest,
            winners=winners(rule.seed, numbers, rule.number),
        )
    note(Deed.REWARD_DRAWN, place=rule.county_id, by=by, about=rule, entries=len(numbers), entries_digest=digest)
    return draw


def repeat_rewards(old: LiveSession | Campaign, new: LiveSession | Campaign, *, moved: timedelta, by: User) -> int:
    """The rewards of `old` as drafts of `new`. Returns how many."""
    rules = [
        RewardRule(
            **about(new),
            made_by=by,
            **{name: getattr(rule, name) for name in RewardPlan.__slots__ if name != "draws_at"},
            draws_at=rule.draws_at + moved if rule.draws_at else None,
        )
        for rule in old.rewards.order_by("pk")
    ]
    return len(RewardRule.objects.bulk_create(rules))
