"""What was sold before anybody looked: an evening so far, counted by the same way in as every push."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from livestream.actions.pitch import start_pitch
from livestream.models import Product
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive
from orders.models import Order, Shop
from orders.models.ledger import Cause
from orders.platforms import standard
from orders.rules.evening import PLAYED, Habits, Message, Offer, Road, Stage, body, evening

if TYPE_CHECKING:
    from livestream.models import LiveSession, Room

SHIPPED_WITHIN = timedelta(hours=1)


def load_history(session: LiveSession, *, shops: tuple[Shop, ...], orders_a_minute: float, until: datetime) -> int:
    """The pitches and orders of a session from its beginning to `until`, or to its end; returns how many messages were
    counted now. With a second shop, some buyers are on its platform, as they will be when the evening goes on.

    The session's room is the seed and stands in the order numbers, so that a second time finds everything there.
    """
    began, held = session.went_live_at, session.rooms.order_by("pk").first()
    if began is None or held is None:  # somebody's own session, without a room: no order can name it
        return 0
    sold_until = min(until, session.ended_at or until)
    told_until = min(until, sold_until + SHIPPED_WITHIN)
    told, pitches = _play(session, held, Habits(orders_a_minute / 60, duplicates=0, stray=0, douyin=0.3), sold_until, told_until)
    newest = max((message.sale.order_no for message in told), default="")
    if not newest or Order.objects.filter(county_id=session.county_id, order_no__in=_numbers(newest)).exists():
        return 0
    for second, sku in pitches:
        product = Product.objects.get(county_id=session.county_id, sku=sku)
        start_pitch(session, product, at=began + timedelta(seconds=second), tap=f"{PLAYED}{second}")
    for (moment, road), messages in sorted(_batches(told).items()):
        shop, cause = (shops[0], Cause.PUSH) if road == Road.STANDARD else (shops[-1], Cause.API)
        at = min(until, began + timedelta(seconds=moment))
        piece = json.dumps([_named(body(message, began), road) for message in messages]).encode()
        (parsed,) = standard.parse({}, piece, until)
        receive([Arrival(ShopRef(shop.pk, shop.county_id), parsed.events)], cause=cause, at=at)
    return len(told)


def _numbers(order_no: str) -> tuple[str, str]:
    """The number in an own shop, and in a 抖店: 19 digits."""
    return order_no, f"5{order_no[1:13]}{order_no[-6:]}"


def _named(said: dict[str, Any], road: Road) -> dict[str, Any]:
    if road == Road.DOUYIN:
        said["order_no"] = _numbers(said["order_no"])[1]
    return said


def _play(
    session: LiveSession, held: Room, habits: Habits, sold_until: datetime, told_until: datetime
) -> tuple[list[Message], list[tuple[int, str]]]:
    """Every message due before `told_until` but announcements of orders that were paid a moment later; and the pitches,
    as second and merchant code."""
    began = session.started_at
    line_up = session.line_up.select_related("product")
    offers = tuple(Offer(item.product.sku, item.product.title, item.live_price_fen) for item in line_up)
    room = held.room_id
    stage = Stage(room, held.account, offers)
    open_s = round((sold_until - began).total_seconds())
    pitches: list[tuple[int, str]] = []
    told = evening(
        habits,
        seed=room,
        prefix=f"D{room[-12:]}",
        stages=lambda second: [stage] if second < open_s else [],
        presents=lambda _stage, offer, second: pitches.append((second, offer.sku)),
    )
    seconds = islice(told, round((told_until - began).total_seconds()))
    due = [message for second in seconds for message in second]
    return [message for message in due if message.status != "created" or message.sale.paid_ms is None], pitches


def _batches(told: list[Message]) -> dict[tuple[int, Road], list[Message]]:
    """What is counted keeps its second, which is when it lights up on a board; the rest needs only its five minutes."""
    batches: dict[tuple[int, Road], list[Message]] = defaultdict(list)
    for message in told:
        second = max(0, message.due_ms // 1000)
        is_payment = message.status == "paid" and not message.refunds
        batches[second if is_payment else second - second % 300 + 300, message.sale.road].append(message)
    return batches
