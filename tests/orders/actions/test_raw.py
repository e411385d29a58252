from __future__ import annotations

import base64
import json
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from livestream.models.encrypted import encrypt
from orders.actions.intake import receive
from orders.actions.month import drop_old_months
from orders.actions.raw import RawMessage, forget_raw, month_keys, raw_since, read_raw, unseal
from orders.models import DayTally, Delivery, MonthKey, RawDelivery, Shop
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

pytestmark = pytest.mark.django_db
PAID_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def take(shop, *numbers, at):
    arrivals = [make_arrival(shop, make_order_body(no, at=PAID_AT, buyer_name="张秀英"), message_id=f"m-{no}") for no in numbers]
    return receive(arrivals, cause=Cause.PUSH, at=at)


def test_what_came_can_be_read_again_word_for_word(shop, now):
    take(shop, "T1", "T2", at=now)

    body = json.loads(read_raw(Delivery.objects.get(message_id="m-T2")))

    assert (body[0]["order_no"], body[0]["buyer_name"]) == ("T2", "张秀英")
    assert [message.message_id for _at, message in raw_since(now)] == ["m-T1", "m-T2"]


def test_a_repeat_is_not_kept_twice(shop, now):
    take(shop, "T1", at=now)
    take(shop, "T1", at=now + timedelta(seconds=1))

    assert RawDelivery.objects.count() == 1


def test_nothing_of_it_can_be_read_in_the_database(shop, now):
    take(shop, "T1", at=now)

    sealed = bytes(RawDelivery.objects.get().sealed)

    assert b'"T1"' not in sealed
    assert "张秀英".encode() not in sealed


def test_after_thirty_days_it_is_gone_and_its_key_still_knows_it(shop, now):
    take(shop, "T1", at=now - timedelta(days=30, seconds=1))
    take(shop, "T2", at=now - timedelta(days=29))

    assert forget_raw(at=now) == 1

    assert read_raw(Delivery.objects.get(message_id="m-T1")) is None
    (receipt,) = take(shop, "T1", at=now)
    assert receipt.is_repeat
    assert sum(DayTally.objects.filter(scope="county:140425").values_list("orders", flat=True)) == 2


def tokens():
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM orders_shop")
        return [secret for (secret,) in cursor.fetchall()]


def test_a_new_key_takes_over_everything_and_the_old_one_can_go(shop, now, settings, capsys, tmp_path):
    settings.UPLOADS = tmp_path  # in the usual one lie files that other tests wrote with other keys
    settings.FIELD_KEYS = [old] = [Fernet.generate_key().decode()]
    shop.save()
    take(shop, "T1", at=now)
    keep_as_before_months_had_keys(shop, now)
    sealed = bytes(RawDelivery.objects.earliest("id").sealed)
    before, secret = tokens(), Shop.objects.get().secret
    settings.FIELD_KEYS = [new, old] = [Fernet.generate_key().decode(), old]

    call_command("rotate_field_keys")

    settings.FIELD_KEYS = [new]
    assert tokens() != before
    assert Shop.objects.get().secret == secret
    assert b"T1" in read_raw(Delivery.objects.get())
    assert bytes(RawDelivery.objects.earliest("id").sealed) == sealed  # the key of its month was sealed anew, and not each row
    assert [message.body for _at, message in raw_since(now)][1:] == [b"old"]
    assert capsys.readouterr().out.startswith("2 行 rows, 1 批")
    call_command("rotate_field_keys")
    assert capsys.readouterr().out.startswith("2 行 rows, 0 批")


def keep_as_before_months_had_keys(shop, at):
    messages = msgspec.msgpack.encode([RawMessage(shop.pk, "m-old", b"", b"old")])
    RawDelivery.objects.create(received_at=at, messages=1, sealed=base64.urlsafe_b64decode(encrypt(zlib.compress(messages))))


def opened(copy, keys):
    """How many rows of a copy of the table can be read with these keys and all of FIELD_KEYS."""
    count = 0
    for sealed in copy:
        for key in ("", *keys, *settings.FIELD_KEYS):
            with suppress(InvalidToken):
                count += bool(unseal(sealed, key))
                break
    return count


def test_what_was_sealed_before_months_had_keys_can_still_be_read(shop, now):
    keep_as_before_months_had_keys(shop, now)

    assert [message.body for _at, message in raw_since(now)] == [b"old"]


def test_a_copy_of_a_month_cannot_be_opened_once_its_key_is_destroyed(shop, now):
    """May's rows are over on 30 June; with them goes the key, and no key of the settings opens what somebody copied in May."""
    may = datetime(2031, 5, 31, 15, 59, tzinfo=UTC)  # the last minute of May in Shanghai
    take(shop, "T1", "T2", at=may)
    take(shop, "T3", at=may + timedelta(minutes=1))
    copy = [bytes(row.sealed) for row in RawDelivery.objects.order_by("received_at")]
    assert [str(month) for month in month_keys()] == ["2031-05-01", "2031-06-01"]
    assert opened(copy, month_keys().values()) == 2

    forget_raw(at=may + timedelta(days=31))
    drop_old_months(before=may + timedelta(days=1))

    assert [str(month) for month in month_keys()] == ["2031-06-01"]
    assert opened(copy[:1], month_keys().values()) == 0
    assert opened(copy[1:], month_keys().values()) == 1  # control: June's is there, and opens
    assert opened(copy, []) == 0  # and the keys of the settings alone never did


def test_what_a_lost_key_sealed_is_gone_and_the_rest_is_read(shop, now):
    take(shop, "T1", at=now)
    MonthKey.objects.all().delete()  # a restored backup without its keys

    assert read_raw(Delivery.objects.get()) is None
    take(shop, "T2", at=now + timedelta(microseconds=1))
    assert read_raw(Delivery.objects.get(message_id="m-T1")) is None
    assert b"T2" in read_raw(Delivery.objects.get(message_id="m-T2"))


def test_a_missing_key_is_said_in_a_sentence(shop, settings):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("rotate_field_keys")
