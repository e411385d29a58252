"""The push endpoint over ASGI: what each kind of request is answered, and what it leaves in the ledger."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from asgiref.sync import sync_to_async
from standardwebhooks import Webhook

from orders.actions import intake_rows as rows
from orders.actions.group_commit import Writer
from orders.actions.raw import read_raw
from orders.models import DayTally, Delivery, LedgerEntry, Order
from orders.platforms import standard
from orders.push import PushApp
from tests.factories import SECRET, make_order_body

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app():
    app = PushApp()
    yield app
    app.stop()


@pytest.fixture
def address(shop, session):
    return f"/push/standard/{shop.key}/"


def signed(body: bytes, message_id="msg_1", secret=SECRET, at=None):
    at = at or datetime.now(UTC)
    signature = Webhook(secret).sign(message_id, at, body.decode("utf-8", "replace"))
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


async def post(app, address, body, headers=None, method="POST"):
    if not isinstance(body, bytes):
        body = json.dumps(body, ensure_ascii=False).encode()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:
        return await client.request(method, address, content=body, headers=signed(body) if headers is None else headers)


@sync_to_async
def county_totals():
    row = DayTally.objects.filter(scope__startswith="county:").values_list("orders", "units", "paid_fen", "refunded_fen")
    return tuple(sum(column) for column in zip(*row, strict=True)) or (0, 0, 0, 0)


async def test_a_signed_push_is_counted_and_answered_after_commit(app, address):
    answer = await post(app, address, make_order_body("T1"))

    assert answer.status_code == 200
    assert answer.json() == {"code": 0, "msg": "success", "applied": 1, "duplicate": 0, "stale": 0, "rejected": []}
    assert await county_totals() == (1, 2, 11960, 0)


async def test_a_repeated_message_answers_like_the_first_and_counts_nothing(app, address):
    body = json.dumps([make_order_body("T1"), make_order_body("T2"), {"order_no": 7}]).encode()
    headers = signed(body)

    first = await post(app, address, body, headers)
    again = await post(app, address, body, headers)

    assert first.json()["applied"] == 2
    assert [r["index"] for r in first.json()["rejected"]] == [2]
    assert again.content == first.content
    assert await county_totals() == (2, 4, 23920, 0)
    assert await LedgerEntry.objects.acount() == 2
    assert await Delivery.objects.acount() == 1


async def test_a_reused_message_id_with_another_body_is_judged_by_its_orders(app, address):
    await post(app, address, make_order_body("T1"))

    answer = await post(app, address, [make_order_body("T1"), make_order_body("T2")])

    assert (answer.json()["applied"], answer.json()["duplicate"]) == (1, 1)
    assert await county_totals() == (2, 4, 23920, 0)


async def test_higher_version_wins_equal_repeats_lower_is_stale(app, address):
    answers = []
    for n, version in enumerate([2, 2, 1, 3]):
        body = json.dumps(make_order_body("T1", version=version, lines=[(1, "A", 1, 100 * version)])).encode()
        answers.append((await post(app, address, body, signed(body, f"m{n}"))).json())

    assert [(a["applied"], a["duplicate"], a["stale"]) for a in answers] == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0)]
    assert await county_totals() == (1, 1, 300, 0)


async def test_without_versions_the_later_time_wins(app, address, now):
    for n, (seconds, fen) in enumerate([(0, 100), (5, 300), (3, 200)]):
        body = json.dumps(
            make_order_body("T1", version=None, at=now + timedelta(seconds=seconds), lines=[(1, "A", 1, fen)])
        ).encode()
        await post(app, address, body, signed(body, f"m{n}"))

    assert await county_totals() == (1, 1, 300, 0)


@pytest.mark.parametrize("change", ["body", "secret", "time", "no headers", "id", "garbage"])
async def test_a_wrong_signature_or_time_is_401_and_leaves_nothing(app, address, change):
    body = json.dumps(make_order_body("T1")).encode()
    headers = signed(body)
    if change == "body":
        body = body.replace(b"11960", b"11961")
    elif change == "secret":
        headers = signed(body, secret="whsec_" + base64.b64encode(b"x" * 24).decode())
    elif change == "time":
        headers = signed(body, at=datetime.now(UTC) - timedelta(minutes=6))
    elif change == "no headers":
        headers = {"content-type": "application/json"}
    elif change == "id":
        headers["webhook-id"] = "msg_2"
    else:
        headers["webhook-signature"] = "v1,%%%"

    answer = await post(app, address, body, headers)

    assert answer.status_code == 401
    assert await Order.objects.acount() == 0
    assert await Delivery.objects.acount() == 0


@pytest.mark.parametrize(
    "path", ["/push/standard/nobody/", "/push/nowhere/{key}/", "/push/standard/", "/push/douyin/{key}/", "/push/standard/a%00b/"]
)
async def test_an_unknown_shop_is_404(app, shop, path):
    answer = await post(app, path.format(key=shop.key), make_order_body("T1"))

    assert answer.status_code == 404


async def test_only_post_only_json_only_one_megabyte(app, address):
    assert (await post(app, address, b"", {}, method="GET")).status_code == 405
    body = json.dumps(make_order_body("T1")).encode()
    assert (await post(app, address, body, signed(body) | {"content-type": "text/plain"})).status_code == 415
    big = b" " * 2_000_000
    assert (await post(app, address, big, signed(big))).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"order_no": "T1", "updated_at": "2026-',
        b"null",
        b"7",
        b'"T1"',
        b"[1] [2]",
        b'{"order_no": NaN}',
        b"\xff\xfe",
        b"[" * 5000,
        b'["\\ud800"]',
    ],
    ids=["empty", "open", "cut short", "null", "number", "text", "two documents", "NaN", "no UTF-8", "deep", "lone surrogate"],
)
async def test_what_is_not_one_document_of_the_shape_is_400(app, address, body):
    answer = await post(app, address, body)

    assert answer.status_code == 400
    assert answer.json()["code"] == 400


async def test_more_than_five_hundred_orders_are_400(app, address):
    assert (await post(app, address, [make_order_body(f"T{n}") for n in range(501)])).status_code == 400


BAD = {
    "negative money": {"lines": [{"line_no": "1", "sku": "A", "title": "a", "quantity": 1, "paid_fen": -1}]},
    "negative quantity": {"lines": [{"line_no": "1", "sku": "A", "title": "a", "quantity": -1, "paid_fen": 1}]},
    "a line twice": {"lines": [{"line_no": "1", "title": "a", "quantity": 1, "paid_fen": 1}] * 2},
    "refund above paid": {"refunds": [{"refund_no": "R", "line_no": "1", "status": "succeeded", "refund_fen": 11961}]},
    "order number as float": {"order_no": 5.43e16},
    "order number as integer": {"order_no": 4705288465508532862},
    "no order number": {"order_no": None},
    "empty order number": {"order_no": ""},
    "NUL in the order number": {"order_no": "T\0"},
    "NUL in a title": {"lines": [{"line_no": "1", "sku": "A", "title": "a\0", "quantity": 1, "paid_fen": 1}]},
    "unknown status": {"status": "lost"},
    "in 1970": {"updated_at": "1970-01-01T00:00:00+08:00"},
    "next year": {"paid_at": (datetime.now(UTC) + timedelta(days=365)).isoformat()},
    "time without a zone": {"updated_at": "2026-11-21T20:00:03"},
    "huge money": {"lines": [{"line_no": "1", "sku": "A", "title": "a", "quantity": 1, "paid_fen": 10**30}]},
    "money as float": {"lines": [{"line_no": "1", "sku": "A", "title": "a", "quantity": 1, "paid_fen": 119.6}]},
    "not an object": None,
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_order_is_rejected_with_a_reason_and_its_neighbours_are_counted(app, address, name):
    bad = BAD[name] if BAD[name] is None else make_order_body("BAD") | BAD[name]

    answer = await post(app, address, [make_order_body("T1"), bad, make_order_body("T2")])

    assert answer.status_code == 200
    assert answer.json()["applied"] == 2
    ((index, reason),) = [(r["index"], r["reason"]) for r in answer.json()["rejected"]]
    assert index == 1
    assert reason
    assert await county_totals() == (2, 4, 23920, 0)


async def test_unknown_fields_are_ignored_and_a_bom_is_forgiven(app, address):
    body = b"\xef\xbb\xbf" + json.dumps(make_order_body("T1") | {"buyer_memo": {"x": [1]}}).encode()

    answer = await post(app, address, body)

    assert (answer.status_code, answer.json()["applied"]) == (200, 1)


async def test_a_refund_number_may_repeat_in_another_order(app, address):
    answer = await post(app, address, [make_order_body(no, refunds=[("R1", 1, 5980)]) for no in ("T1", "T2")])

    assert answer.json()["applied"] == 2
    assert await county_totals() == (2, 4, 23920, 11960)


async def test_a_full_queue_is_503_with_retry_after(shop, session, settings):
    settings.PUSH_QUEUE_LIMIT = 1
    app = PushApp(Writer(came=1))  # something waits, and nobody takes it

    answer = await post(app, f"/push/standard/{shop.key}/", make_order_body("T1"))

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_a_shop_switched_off_is_404_within_its_second(app, shop, address, monkeypatch):
    monkeypatch.setattr("orders.push.SHOP_SECONDS", 0.0)
    await post(app, address, make_order_body("T1"))
    shop.is_active = False
    await shop.asave()

    assert (await post(app, address, make_order_body("T2"))).status_code == 404


async def test_a_message_the_database_refuses_is_kept_and_acked_and_its_neighbours_are_counted(app, address, monkeypatch):
    """A poisonous message, as an unknown fault would make one: storing this order fails for a reason nobody foresaw."""
    store = rows.store_orders

    def store_but_choke(cursor, states, at):
        if any(key[2] == "POISON" for key in states):
            raise RuntimeError("nobody foresaw this")
        store(cursor, states, at)

    monkeypatch.setattr(rows, "store_orders", store_but_choke)
    bodies = [json.dumps(make_order_body(no)).encode() for no in ("T1", "POISON", "T2", "T3")]

    answers = await asyncio.gather(*(post(app, address, body, signed(body, f"m{n}")) for n, body in enumerate(bodies)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [answer.json()["applied"] for answer in answers] == [1, 0, 1, 1]
    assert await county_totals() == (3, 6, 35880, 0)
    kept = await Delivery.objects.aget(outcome="kept")
    assert await sync_to_async(read_raw)(kept) == bodies[1]


async def test_a_message_that_crashes_its_parser_is_kept_and_acked(app, address, monkeypatch):
    monkeypatch.setattr(standard, "parse", lambda *_: 1 // 0)

    answer = await post(app, address, make_order_body("T1"))

    assert (answer.status_code, answer.json()["applied"], len(answer.json()["rejected"])) == (200, 0, 1)
    assert await Delivery.objects.filter(outcome="kept").acount() == 1
