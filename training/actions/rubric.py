"""Every write of a county's rubric: a change is a new version, and what was marked keeps its own."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from livestream.rules.errors import NotAllowed
from training.models import RubricLine
from training.rules.rubric import DEFAULT, Line, Rubric, check_lines

if TYPE_CHECKING:
    from collections.abc import Sequence


def rubrics_of(county: str) -> dict[int, Rubric]:
    """By version, oldest first; before a county wrote its own, the one that comes with the system."""
    rows = RubricLine.objects.filter(county=county).order_by("version", "position")
    versions = {
        version: Rubric(version, tuple(Line(row.key, row.title, row.points) for row in lines))
        for version, lines in groupby(rows, key=lambda row: row.version)
    }
    return {DEFAULT.version: DEFAULT} | versions


def rubric_of(county: str) -> Rubric:
    """The newest."""
    return list(rubrics_of(county).values())[-1]


@transaction.atomic
def change_rubric(county: str, lines: Sequence[Line], *, seen_version: int) -> Rubric:
    """Its next version, or the same where nothing changed. Raises NotAllowed(`rubric_meanwhile`) when somebody else changed it
    since, and what `check_lines` raises."""
    check_lines(lines)
    keep_default(county)
    newest = RubricLine.objects.filter(county=county).aggregate(last=Max("version"))["last"]
    list(RubricLine.objects.select_for_update().filter(county=county, version=newest).order_by("pk"))
    now = rubric_of(county)
    if now.version != seen_version:
        raise NotAllowed("rubric_meanwhile")
    if tuple(lines) == now.lines:
        return now
    return _write(county, Rubric(now.version + 1, tuple(lines)))


def keep_default(county: str) -> None:
    """Writes the rubric that comes with the system as the county's first version, so that it stays what it was marked by."""
    if not RubricLine.objects.filter(county=county).exists():
        _write(county, DEFAULT)


def _write(county: str, rubric: Rubric) -> Rubric:
    RubricLine.objects.bulk_create(
        [
            RubricLine(county_id=county, version=rubric.version, position=position, **line._asdict())
            for position, line in enumerate(rubric.lines, start=1)
        ],
        ignore_conflicts=rubric.version == DEFAULT.version,
    )
    return rubric
