"""Which village a cell means, as people write it. The county's places are read once, however many rows ask."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from livestream.models import Place
from livestream.rules.place import COUNTY_DIGITS, PlaceLevel
from livestream.rules.plan_sheet import near, short
from training.rules.roster import NEAR_NOTHING, BadCell, Column

if TYPE_CHECKING:
    from collections.abc import Iterable

MEANT_AT_MOST = 6
LISTED = 500
# What stands behind a village in an address: a group, a house.
# A number begins where none stands before it, is of a few places and never read twice: a cell full of digits costs its length.
HOUSE = re.compile(
    r"(?<![0-9一二三四五六七八九十-])(?>第?[0-9一二三四五六七八九十]{1,6}(?:组|队|社|号|户|单元|栋)|[0-9-]{1,12}){1,6}+$"
)
COMMITTEES = ("村民委员会", "居民委员会", "村委会", "居委会")
KINDS = ("行政村", "自然村", "村", "社区")


class Villages:
    """The places of one county."""

    def __init__(self, county: str) -> None:
        self.county = county

    @cached_property
    def places(self) -> list[Place]:
        return list(Place.objects.inside(self.county).select_related("parent").order_by("code"))

    @cached_property
    def _above(self) -> list[str]:
        """Names that may stand before a village: of the province, the city and the county."""
        codes = [self.county[:length] for length in (2, 4, COUNTY_DIGITS)]
        return list(Place.objects.filter(pk__in=codes).order_by("code").values_list("name", flat=True))

    @cached_property
    def _called(self) -> dict[str, list[Place]]:
        found: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            names = {place.name, place.short_name, place.full_name, place.pk}
            if place.level == PlaceLevel.VILLAGE:
                names.add(stem(place.name))
            for name in names:
                found[plain(name)].append(place)
        return found

    @cached_property
    def townships(self) -> dict[str, list[Place]]:
        found: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            if place.level == PlaceLevel.TOWNSHIP:
                for name in {place.name, place.short_name, place.pk, re.sub("[乡镇]$", "", place.name)}:
                    found[plain(name)].append(place)
        return found

    def names(self) -> list[str]:
        """What a drop-down list offers."""
        return [place.full_name for place in self.places if place.level == PlaceLevel.VILLAGE][:LISTED]

    def place(self, typed: str, township: str) -> Place:
        """Raises BadCell, with the names that may be meant."""
        above = self._township(township) if township else None
        if not typed:
            raise BadCell(Column.PLACE, "empty")
        found = self._found(typed, above)
        if len(found) > 1:
            meant = "、".join(place.full_name for place in found[:MEANT_AT_MOST])
            raise BadCell(Column.PLACE, "place_several", typed=short(typed), meant=meant)
        if found:
            return found[0]
        there = [place for place in self.places if above is None or place.pk.startswith(above.pk)]
        said = self._near(typed, (place.full_name for place in there))
        if above and self._found(typed, None):
            raise BadCell(Column.PLACE, "place_outside", typed=short(typed), township=above.name, near=said)
        raise BadCell(Column.PLACE, "place", typed=short(typed), near=said)

    def _township(self, typed: str) -> Place:
        found = self.townships.get(self._bare(typed), [])
        if len(found) != 1:
            names = (place.name for place in self.places if place.level == PlaceLevel.TOWNSHIP)
            raise BadCell(Column.TOWNSHIP, "township", typed=short(typed), near=self._near(typed, names))
        return found[0]

    def _found(self, typed: str, above: Place | None) -> list[Place]:
        """Those of that name; an address is read from its front, and its house forgotten."""
        bare = self._bare(typed)
        for name in (bare, HOUSE.sub("", bare), stem(HOUSE.sub("", bare))):
            meant = self._called.get(name, [])
            found = [place for place in meant if above is None or place.pk.startswith(above.pk)]
            if found:
                return narrowest(found)
        return self._behind_township(bare) if above is None else []

    def _behind_township(self, bare: str) -> list[Place]:
        """`东寺头乡东寺头村`."""
        for name, found in self.townships.items():
            rest = bare.removeprefix(name)
            if len(name) > 1 and rest and rest != bare and len(found) == 1 and (meant := self._found(rest, found[0])):
                return meant
        return []

    def _bare(self, typed: str) -> str:
        bare = plain(typed)
        for name in self._above if not bare.isdigit() else []:
            bare = bare.removeprefix(plain(name)) or bare
        return bare

    def _near(self, typed: str, names: Iterable[str]) -> str:
        return near(self._bare(typed), names) or str(NEAR_NOTHING)


def plain(text: str) -> str:
    """Without blanks, in one form of brackets."""
    return "".join(unicodedata.normalize("NFKC", text[:80]).split()).replace("(", "（").replace(")", "）")


def stem(name: str) -> str:
    """`东寺头村村委会`, `东寺头村委会` and `东寺头村` → `东寺头`."""
    for endings in (COMMITTEES, KINDS):
        name = next((name.removesuffix(each) for each in endings if name.endswith(each) and name != each), name)
    return name


def narrowest(found: list[Place]) -> list[Place]:
    """`青羊` is the village before it is the township of that name."""
    villages = [place for place in found if place.level == PlaceLevel.VILLAGE]
    return villages or found
