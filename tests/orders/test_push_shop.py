from __future__ import annotations

import hashlib
import json

import pytest
from asgiref.sync import sync_to_async

from orders.models import Delivery, Hint
from orders.push import PushApp
from tests.factories import make_shop
from tests.orders.test_push import post

pytestmark = pytest.mark.django_db(transaction=True)
APP = {"app_key": "app", "secret": "s3cret"}


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", platform_shop_no="77977", **APP)


@pytest.fixture
def app():
    app = PushApp()
    yield app
    app.stop()


def message(number, shop_no):
    data = {"p_id": number} | ({"shop_id": shop_no} if shop_no else {})
    return {"tag": "101", "msg_id": f"m{number}", "data": data}


async def push(app, shop, *messages, secret="s3cret"):
    body = json.dumps(messages).encode()
    sign = hashlib.md5(b"app" + body + secret.encode()).hexdigest()
    return await post(
        app, f"/push/douyin/{shop.key}/", body, {"content-type": "application/json", "app-id": "app", "event-sign": sign}
    )


def hinted():
    return sorted(Hint.objects.values_list("shop", "number"))


async def test_a_push_goes_to_the_shop_of_the_application_that_it_names(app, shop, other_county):
    second = await sync_to_async(make_shop)(other_county, "douyin", platform_shop_no="88088", **APP)

    answer = await push(app, shop, message("1", 77977), message("2", "88088"), message("3", None))

    assert answer.json() == {"code": 0, "msg": "success"}
    assert await sync_to_async(hinted)() == [(shop.pk, "1"), (shop.pk, "3"), (second.pk, "2")]
    kept = await sync_to_async(lambda: dict(Delivery.objects.values_list("message_id", "shop")))()
    assert kept == {"m1": shop.pk, "m2": second.pk, "m3": shop.pk}


@pytest.mark.parametrize("other", [{}, {"secret": "another"}, {"app_key": "another"}, {"is_active": False}])
async def test_a_push_that_names_a_shop_the_application_does_not_serve_is_refused(app, shop, county, other):
    if other:
        await sync_to_async(make_shop)(county, "douyin", platform_shop_no="88088", **(APP | other))

    answer = await push(app, shop, message("1", 88088), message("2", 77977))

    assert answer.json() == {"code": 0, "msg": "success"}  # or the platform would send it again for ever
    assert await sync_to_async(hinted)() == [(shop.pk, "2")]
    (refused,) = await sync_to_async(lambda: list(Delivery.objects.filter(message_id="m1").values_list("shop", "rejected")))()
    assert refused == (shop.pk, [[0, "of another shop: 88088"]])


async def test_a_shop_whose_number_nobody_has_typed_in_takes_what_comes(app, county):
    shop = await sync_to_async(make_shop)(county, "douyin", **APP)
    second = await sync_to_async(make_shop)(county, "douyin", platform_shop_no="88088", **APP)

    await push(app, shop, message("1", 77977), message("2", 88088))

    assert await sync_to_async(hinted)() == [(shop.pk, "1"), (second.pk, "2")]
