"""Emergency unlisting: a product goes out of every room of the county that is on air, and stays out until staff release it.

Who pulls and who lists take turns at the product (`lock_products`), always before any session: no room can list what is being
pulled. A practice session pulls in itself alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from django.db import transaction

from livestream.actions.control_log import record, record_on_curve
from livestream.models import ControlEvent, LiveSession, Product
from livestream.rules.control import ControlKind, Device
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import IncidentKind
from livestream.rules.rights import Action
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from livestream.actions.control_log import Press
    from livestream.models.control import ControlEventQuerySet
    from livestream.models.session import LiveSessionQuerySet

HOLDING = (ControlKind.ITEM_PULLED, ControlKind.ITEM_RELEASED)


@transaction.atomic
def pull_item(session: LiveSession, product: Product, **press: Unpack[Press]) -> list[ControlEvent]:
    """Nobody can have it any more, in this session and in every other of the county that is on air and carries it: an event in
    each. Returns them; where it was pulled already, what pulled it there.

    Raises NotAllowed(`control_reason_missing`, and what `record` raises)."""
    if not press.get("words", "").strip():
        raise NotAllowed("control_reason_missing")
    lock_products([product.pk])
    return [_pull(one, product, press) for one in _lock_all(session, product)]


def _pull(session: LiveSession, product: Product, press: Press) -> ControlEvent:
    last = last_holding(ControlEvent.objects.filter(session=session), [product.pk]).get(product.pk)
    if last is not None and last.kind == ControlKind.ITEM_PULLED:
        return last
    return record_on_curve(session, ControlKind.ITEM_PULLED, IncidentKind.ITEM_PULLED, product=product, **press)


@transaction.atomic
def release_item(session: LiveSession, product: Product, **press: Unpack[Press]) -> list[ControlEvent]:
    """It may be listed again in every session that is on air: `words` say why. It is not listed yet.

    Raises NotAllowed(`control_reason_missing`, `item_not_pulled`, `release_elsewhere` for somebody who may not run all those
    sessions, and what `record` raises)."""
    if not press.get("words", "").strip():
        raise NotAllowed("control_reason_missing")
    lock_products([product.pk])
    released = ControlEvent.objects.filter(session__in=together(session), product=product, kind=ControlKind.ITEM_RELEASED)
    if done := list(released.filter(tap=press.get("tap") or "-").in_order()):
        return done
    if product.pk not in held(session, [product.pk]):
        raise NotAllowed("item_not_pulled", title=product.title)
    sessions = _lock_all(session, product)
    codes = press["by"].reach(Action.RUN_SESSION)
    if not all(one.lies_in(codes) for one in sessions):
        raise NotAllowed("release_elsewhere", title=product.title)
    return [record(one, ControlKind.ITEM_RELEASED, product=product, **press) for one in sessions]


def lock_products(products: Iterable[int]) -> None:
    """Held to the end of the transaction, in the order of their numbers, before any session is."""
    list(Product.objects.select_for_update(no_key=True).filter(pk__in=list(products)).order_by("pk").values_list("pk"))


def is_held(session: LiveSession, product: Product, *, at: datetime) -> bool:
    """Whether the last word on this product in the county is that it is pulled, and was at this moment: what a phone kept from
    before an emergency stands in the log, and changes nothing."""
    event = held(session, [product.pk]).get(product.pk)
    return event is not None and event.happened_at <= at


def held(session: LiveSession, products: Collection[int]) -> dict[int, ControlEvent]:
    """Of these products, those that are pulled, with the event that pulled each last."""
    last = last_holding(ControlEvent.objects.filter(session__in=together(session)), products)
    return {product: event for product, event in last.items() if event.kind == ControlKind.ITEM_PULLED}


def last_holding(events: ControlEventQuerySet, products: Collection[int]) -> dict[int, ControlEvent]:
    """The last pull or release of each of these products, by product."""
    found = events.filter(kind__in=HOLDING, product__in=products).in_order()
    return {event.product_id: event for event in found if event.product_id is not None}


def together(session: LiveSession) -> LiveSessionQuerySet:
    """The sessions for which an emergency of this one counts."""
    if session.kind == SessionKind.PRACTICE:
        return LiveSession.objects.filter(pk=session.pk)
    return LiveSession.objects.filter(county=session.county_id).exclude(kind=SessionKind.PRACTICE)


def pull_held(session: LiveSession, *, at: datetime) -> None:
    """What is pulled in the county is pulled in a session that goes on air too, by the same person and for the same reason. In
    the caller's transaction, which holds the products and then the session."""
    carried = {item.product_id: item.product for item in session.line_up.select_related("product")}
    for product, event in held(session, carried).items():
        press: Press = {"by": event.by, "at": at, "device": Device.SYSTEM, "tap": f"held-{event.pk}", "words": event.words}
        record(session, ControlKind.ITEM_PULLED, product=carried[product], **press)


def _lock_all(session: LiveSession, product: Product) -> list[LiveSession]:
    """This session, and those on air that carry the product; locked, in the order of their numbers."""
    carrying = together(session).live().filter(line_up__product=product).values("pk")
    wanted = {session.pk, *(row["pk"] for row in carrying)}
    return list(LiveSession.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
