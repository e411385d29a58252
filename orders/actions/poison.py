"""Every write about messages that nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.models.encrypted import encrypt
from orders.models import Delivery, DeliveryOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from orders.actions.arrival import Arrival

REASON = "kept for a person to look at: the database refused it"


def keep_poison(arrival: Arrival, body: bytes, *, at: datetime) -> list[tuple[int, str]]:
    """Keeps a message that the intake could not store, encrypted and once; returns what to tell the sender."""
    rejected = [(index, REASON) for index in range(max(1, len(arrival.events)))]
    Delivery.objects.get_or_create(
        county_id=arrival.shop.county,
        shop_id=arrival.shop.id,
        message_id=arrival.message_id.replace("\0", ""),
        digest=arrival.digest,
        defaults={"received_at": at, "outcome": DeliveryOutcome.KEPT, "rejected": rejected, "raw": encrypt(body)},
    )
    return rejected
