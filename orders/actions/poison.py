"""Every write about messages that nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.db import connection, transaction

from orders.actions.raw import keep_raw
from orders.actions.rows import raw_cursor
from orders.models import DeadLetter, Delivery, DeliveryOutcome
from orders.rules.waiting import PAUSES, LetterReason

if TYPE_CHECKING:
    from datetime import datetime

    from orders.actions.arrival import Arrival

REASON = "kept for a person to look at: the database refused it"


@transaction.atomic
def keep_poison(arrival: Arrival, *, at: datetime) -> list[tuple[int, str]]:
    """Keeps a message that the intake could not take, encrypted and once; returns what to tell the sender."""
    rejected = [(index, REASON) for index in range(max(1, len(arrival.events)))]
    plain_id = arrival.message_id.replace("\0", "")
    _, is_new = Delivery.objects.get_or_create(
        county_id=arrival.shop.county,
        shop_id=arrival.shop.id,
        message_id=plain_id,
        digest=arrival.digest,
        defaults={"received_at": at, "outcome": DeliveryOutcome.KEPT, "rejected": rejected},
    )
    if is_new:
        kept = msgspec.structs.replace(arrival, message_id=plain_id)
        keep_raw(raw_cursor(connection), [kept], at)
        bury(kept, reason_of(kept), at=at)
    return rejected


def bury(arrival: Arrival, reason: LetterReason, *, at: datetime) -> None:
    """A message that was acked and could not be taken waits to be tried again; once for each message, whatever became of it."""
    DeadLetter.objects.get_or_create(
        county_id=arrival.shop.county,
        shop_id=arrival.shop.id,
        message_id=arrival.message_id,
        digest=arrival.digest,
        defaults={"received_at": at, "size": len(arrival.body), "reason": reason, "due_at": at + PAUSES[0]},
    )


def reason_of(arrival: Arrival) -> LetterReason:
    """Why it was kept shows in how far it came."""
    if arrival.events or arrival.hints:
        return LetterReason.UNSTORABLE
    return LetterReason.UNREADABLE if arrival.rejected else LetterReason.CRASHED


def is_unreadable(arrival: Arrival) -> bool:
    """Of this message nothing could be read."""
    return bool(arrival.rejected and arrival.message_id and not (arrival.events or arrival.hints))
