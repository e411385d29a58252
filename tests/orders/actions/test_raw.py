from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from orders.actions.intake import receive
from orders.actions.raw import forget_raw, raw_since, read_raw
from orders.models import DayTally, Delivery, RawDelivery, Shop
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
    before, secret = tokens(), Shop.objects.get().secret
    settings.FIELD_KEYS = [new, old] = [Fernet.generate_key().decode(), old]

    call_command("rotate_field_keys")

    settings.FIELD_KEYS = [new]
    assert tokens() != before
    assert Shop.objects.get().secret == secret
    assert b"T1" in read_raw(Delivery.objects.get())
    assert capsys.readouterr().out.startswith("1 行 rows, 1 批")


def test_a_missing_key_is_said_in_a_sentence(shop, settings):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("rotate_field_keys")
