"""An ended session played again: the page, and its states by GET."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from livestream.rules.incident import IncidentKind
from orders.board.frame import encode
from orders.board.replay import Timeline, chunk, head, marks, timeline_of
from orders.board.rights import session_to_watch

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponseBase
    from rest_framework.request import Request

    from livestream.models import LiveSession

COUNT, MOST = 60, 600
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
        "raw": head(session, timeline) | {"pitches": beside["pitches"]},
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


# --- by GET ---------------------------------------------------------------------------------------------------------------


class Asked(serializers.Serializer[dict[str, int]]):
    """Which states."""

    count = serializers.IntegerField(min_value=1, max_value=MOST, default=COUNT)
    vars()["from"] = serializers.IntegerField(min_value=0, max_value=10_000, default=0)  # a word of Python


class ReplaySumsSerializer(serializers.Serializer[dict[str, int]]):
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    net_fen = serializers.IntegerField()


class ReplayStateSerializer(serializers.Serializer[dict[str, object]]):
    at = serializers.IntegerField(allow_null=True, help_text="epoch seconds; null: what came after the end, the board of today")
    totals = ReplaySumsSerializer()
    items = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(allow_null=True), min_length=5, max_length=5),
        help_text="orders, units, paid fen, refunded fen, stock left: of each of `items` of the chunk",
    )
    others = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4, help_text="of all other goods")


class ReplayGoodSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.CharField()
    title = serializers.CharField()
    stock = serializers.IntegerField(allow_null=True)


class ReplaySerializer(serializers.Serializer[dict[str, object]]):
    """States of an ended session, each whole. The chunk from 0 also holds `minutes`, `pitches` and `incidents`."""

    epoch = serializers.UUIDField()
    scope = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    step_s = serializers.IntegerField(help_text="seconds a step: 60, more if the session lasted longer than a day")
    first = serializers.IntegerField(help_text="epoch seconds of moment 0")
    last = serializers.IntegerField(help_text="the position of the last state, what came after the end")
    ended_at = serializers.IntegerField(help_text="epoch seconds")
    items = ReplayGoodSerializer(many=True)
    vars()["from"] = serializers.IntegerField(help_text="the position of the first state here")
    next = serializers.IntegerField(allow_null=True, help_text="the `from` of the next chunk; null: this was the last")
    states = ReplayStateSerializer(many=True)
    minutes = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3),
        required=False,
        help_text="start (epoch seconds), by how much orders and paid fen moved",
    )
    pitches = serializers.ListField(child=serializers.ListField(), required=False, help_text="from, to or null, title")
    incidents = serializers.ListField(child=serializers.ListField(), required=False, help_text="when, kind, note")


class SessionReplay(APIView):
    """An ended session minute by minute, from its ledger: whole states, in chunks of at most 200 KB."""

    @extend_schema(
        parameters=[
            OpenApiParameter("from", int, description="position of the first state, from 0"),
            OpenApiParameter("count", int, description=f"states at most, up to {MOST}; {COUNT} if it is not said"),
        ],
        responses={
            200: ReplaySerializer,
            304: OpenApiResponse(description="Nothing newer than the If-None-Match that was sent"),
            400: OpenApiResponse(description="Not a position, not a count"),
            404: OpenApiResponse(description="No such session, or not yours to see"),
            409: OpenApiResponse(description="The session has not ended yet"),
        },
    )
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        session = session_to_watch(request.user, session_id)
        if session is None:
            raise Http404
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        timeline = timeline_of(session)
        if timeline is None:
            return Response({"detail": _("这一场还没有下播，下播以后才能回放。")}, status=409)
        etag = f'W/"{timeline.epoch}-{timeline.version}-{timeline.last}"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            document = chunk(session, timeline, asked.validated_data["from"], asked.validated_data["count"])
            response = HttpResponse(encode(document), content_type="application/json")
        response.headers["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        return response
