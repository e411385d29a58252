"""When a session could be instead: the next starts at which everything it needs is free. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from livestream.rules.clash import absence, clash_of
from livestream.rules.day import SHANGHAI
from livestream.rules.planning import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from livestream.rules.clash import Away, Claim, RulesOf

STEP = timedelta(minutes=30)
AHEAD = timedelta(days=14)
OFFERED = 3
# Nobody is offered the middle of the night, unless that is what was asked for.
MORNING, NIGHT = time(6), time(23, 30)


def next_free(
    own: list[Claim], busy: Iterable[Claim], rules: RulesOf, *, hours: tuple[datetime, datetime], away: Away | None = None
) -> list[datetime]:
    """The next `OFFERED` starts after `hours` (the session's start and end, aware) in steps of half an hour, at most `AHEAD`, at
    which none of its claims clashes by more than a warning. `busy` are claims of other sessions."""
    by_subject: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in busy:
        by_subject[claim.subject].append(claim)
    found: list[datetime] = []
    for start in _starts(*hours):
        later = start - hours[0]
        moved = (claim._replace(begins=claim.begins + later, ends=claim.ends + later) for claim in own)
        if all(_is_free(claim, by_subject, rules, away) for claim in moved):
            found.append(start)
            if len(found) == OFFERED:
                break
    return found


def _is_free(claim: Claim, busy: Mapping[str, list[Claim]], rules: RulesOf, away: Away | None) -> bool:
    for other in busy.get(claim.subject, ()):
        clash = clash_of(claim, other, rules)
        if clash and clash.level != Level.WARN:
            return False
    why = away(claim.subject, claim.begins, claim.ends) if away else ""
    return not why or absence(claim, why, rules).level == Level.WARN


def _starts(begins: datetime, ends: datetime) -> Iterator[datetime]:
    """The half hours that follow, and the wanted clock time of the next days; not at night, unless it was wanted at night."""
    by_day = _is_by_day(begins, ends)
    first = begins + STEP - timedelta(minutes=begins.minute % 30, seconds=begins.second, microseconds=begins.microsecond)
    for number in range(AHEAD // STEP):
        start = first + number * STEP
        if not by_day or _is_by_day(start, start + (ends - begins)):
            yield start


def _is_by_day(begins: datetime, ends: datetime) -> bool:
    first, last = begins.astimezone(SHANGHAI), ends.astimezone(SHANGHAI)
    return first.date() == last.date() and first.time() >= MORNING and last.time() <= NIGHT
