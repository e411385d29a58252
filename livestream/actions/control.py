"""What is pressed at the control desk and on the host's phone: items, prices, stock, coupons, notices, notes, help.

Each verb takes `by`, `at`, `device`, `tap` and, where it is said, `words` (`control_log.Press`), and is idempotent by its tap.
Streams that are lost and reopened: `actions/control_stream.py`; what is taken out everywhere: `actions/control_pull.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from django.db import transaction

from livestream.actions.control_log import record
from livestream.actions.control_pitch import begin_pitch, stop_pitch
from livestream.actions.control_pull import is_held, lock_products, pull_item, release_item
from livestream.actions.control_stream import lose_stream, reopen_stream
from livestream.actions.pitch import lock_session
from livestream.actions.price import check_listing, check_price
from livestream.models import ControlEvent, LineUpItem
from livestream.rules.control import ControlKind
from livestream.rules.control_fold import ANSWERS
from livestream.rules.errors import NotAllowed
from livestream.rules.money import yuan

if TYPE_CHECKING:
    from livestream.actions.control_log import Press
    from livestream.models import LiveSession, Product

__all__ = [
    "answer_help",
    "answer_price",
    "ask_help",
    "begin_pitch",
    "change_stock",
    "issue_coupon",
    "list_item",
    "lose_stream",
    "mark_sold_out",
    "pin_notice",
    "prompt_host",
    "propose_price",
    "pull_item",
    "record",
    "release_item",
    "reopen_stream",
    "see_prompt",
    "stop_pitch",
    "unlist_item",
]
PRICE_MOST_FEN = 10_000_000  # what an unsigned integer holds easily, and more than a box of anything costs
STOCK_MOST = 10_000_000
COUPONS_MOST = 1_000_000


@transaction.atomic
def list_item(session: LiveSession, product: Product, **press: Unpack[Press]) -> ControlEvent:
    """Buyers can have it in the room. Raises NotAllowed(`item_pulled`, and what `check_listing` and `record` raise)."""
    lock_products([product.pk])
    if not _is_done(session, press):
        if is_held(session, product, at=press["at"]):
            raise NotAllowed("item_pulled", title=product.title)
        check_listing(item_of(session, product), at=press["at"])
    return record(session, ControlKind.ITEM_LISTED, product=product, **press)


def unlist_item(session: LiveSession, product: Product, **press: Unpack[Press]) -> ControlEvent:
    """Buyers cannot have it any more. Raises NotAllowed."""
    return record(session, ControlKind.ITEM_UNLISTED, product=product, **press)


def mark_sold_out(session: LiveSession, product: Product, **press: Unpack[Press]) -> ControlEvent:
    """There is no more of it; listing it again says that there is. Raises NotAllowed."""
    return record(session, ControlKind.ITEM_SOLD_OUT, product=product, **press)


@transaction.atomic
def propose_price(session: LiveSession, product: Product, new_fen: int, **press: Unpack[Press]) -> ControlEvent:
    """Somebody wants another live price, and says why; it holds once another person approves (`answer_price`).

    Raises NotAllowed(`control_reason_missing`, `price_out_of_range`, `price_same`, `below_floor`, and what `record` raises)."""
    stored = lock_session(session)
    item = item_of(stored, product)
    if not _is_done(stored, press):
        _need_words(press, "control_reason_missing")
        if not 0 < new_fen <= PRICE_MOST_FEN:
            raise NotAllowed("price_out_of_range", most=yuan(PRICE_MOST_FEN, 0).removeprefix("¥\u2009"))
        if new_fen == item.live_price_fen:
            raise NotAllowed("price_same", title=product.title)
        check_price(item, new_fen, at=press["at"])
    return record(stored, ControlKind.PRICE_PROPOSED, product=product, old=item.live_price_fen, new=new_fen, **press)


@transaction.atomic
def answer_price(proposal: ControlEvent, *, agrees: bool, **press: Unpack[Press]) -> ControlEvent:
    """A second person approves what was proposed, and the price holds from `at`; or refuses it, or who proposed takes it back.

    Raises NotAllowed(`price_own`, `price_answered`, `price_moved`, `below_floor`, and what `record` raises)."""
    stored = lock_session(proposal.session)
    if done := _done(stored, press):
        return done
    if proposal.kind != ControlKind.PRICE_PROPOSED or _is_answered(proposal):
        raise NotAllowed("price_answered")
    if agrees and press["by"].pk == proposal.by_id:
        raise NotAllowed("price_own")
    assert proposal.product is not None
    item = item_of(stored, proposal.product)
    if agrees:
        _check_still(item, proposal)
        check_price(item, proposal.new or 0, at=press["at"])
    kind = ControlKind.PRICE_CHANGED if agrees else ControlKind.PRICE_REFUSED
    press.setdefault("words", proposal.words)
    return record(
        stored,
        kind,
        product=proposal.product,
        old=item.live_price_fen,
        new=proposal.new,
        about=proposal,
        proposed_by=proposal.by,
        **press,
    )


def _check_still(item: LineUpItem, proposal: ControlEvent) -> None:
    """Nobody agrees to a change from a price that is not the price any more. Raises NotAllowed(`price_moved`)."""
    if item.live_price_fen != proposal.old:
        raise NotAllowed("price_moved", title=item.product.title)


@transaction.atomic
def change_stock(session: LiveSession, product: Product, new_units: int, **press: Unpack[Press]) -> ControlEvent:
    """So many pieces may be sold in all. More than before needs the supplier's consent in words (`words`).

    Raises NotAllowed(`stock_out_of_range`, `stock_consent_missing`, and what `record` raises)."""
    stored = lock_session(session)
    item = item_of(stored, product)
    if not _is_done(stored, press):
        if not 0 <= new_units <= STOCK_MOST:
            raise NotAllowed("stock_out_of_range", most=f"{STOCK_MOST:,}")
        if new_units > (item.committed_stock or 0):
            _need_words(press, "stock_consent_missing")
    return record(stored, ControlKind.STOCK_CHANGED, product=product, old=item.committed_stock, new=new_units, **press)


def issue_coupon(
    session: LiveSession, number: int, *, product: Product | None = None, is_reward: bool = False, **press: Unpack[Press]
) -> ControlEvent:
    """So many coupons, or lucky bags (`is_reward`), went out by the rule in `words`, of one product or of the whole room.

    Raises NotAllowed(`control_reason_missing`, `number_out_of_range`, and what `record` raises)."""
    _need_words(press, "control_words_missing")
    if not 0 < number <= COUPONS_MOST:
        raise NotAllowed("number_out_of_range", most=f"{COUPONS_MOST:,}")
    kind = ControlKind.REWARD_ISSUED if is_reward else ControlKind.COUPON_ISSUED
    return record(session, kind, product=product, new=number, **press)


def pin_notice(session: LiveSession, **press: Unpack[Press]) -> ControlEvent:
    """These words stand on top of the room. Raises NotAllowed(`control_words_missing`, and what `record` raises)."""
    _need_words(press, "control_words_missing")
    return record(session, ControlKind.NOTICE_PINNED, **press)


def prompt_host(session: LiveSession, **press: Unpack[Press]) -> ControlEvent:
    """These words show on the host's phone until he has seen them. Raises NotAllowed(`control_words_missing`, and what `record`
    raises)."""
    _need_words(press, "control_words_missing")
    return record(session, ControlKind.HOST_PROMPTED, **press)


def see_prompt(prompt: ControlEvent, **press: Unpack[Press]) -> ControlEvent:
    """The host has seen it; on two phones, once. Raises NotAllowed(`control_not_open`, and what `record` raises)."""
    return _answer(prompt, ControlKind.HOST_PROMPTED, ControlKind.PROMPT_SEEN, press)


def ask_help(session: LiveSession, **press: Unpack[Press]) -> ControlEvent:
    """The host wants somebody to come. Raises NotAllowed(what `record` raises)."""
    return record(session, ControlKind.HELP_ASKED, **press)


def answer_help(help_asked: ControlEvent, **press: Unpack[Press]) -> ControlEvent:
    """Somebody comes, and says so; once. Raises NotAllowed(`control_not_open`, and what `record` raises)."""
    return _answer(help_asked, ControlKind.HELP_ASKED, ControlKind.HELP_ANSWERED, press)


@transaction.atomic
def _answer(asked: ControlEvent, of_kind: ControlKind, by_kind: ControlKind, press: Press) -> ControlEvent:
    stored = lock_session(asked.session)
    if asked.kind != of_kind:
        raise NotAllowed("control_not_open")
    if done := ControlEvent.objects.filter(about=asked, kind=by_kind).order_by("pk").first():
        return done
    return record(stored, by_kind, about=asked, product=asked.product, **press)


def item_of(session: LiveSession, product: Product) -> LineUpItem:
    """Raises NotAllowed(`not_in_line_up`)."""
    item = LineUpItem.objects.filter(session=session, product=product).first()
    if item is None:
        raise NotAllowed("not_in_line_up", title=product.title)
    return item


def _done(session: LiveSession, press: Press) -> ControlEvent | None:
    tap = press.get("tap")
    return ControlEvent.objects.filter(session=session, tap=tap).first() if tap else None


def _is_done(session: LiveSession, press: Press) -> bool:
    return _done(session, press) is not None


def _is_answered(proposal: ControlEvent) -> bool:
    return ControlEvent.objects.filter(about=proposal, kind__in=ANSWERS[ControlKind.PRICE_PROPOSED]).exists()


def _need_words(press: Press, code: str) -> None:
    if not press.get("words", "").strip():
        raise NotAllowed(code)
