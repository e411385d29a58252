"""An ended session played again: the page. Its states come by GET, see orders/api/replay.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.incident import IncidentKind
from orders.board.around import session_viewers
from orders.board.replay import Timeline, head, marks, timeline_of
from orders.board.rights import session_to_watch
from orders.board.timeline import online_of
from orders.views.around_words import STALE_S, last_words, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from livestream.models import LiveSession

HEIGHT = 100  # of the curve's own coordinates; a bar reaches at most to 92


class Mark(NamedTuple):
    """Something that stands beside the curve: `position` is the moment before it, `kind` of an incident, else "pitch"."""

    position: int
    at: datetime
    kind: str
    word: str
    note: str


class Minute(NamedTuple):
    """A row of the table: what moved in the step that ends `at`, the totals then, what happened. Without `at`: afterwards."""

    position: int
    at: datetime | None
    orders: int
    paid_fen: int
    totals: dict[str, int]
    marks: list[Mark]


@require_GET
@login_required
@never_cache
def session_replay(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The page. Before the end it says when there will be something to play."""
    session = session_to_watch(request.user, session_id)
    if session is None:
        raise Http404
    timeline = timeline_of(session)
    context: dict[str, Any] = {"session": session}
    if timeline is not None:
        context |= page(session, timeline)
    return render(request, "orders/board_replay.html", context)


def page(session: LiveSession, timeline: Timeline) -> dict[str, Any]:
    """What the page shows without a script: the last state, the whole curve, a table of the minutes."""
    beside = marks(session)
    listed = listed_marks(timeline, beside)
    states = list(timeline.states())
    last = states[-1]
    bars = timeline.minutes()
    most = max((orders for _, orders, _ in bars), default=0)
    goods = [
        {"title": good.title, "orders": sums[0], "units": sums[1], "paid_fen": sums[2], "refunded_fen": sums[3], "left": sums[4]}
        for good, sums in zip(timeline.goods, last["items"], strict=True)
    ]
    return {
        "raw": head(session, timeline) | {"pitches": beside["pitches"], "online": online(session), "stale_s": STALE_S},
        "crowd": last_words(session_viewers(session, timezone.now()), words()),
        "totals": last["totals"],
        "goods": goods,
        "others": dict(zip(("orders", "units", "paid_fen", "refunded_fen"), last["others"], strict=True)),
        "best": max((good["units"] for good in goods), default=0),
        "curve": curve([orders for _, orders, _ in bars], most),
        "most": most,
        "strips": strips(timeline, beside["pitches"]),
        "incidents": [mark for mark in listed if mark.kind != "pitch"],
        "ticks": [moment(timeline.steps.moment(timeline.steps.number * n // 4)) for n in range(5)],
        "minutes": table(timeline, states, bars, listed),
        "marks": listed,
        "end": timeline.steps.position(session.ended_at) if session.ended_at else None,
        "wide": timeline.last,
        "step_minutes": timeline.steps.length_s // 60,
    }


def online(session: LiveSession) -> list[list[tuple[int, int]]]:
    """Of each platform what was said of people online: epoch second, number."""
    return [[(int(point.at.timestamp()), point.online) for point in points] for points in online_of(session).values()]


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def listed_marks(timeline: Timeline, beside: dict[str, Any]) -> list[Mark]:
    """Pitches and incidents in the order in which they happened."""
    found = [(start, "pitch", title) for start, _end, title in beside["pitches"]]
    found += [(at, kind, note) for at, kind, note in beside["incidents"]]
    return [
        Mark(
            timeline.steps.position(moment(at)),
            moment(at),
            kind,
            _("讲解") if kind == "pitch" else str(IncidentKind(kind).label),
            note,
        )
        for at, kind, note in sorted(found)
    ]


def curve(orders: list[int], most: int) -> str:
    """The bars as one path, a step wide each, in coordinates of steps by `HEIGHT`."""
    tops = (HEIGHT - round(max(0, number) * (HEIGHT - 8) / most, 1) if most > 0 else HEIGHT for number in orders)
    return f"M0 {HEIGHT}" + "".join(f"V{top:g}H{position}" for position, top in enumerate(tops, start=1)) + f"V{HEIGHT}Z"


def strips(timeline: Timeline, pitches: list[list[Any]]) -> list[dict[str, Any]]:
    """Where on the curve which good was presented; a pitch that nobody ended lasts until the next one."""
    steps = timeline.steps
    found = []
    for n, (start, end, title) in enumerate(pitches):
        until = end or (pitches[n + 1][0] if n + 1 < len(pitches) else steps.moment(steps.number))
        left = min(max(0, (start - steps.first) / steps.length_s), steps.number)
        right = min(max(left, (until - steps.first) / steps.length_s), steps.number)
        found.append({"x": f"{left:.2f}", "width": f"{right - left:.2f}", "title": title, "is_odd": n % 2})
    return found


def table(timeline: Timeline, states: list[dict[str, Any]], bars: list[list[int]], listed: list[Mark]) -> list[Minute]:
    """The minutes in which something moved or happened, and what came afterwards."""
    found: dict[int, list[Mark]] = {}
    for mark in listed:
        found.setdefault(mark.position, []).append(mark)
    rows = [
        Minute(
            position + 1,
            moment(timeline.steps.moment(position + 1)),
            orders,
            paid,
            states[position + 1]["totals"],
            found.get(position, []),
        )
        for position, (_start, orders, paid) in enumerate(bars)
        if states[position + 1]["totals"] != states[position]["totals"] or position in found
    ]
    after, before = states[-1]["totals"], states[-2]["totals"]
    moved = after["orders"] - before["orders"], after["paid_fen"] - before["paid_fen"]
    return [*rows, Minute(timeline.last, None, *moved, after, found.get(timeline.steps.number, []))]
