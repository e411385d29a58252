"""Every write to the raw deliveries: what platforms sent, word for word, encrypted, for a month.

They are there to look into what a platform really said, and to count everything again should the rules have been wrong.
One sealed row holds all messages of a commit: sealing and storing each by itself would cost more than counting it.
Each month has a key of its own, which lies encrypted under FIELD_KEYS and is destroyed with the month (crypto-erasure).
"""

from __future__ import annotations

import base64
import zlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from cryptography.fernet import InvalidToken
from django.db import connection
from django.db.models import BinaryField
from django.db.models.functions import Substr
from msgspec import Struct

from livestream.models.encrypted import decrypt, decrypt_with, encrypt, encrypt_with, new_key
from livestream.rules.day import shanghai_day
from orders.actions.rows import raw_cursor
from orders.models import Delivery, MonthKey, RawDelivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg
    from django.db.models import QuerySet

    from orders.actions.arrival import Arrival

KEPT_FOR = timedelta(days=30)
KEEP = "INSERT INTO orders_rawdelivery (received_at, messages, sealed) VALUES (%s, %s, %b)"
FIND_KEY = "SELECT key FROM orders_monthkey WHERE month = %s"
MAKE_KEY = "INSERT INTO orders_monthkey (month, key) VALUES (%s, %s) ON CONFLICT DO NOTHING"
MARK = b"m"  # begins what a month's key sealed; what FIELD_KEYS sealed begins with Fernet's version


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
        cursor.execute(KEEP, [at, len(kept), seal(kept, key_of_month(cursor, at))])


def key_of_month(cursor: psycopg.Cursor, at: datetime) -> str:
    """The key under which what comes then is sealed; the first of a month makes it. Asked for with each batch and kept nowhere
    else, so that one which was destroyed, or never committed, seals nothing."""
    month = month_of(at)
    cursor.execute(FIND_KEY, [month])
    if (found := cursor.fetchone()) is None:
        cursor.execute(MAKE_KEY, [month, encrypt(new_key().encode()).decode()])
        cursor.execute(FIND_KEY, [month])  # perhaps another writer was faster
        found = cursor.fetchone()
        assert found is not None
    return decrypt(found[0].encode()).decode()


def month_of(at: datetime) -> date:
    return shanghai_day(at).replace(day=1)


def seal(messages: Sequence[RawMessage], key: str) -> bytes:
    """Packed first: what is encrypted cannot be packed. Without Fernet's base64, a third shorter."""
    return MARK + base64.urlsafe_b64decode(encrypt_with(key, zlib.compress(ENCODER.encode(messages), 1)))


def unseal(sealed: bytes, key: str) -> list[RawMessage]:
    """Raises cryptography.fernet.InvalidToken when the key does not fit: "" is that of a month whose key is gone."""
    return MESSAGES.decode(zlib.decompress(packed(sealed, key)))


def packed(sealed: bytes, key: str) -> bytes:
    if sealed.startswith(MARK):
        return decrypt_with(key, base64.urlsafe_b64encode(sealed[len(MARK) :]))
    return decrypt(base64.urlsafe_b64encode(sealed))  # of before months had keys


def seal_old_anew(row: RawDelivery) -> bytes:
    """What FIELD_KEYS themselves sealed, under the key of its month. Raises cryptography.fernet.InvalidToken."""
    key = key_of_month(raw_cursor(connection), row.received_at)
    return seal(unseal(bytes(row.sealed), key), key)


def sealed_by_field_keys() -> QuerySet[RawDelivery]:
    """Rows of before months had keys; 30 days later there are none."""
    return RawDelivery.objects.alias(mark=Substr("sealed", 1, len(MARK), output_field=BinaryField())).exclude(mark=MARK)


def month_keys() -> dict[date, str]:
    return dict(MonthKey.objects.values_list("month", "key"))


def read_raw(delivery: Delivery) -> bytes | None:
    """What this message said, or None when its month is over, or the key of its month is lost."""
    key = month_keys().get(month_of(delivery.received_at), "")
    for row in RawDelivery.objects.filter(received_at=delivery.received_at):
        try:
            messages = unseal(bytes(row.sealed), key)
        except InvalidToken:
            if bytes(row.sealed).startswith(MARK):
                continue  # the key that this month has now is a younger one
            raise
        for message in messages:
            if (message.shop_id, message.message_id, message.digest) == (
                delivery.shop_id,
                delivery.message_id,
                bytes(delivery.digest),
            ):
                return message.body
    return None


def raw_since(moment: datetime) -> Iterator[tuple[datetime, RawMessage]]:
    """Everything that came since then, in order of arrival, with its time."""
    keys: dict[date, str] = {}
    rows = RawDelivery.objects.filter(received_at__gte=moment).order_by("received_at", "id")
    for row in rows.iterator(chunk_size=200):
        if (month := month_of(row.received_at)) not in keys:
            keys = month_keys()
        for message in unseal(bytes(row.sealed), keys.get(month, "")):
            yield row.received_at, message


def forget_raw(*, at: datetime) -> int:
    """Deletes what is older than 30 days; returns how many rows. The keys of the messages stay for ever."""
    return RawDelivery.objects.filter(received_at__lt=at - KEPT_FOR).delete()[0]
