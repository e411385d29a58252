"""A session minute by minute on one axis: how many watched, what was ordered, what was presented, what happened. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules import chart
from livestream.rules.control import ControlKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from livestream.rules.audience import Point
    from orders.rules.replay import Steps

QUARTERS = 4


class Lane(TextChoices):
    """Where on the axis something stands. Each has a word and a place of its own, not only a colour."""

    COUPON = "coupon", _("发券、福袋")
    INCIDENT = "incident", _("现场记录")
    PROMPT = "prompt", _("提示和求助")


LANE_OF = {
    ControlKind.COUPON_ISSUED: Lane.COUPON,
    ControlKind.REWARD_ISSUED: Lane.COUPON,
    ControlKind.HOST_PROMPTED: Lane.PROMPT,
    ControlKind.HELP_ASKED: Lane.PROMPT,
    ControlKind.PRICE_CHANGED: Lane.INCIDENT,
    ControlKind.ITEM_PULLED: Lane.INCIDENT,
    ControlKind.STREAM_LOST: Lane.INCIDENT,
    ControlKind.STREAM_REOPENED: Lane.INCIDENT,
}


class Happening(NamedTuple):
    """Something of a moment: its kind in words and what was said of it."""

    at: datetime
    lane: Lane
    word: str
    words: str


class Stretch(NamedTuple):
    """A pitch; `until` None: it still lasts."""

    since: datetime
    until: datetime | None
    title: str


class Minute(NamedTuple):
    """A row of the table. `online`: the newest reading in it by platform; `titles`: what was presented in it."""

    at: datetime
    online: list[tuple[str, int]]
    orders: int
    paid_fen: int
    titles: list[str]
    happened: list[Happening]


class Strip(NamedTuple):
    """A pitch on the axis."""

    x: str
    width: str
    title: str
    is_odd: bool


def x_of(steps: Steps, at: datetime) -> float:
    whole = steps.number * steps.length_s
    share = (at.timestamp() - steps.first) / whole if whole else 0.0
    return chart.WIDE * min(1.0, max(0.0, share))


def moment(steps: Steps, position: int) -> datetime:
    return datetime.fromtimestamp(steps.moment(position), UTC)


def ticks(steps: Steps) -> list[datetime]:
    """Where the axis is named: its ends and the quarters between."""
    return [moment(steps, steps.number * n // QUARTERS) for n in range(QUARTERS + 1)]


def online_path(steps: Steps, points: Iterable[Point], most: int) -> str:
    return chart.line([(x_of(steps, point.at), point.online) for point in points], most)


def strips(steps: Steps, pitches: Sequence[Stretch]) -> list[Strip]:
    """A pitch that nobody ended lasts until the next one, the last until now."""
    found = []
    for n, pitch in enumerate(pitches):
        following = pitches[n + 1].since if n + 1 < len(pitches) else moment(steps, steps.number)
        left, right = x_of(steps, pitch.since), x_of(steps, pitch.until or following)
        found.append(Strip(chart.shown(left), chart.shown(max(2.0, right - left)), pitch.title, n % 2 == 1))
    return found


def table(
    steps: Steps,
    bars: Sequence[tuple[int, int]],
    online: dict[str, Sequence[Point]],
    pitches: Sequence[Stretch],
    happened: Iterable[Happening],
) -> list[Minute]:
    """The steps in which something is known; `bars`: (orders, paid fen) of each step. What came later stands in the last."""
    readings: dict[int, dict[str, int]] = {}
    for platform, points in online.items():
        for point in points:
            readings.setdefault(_step(steps, point.at), {})[platform] = point.online
    by_step: dict[int, list[Happening]] = {}
    for one in sorted(happened):
        by_step.setdefault(_step(steps, one.at), []).append(one)
    titles: dict[int, list[str]] = {}
    for pitch in pitches:
        titles.setdefault(_step(steps, pitch.since), []).append(pitch.title)
    known = sorted({n for n, bar in enumerate(bars) if any(bar)} | readings.keys() | by_step.keys() | titles.keys())
    return [
        Minute(moment(steps, n), sorted(readings.get(n, {}).items()), *bars[n], titles.get(n, []), by_step.get(n, []))
        for n in known
    ]


def _step(steps: Steps, at: datetime) -> int:
    return min(steps.position(at), steps.number - 1)
