"""Who was there: the words of a mark, what holds when several speak, and what share of a class that is. Pure.

How marks become one answer (`resolve`), whatever their order and however often each comes:

1. A decision holds, the latest of them: somebody looked into it and wrote why.
2. Else each source speaks once. A person's source is himself (roll call) or his sheet (paper), and his latest word holds: he
   corrects himself. A scan's source is the screen, and the earliest scan holds: a second scan makes nobody late.
3. Two sources contradict each other when
   * one says he was there and one that he was not, or
   * a person says late where a scan or another person says in time: somebody scanned for him, or somebody errs. The other way
     round, a late scan of whom a person saw in time, is a queue at the screen and no contradiction.
   Until somebody decides, the more cautious word holds: not there before there, late before in time.
4. Leave (请假) and absence do not contradict each other: who says absent only does not know of the leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID


class Presence(TextChoices):
    PRESENT = "present", pgettext_lazy("presence", "到")
    LATE = "late", pgettext_lazy("presence", "迟到")
    EXCUSED = "excused", pgettext_lazy("presence", "请假")
    ABSENT = "absent", pgettext_lazy("presence", "缺")


WAS_THERE = frozenset({Presence.PRESENT, Presence.LATE})


class MarkWay(TextChoices):
    """How a mark came about. A decision settles what contradicts itself, and says why."""

    QR = "qr", _("扫码")
    ROLL_CALL = "roll_call", _("点名")
    PAPER = "paper", _("纸上签到")
    ONLINE = "online", _("线上")
    DECISION = "decision", _("核对后定的")


BY_CLOCK = frozenset({MarkWay.QR, MarkWay.ONLINE})  # nobody looked: the clock alone says in time or late
# What holds while sources differ stands first.
CAUTIOUS = (Presence.EXCUSED, Presence.ABSENT, Presence.LATE, Presence.PRESENT)


class Said(Protocol):
    """What `resolve` reads of a mark: a row of the table will do."""

    @property
    def client_id(self) -> UUID: ...
    @property
    def presence(self) -> str: ...
    @property
    def way(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def noted_by_id(self) -> int | None: ...
    @property
    def sheet_id(self) -> int | None: ...


class Resolved(NamedTuple):
    """What holds for one trainee and one lesson. `at`: when that was first said, or when it was decided."""

    presence: Presence
    way: MarkWay
    at: datetime
    is_contradicted: bool


def resolve(marks: Iterable[Said]) -> Resolved | None:
    """What holds by all marks of one trainee and one lesson; None where there are none."""
    once = {mark.client_id: mark for mark in marks}.values()
    decisions = [mark for mark in once if mark.way == MarkWay.DECISION]
    if decisions:
        last = max(decisions, key=_moment)
        return Resolved(Presence(last.presence), MarkWay.DECISION, last.at, is_contradicted=False)
    spoken = _one_each(once)
    if not spoken:
        return None
    is_contradicted = _differ(spoken)
    presence = _in_the_end(spoken, is_contradicted=is_contradicted)
    first = min((mark for mark in spoken if mark.presence == presence), key=_moment)
    return Resolved(presence, MarkWay(first.way), first.at, is_contradicted)


def _moment(mark: Said) -> tuple[datetime, str]:
    """Never the same for two marks."""
    return mark.at, str(mark.client_id)


def _one_each(marks: Iterable[Said]) -> list[Said]:
    """What each source says: a clock its earliest word, a person his latest."""
    of_source: dict[tuple[str, int | None], list[Said]] = {}
    for mark in marks:
        whose = mark.sheet_id if mark.way == MarkWay.PAPER else mark.noted_by_id
        of_source.setdefault((mark.way, None if mark.way in BY_CLOCK else whose), []).append(mark)
    return [(min if way in BY_CLOCK else max)(said, key=_moment) for (way, _whose), said in of_source.items()]


def _differ(spoken: Iterable[Said]) -> bool:
    words = {Presence(mark.presence) for mark in spoken}
    if words & WAS_THERE and words - WAS_THERE:
        return True
    is_late_by_eye = any(mark.presence == Presence.LATE and mark.way not in BY_CLOCK for mark in spoken)
    return is_late_by_eye and Presence.PRESENT in words


def _in_the_end(spoken: Iterable[Said], *, is_contradicted: bool) -> Presence:
    words = {Presence(mark.presence) for mark in spoken}
    if not is_contradicted and words == WAS_THERE:
        return Presence.PRESENT  # late by the clock alone, and seen in time
    return next(word for word in CAUTIOUS if word in words)


def presence_by_clock(at: datetime, *, starts_at: datetime, late_minutes: int) -> Presence:
    """Of a scan: in time until `late_minutes` after the lesson began, that minute's end included."""
    minutes = (at - starts_at).total_seconds() / 60
    return Presence.PRESENT if minutes <= late_minutes else Presence.LATE


@dataclass(frozen=True, slots=True)
class Share:
    """In how many lessons of a class somebody was. `planned`: not called off, held or still to come; `held`: of those, the held
    ones; `there`, `excused`: of the held ones. Leave is shown and not counted as there (出勤率 = attended ÷ due).

    Percentages have one decimal, rounded down, so that 79.96 never reads as 80; None over nothing."""

    held: int
    planned: int
    there: int
    excused: int = 0

    @property
    def over_held(self) -> Decimal | None:
        return percent_down(self.there, self.held)

    @property
    def over_planned(self) -> Decimal | None:
        return percent_down(self.there, self.planned)

    @property
    def at_best(self) -> int:
        """Lessons in which he will have been, if he misses none of those to come."""
        return self.there + self.planned - self.held

    @property
    def best_possible(self) -> Decimal | None:
        """Over planned, if he misses no lesson any more."""
        return percent_down(self.at_best, self.planned)

    def can_reach(self, percent: int) -> bool:
        """Whether `percent` of the planned lessons is still possible."""
        return self.at_best * 100 >= percent * self.planned

    def meets(self, percent: int, *, is_over_planned: bool = False) -> bool:
        """Whether it is `percent` now, exactly; never over nothing."""
        due = self.planned if is_over_planned else self.held
        return due > 0 and self.there * 100 >= percent * due


def percent_down(part: int, whole: int) -> Decimal | None:
    return Decimal(part * 1000 // whole) / 10 if whole > 0 else None


def mean_of(shares: Sequence[Share]) -> Decimal | None:
    """Of all seats and held lessons together, in percent, rounded down to a tenth."""
    return percent_down(sum(share.there for share in shares), sum(share.held for share in shares))
