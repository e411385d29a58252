"""The one way into the log of a session: every event once, at its own moment, and the line-up as the log then says."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from livestream.actions.board import touch_session
from livestream.actions.incident import record_incident
from livestream.actions.pitch import lock_session
from livestream.actions.refusal import refusing
from livestream.models import ControlEvent, LineUpItem
from livestream.rules.control import WORDS_AT_MOST, ControlKind, Device, brought_within
from livestream.rules.control_fold import Happened, Standing, fold
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import LONGEST_NOTE, IncidentKind
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.models import LiveSession, Product, User

# What changes the line-up: after it, the item is written anew as the log says.
OF_ITEM = frozenset(
    {
        ControlKind.ITEM_LISTED,
        ControlKind.ITEM_UNLISTED,
        ControlKind.ITEM_SOLD_OUT,
        ControlKind.ITEM_PULLED,
        ControlKind.ITEM_RELEASED,
        ControlKind.PRICE_CHANGED,
        ControlKind.STOCK_CHANGED,
    }
)
LAST_GUARDS = {
    "papers_before_listing": "papers_missing",
    "price_needs_two_persons": "price_own",
    "price_answered_once": "price_answered",
    "price_as_proposed": "price_moved",
    "live_price_by_the_log": "price_by_the_log",
}


class Press(TypedDict):
    """Who pressed, when by our clock (`rules.control.moment_of_tap`), on what; `tap` is the device's own id of it: the same tap
    again finds what it did. `words`: the reason, or what is said."""

    by: User
    at: datetime
    device: NotRequired[Device]
    tap: NotRequired[str]
    platform: NotRequired[str]
    words: NotRequired[str]


class Entry(Press):
    """`old` and `new` are fen of a price, pieces of a stock, or how many coupons. `about`: what is answered."""

    product: NotRequired[Product | None]
    old: NotRequired[int | None]
    new: NotRequired[int | None]
    about: NotRequired[ControlEvent | None]
    proposed_by: NotRequired[User | None]


@transaction.atomic
def record(session: LiveSession, kind: ControlKind, **entry: Unpack[Entry]) -> ControlEvent:
    """One event in the log of a session that is or was on air, at its own moment; the line-up follows, screens are told.

    The same `tap` again finds the event it made and changes nothing. A moment outside the session is brought within it, of a tap
    that a phone kept also after the end. Raises NotAllowed(`not_on_air`, `not_in_line_up`, `control_words_long`,
    `papers_missing`, `price_own`, `price_answered`)."""
    stored = lock_session(session)
    entry["tap"] = entry.get("tap") or secrets.token_hex(16)
    if done := ControlEvent.objects.filter(session=stored, tap=entry["tap"]).first():
        return done
    entry["at"] = moment_in(stored, entry["at"], is_kept=entry.get("device") == Device.PHONE)
    product = entry.get("product")
    if product is not None and not stored.line_up.filter(product=product).exists():
        raise NotAllowed("not_in_line_up", title=product.title)
    entry["words"] = said(entry.get("words", ""))
    try:
        with refusing(LAST_GUARDS):
            event = _write(stored, kind, entry)
    except NotAllowed as refused:
        raise NotAllowed(refused.code, title=product.title if product else "") from refused
    touch_session(stored.pk, stored.county_id)
    return event


@transaction.atomic
def record_on_curve(session: LiveSession, kind: ControlKind, incident: IncidentKind, **entry: Unpack[Entry]) -> ControlEvent:
    """The same, and once beside the curve of the session. Raises NotAllowed."""
    stored = lock_session(session)
    entry["tap"] = entry.get("tap") or secrets.token_hex(16)
    is_new = not ControlEvent.objects.filter(session=stored, tap=entry["tap"]).exists()
    event = record(stored, kind, **entry)
    if is_new:
        note = event.words[:LONGEST_NOTE]
        record_incident(stored, kind=incident, at=event.happened_at, note=note, by=entry["by"])
    return event


def _write(session: LiveSession, kind: ControlKind, entry: Entry) -> ControlEvent:
    facts = {name: value for name, value in entry.items() if name not in {"at", "device"}}
    device = entry.get("device", Device.DESK)
    event = ControlEvent.objects.create(session=session, kind=kind, happened_at=entry["at"], device=device, **facts)
    product = entry.get("product")
    if kind in OF_ITEM and product is not None:
        follow_log(session, [product.pk])
    return event


def moment_in(session: LiveSession, at: datetime, *, is_kept: bool = False) -> datetime:
    """The moment at which it stands in this session's log. After the session only what a phone kept, or what happened before its
    end, finds a place. Raises NotAllowed(`not_on_air`)."""
    began, ended = session.went_live_at, session.ended_at
    if began is None or (ended is not None and at >= ended and not is_kept):
        raise NotAllowed("not_on_air")
    return brought_within(at, began=began, ended=ended, now=timezone.now())


def said(words: str) -> str:
    """Words on one line, without what nobody sees. Raises NotAllowed(`control_words_long`)."""
    plain = one_line(words)
    if len(plain) > WORDS_AT_MOST:
        raise NotAllowed("control_words_long", limit=WORDS_AT_MOST, length=len(plain))
    return plain


def standing_of(session: LiveSession, products: Iterable[int] | None = None) -> Standing:
    """What the log of this session comes to; of some products only, where they are named."""
    events = ControlEvent.objects.filter(session=session)
    if products is not None:
        events = events.filter(product__in=list(products))
    columns = ("happened_at", "tap", "pk", "kind", "product", "new", "about")
    return fold(Happened(*row) for row in events.values_list(*columns))


def follow_log(session: LiveSession, products: Iterable[int]) -> None:
    """The items of these products stand as the log says: state, price, stock. In the caller's transaction, which holds the
    session. Only what differs is written, so that no trigger judges what nobody touched."""
    products = list(products)
    standing = standing_of(session, products)
    for item in LineUpItem.objects.filter(session=session, product__in=products).order_by("pk"):
        wanted: dict[str, object] = {
            "state": standing.states.get(item.product_id, item.state),
            "live_price_fen": standing.prices_fen.get(item.product_id, item.live_price_fen),
            "committed_stock": standing.stocks.get(item.product_id, item.committed_stock),
        }
        changed = {name: value for name, value in wanted.items() if getattr(item, name) != value}
        if changed:
            LineUpItem.objects.filter(pk=item.pk).update(**changed)
