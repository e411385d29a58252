from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.placing import book_accounts, place_anew
from livestream.rules.plan import Platform
from livestream.rules.planning import ResourceKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


USING_IT = """(m.platform = NEW.platform AND m.account = NEW.account
    OR EXISTS (SELECT 1 FROM livestream_booking used WHERE used.room_id = m.id AND used.resource_id = NEW.id))"""


class ResourceQuerySet(models.QuerySet["Resource"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        """Those of the counties and places in which this person may do that."""
        return self.filter(within(user.reach(action), county="county", place="place"))

    def in_use(self) -> Self:
        return self.filter(is_in_use=True)


class Resource(models.Model):
    """What a session books besides people: a studio, an off-site place, a light kit, a phone, a platform account. Before and
    after a session it is held for setting up and clearing."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("在哪里"))
    kind = models.CharField(_("类型"), max_length=8, choices=ResourceKind)
    name = models.CharField(_("名称"), max_length=40)
    platform = models.CharField(_("平台"), max_length=16, blank=True)
    account = models.CharField(_("直播账号"), max_length=64, blank=True)
    setup_minutes = models.PositiveSmallIntegerField(_("布置（分钟）"), default=0)
    clearing_minutes = models.PositiveSmallIntegerField(_("收拾（分钟）"), default=0)
    is_in_use = models.BooleanField(_("在用"), default=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("可预约资源")
        verbose_name_plural = pgettext_lazy("many", "可预约资源")
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ResourceKind.values), name="resource_kind_is_known"),
            models.UniqueConstraint(fields=["county", "kind", "name"], name="resource_name_once_per_county"),
            models.CheckConstraint(
                condition=~Q(kind=ResourceKind.ACCOUNT) | (~Q(platform="") & ~Q(account="")), name="account_names_its_platform"
            ),
            models.UniqueConstraint(
                fields=["county", "platform", "account"],
                condition=Q(kind=ResourceKind.ACCOUNT),
                name="account_once_per_county",
            ),
            models.CheckConstraint(
                condition=Q(setup_minutes__lte=720, clearing_minutes__lte=720), name="resource_is_ready_within_half_a_day"
            ),
        ]
        triggers = [
            # Another time for setting up moves what is booked already, and another kind may be held more strictly.
            pgtrigger.Trigger(
                name="resource_moves_bookings",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("setup_minutes", "clearing_minutes", "kind"),
                func=place_anew("resource_id = NEW.id") + " RETURN NULL;",
            ),
            # An account that comes into the register, or is written otherwise there, is booked by the rooms that use it.
            pgtrigger.Trigger(
                name="account_is_booked",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("kind", "platform", "account"),
                func=f"IF NEW.kind = 'account' OR TG_OP = 'UPDATE' THEN {book_accounts(USING_IT)} END IF; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def platform_label(self) -> str:
        """The platform's name, or what stands there."""
        return str(dict(Platform.choices).get(self.platform, self.platform))


class TravelTimeQuerySet(models.QuerySet["TravelTime"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class TravelTime(models.Model):
    """How long it takes from one site to another, either way, where the county knows better than its general minutes."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    one = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("从"))
    other = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("到"))
    minutes = models.PositiveSmallIntegerField(_("路上（分钟）"))

    objects = TravelTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("路上时间")
        verbose_name_plural = pgettext_lazy("many", "路上时间")
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="travel_once_for_both_ways"),
            models.UniqueConstraint(fields=["county", "one", "other"], name="travel_once_per_pair"),
            models.CheckConstraint(condition=Q(minutes__lte=1440), name="travel_within_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id}–{self.other_id}"
