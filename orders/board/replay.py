"""An ended session played again from its ledger: what its board would have said at the end of every minute.

When an entry plays:

* a payment by which an order first came into this session plays at `counted_at`: a push in the second it came, an order that a
  file or a late list told of, or that was moved here afterwards, in the minute it was paid (docs/counting.md);
* everything else (a refund, a cancellation, a corrected line, an order moved away) plays at `recorded_at`, when we heard of it;
* what plays later than half an hour after the end is the last state, "after": so the last state is the board of today.

Every entry plays exactly once, so the states are sums of the ledger like the tallies, and the last one equals them. A bar is
by how much the figures moved in its minute, so that the bars up to a moment add up to its totals.
"""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Sum
from django.utils import timezone

from livestream.actions.board import session_scope
from livestream.models import LiveSession, Product
from orders.actions.audit import one_snapshot
from orders.board.frame import encode, newest
from orders.models import ItemTally
from orders.rules.replay import Steps, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.backends.utils import CursorWrapper

LIMIT = 200_000  # bytes of a chunk
ITEMS = 40  # goods with a row of their own; what else was sold is one row
MARKS = 500  # pitches, and incidents
KEPT = 8  # timelines a process keeps: at most 60,000 rows of 56 bytes each
SUMS = ("orders", "units", "paid_fen", "refunded_fen")

# One scan of the session's entries. The window finds the booking with which an order came into the session.
PLAYED = """
WITH entries AS (
  SELECT l.*, MIN(recorded_at) OVER (PARTITION BY order_id) AS first_recorded_at
  FROM orders_ledgerentry l WHERE session_id = %(session)s
), played AS (
  SELECT item_id, orders, item_orders, units, paid_fen, refunded_fen,
    floor(extract(epoch FROM CASE
      WHEN recorded_at = first_recorded_at AND refunded_on IS NULL THEN counted_at ELSE recorded_at
    END))::bigint AS second
  FROM entries
)
SELECT GREATEST(0, LEAST(%(number)s, (second - %(first)s) / %(length)s)) AS step, COALESCE(g.place - 1, %(others)s) AS place,
  SUM(orders)::bigint, SUM(item_orders)::bigint, SUM(units)::bigint, SUM(paid_fen)::bigint, SUM(refunded_fen)::bigint
FROM played p LEFT JOIN unnest(%(items)s::bigint[]) WITH ORDINALITY AS g(item_id, place) ON g.item_id = p.item_id
GROUP BY 1, 2 ORDER BY 1, 2
"""


class Good(NamedTuple):
    """A row of the replay; `item`: what order lines call it, None while nothing of it was sold."""

    id: str
    title: str
    stock: int | None
    item: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that moved, step by step. `moves` holds rows of seven: step, place, orders, orders of the item, units, paid, refunded;
    the place after the last good is that of all others, and of orders whose lines are not known."""

    epoch: str
    version: int
    steps: Steps
    goods: tuple[Good, ...]
    moves: array[int]

    @property
    def last(self) -> int:
        """The position of the last state, "after"."""
        return self.steps.number + 1

    def rows(self) -> Iterator[tuple[int, ...]]:
        moves = iter(self.moves)
        return zip(*[moves] * 7, strict=True)

    def states(self) -> Iterator[dict[str, Any]]:
        """The state of every moment, from nothing at the start to "after": whole, each by itself."""
        totals = [0, 0, 0, 0]
        items = [[0, 0, 0, 0] for _ in range(len(self.goods) + 1)]
        by_step = {step: list(rows) for step, rows in groupby(self.rows(), key=lambda row: row[0])}
        for position in range(self.last + 1):
            for _, place, orders, item_orders, units, paid, refunded in by_step.get(position - 1, ()):
                _add(totals, orders, units, paid, refunded)
                _add(items[place], item_orders, units, paid, refunded)
            yield self._state(position, totals, items)

    def _state(self, position: int, totals: list[int], items: list[list[int]]) -> dict[str, Any]:
        return {
            "at": None if position == self.last else self.steps.moment(position),
            "totals": dict(zip(SUMS, totals, strict=True)) | {"net_fen": totals[2] - totals[3]},
            "items": [
                [*sums, None if good.stock is None else good.stock - sums[1]]
                for good, sums in zip(self.goods, items[:-1], strict=True)
            ],
            "others": list(items[-1]),
        }

    def minutes(self) -> list[list[int]]:
        """The bars: start of the step (epoch seconds), by how much orders and paid fen moved in it."""
        bars = [[self.steps.moment(position), 0, 0] for position in range(self.steps.number)]
        for step, _, orders, _, _, paid, _ in self.rows():
            if step < self.steps.number:
                bars[step][1] += orders
                bars[step][2] += paid
        return bars


def _add(sums: list[int], *amounts: int) -> None:
    for place, amount in enumerate(amounts):
        sums[place] += amount


# --- made once a version --------------------------------------------------------------------------------------------------

_kept: OrderedDict[tuple[Any, ...], Timeline] = OrderedDict()
_making = threading.Lock()


def timeline_of(session: LiveSession, at: datetime | None = None) -> Timeline | None:
    """The timeline of a session that has ended, else None. Made once for a version, one at a time in a process."""
    if session.went_live_at is None or session.ended_at is None:
        return None
    steps = steps_of(session.went_live_at, session.ended_at, at or timezone.now())
    key = (session.pk, *newest(session_scope(session.pk)), steps)
    with _making:
        found = _kept.get(key) or _make(session, steps)
        _kept[session.pk, found.epoch, found.version, steps] = found
        _kept.move_to_end((session.pk, found.epoch, found.version, steps))
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _make(session: LiveSession, steps: Steps) -> Timeline:
    with one_snapshot() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '30s'; SET LOCAL work_mem = '32MB'")  # a million orders: 2 s
        epoch, version = newest(session_scope(session.pk))
        goods = _goods(session)
        return Timeline(epoch, version, steps, goods, _moves(cursor, session, steps, goods))


def _moves(cursor: CursorWrapper, session: LiveSession, steps: Steps, goods: tuple[Good, ...]) -> array[int]:
    values: dict[str, Any] = {"session": session.pk, "first": steps.first, "length": steps.length_s, "number": steps.number}
    cursor.execute(PLAYED, values | {"items": [good.item for good in goods], "others": len(goods)})
    moves = array("q")
    for row in cursor.fetchall():
        moves.extend(row)
    return moves


def _goods(session: LiveSession) -> tuple[Good, ...]:
    """The line-up in its order, then what was sold beside it, the best first."""
    tallies = ItemTally.objects.filter(scope=session_scope(session.pk)).values("item_id", "item__sku", "item__title")
    sold = {row["item__sku"]: row for row in tallies.annotate(paid=Sum("paid_fen")).order_by("-paid", "item__sku")}
    goods = []
    for slot in session.line_up.select_related("product")[:ITEMS]:
        row = sold.pop(slot.product.sku, None)
        goods.append(Good(slot.product.sku, slot.product.title, slot.committed_stock, row["item_id"] if row else None))
    beside = [sku for sku, _ in zip(sold, range(ITEMS - len(goods)), strict=False)]
    titles = dict(Product.objects.filter(county=session.county_id, sku__in=beside).values_list("sku", "title"))
    goods += [Good(sku, titles.get(sku) or sold[sku]["item__title"], None, sold[sku]["item_id"]) for sku in beside]
    return tuple(goods)


# --- as it is sent --------------------------------------------------------------------------------------------------------


def chunk(session: LiveSession, timeline: Timeline, start: int, count: int) -> dict[str, Any]:
    """States from moment `start` on, at most `count` and as many as fit into 200 KB; `next` is where to go on. The chunk from 0
    also says what stands beside the curve: minutes, pitches, incidents."""
    document = head(session, timeline) | {"from": start, "next": None}
    if start == 0:
        document |= {"minutes": timeline.minutes()} | marks(session)
    states: list[dict[str, Any]] = []
    room = LIMIT - len(encode(document)) - len('"states":[],"next":0000')
    for position, state in enumerate(timeline.states()):
        if position < start:
            continue
        room -= len(encode(state)) + 1
        if states and (len(states) == count or room < 0):
            document["next"] = position
            break
        states.append(state)
    return document | {"states": states}


def head(session: LiveSession, timeline: Timeline) -> dict[str, Any]:
    """What every chunk begins with. `last` is the position of the last state, whose `at` is null: what came afterwards."""
    return {
        "epoch": timeline.epoch,
        "scope": session_scope(session.pk),
        "version": timeline.version,
        "title": session.title,
        "step_s": timeline.steps.length_s,
        "first": timeline.steps.first,
        "last": timeline.last,
        "ended_at": int(session.ended_at.timestamp()) if session.ended_at else None,
        "items": [{"id": good.id, "title": good.title, "stock": good.stock} for good in timeline.goods],
    }


def marks(session: LiveSession) -> dict[str, Any]:
    """What stands beside the curve: pitches as [from, to or null, title], incidents as [when, kind, note]; epoch seconds."""
    pitches = session.pitches.select_related("product")[:MARKS]
    return {
        "pitches": [[_second(p.started_at), p.ended_at and _second(p.ended_at), p.product.title] for p in pitches],
        "incidents": [[_second(i.happened_at), i.kind, i.note] for i in session.incidents.all()[:MARKS]],
    }


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
