"""Official places: the level of a code and what lies inside what."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlaceLevel(TextChoices):
    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TOWNSHIP = "township", _("乡镇")
    VILLAGE = "village", _("村")


LEVEL_OF_LENGTH = {
    2: PlaceLevel.PROVINCE,
    4: PlaceLevel.CITY,
    6: PlaceLevel.COUNTY,
    9: PlaceLevel.TOWNSHIP,
    12: PlaceLevel.VILLAGE,
}


def level_of(code: str) -> PlaceLevel:
    """The level of an official code (GB/T 2260 and the statistics bureau's 12-digit codes). Raises ValueError."""
    if not code.isascii() or not code.isdigit() or len(code) not in LEVEL_OF_LENGTH:
        raise ValueError(code)
    return LEVEL_OF_LENGTH[len(code)]


PARENT_LENGTH = {
    PlaceLevel.PROVINCE: 0,
    PlaceLevel.CITY: 2,
    PlaceLevel.COUNTY: 4,
    PlaceLevel.TOWNSHIP: 6,
    PlaceLevel.VILLAGE: 9,
}


def parent_code(code: str) -> str | None:
    """The code of the place that a place lies in: official codes nest by prefix. None for a province. Raises ValueError."""
    return code[: PARENT_LENGTH[level_of(code)]] or None


COUNTY_DIGITS = 6


def county_of(code: str) -> str | None:
    """The county code a place lies in, None above county level."""
    return code[:COUNTY_DIGITS] if len(code) >= COUNTY_DIGITS else None


SUFFIXES = ("村民委员会", "社区居民委员会", "居民委员会", "村委会", "居委会")


def short_name(name: str) -> str:
    """The village's name as people say it: `东寺头村委会` → `东寺头村`. Never a key: 126 short names of one file stand twice."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            stem = name.removesuffix(suffix)
            return stem if stem.endswith(("村", "社区")) or "居" in suffix else stem + "村"
    return name
