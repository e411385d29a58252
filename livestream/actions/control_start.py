"""What the log of a session begins and ends with: going on air lists what may be listed, going off air is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.actions.control_log import LAST_GUARDS, follow_log
from livestream.actions.control_pull import held, lock_products, pull_held
from livestream.actions.refusal import refusing
from livestream.models import ControlEvent, User
from livestream.rules.control import ControlKind, Device
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession, Product


def prepare_start(session: LiveSession) -> None:
    """In the caller's transaction, before it holds the session: the products of the line-up, as everybody locks them."""
    lock_products(session.line_up.values_list("product", flat=True))


def write_start(session: LiveSession, *, at: datetime, by: User | None) -> None:
    """The session is on air from `at`: every item with its papers is listed, one event each, and what is pulled in the county is
    pulled here too. An item without its papers stays as it was planned. In the caller's transaction."""
    who = by or session.host
    _write(session, ControlKind.STARTED, at, who, "started")
    pull_held(session, at=at)
    products = [item.product for item in session.line_up.select_related("product")]
    pulled = held(session, [product.pk for product in products])
    for product in products:
        if product.pk not in pulled:
            _list(session, product, at, who)


def _list(session: LiveSession, product: Product, at: datetime, who: User) -> None:
    try:
        with refusing(LAST_GUARDS):
            _write(session, ControlKind.ITEM_LISTED, at, who, f"start-{product.pk}", product)
            follow_log(session, [product.pk])
    except NotAllowed:
        return  # without its papers: the desk says what is missing


def write_end(session: LiveSession, *, at: datetime, by: User | None) -> None:
    """The session is off air from `at`. In the caller's transaction, which moved it there, so once."""
    _write(session, ControlKind.ENDED, at, by or session.host, "ended")


def _write(
    session: LiveSession, kind: ControlKind, at: datetime, who: User, tap: str, product: Product | None = None
) -> None:  # fmt: skip
    device = Device.SYSTEM if product else Device.DESK
    ControlEvent.objects.create(session=session, kind=kind, happened_at=at, by=who, device=device, tap=tap, product=product)
