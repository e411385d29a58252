"""Every write to dead letters: signed pushes that were acked and kept because they could not be read or stored.

The code may be mended while they lie here, so they are tried again by themselves a few times, further and further apart;
after that only a person tries, or lets them rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from livestream.rules.errors import NotAllowed
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive_halving
from orders.actions.raw import read_raw
from orders.models import DeadLetter, Delivery, DeliveryOutcome
from orders.models.ledger import Cause
from orders.platforms import ADAPTERS
from orders.platforms.contract import BadBody
from orders.rules.waiting import PAUSES, LetterReason, LetterState, plain_note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import User
    from orders.actions.arrival import Receipt
    from orders.platforms.contract import Message

log = structlog.get_logger(__name__)


class StaysKept(Exception):
    """The message could not be taken this time either."""

    def __init__(self, reason: LetterReason) -> None:
        super().__init__(reason)
        self.reason = reason


# --- by the timetable -----------------------------------------------------------------------------------------------------


def retry_due_messages(at: datetime, limit: int = 100) -> int:
    """Tries the messages that are due; returns how many were taken."""
    taken = 0
    for letter in claim_letters(limit, at):
        try:
            taken += _try(letter, by=None, at=at)
        except NotAllowed:
            continue  # a person settled it in this moment
    return taken


@transaction.atomic
def claim_letters(limit: int, at: datetime) -> list[DeadLetter]:
    """Counts the attempt before it is made: a message that kills its worker is not tried for ever."""
    letters = list(DeadLetter.objects.due(at).select_for_update(skip_locked=True)[:limit])
    for letter in letters:
        letter.tries += 1
        letter.due_at = at + PAUSES[letter.tries] if letter.tries < len(PAUSES) else None
        if letter.due_at is None:
            log.error("message_needs_a_person", shop=letter.shop_id, message=letter.message_id, reason=letter.reason)
    DeadLetter.objects.bulk_update(letters, ["tries", "due_at"])
    return letters


# --- by a person ----------------------------------------------------------------------------------------------------------


def retry_message(letter: DeadLetter, *, by: User, at: datetime) -> bool:
    """Reads the kept body once more and counts what it says. True: taken; False: it stays, with the reason of this attempt.

    Raises NotAllowed when somebody has settled it already.
    """
    return _try(letter, by=by, at=at)


@transaction.atomic
def dismiss_message(letter: DeadLetter, *, by: User, note: str, at: datetime) -> None:
    """Nobody tries it again; who, when and why stays. Raises NotAllowed."""
    plain = plain_note(note)
    found = _lock(letter)
    _settle(found, LetterState.DISMISSED, by=by, at=at, note=plain)


# --- one attempt ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _try(letter: DeadLetter, *, by: User | None, at: datetime) -> bool:
    found = _lock(letter)
    if by is not None:
        found.tries += 1
    try:
        _take(found.delivery, at)
    except StaysKept as kept:
        found.reason = kept.reason
        found.save(update_fields=["reason", "tries"])
        return False
    _settle(found, LetterState.RETRIED, by=by, at=at)
    return True


def _lock(letter: DeadLetter) -> DeadLetter:
    """Raises NotAllowed when it is settled."""
    letters = DeadLetter.objects.select_for_update(of=["self"]).select_related("shop", "by")
    found = letters.get(pk=letter.pk)
    if found.state != LetterState.WAITING:
        raise NotAllowed("settled", who=found.by or "", what=LetterState(found.state).label)
    return found


def _settle(letter: DeadLetter, state: LetterState, *, by: User | None, at: datetime, note: str = "") -> None:
    letter.state, letter.by, letter.at, letter.note, letter.due_at = state, by, at, note, None
    letter.save(update_fields=["state", "by", "at", "note", "due_at", "tries"])


def _take(delivery: Delivery, at: datetime) -> None:
    """Counts the kept message; its delivery is taken then and answers a repeat with what it came to. Raises StaysKept."""
    messages = _read(delivery, at)
    shop = ShopRef(delivery.shop_id, delivery.county_id)
    # Its key is in the table of deliveries already, as kept: with it the intake would only repeat the answer.
    arrivals = [Arrival(shop, message.events, message.hints, message.rejected) for message in messages]
    receipts = receive_halving(arrivals, cause=Cause.PUSH, at=at)
    taken = [receipt for receipt in receipts if receipt is not None]
    if len(taken) < len(receipts):
        raise StaysKept(LetterReason.UNSTORABLE)
    _keep_answer(delivery, taken)


def _read(delivery: Delivery, at: datetime) -> list[Message]:
    """The messages of the kept body that are this delivery's. Nobody checks its signature: that was done. Raises StaysKept."""
    body = read_raw(delivery)
    if body is None:
        raise StaysKept(LetterReason.LOST)
    try:
        messages = ADAPTERS[delivery.shop.platform].parse({}, body, at)
    except BadBody as error:
        raise StaysKept(LetterReason.UNREADABLE) from error
    except Exception as error:
        log.exception("kept_message_crashed_the_parser", message=delivery.message_id)
        raise StaysKept(LetterReason.CRASHED) from error
    mine = [message for message in messages if message.digest == bytes(delivery.digest)] or messages
    if any(m.rejected for m in mine) and not any(m.events or m.hints for m in mine):
        raise StaysKept(LetterReason.UNREADABLE)
    return mine


def _keep_answer(delivery: Delivery, receipts: Sequence[Receipt]) -> None:
    delivery.outcome = DeliveryOutcome.TAKEN
    delivery.applied = sum(receipt.applied for receipt in receipts)
    delivery.duplicate = sum(receipt.duplicate for receipt in receipts)
    delivery.stale = sum(receipt.stale for receipt in receipts)
    delivery.hinted = sum(receipt.hinted for receipt in receipts)
    delivery.rejected = [part for receipt in receipts for part in receipt.rejected]
    delivery.save(update_fields=["outcome", "applied", "duplicate", "stale", "hinted", "rejected"])
