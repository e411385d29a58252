"""What every part of a class's folder is made of: the class, read once, and papers and workbooks about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from livestream.rules.day import SHANGHAI
from livestream.sheets.paper import paper
from training.rules.dossier import as_data
from training.rules.lesson import LessonState
from training.sheets.class_book import ClassBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.models import Cohort, Enrolment, Lesson
    from training.rules.class_pack import PackItem
    from training.rules.dossier import Paper, Table

TEMPLATE = "dossier"


class File(NamedTuple):
    """`make` gives its bytes, in any thread; `is_alone`: in the reader's, one after the other, as it asks the database
    or is large."""

    name: str
    make: Callable[[], bytes]
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One of the fifteen things: its files, how much is in it, what is missing; in words."""

    item: PackItem
    files: list[File]
    amount: str = ""
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Folder:
    """A class at one moment. `address`: of this system, for the codes on certificates."""

    cohort: Cohort
    at: datetime
    address: str

    @cached_property
    def seated(self) -> list[Enrolment]:
        people = self.cohort.enrolments.seated()
        return list(people.select_related("trainee__place__parent", "trainee__merged_into").order_by("seat"))

    @cached_property
    def lessons(self) -> list[Lesson]:
        """Those that are called off too, by the clock."""
        lessons = self.cohort.lessons.select_related("course", "trainer", "assistant", "room")
        return list(lessons.order_by("starts_at", "pk"))

    @property
    def standing(self) -> list[Lesson]:
        return [lesson for lesson in self.lessons if lesson.state != LessonState.CANCELLED]

    @property
    def held(self) -> list[Lesson]:
        return [lesson for lesson in self.lessons if lesson.state == LessonState.HELD]

    @property
    def name(self) -> str:
        cohort = self.cohort
        return f"{cohort.county.name} {cohort.year} 年第 {cohort.number} 期　{cohort.title}"

    @property
    def dated(self) -> datetime:
        """The date that all files bear is that of the class, not of the printing: the same rows are the same bytes."""
        return self.cohort.closed_at or datetime.combine(self.cohort.starts_on, time(), SHANGHAI)

    def pdf(self, name: str, made: Paper) -> File:
        return File(f"{name}.pdf", lambda: pdf_of(self, made))

    def xlsx(self, name: str, *tables: Table) -> File:
        return File(f"{name}.xlsx", lambda: ClassBook(self.name, self.dated).written(tables))


def pdf_of(folder: Folder, made: Paper, foot: str = "") -> bytes:
    """Raises NotPrinted."""
    data = {
        "at": timezone.localtime(folder.dated).isoformat(),
        "title": made.title,
        "below": made.below or folder.name,
        "folder": "培训档案（一期一档）",
        "class": folder.name,
        "foot": foot or f"{folder.cohort.county.name}电商学堂",
        "is_wide": made.is_wide,
        "blocks": [as_data(block) for block in made.blocks],
    }
    return paper(TEMPLATE, data, made.pictures)


def counted(rows: Sequence[object], unit: str) -> str:
    return f"{len(rows)} {unit}"
