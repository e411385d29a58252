"""The last big moments of a county's day, found in its tallies and sessions: each can be derived again. Pure."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN = 5
LEAST_PEAK = 3  # orders in a second, and in a minute, that are worth a line
LEAST_MINUTE = 10
THOUSAND = 1000


class MomentKind(TextChoices):
    WENT_LIVE = "went_live", pgettext_lazy("moment", "开播")
    ENDED = "ended", pgettext_lazy("moment", "下播")
    PEAK = "peak", pgettext_lazy("moment", "最快一秒")
    MINUTE = "minute", pgettext_lazy("moment", "最好的一分钟")
    THOUSAND = "thousand", pgettext_lazy("moment", "第几千单")


class Moment(NamedTuple):
    """`at` in epoch seconds; `title` of the session it is about; `number` of orders."""

    at: int
    kind: str
    title: str | None = None
    number: int | None = None


def moments(sessions: Iterable[Moment], peak: tuple[int, int] | None, minutes: Sequence[tuple[int, int]]) -> list[Moment]:
    """The newest five, newest first: sessions that went on air or ended, the fastest second, the best minute, the newest
    full thousand. `peak` and `minutes` are (epoch seconds, orders), minutes in order."""
    found = list(sessions)
    if peak is not None and peak[1] >= LEAST_PEAK:
        found.append(Moment(peak[0], MomentKind.PEAK.value, None, peak[1]))
    best = max(minutes, key=lambda entry: (entry[1], -entry[0]), default=(0, 0))
    if best[1] >= LEAST_MINUTE:
        found.append(Moment(best[0], MomentKind.MINUTE.value, None, best[1]))
    if full := last_thousand(minutes):
        found.append(Moment(full[0], MomentKind.THOUSAND.value, None, full[1]))
    return sorted(found, key=lambda moment: (-moment.at, moment.kind, moment.title or ""))[:SHOWN]


def last_thousand(minutes: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The minute in which the newest full thousand of the day's orders was reached, and which it was (2000)."""
    sums = list(accumulate(orders for _, orders in minutes))
    full = sums[-1] // THOUSAND * THOUSAND if sums else 0
    if full < THOUSAND:
        return None
    return next((minutes[place][0], full) for place, so_far in enumerate(sums) if so_far >= full)
