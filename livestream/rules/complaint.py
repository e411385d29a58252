"""What somebody may say on the public page of a session, how it is found again, and how well a county answers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

WORDS_AT_MOST = 500
CONTACT_AT_MOST = 60
ANSWER_AT_MOST = 500
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that reads like another
CODE_LENGTH = 10  # 31¹⁰: a thousand guesses a second for a year hit none of a million
_CODE = re.compile(f"[{CODE_SIGNS}]{{{CODE_LENGTH}}}")
ANSWER_WITHIN = timedelta(hours=48)  # a first answer by then counts as in time
CONTACT_KEPT_FOR = timedelta(days=180)  # after the answer: long enough to call back about it
PER_SESSION_A_DAY = 200  # whoever floods from many addresses; a session of a county hears a handful


class ComplaintKind(TextChoices):
    QUALITY = "quality", _("货有问题")
    SHIPPING = "shipping", _("没发货、发错货")
    REFUND = "refund", _("退款退货")
    CLAIM = "claim", _("说的和实际不一样")
    OTHER = "other", pgettext_lazy("complaint", "其他")


class ComplaintState(TextChoices):
    OPEN = "open", pgettext_lazy("complaint", "等答复")
    ANSWERED = "answered", pgettext_lazy("complaint", "已答复")
    CLOSED = "closed", pgettext_lazy("complaint", "已解决")


def plain_code(typed: str) -> str:
    """`abcd-efgh-jk` → `ABCDEFGHJK`. Raises ValueError for what is no code."""
    plain = re.sub(r"[\s\-—–·]", "", typed).upper()
    if _CODE.fullmatch(plain) is None:
        raise ValueError(typed)
    return plain


def shown_code(code: str) -> str:
    """`ABCDEFGHJK` → `ABCD-EFG-HJK`: three pieces that can be read out."""
    return "-".join(piece for piece in (code[:4], code[4:7], code[7:]) if piece)


@dataclass(frozen=True, slots=True)
class Handled:
    """One complaint as its times say."""

    said_at: datetime
    answered_at: datetime | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Rates:
    """及时答复率, 答复率, 解决率 (domain 2.7: the three rates of the desk), each with the counts it comes from.

    Satisfaction is asked of nobody here, so the third is how many were answered within `ANSWER_WITHIN`, of those that were
    answered or are late by now (`due`): what came just now and waits counts for neither."""

    said: int
    answered: int
    closed: int
    due: int
    in_time: int

    @property
    def answered_percent(self) -> int | None:
        return _percent(self.answered, self.said)

    @property
    def closed_percent(self) -> int | None:
        return _percent(self.closed, self.said)

    @property
    def in_time_percent(self) -> int | None:
        return _percent(self.in_time, self.due)


def rates_of(complaints: Iterable[Handled], *, at: datetime) -> Rates:
    """Whatever nobody has said yet has no percent."""
    rows = list(complaints)
    in_time = sum(_took(one, at) <= ANSWER_WITHIN for one in rows if one.answered_at is not None)
    late = sum(_took(one, at) > ANSWER_WITHIN for one in rows)
    answered = sum(one.answered_at is not None for one in rows)
    return Rates(len(rows), answered, sum(one.is_closed for one in rows), in_time + late, in_time)


def _took(one: Handled, at: datetime) -> timedelta:
    return (one.answered_at or at) - one.said_at


def _percent(part: int, whole: int) -> int | None:
    return None if whole == 0 else (part * 200 + whole) // (2 * whole)
