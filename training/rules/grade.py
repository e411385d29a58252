"""主播等级: what a county asks of a host before it calls him 新手, 初级, 中级 or 高级, and what his figures say (domain 3.6).
Pure.

No national grade of village hosts was found, counties write their own: every threshold is data, and 0 asks nothing. A grade asks
all that the grades below it ask. What nobody knows is not met, but speaks against nobody either: a higher grade needs proof, and
so does a lower one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.audience import typical
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PERMILLE, PERCENT = 1000, 100
MOST_ONLINE, MOST_NUMBER, MOST_MONTHS, MOST_PERCENT, MOST_REST_DAYS = 1_000_000, 1000, 36, 1000, 365


class Grade(TextChoices):
    NONE = "none", _("未定级")
    NOVICE = "novice", pgettext_lazy("grade", "新手")
    JUNIOR = "junior", pgettext_lazy("grade", "初级")
    MIDDLE = "middle", pgettext_lazy("grade", "中级")
    SENIOR = "senior", pgettext_lazy("grade", "高级")


LADDER = tuple(Grade)
GIVEN = LADDER[1:]
RANK = {grade: rank for rank, grade in enumerate(LADDER)}


class Criterion(TextChoices):
    LESSONS = "lessons", pgettext_lazy("host", "上过的课")
    SESSIONS = "sessions", _("正式播过的场次")
    SALE = "sale", _("第一次卖出")
    RECENT = "recent", _("近期场次")
    ONLINE = "online", _("一般在线人数")
    REFUND = "refund", _("退款率")
    CROWD = "crowd", _("一般在线人数（高级）")
    TAUGHT = "taught", _("教过的课")
    HOUSEHOLDS = "households", _("带动的农户")


class Answer(TextChoices):
    ACCEPT = "accept", pgettext_lazy("grade", "同意")
    REFUSE = "refuse", pgettext_lazy("grade", "不同意")
    POSTPONE = "postpone", pgettext_lazy("grade", "以后再定")


FINAL = (Answer.ACCEPT, Answer.REFUSE)


class Terms(NamedTuple):
    """What a county asks, each with its unit: the columns of `GradeRule`. The defaults are proposals of ours, no law."""

    novice_lessons: int = 1  # lessons that he came to
    junior_sessions: int = 3  # sessions on air, ever
    junior_needs_sale: bool = True
    window_months: int = 6  # how far back "lately" goes, for all that follows
    middle_sessions: int = 12  # sessions on air, lately
    middle_online: int = 50  # people, the median of his sessions' medians, lately
    middle_refund_percent: int = 100  # of the median refund rate of the county's hosts, lately
    senior_online: int = 500
    senior_lessons_taught: int = 1
    senior_households: int = 10
    rest_days: int = 30  # so long nobody is proposed again for what was refused


LIMITS: dict[str, tuple[int, int]] = {
    "novice_lessons": (0, MOST_NUMBER),
    "junior_sessions": (0, MOST_NUMBER),
    "window_months": (1, MOST_MONTHS),
    "middle_sessions": (0, MOST_NUMBER),
    "middle_online": (0, MOST_ONLINE),
    "middle_refund_percent": (0, MOST_PERCENT),
    "senior_online": (0, MOST_ONLINE),
    "senior_lessons_taught": (0, MOST_NUMBER),
    "senior_households": (0, MOST_NUMBER),
    "rest_days": (0, MOST_REST_DAYS),
}


def check_terms(terms: Terms) -> None:
    """Raises NotAllowed(`grade_rule_out_of_range`, `grade_rule_upside_down`)."""
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(terms, name) <= most:
            raise NotAllowed("grade_rule_out_of_range")
    if terms.senior_online and terms.senior_online < terms.middle_online:
        raise NotAllowed("grade_rule_upside_down")


class Aired(NamedTuple):
    """A session of his that was on air and no practice: its Shanghai day; how many usually watched, None where nobody noted it;
    what it sold by the ledger, and the first business day on which an order of it counts."""

    on: date
    typical: int | None
    paid_fen: int
    refunded_fen: int
    first_sale_on: date | None


class Facts(NamedTuple):
    """What is known of a host. None: nobody knows, as nobody noted viewers, or nothing was sold lately. `first_sale_on` is None
    where there was none: the ledger knows all orders."""

    lessons: int = 0
    sessions: int = 0
    first_sale_on: date | None = None
    recent_sessions: int = 0
    typical_online: int | None = None
    refund_permille: int | None = None
    county_permille: int | None = None
    taught: int = 0
    households: int = 0


class Other(NamedTuple):
    """What does not come from his sessions."""

    lessons: int = 0
    county_permille: int | None = None
    taught: int = 0
    households: int = 0


def permille(refunded_fen: int, paid_fen: int) -> int | None:
    """Of paid money that was given back, half up; None where nothing was paid."""
    return (2 * PERMILLE * refunded_fen + paid_fen) // (2 * paid_fen) if paid_fen > 0 else None


def facts_from(aired: Iterable[Aired], other: Other, *, since: date) -> Facts:
    """In whatever order the sessions come; "lately" begins with the day `since`."""
    every = list(aired)
    recent = [one for one in every if one.on >= since]
    return Facts(
        lessons=other.lessons,
        sessions=len(every),
        first_sale_on=min((one.first_sale_on for one in every if one.first_sale_on), default=None),
        recent_sessions=len(recent),
        typical_online=typical(one.typical for one in recent if one.typical is not None),
        refund_permille=permille(sum(one.refunded_fen for one in recent), sum(one.paid_fen for one in recent)),
        county_permille=other.county_permille,
        taught=other.taught,
        households=other.households,
    )


class Line(NamedTuple):
    """One thing that a grade asks. `value`: his, a number or a day (ISO), None where there is none; `threshold`: what is asked,
    in the same unit (of the refund rate: the permille that must not be passed), None where it cannot be said; `is_met`: None
    where nobody knows."""

    criterion: Criterion
    grade: Grade
    value: int | str | None
    threshold: int | None
    is_met: bool | None


class Judged(NamedTuple):
    """`grade`: all that it asks is met. `ceiling`: the highest grade that nothing speaks against; above `grade` only by what
    nobody knows."""

    facts: Facts
    lines: tuple[Line, ...]
    grade: Grade
    ceiling: Grade


def judge(facts: Facts, terms: Terms) -> Judged:
    lines = tuple(_lines(facts, terms))
    return Judged(facts, lines, _highest(lines, unknown=False), _highest(lines, unknown=True))


def _lines(facts: Facts, terms: Terms) -> Iterable[Line]:
    """By grade; what is not asked is left out."""
    yield from _least(Criterion.LESSONS, Grade.NOVICE, facts.lessons, terms.novice_lessons)
    yield from _least(Criterion.SESSIONS, Grade.JUNIOR, facts.sessions, terms.junior_sessions)
    if terms.junior_needs_sale:
        sold = facts.first_sale_on
        yield Line(Criterion.SALE, Grade.JUNIOR, sold.isoformat() if sold else None, None, sold is not None)
    yield from _least(Criterion.RECENT, Grade.MIDDLE, facts.recent_sessions, terms.middle_sessions)
    yield from _least(Criterion.ONLINE, Grade.MIDDLE, facts.typical_online, terms.middle_online)
    if terms.middle_refund_percent:
        yield _refund(facts, terms.middle_refund_percent)
    yield from _least(Criterion.CROWD, Grade.SENIOR, facts.typical_online, terms.senior_online)
    yield from _least(Criterion.TAUGHT, Grade.SENIOR, facts.taught, terms.senior_lessons_taught)
    yield from _least(Criterion.HOUSEHOLDS, Grade.SENIOR, facts.households, terms.senior_households)


def _least(criterion: Criterion, grade: Grade, value: int | None, threshold: int) -> Iterable[Line]:
    if threshold:
        yield Line(criterion, grade, value, threshold, None if value is None else value >= threshold)


def _refund(facts: Facts, percent: int) -> Line:
    """At most so many percent of the county's median; the permille that may be is cut, so that nobody passes by rounding."""
    his, county = facts.refund_permille, facts.county_permille
    most = None if county is None else county * percent // PERCENT
    is_met = None if his is None or most is None else his <= most
    return Line(Criterion.REFUND, Grade.MIDDLE, his, most, is_met)


def _highest(lines: Sequence[Line], *, unknown: bool) -> Grade:
    found = Grade.NONE
    for grade in GIVEN:
        if not all(unknown if line.is_met is None else line.is_met for line in lines if line.grade == grade):
            break
        found = grade
    return found


def proposed(judged: Judged, held: Grade) -> Grade | None:
    """The grade to propose to who holds this one: up to what he has proved, or down to what still stands; None: he is right where
    he is."""
    if RANK[judged.grade] > RANK[held]:
        return judged.grade
    return judged.ceiling if RANK[judged.ceiling] < RANK[held] else None


def is_up(held: str, grade: str) -> bool:
    return RANK[Grade(grade)] > RANK[Grade(held)]


def next_after(held: str) -> Grade | None:
    """None: there is none higher."""
    return next((grade for grade in GIVEN if RANK[grade] > RANK[Grade(held)]), None)
