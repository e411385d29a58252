"""The timeline of a session, gathered: readings of viewers, the curve of orders, pitches, the log. Of a session that ended,
orders are those of its replay; while it is on air, those of the minute tallies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from livestream.actions.audience import points_of
from livestream.actions.board import session_scope
from livestream.models import ControlEvent, ViewerReading
from livestream.rules import chart
from livestream.rules.audience import Point, peak
from livestream.rules.control import ControlKind
from livestream.rules.incident import TOLD_ALREADY, IncidentKind
from orders.board.frame import newest
from orders.board.replay import MARKS, timeline_of
from orders.models import MinuteTally
from orders.rules.replay import steps_of
from orders.rules.timeline import LANE_OF, Happening, Lane, Stretch, online_path, strips, table, ticks, x_of

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession
    from orders.rules.replay import Steps


def stamp_of(session: LiveSession, at: datetime) -> str:
    """What the timeline is as of: every verb that changes it moves the version of the session's board."""
    epoch, version = newest(session_scope(session.pk))
    return f"{epoch}-{version}-{session.state}" + (f"-{at:%H%M}" if session.is_live else "")


def timeline_context(session: LiveSession, *, at: datetime) -> dict[str, Any] | None:
    """What `orders/_timeline.html` draws; None before the session went live."""
    if session.went_live_at is None:
        return None
    steps, bars = steps_and_bars(session, at)
    readings = online_of(session)
    pitches = [
        Stretch(one.started_at, one.ended_at, one.product.title)
        for one in session.pitches.select_related("product").order_by("started_at", "pk")[:MARKS]
    ]
    happened = happened_in(session)
    most_orders = max((orders for orders, _paid in bars), default=0)
    most = max((top.online for points in readings.values() if (top := peak(points))), default=0)
    return {
        "most_orders": most_orders,
        "most_online": most,
        "bars": chart.bars([orders for orders, _paid in bars], most_orders),
        "online": [
            (platform, n, online_path(steps, points, most), dots(steps, points, most))
            for n, (platform, points) in enumerate(readings.items())
        ],
        "strips": strips(steps, pitches),
        "lanes": [(lane, [(chart.shown(x_of(steps, one.at)), one) for one in happened if one.lane == lane]) for lane in Lane],
        "ended": chart.shown(x_of(steps, session.ended_at)) if session.ended_at else None,
        "ticks": ticks(steps),
        "rows": table(steps, bars, dict(readings), pitches, happened),
        "step_minutes": steps.length_s // 60,
        "is_several": len(readings) > 1,
    }


def dots(steps: Steps, points: tuple[Point, ...], most: int) -> list[tuple[str, str]]:
    """Of few readings each is shown: a line between two of them says less than they do."""
    few = points if len(points) <= 60 else ()
    return chart.dots([(x_of(steps, point.at), point.online) for point in few], most)


def steps_and_bars(session: LiveSession, at: datetime) -> tuple[Steps, list[tuple[int, int]]]:
    """The steps of the axis; orders and paid fen of each."""
    if (found := timeline_of(session, at)) is not None:
        return found.steps, [(orders, paid) for _start, orders, paid in found.minutes()]
    assert session.went_live_at is not None
    steps = steps_of(session.went_live_at, at, at)
    bars = [(0, 0)] * steps.number
    tallies = MinuteTally.objects.filter(scope=session_scope(session.pk)).values("minute").order_by("minute")
    for row in tallies.annotate(sum_orders=Sum("orders"), sum_fen=Sum("paid_fen")):
        place = min(steps.position(row["minute"]), steps.number - 1)
        bars[place] = bars[place][0] + row["sum_orders"], bars[place][1] + row["sum_fen"]
    return steps, bars


def online_of(session: LiveSession) -> dict[str, tuple[Point, ...]]:
    """By platform, in order: they are several lines, never a sum."""
    readings = ViewerReading.objects.filter(session=session, online_now__isnull=False).order_by("platform", "read_at", "pk")
    found: dict[str, list[ViewerReading]] = {}
    for reading in readings:
        found.setdefault(reading.platform, []).append(reading)
    return {platform: points_of(those) for platform, those in found.items()}


def happened_in(session: LiveSession) -> list[Happening]:
    """What people did that stands beside the curve, and incidents."""
    events = ControlEvent.objects.filter(session=session, kind__in=LANE_OF).select_related("product").in_order()[:MARKS]
    found = [
        Happening(one.happened_at, LANE_OF[ControlKind(one.kind)], one.get_kind_display(), said(one.product, one.words))
        for one in events
    ]
    told = {(one.kind, one.happened_at) for one in events}
    incidents = session.incidents.select_related("product")[:MARKS]
    return found + [
        Happening(one.happened_at, Lane.INCIDENT, one.get_kind_display(), said(one.product, one.note))
        for one in incidents
        if (TOLD_ALREADY.get(IncidentKind(one.kind)), one.happened_at) not in told
    ]


def said(product: Any, words: str) -> str:
    return " · ".join(part for part in (product.title if product else "", words) if part)
