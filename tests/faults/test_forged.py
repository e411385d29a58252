"""A push whose body, headers or address are not what its shop signed is refused, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.actions.secret import change_secret
from orders.models import Delivery, Hint, Order
from orders.platforms import douyin, standard
from orders.push import PushApp
from tests.doors import as_bytes, ask, signed, signed_by_douyin
from tests.factories import SECRET, make_order_body, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OTHER_SECRET = "whsec_" + base64.b64encode(b"another shop's secret, 32 bytes.").decode()
EXAMPLES = 3500  # with every bit of the bodies some 10,000 forgeries
REFUSED = {401, 400}  # 400: bytes that are no UTF-8 cannot have been signed


class Captured:
    """Two pushes of a shop, an honest one and its neighbour, and a second shop of the same platform."""

    def __init__(self, county, platform, sign, bodies):
        secrets = {"standard": (SECRET, OTHER_SECRET), "douyin": ("s3cret", "s3cret-2")}[platform]
        self.app = PushApp()
        self.loop = asyncio.new_event_loop()
        shops = [make_shop(county, platform, app_key=f"app{n}", secret=secret) for n, secret in enumerate(secrets)]
        self.shop = shops[0]
        self.path, self.other_path = (f"/push/{platform}/{shop.key}/" for shop in shops)
        self.body, self.other_body = bodies
        self.headers, self.other_headers = (sign(body) for body in bodies)

    def status(self, path=None, body=None, headers=None):
        asked = ask(
            self.app, path or self.path, self.body if body is None else body, self.headers if headers is None else headers
        )
        return self.loop.run_until_complete(asked)[0]

    def close(self):
        self.app.stop()
        self.loop.close()


@pytest.fixture
def captured(county, session):
    bodies = [as_bytes(make_order_body(no)) for no in ("T1", "T2")]
    ids = iter(["msg_1", "msg_2"])
    captured = Captured(county, "standard", lambda body: signed(body, next(ids)), bodies)
    yield captured
    captured.close()


@pytest.fixture
def captured_douyin(county):
    bodies = [as_bytes([{"tag": "101", "msg_id": f"{n}", "data": f'{{"p_id": {n}}}'}]) for n in (1, 2)]
    captured = Captured(county, "douyin", lambda body: signed_by_douyin(body, "app0"), bodies)
    yield captured
    captured.close()


def assert_nothing_is_kept():
    assert (Order.objects.count(), Delivery.objects.count(), Hint.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("name", ["captured", "captured_douyin"])
def test_every_single_bit_of_a_body_is_signed(name, request):
    push = request.getfixturevalue(name)
    bodies = [
        bytes([*push.body[:n], push.body[n] ^ (1 << bit), *push.body[n + 1 :]]) for n in range(len(push.body)) for bit in range(8)
    ]

    statuses = {push.status(body=body) for body in bodies}

    assert len(bodies) == 8 * len(push.body)
    assert statuses <= REFUSED
    assert_nothing_is_kept()
    assert push.status() == 200  # as it was signed, it is taken


@st.composite
def forgeries(draw, push, signing):
    """A body and headers that nobody signed together: bytes changed, taken out or put in, headers swapped, cut or dropped."""
    body, headers = push.body, dict(push.headers)
    kind = draw(st.sampled_from(["change", "take out", "put in", "other body", "swap", "cut", "drop", "edit"]))
    place = draw(st.integers(0, len(body) - 1))
    name = draw(st.sampled_from(signing))
    if kind == "change":
        body = body[:place] + bytes([body[place] ^ draw(st.integers(1, 255))]) + body[place + 1 :]
    elif kind == "take out":
        body = body[:place] + body[place + draw(st.integers(1, 9)) :]
    elif kind == "put in":
        body = body[:place] + draw(st.binary(min_size=1, max_size=9)) + body[place:]
    elif kind == "other body":
        body = push.other_body
    elif kind == "swap":
        for swapped in draw(st.sets(st.sampled_from(signing), min_size=1, max_size=len(signing) - 1)):
            headers[swapped] = push.other_headers[swapped]
    elif kind == "cut":
        headers[name] = headers[name][: draw(st.integers(0, len(headers[name]) - 3))]
    elif kind == "drop":
        del headers[name]
    else:
        at = draw(st.integers(0, len(headers[name]) - 1))
        headers[name] = headers[name][:at] + draw(st.characters(min_codepoint=33, max_codepoint=255)) + headers[name][at + 1 :]
    return body, headers


def is_as_signed(push, body, headers):
    """Whether a change left the meaning: the same bytes of body, and headers that say the same signature of the same time."""
    return body == push.body and (headers == push.headers or means(headers) == means(push.headers))


def means(headers):
    """What the headers say once decoded: base64 has spare bits, hex has two cases."""
    said = dict(headers)
    if "event-sign" in said:
        said["event-sign"] = said["event-sign"].lower()
    try:
        said["webhook-timestamp"] = int(float(said["webhook-timestamp"]))
        version, signature = said["webhook-signature"].split(",")
        said["webhook-signature"] = (version, base64.b64decode(signature))
    except (KeyError, ValueError, OverflowError):  # 1E9999 is a number, and no time
        return said
    return said


@pytest.mark.parametrize(
    ("name", "signing"), [("captured", standard.SIGNED), ("captured_douyin", ("app-id", "event-sign"))]
)  # fmt: skip
def test_what_nobody_signed_is_refused_and_leaves_nothing(name, signing, request):
    push = request.getfixturevalue(name)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def refuse(data):
        body, headers = data.draw(forgeries(push, signing))
        if is_as_signed(push, body, headers):
            return
        assert push.status(body=body, headers=headers) in REFUSED
        refused.append(1)

    refused = []
    refuse()
    assert len(refused) > 0.8 * EXAMPLES
    assert_nothing_is_kept()


@pytest.mark.parametrize("name", ["captured", "captured_douyin"])
def test_a_push_of_one_shop_is_refused_at_the_door_of_another(name, request):
    push = request.getfixturevalue(name)

    assert push.status(path=push.other_path) == 401
    assert_nothing_is_kept()


def test_control_without_verification_a_forged_push_is_counted(captured, captured_douyin, monkeypatch):
    monkeypatch.setattr(standard, "verify", lambda *_: None)
    monkeypatch.setattr(douyin, "verify", lambda *_: None)
    forged = captured.body.replace(b"11960", b"91960")

    assert [captured.status(body=forged), captured_douyin.status(headers=captured_douyin.headers | {"app-id": "x"})] == [200, 200]
    assert (Order.objects.count(), Hint.objects.count()) == (1, 1)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_honest_signature_of_another_time_is_refused(captured, minutes):
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    assert captured.status(headers=signed(captured.body, at=at)) == 401
    assert_nothing_is_kept()


@pytest.mark.parametrize("name", ["captured", "captured_douyin"])
def test_while_two_secrets_are_valid_no_more_is_believed_than_what_one_of_them_signed(name, request, now):
    """Every byte changed, and the headers of one secret with the body of the other's push."""
    push = request.getfixturevalue(name)
    change_secret(push.shop, OTHER_SECRET[:-4], old_until=now + timedelta(days=1), at=now)  # the pushes are signed by the old one
    forged = [bytes([*push.body[:n], push.body[n] ^ 1, *push.body[n + 1 :]]) for n in range(len(push.body))]

    assert {push.status(body=body) for body in [*forged, push.other_body]} <= REFUSED
    assert push.status(path=push.other_path) == 401
    assert_nothing_is_kept()
    assert push.status() == 200
