"""What the hub asks the database: which watched scopes are newer, what their frames and details say."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from livestream.models import Place
from orders.board.detail import detail_of
from orders.board.feed import DETAIL, Feed, Picture, text_frame
from orders.board.frame import Frame, county_frame, encode, session_frame, stage_frame
from orders.board.on_air import session_on_board
from orders.board.privacy import without_money
from orders.board.rollup import rollup_frame, rollup_place

if TYPE_CHECKING:
    from collections.abc import Sequence

# A session and a county have a version of their own; a city's and a province's is the sum of those of their counties.
NEWER = """
SELECT w.place FROM unnest(%s::text[], %s::text[], %s::bigint[]) WITH ORDINALITY AS w(scope, epoch, version, place)
LEFT JOIN livestream_boardversion b ON b.scope = w.scope
LEFT JOIN LATERAL (
  SELECT SUM(v.version)::bigint AS version FROM livestream_place c JOIN livestream_boardversion v ON v.scope = 'county:' || c.code
  WHERE c.parent_id = ANY(CASE split_part(w.scope, ':', 1)
    WHEN 'city' THEN ARRAY[split_part(w.scope, ':', 2)]
    WHEN 'province' THEN (SELECT array_agg(code::text) FROM livestream_place WHERE parent_id = split_part(w.scope, ':', 2))
  END)
) AS inside ON b.scope IS NULL
WHERE COALESCE(b.version, inside.version, 0) <> w.version
  OR w.epoch IS DISTINCT FROM (SELECT epoch::text FROM orders_boardepoch WHERE id = 1)
ORDER BY w.place
"""


class Known(NamedTuple):
    """What the hub has of a feed; without an epoch it wants a picture in any case."""

    feed: Feed
    epoch: str = ""
    version: int = -1


def look(known: Sequence[Known]) -> list[tuple[Feed, Picture | None]]:
    """The new pictures of those feeds that changed or are due, in the order asked; None for a scope that is no longer there."""
    if not known:
        return []
    columns: Any = [[each.feed.scope for each in known], [each.epoch for each in known], [each.version for each in known]]
    with connection.cursor() as cursor:
        cursor.execute(NEWER, columns)
        newer = [known[place - 1].feed for (place,) in cursor.fetchall()]
    documents = defaultdict(list)
    for feed in newer:
        documents[feed.scope, feed.part].append(feed)
    return [seen for (scope, part), feeds in documents.items() for seen in _pictures(scope, part, feeds)]


def _pictures(scope: str, part: str, feeds: list[Feed]) -> list[tuple[Feed, Picture | None]]:
    """One document, asked once, for those who may see money and for those who may not."""
    document = detail_of(scope) if part == DETAIL else frame_of(scope)
    if document is None:
        return [(feed, Picture() if part == DETAIL else None) for feed in feeds]
    return [(feed, picture(without_money(document) if feed.hides_money else document)) for feed in feeds]


def picture(document: dict[str, Any]) -> Picture:
    payload = encode(document)
    return Picture(payload.decode(), text_frame(payload), document["epoch"], document["version"], _is_moving(document))


def _is_moving(frame: Frame) -> bool:
    last = frame.get("last_order_at")
    return last is not None and datetime.fromisoformat(frame["as_of"]) - datetime.fromisoformat(last) < timedelta(seconds=62)


def frame_of(scope: str) -> Frame | None:
    """The newest frame of `session:<uuid>`, `stage:<uuid>`, `county:<code>`, `city:<code>` or `province:<code>`."""
    kind, _, key = scope.partition(":")
    if kind == "stage":
        return stage_frame(key)
    if kind == "session":
        session = session_on_board(key)
        return session_frame(session) if session else None
    if place := rollup_place(scope):
        return rollup_frame(place)
    county = Place.objects.counties().filter(pk=key).first()
    return county_frame(county) if county else None
