"""What the log of a session begins and ends with: going on air lists what may be listed, going off air is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.actions.control_log import LAST_GUARDS, follow_log
from livestream.actions.control_pull import held, lock_products, pull_held
from livestream.actions.price import check_listing
from livestream.actions.refusal import refusing
from livestream.models import ControlEvent, User
from livestream.rules.control import ControlKind, Device
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from livestream.models import LineUpItem, LiveSession, Product

START = "0-start"  # of one moment the session begins before its items are listed


def prepare_start(session: LiveSession) -> None:
    """In the caller's transaction, before it holds the session: the products of the line-up, as everybody locks them."""
    lock_products(session.line_up.values_list("product", flat=True))


def write_start(session: LiveSession, *, at: datetime, by: User | None, without: Collection[int] = ()) -> None:
    """The session is on air from `at`: every item with its papers, not below its floor, is listed, one event each, and what is
    pulled in the county is pulled here too. Any other stays as it was planned, and so do the products `without`. In the caller's
    transaction."""
    who = by or session.host
    _write(session, ControlKind.STARTED, at, who, START)
    pull_held(session, at=at)
    items = list(session.line_up.select_related("product", "subsidy").prefetch_related("offers", "links"))
    pulled = held(session, [item.product_id for item in items])
    for item in items:
        if item.product_id not in pulled and item.product_id not in without:
            item.session = session
            _list(item, at, who)


def _list(item: LineUpItem, at: datetime, who: User) -> None:
    try:
        check_listing(item, at=at)
        with refusing(LAST_GUARDS):
            _write(item.session, ControlKind.ITEM_LISTED, at, who, f"{START}-{item.product_id}", item.product)
            follow_log(item.session, [item.product_id])
    except NotAllowed:
        return  # without its papers, or below its floor: the desk says so


def write_end(session: LiveSession, *, at: datetime, by: User | None, words: str = "") -> None:
    """The session is off air from `at`; `words`: why, where staff ended it. In the caller's transaction, which moved it there, so
    once."""
    entry = {"by": by or session.host, "device": Device.DESK, "tap": "ended", "words": words}
    ControlEvent.objects.create(session=session, kind=ControlKind.ENDED, happened_at=at, **entry)


def _write(
    session: LiveSession, kind: ControlKind, at: datetime, who: User, tap: str, product: Product | None = None
) -> None:  # fmt: skip
    device = Device.SYSTEM if product else Device.DESK
    ControlEvent.objects.create(session=session, kind=kind, happened_at=at, by=who, device=device, tap=tap, product=product)
