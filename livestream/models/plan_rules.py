from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.booking import TABLE_IS_HELD
from livestream.models.place import within
from livestream.rules.clash import Rules
from livestream.rules.planning import DEFAULT_LEVELS, ClashKind, Level
from livestream.rules.quota import Promise
from livestream.rules.rights import Action
from livestream.rules.session import GuestRank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livestream.models.person import User


def default_levels() -> dict[str, str]:
    return {kind.value: level.value for kind, level in DEFAULT_LEVELS.items()}


def default_ranks() -> list[str]:
    return [GuestRank.TOP.value]


class PlanRulesQuerySet(models.QuerySet["PlanRules"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class PlanRules(models.Model):
    """How a county plans: how strict it is about each kind of clash, how long its roads are, what its leaders promised. A county
    without a row has the defaults (`rules_of`)."""

    county = models.OneToOneField("livestream.Place", models.PROTECT, primary_key=True, related_name="+", verbose_name=_("县"))
    levels = models.JSONField(_("撞了怎么办"), default=default_levels)  # ClashKind → Level
    same_township_minutes = models.PositiveSmallIntegerField(_("同乡镇路上（分钟）"), default=30)
    same_county_minutes = models.PositiveSmallIntegerField(_("跨乡镇路上（分钟）"), default=60)
    beyond_minutes = models.PositiveSmallIntegerField(_("出县路上（分钟）"), default=120)
    freeze_hours = models.PositiveSmallIntegerField(_("开播前多久不再改（小时）"), default=24)
    answer_hours = models.PositiveSmallIntegerField(_("多久没回复算没回（小时）"), default=24)
    first_month = models.PositiveSmallIntegerField(_("协议年从几月起"), default=1)
    wanted_leaders = models.PositiveSmallIntegerField(_("一年要几位一把手"), default=12)
    counted_ranks = ArrayField(
        models.CharField(max_length=8, choices=GuestRank), default=default_ranks, verbose_name=_("算数的级别")
    )

    objects = PlanRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("排期规则")
        verbose_name_plural = pgettext_lazy("many", "排期规则")
        constraints = [
            models.CheckConstraint(condition=Q(first_month__range=(1, 12)), name="agreement_year_begins_in_a_month"),
            models.CheckConstraint(
                condition=Q(same_township_minutes__lte=1440, same_county_minutes__lte=1440, beyond_minutes__lte=1440),
                name="roads_within_a_day",
            ),
            models.CheckConstraint(
                condition=Q(freeze_hours__lte=720, answer_hours__range=(1, 720)), name="plan_hours_within_a_month"
            ),
        ]
        triggers = [
            # Another level binds, or frees, what is planned already. A clash that stands then is refused by the constraint. Who
            # plans at that moment is waited for, and the next one waits: nobody reads one level and is stored under another.
            pgtrigger.Trigger(
                name="levels_bind_bookings",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("levels"),
                func=f"""
IF TG_OP = 'UPDATE' THEN
    IF NEW.levels = OLD.levels THEN RETURN NULL; END IF;
END IF;
LOCK TABLE livestream_booking IN SHARE ROW EXCLUSIVE MODE;
PERFORM set_config('{TABLE_IS_HELD}', 'yes', true);
UPDATE livestream_booking b SET during = b.during FROM livestream_livesession s
WHERE s.id = b.session_id AND s.county_id = NEW.county_id AND s.planned_end_at > now();
UPDATE livestream_booking b SET during = b.during FROM livestream_hold h
WHERE h.id = b.hold_id AND h.county_id = NEW.county_id AND h.ends_at > now();
PERFORM set_config('{TABLE_IS_HELD}', '', true);
RETURN NULL;
""",
            )
        ]

    def __str__(self) -> str:
        return str(self.county_id)

    @property
    def promise(self) -> Promise:
        """What its leaders promised, for `rules/quota.py`."""
        return Promise(self.wanted_leaders, self.first_month, frozenset(self.counted_ranks))

    def level(self, kind: ClashKind) -> Level:
        """As the database reads it: what it does not know binds."""
        known = self.levels.get(kind, DEFAULT_LEVELS[kind])
        return Level(known) if known in Level.values else Level.BLOCK

    def clash_rules(self, roads: Mapping[tuple[str, str], int]) -> Rules:
        """What the sweep for clashes asks of them; `roads` are the county's own minutes."""
        return Rules(
            {kind: self.level(kind) for kind in ClashKind},
            self.same_township_minutes,
            self.same_county_minutes,
            self.beyond_minutes,
            roads,
        )


def rules_of(county: str) -> PlanRules:
    """The county's own, or the defaults, not stored."""
    return PlanRules.objects.filter(pk=county).first() or PlanRules(county_id=county)
