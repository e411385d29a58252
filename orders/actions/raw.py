"""Every write to the raw deliveries: what platforms sent, word for word, encrypted, for a month.

They are there to look into what a platform really said, and to count everything again should the rules have been wrong.
One sealed row holds all messages of a commit: sealing and storing each by itself would cost more than counting it.
"""

from __future__ import annotations

import base64
import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from livestream.models.encrypted import decrypt, encrypt, rotate
from orders.models import Delivery, RawDelivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

    from orders.actions.arrival import Arrival

KEPT_FOR = timedelta(days=30)
KEEP = "INSERT INTO orders_rawdelivery (received_at, messages, sealed) VALUES (%s, %s, %b)"


class RawMessage(Struct, frozen=True, array_like=True):
    """One message as it came; a push of several messages stands with each of them."""

    shop_id: int
    message_id: str
    digest: bytes
    body: bytes


MESSAGES = msgspec.msgpack.Decoder(list[RawMessage])
ENCODER = msgspec.msgpack.Encoder()


def keep_raw(cursor: psycopg.Cursor, arrivals: Sequence[Arrival], at: datetime) -> None:
    """Seals the bodies of these arrivals into one row, in the caller's transaction."""
    kept = [RawMessage(a.shop.id, a.message_id, a.digest, a.body) for a in arrivals if a.body]
    if kept:
        cursor.execute(KEEP, [at, len(kept), seal(kept)])


def seal(messages: Sequence[RawMessage]) -> bytes:
    """Packed first: what is encrypted cannot be packed. Without Fernet's base64, a third shorter."""
    return base64.urlsafe_b64decode(encrypt(zlib.compress(ENCODER.encode(messages), 1)))


def unseal(sealed: bytes) -> list[RawMessage]:
    """Raises cryptography.fernet.InvalidToken when no key of FIELD_KEYS fits."""
    return MESSAGES.decode(zlib.decompress(decrypt(base64.urlsafe_b64encode(sealed))))


def seal_anew(sealed: bytes) -> bytes:
    """The same under the newest of FIELD_KEYS. Raises cryptography.fernet.InvalidToken."""
    return base64.urlsafe_b64decode(rotate(base64.urlsafe_b64encode(sealed)))


def read_raw(delivery: Delivery) -> bytes | None:
    """What this message said, or None when its month is over."""
    for row in RawDelivery.objects.filter(received_at=delivery.received_at):
        for message in unseal(bytes(row.sealed)):
            if (message.shop_id, message.message_id, message.digest) == (
                delivery.shop_id,
                delivery.message_id,
                bytes(delivery.digest),
            ):
                return message.body
    return None


def raw_since(moment: datetime) -> Iterator[tuple[datetime, RawMessage]]:
    """Everything that came since then, in order of arrival, with its time."""
    rows = RawDelivery.objects.filter(received_at__gte=moment).order_by("received_at", "id")
    for row in rows.iterator(chunk_size=200):
        for message in unseal(bytes(row.sealed)):
            yield row.received_at, message


def forget_raw(*, at: datetime) -> int:
    """Deletes what is older than 30 days; returns how many rows. The keys of the messages stay for ever."""
    return RawDelivery.objects.filter(received_at__lt=at - KEPT_FOR).delete()[0]
