"""What each stretch of a relay sold: sums of the session's minutes, so that all of them together are the session's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q, Sum

from livestream.actions.board import session_scope
from orders.models import MinuteTally

if TYPE_CHECKING:
    from livestream.models import LiveSession, Segment


class SegmentResult(NamedTuple):
    """Orders and money that were paid in the minutes of the stretch: half-open, so no minute counts twice."""

    segment: Segment
    orders: int
    paid_fen: int


def segment_results(session: LiveSession) -> list[SegmentResult]:
    """Of every stretch, by the clock; one query, however many there are."""
    segments = list(session.segments.select_related("place").order_by("starts_at"))
    if not segments:
        return []
    sums = {}
    for number, segment in enumerate(segments):
        inside = Q(minute__gte=segment.starts_at, minute__lt=segment.ends_at)
        sums[f"orders{number}"] = Sum("orders", filter=inside, default=0)
        sums[f"paid{number}"] = Sum("paid_fen", filter=inside, default=0)
    found = MinuteTally.objects.filter(scope=session_scope(session.pk)).aggregate(**sums)
    return [SegmentResult(segment, found[f"orders{n}"], found[f"paid{n}"]) for n, segment in enumerate(segments)]
