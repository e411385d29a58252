"""Every write about messages that nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.db import connection, transaction

from orders.actions.raw import keep_raw
from orders.actions.rows import raw_cursor
from orders.models import Delivery, DeliveryOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from orders.actions.arrival import Arrival

REASON = "kept for a person to look at: the database refused it"


@transaction.atomic
def keep_poison(arrival: Arrival, body: bytes, *, at: datetime) -> list[tuple[int, str]]:
    """Keeps a message that the intake could not store, encrypted and once; returns what to tell the sender."""
    rejected = [(index, REASON) for index in range(max(1, len(arrival.events)))]
    plain_id = arrival.message_id.replace("\0", "")
    _delivery, is_new = Delivery.objects.get_or_create(
        county_id=arrival.shop.county,
        shop_id=arrival.shop.id,
        message_id=plain_id,
        digest=arrival.digest,
        defaults={"received_at": at, "outcome": DeliveryOutcome.KEPT, "rejected": rejected},
    )
    if is_new:
        kept = msgspec.structs.replace(arrival, message_id=plain_id, body=body)
        keep_raw(raw_cursor(connection), [kept], at)
    return rejected
