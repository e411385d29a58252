"""Orders that a host takes by phone or WeChat and writes down with a thumb: counted like every other order, in the county's own
shop for them, and of the session on whose page they were written."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livestream.models import LineUpItem
from livestream.rules.errors import NotAllowed
from livestream.rules.session import AIRED, SessionKind
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive
from orders.models import Order, Shop
from orders.models.ledger import Cause
from orders.models.shop import MANUAL
from orders.rules.attribution import GRACE, own_room
from orders.rules.order import LineFact, OrderEvent, OrderStatus

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession, Place
    from orders.models.order import OrderQuerySet

SHOP_NAME = "主播手记"
PIECES_AT_MOST = 999
PRICE_AT_MOST_FEN = 10_000_000
# Of one order the taking back outranks the writing down, whichever of them arrives first.
WRITTEN, TAKEN_BACK = 1, 2


@dataclass(frozen=True, slots=True)
class HandSale:
    """What somebody ordered: pieces of one item of the line-up, and what he pays for each, in fen."""

    product_id: int
    pieces: int
    price_fen: int


def hand_shop(county: Place) -> Shop:
    """The county's shop of what is written down by hand; made when it is first needed. Nothing is ever pushed to it."""
    facts = {"secret": secrets.token_urlsafe(32)}
    return Shop.objects.get_or_create(county=county, platform=MANUAL, name=SHOP_NAME, defaults=facts)[0]


def tally_by_hand(session: LiveSession, sale: HandSale, *, tap: str, at: datetime) -> None:
    """One order more, paid at `at`. `tap` is the phone's own id of the tap and the order's number: the same tap again changes
    nothing. Raises NotAllowed(`off_air`, `practice_tally`, `not_in_line_up`, `tally_pieces`, `tally_price`, `tap_of_another`)."""
    if session.kind == SessionKind.PRACTICE:
        raise NotAllowed("practice_tally")
    paid_at = _moment(session, at)
    item = LineUpItem.objects.filter(session=session, product=sale.product_id).select_related("product").first()
    if item is None:
        raise NotAllowed("not_in_line_up", title="")
    if not 1 <= sale.pieces <= PIECES_AT_MOST:
        raise NotAllowed("tally_pieces", most=PIECES_AT_MOST)
    if not 1 <= sale.price_fen <= PRICE_AT_MOST_FEN:
        raise NotAllowed("tally_price", most=PRICE_AT_MOST_FEN // 100)
    shop, room = hand_shop(session.county), own_room(session.pk)
    if Order.objects.filter(county=session.county_id, shop=shop, order_no=tap).exclude(live_room=room).exists():
        raise NotAllowed("tap_of_another")
    line = LineFact("1", item.product.sku, item.product.title, sale.pieces, sale.pieces * sale.price_fen)
    event = OrderEvent(tap, WRITTEN, paid_at, OrderStatus.PAID.value, paid_at, room, lines=(line,))
    receive([Arrival(ShopRef(shop.pk, shop.county_id), events=(event,))], cause=Cause.HAND, at=at)


def take_back_tally(session: LiveSession, order_no: str, *, at: datetime) -> None:
    """What was written down by mistake counts no more; twice has one effect. Raises NotAllowed(`tally_gone`)."""
    order = tallies_of(session).filter(order_no=order_no).first()
    if order is None:
        raise NotAllowed("tally_gone")
    event = OrderEvent(order_no, TAKEN_BACK, order.paid_at or at, OrderStatus.CANCELLED.value)
    receive([Arrival(ShopRef(order.shop_id, order.county_id), events=(event,))], cause=Cause.HAND, at=at)


def tallies_of(session: LiveSession) -> OrderQuerySet:
    """What was written down in this session, newest first; what was taken back too."""
    shops = Shop.objects.filter(county=session.county_id, platform=MANUAL)
    found = Order.objects.filter(county=session.county_id, shop__in=shops, session=session)
    return found.order_by("-paid_at", "-pk")


def _moment(session: LiveSession, at: datetime) -> datetime:
    """When it was paid: never before the session, whose beginning another clock told. Raises NotAllowed(`off_air`)."""
    if session.state not in AIRED or session.went_live_at is None:
        raise NotAllowed("off_air")
    if session.ended_at is not None and at >= session.ended_at + GRACE:
        raise NotAllowed("off_air")
    return max(at, session.went_live_at)
