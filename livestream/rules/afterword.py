"""What a host says of a session right after it, in three short answers (复盘, domain 2.11). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

PART = "host"  # of the review's notes
ANSWER_AT_MOST = 200


class Feeling(TextChoices):
    GOOD = "good", _("顺利")
    SO_SO = "so_so", _("一般")
    BAD = "bad", _("不顺")


FACES = {Feeling.GOOD: "😀", Feeling.SO_SO: "😐", Feeling.BAD: "😟"}


@dataclass(frozen=True, slots=True)
class Afterword:
    """`stock`: what ran out or could not be shipped; `promises`: what was promised to viewers."""

    feeling: Feeling
    stock: str = ""
    promises: str = ""


def words_of(said: Afterword) -> str:
    """On one line, as the review shows it: `感觉：顺利。货：柿饼卖断了。答应观众的：明天补两箱。`"""
    parts = [str(_("感觉：{what}。")).format(what=said.feeling.label)]
    if said.stock:
        parts.append(str(_("货：{what}。")).format(what=said.stock))
    if said.promises:
        parts.append(str(_("答应观众的：{what}。")).format(what=said.promises))
    return "".join(parts)
