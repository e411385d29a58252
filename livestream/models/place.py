from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.place import COUNTY_DIGITS, PlaceLevel, short_name
from livestream.rules.rights import EVERYWHERE, Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.models.person import User


EVERY_ROW = ~models.Q(pk__in=[])  # an empty Q would be nothing beside another by `|`


def within(codes: Iterable[str], *, county: str, place: str = "") -> models.Q:
    """Rows whose county, or whose own place, lies in one of these codes (`User.reach`). `county` and `place` name the
    row's foreign keys; a row without a place of its own belongs to nobody below the county."""
    found = models.Q(pk__in=[])
    for code in codes:
        if code == EVERYWHERE:
            return EVERY_ROW
        if len(code) == COUNTY_DIGITS:
            found |= models.Q(**{county: code})
        elif len(code) < COUNTY_DIGITS:
            found |= models.Q(**{f"{county}__code__startswith": code})
        elif place:
            found |= models.Q(**{f"{place}__code__startswith": code})
    return found


MEANT_AT_MOST = 20
LOOKED_AT = 200


def inside(codes: Iterable[str], place: str) -> models.Q:
    """Rows of which the code that `place` names (`place__code`) lies in one of these."""
    found = models.Q(pk__in=[])
    for code in codes:
        if code == EVERYWHERE:
            return EVERY_ROW
        found |= models.Q(**{f"{place}__startswith": code})
    return found


class PlaceQuerySet(models.QuerySet["Place"]):
    def counties(self) -> Self:
        return self.filter(level=PlaceLevel.COUNTY)

    def inside(self, code: str) -> Self:
        """The place itself and everything below it: official codes nest by prefix."""
        return self.filter(code__startswith=code)

    def in_reach(self, codes: Iterable[str]) -> Self:
        """The places that lie in one of these codes (`User.reach`)."""
        return self.filter(inside(codes, "code"))

    def called(self, words: str) -> list[Place]:
        """The places meant by `东寺头村`, `东寺头村（东寺头乡）` or a code: those of exactly that name, else at most
        `MEANT_AT_MOST` with these words in it."""
        if words.isascii() and words.isdigit():
            return list(self.filter(pk=words).select_related("parent"))
        name, _bracket, above = words.replace("(", "（").rstrip(")）").partition("（")
        name = name.strip()
        near = self.filter(name__icontains=name)
        if above:
            near = near.filter(parent__name__icontains=above.strip())
        shortest = list(near.select_related("parent").order_by(Length("name"), "pk")[:LOOKED_AT])
        return [place for place in shortest if name in {place.name, place.short_name}] or shortest[:MEANT_AT_MOST]

    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(inside(user.reach(action), "code"))


class Place(models.Model):
    """An official place. The code is the key; a name is none (126 village names of one county file stand twice or more)."""

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=PlaceLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级"))

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("地方")
        verbose_name_plural = pgettext_lazy("many", "地方")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{2,12}$"), name="place_code_is_official"),
            models.CheckConstraint(condition=models.Q(level__in=PlaceLevel.values), name="place_level_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        return short_name(self.name)

    @property
    def full_name(self) -> str:
        """`东寺头村（东寺头乡）`: enough to tell it from others of its name."""
        return f"{self.short_name}（{self.parent.short_name}）" if self.parent else self.short_name
