"""Tests and their pass mark. Pure."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.errors import NotAllowed

FULL_MARKS, PASS_MARKS = 100, 60
WHOLE, DECIMAL = re.compile(r"[+-]?[0-9]+"), re.compile(r"[+-]?[0-9]*[.][0-9]*")
SHOWN = 8  # characters of what was typed that a sentence repeats


class ExamKind(TextChoices):
    THEORY = "theory", _("理论")
    SKILLS = "skills", _("技能")


class FeedbackKind(TextChoices):
    """Reaction and own judgment, the first two of the four levels of evaluation."""

    BEFORE = "before", _("上课前自评")
    AFTER = "after", _("上课后自评")
    SATISFACTION = "satisfaction", _("满意度")


def marks_typed(text: str) -> int | None:
    """Marks as somebody types them: a whole number from 0 to 100; None for an empty cell, which is nobody's result.

    Raises NotAllowed(`marks_are_whole`, `marks_are_a_number`, `marks_of_a_hundred`)."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return None
    if DECIMAL.fullmatch(plain):
        raise NotAllowed("marks_are_whole", typed=plain[:SHOWN])
    if not WHOLE.fullmatch(plain):
        raise NotAllowed("marks_are_a_number", typed=plain[:SHOWN])
    if (marks := int(plain[:SHOWN])) not in range(FULL_MARKS + 1):
        raise NotAllowed("marks_of_a_hundred", typed=plain[:SHOWN])
    return marks
