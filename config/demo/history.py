"""What was sold before anybody looked: an evening so far, counted by the same way in as every push."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive
from orders.models import Order, Shop
from orders.models.ledger import Cause
from orders.platforms import standard
from orders.rules.evening import Habits, Message, Offer, Stage, body, evening

if TYPE_CHECKING:
    from livestream.models import LiveSession, Room

SHIPPED_WITHIN = timedelta(hours=1)


def load_history(session: LiveSession, *, shop: Shop, orders_a_minute: float, until: datetime) -> int:
    """The orders of a session from its beginning to `until`, or to its end; returns how many messages were counted now.

    The session's room is the seed and stands in the order numbers, so that a second time finds everything there.
    """
    began, held = session.went_live_at, session.rooms.order_by("pk").first()
    if began is None or held is None:  # somebody's own session, without a room: no order can name it
        return 0
    sold_until = min(until, session.ended_at or until)
    told = _messages(session, held, orders_a_minute, began, sold_until, min(until, sold_until + SHIPPED_WITHIN))
    newest = max((message.sale.order_no for message in told), default="")
    if not newest or Order.objects.filter(county_id=session.county_id, shop=shop, order_no=newest).exists():
        return 0
    for moment, messages in sorted(_batches(told).items()):
        at = min(until, began + timedelta(seconds=moment))
        piece = json.dumps([body(message, began) for message in messages]).encode()
        (parsed,) = standard.parse({}, piece, until)
        receive([Arrival(ShopRef(shop.pk, shop.county_id), parsed.events)], cause=Cause.PUSH, at=at)
    return len(told)


def _messages(
    session: LiveSession, held: Room, orders_a_minute: float, began: datetime, sold_until: datetime, told_until: datetime
) -> list[Message]:
    """Every message due before `told_until` but announcements of orders that were paid a moment later."""
    line_up = session.line_up.select_related("product")
    offers = tuple(Offer(item.product.sku, item.product.title, item.live_price_fen) for item in line_up)
    room = held.room_id
    stage = Stage(room, held.account, offers)
    open_s = round((sold_until - began).total_seconds())
    told = evening(
        Habits(rate=orders_a_minute / 60, duplicates=0, stray=0),
        seed=room,
        prefix=f"D{room[-12:]}",
        stages=lambda second: [stage] if second < open_s else [],
    )
    seconds = islice(told, round((told_until - began).total_seconds()))
    return [message for due in seconds for message in due if message.status != "created" or message.sale.paid_ms is None]


def _batches(told: list[Message]) -> dict[int, list[Message]]:
    """What is counted keeps its second, which is when it lights up on a board; the rest needs only its five minutes."""
    batches: dict[int, list[Message]] = defaultdict(list)
    for message in told:
        second = max(0, message.due_ms // 1000)
        is_payment = message.status == "paid" and not message.refunds
        batches[second if is_payment else second - second % 300 + 300].append(message)
    return batches
