from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from doudian import AppType, DouDian
from hypothesis import given
from hypothesis import strategies as st

from orders.platforms import ADAPTERS, douyin
from orders.platforms.contract import BadBody, BadSignature, Credentials, HintFact
from orders.platforms.douyin import Unreadable, order_event
from orders.rules.order import LineFact, OrderEvent
from orders.rules.rank import progress_rank

PAYLOADS = Path(__file__).parent.parent / "payloads" / "douyin"
# README placeholders of the public SDK; the body and value are accepted by its `callback`.
KEY, SECRET = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
SHOP = Credentials(KEY, SECRET)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ORDER, SECOND, GIFT = "4705288465508532862", "4705288465508598398", "4705288465508598400"


def payload(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def answer_data(name):
    return msgspec.json.decode(payload(name))["data"]


def detail(**changes):
    return answer_data("order_detail")["shop_order_detail"] | changes


def signed(body, credentials=SHOP, **headers):
    sign = hashlib.md5(credentials.app_key.encode() + body + credentials.secret.encode()).hexdigest()
    return {"app-id": credentials.app_key, "event-sign": sign} | headers


def parsed(body):
    return douyin.parse({}, body, NOW)


def seconds(n):
    return datetime.fromtimestamp(n, UTC)


# --- signatures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("credentials", "body", "sign"),
    [
        (SHOP, b'[{"tag":"101","msg_id":"1","data":"{}"}]', "991bdd43ed2d352ac8742774099c1778"),
        (
            Credentials("runtime-app", "runtime-secret"),
            b'[{"tag":"0","msg_id":"0","data":"2026-09-28T10:00:00+08:00"}]',
            "fc4bd46e9bd501bd2e1e5702384acce1",
        ),
    ],
)
def test_a_published_push_signature_is_believed_in_either_case(credentials, body, sign):
    for spelled in (sign, sign.upper()):
        douyin.verify({"app-id": credentials.app_key, "event-sign": spelled}, body, credentials, NOW)


@pytest.mark.parametrize(
    ("headers", "body", "credentials"),
    [
        (signed(b"[]") | {"event-sign": "0" * 32}, b"[]", SHOP),
        (signed(b"[]"), b"[] ", SHOP),
        (signed(b"[]", app="x") | {"app-id": "another"}, b"[]", SHOP),
        ({"app-id": KEY}, b"[]", SHOP),
        ({"event-sign": signed(b"[]")["event-sign"]}, b"[]", SHOP),
        ({}, b"[]", SHOP),
        (signed(b"[]") | {"event-sign": "签名"}, b"[]", SHOP),
        (signed(b"[]", Credentials(KEY, "")), b"[]", Credentials(KEY, "")),
    ],
)
def test_any_other_push_is_refused(headers, body, credentials):
    with pytest.raises(BadSignature):
        douyin.verify(headers, body, credentials, NOW)


def doudian(credentials=SHOP):
    return DouDian(credentials.app_key, credentials.secret, app_type=AppType.TOOL)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3), min_size=1, max_size=3), st.booleans())
def test_a_public_sdk_believes_the_pushes_that_we_believe(messages, is_right):
    body = json.dumps(messages, ensure_ascii=False).encode("utf-8", "replace")
    headers = signed(body if is_right else body + b" ")

    theirs = doudian().callback(headers, body) is not None
    try:
        douyin.verify(headers, body, SHOP, NOW)
        ours = True
    except BadSignature:
        ours = False

    assert (ours, theirs) == (is_right, is_right)


def test_a_request_is_signed_as_the_published_vector_says():
    sign = douyin.sign_request(
        Credentials("testAppKey", "testSecret"),
        "order.orderDetail",
        '{"shop_order_id":"4496460817353800001"}',
        "2021-06-18 08:26:34",
    )

    assert sign == "796c5c1fb3955e9501e05b614520728e3874b309e2f1f5e1af6c8f319e657d1b"


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_request_is_signed_as_a_public_sdk_signs_it(param_json, timestamp):
    ours = douyin.sign_request(SHOP, "order.orderDetail", param_json, timestamp)

    assert ours == doudian()._sign("order.orderDetail", param_json, timestamp)


# --- pushes ---------------------------------------------------------------------------------------------------------------


def test_it_is_one_of_the_platforms():
    assert ADAPTERS["douyin"] is douyin


def test_a_probe_is_no_message_and_is_answered_with_success():
    assert parsed(payload("probe")) == []
    assert douyin.answer([]) == b'{"code":0,"msg":"success"}'


def test_whatever_became_of_messages_the_platform_need_not_send_them_again():
    receipt = SimpleNamespace(applied=0, duplicate=0, stale=0, rejected=[(0, "no p_id")])

    assert douyin.answer([receipt, receipt]) == b'{"code":0,"msg":"success"}'


def test_a_paid_push_is_a_hint_at_its_order_with_every_digit():
    (message,) = parsed(payload("paid"))

    assert message.message_id == "0443477118:101:1795262400:683"
    assert (message.events, message.hints, message.rejected) == ((), (HintFact("order", ORDER),), ())
    assert message.digest == hashlib.sha256(payload("paid")[1:-1]).digest()


def test_a_push_names_its_shop_where_it_does():
    (message,) = parsed(payload("paid"))
    assert message.shop_no == "77977"
    assert message.refused() == replace(message, hints=(), rejected=((0, "of another shop: 77977"),))

    assert [m.shop_no for m in parsed(payload("many"))] == [""] * 5
    assert [m.shop_no for m in parsed(b'[{"tag":101,"data":{"p_id":1,"shop_id":"77978"}}]')] == ["77978"]
    (odd,) = parsed(b'[{"tag":101,"data":{"p_id":1,"shop_id":7.5}}]')
    assert (odd.hints, len(odd.rejected)) == ((), 1)


def test_every_message_of_a_push_stands_for_itself():
    messages = parsed(payload("many"))

    assert [(m.message_id, m.hints, m.rejected) for m in messages] == [
        ("a1", (HintFact("order", ORDER),), ()),
        ("a2", (HintFact("after_sale", "6986853269519810849"), HintFact("order", ORDER)), ()),
        ("a3", (), ()),
        ("a4", (), ((0, "no p_id"),)),
        ("a5", (), ()),
    ]
    assert len({m.digest for m in messages}) == 5


def test_one_object_and_a_byte_order_mark_are_taken_too():
    one = payload("paid")[1:-1]

    assert parsed(b"\xef\xbb\xbf" + one) == parsed(one) == parsed(payload("paid"))


@pytest.mark.parametrize(
    ("data", "hints", "reason"),
    [
        ({"p_id": 123}, 1, None),
        ({"p_id": " 123 "}, 1, None),
        ({}, 0, "no p_id"),
        ({"p_id": 4.705288465508533e18}, 0, "4.705288465508533e+18 is neither text nor a whole number"),
        ({"p_id": True}, 0, "True is neither text nor a whole number"),
        ({"p_id": 0}, 0, "p_id is no number of anything"),
        ({"p_id": "订单"}, 0, "p_id is no number of anything"),
        ({"p_id": "1" * 65}, 0, "p_id is no number of anything"),
        ([], 0, "data is not an object"),
        (None, 0, "data is not an object"),
        (5, 0, "data is not an object"),
        ("[]", 0, "data is not an object"),
    ],
)
def test_odd_data_is_rejected_and_not_guessed(data, hints, reason):
    (message,) = parsed(json.dumps([{"tag": 101, "msg_id": 7, "data": data}]).encode())

    assert message.message_id == "7"
    assert (len(message.hints), message.rejected) == (hints, ((0, reason),) if reason else ())


@pytest.mark.parametrize("piece", ["1", '"x"', "null", "[]", '{"tag":"101","msg_id":"1","data":"{"}'])
def test_a_piece_that_is_no_message_costs_its_neighbours_nothing(piece):
    odd, good = parsed(b"[" + piece.encode() + b"," + payload("paid")[1:-1] + b"]")

    assert (len(odd.rejected), odd.hints) == (1, ())
    assert good.hints == (HintFact("order", ORDER),)


@pytest.mark.parametrize(
    "body", [b"", b"x", b"5", b'"x"', b"null", b"[", b'[{"tag":NaN}]', b"\xff\xfe", b"[" * 100_000, payload("paid")[:-9]]
)
def test_a_body_that_is_not_the_platforms_is_refused(body):
    with pytest.raises(BadBody):
        parsed(body)


@given(st.binary(max_size=60) | st.recursive(st.none() | st.integers() | st.floats() | st.text(max_size=5), st.lists).map(
    lambda value: json.dumps([{"tag": value, "msg_id": value, "data": value}, {"tag": 101, "data": {"p_id": value}}]).encode()
))  # fmt: skip
def test_no_body_at_all_breaks_the_reader(body):
    try:
        parsed(body)
    except BadBody:
        return


# --- orders ---------------------------------------------------------------------------------------------------------------


def test_an_order_detail_says_everything_about_its_order():
    assert order_event(detail(), NOW) == OrderEvent(
        order_no=ORDER,
        rank=progress_rank("shipped", seconds(1795269600)),
        happened_at=seconds(1795269600),
        status="shipped",
        paid_at=seconds(1795262400),
        live_room="7300000000000000001",
        host_account="7200000000000000001",
        province="山西省",
        lines=(
            LineFact(ORDER, "LDS-500", "潞党参 500g", 2, 11960),
            LineFact(SECOND, "HJ-500", "大红袍花椒 500g", 1, 3980),
            LineFact(GIFT, "3471234567890124000", "赠品：连翘叶茶 20g", 1, 0),
        ),
    )


def test_numbers_as_text_say_the_same():
    as_text = answer_data("order_detail_as_text")["shop_order_detail"]

    assert order_event(as_text, NOW) == order_event(detail(), NOW)


@pytest.mark.parametrize(
    ("code", "pay_time", "status"),
    [
        (1, 0, "created"),
        (105, 1795262400, "paid"),
        (2, 1795262400, "paid"),
        (101, 1795262400, "paid"),
        (3, 1795262400, "shipped"),
        (5, 1795262400, "completed"),
        (4, 1795262400, "closed"),
        (4, 0, "cancelled"),
        ("4", None, "cancelled"),
        (777, 1795262400, "paid"),
        (777, 0, "created"),
    ],
)
def test_the_platforms_status_in_our_words(code, pay_time, status):
    event = order_event(detail(order_status=code, pay_time=pay_time), NOW)

    assert (event.status, event.rank) == (status, progress_rank(status, seconds(1795269600)))
    assert event.paid_at == (seconds(pay_time) if pay_time else None)


@pytest.mark.parametrize(
    ("lines", "room"),
    [
        ([{"room_id_str": "0", "room_id": 0}, {"room_id_str": "", "room_id": 7300000000000000001}], "7300000000000000001"),
        ([{"room_id_str": "5", "room_id": 4}], "5"),
        ([{"room_id": "0"}], None),
        ([{}], None),
    ],
)
def test_the_first_room_that_is_one_is_the_live_room(lines, room):
    lines = [{"order_id": n, "item_num": 1, "pay_amount": 1} | line for n, line in enumerate(lines, 1)]

    assert order_event(detail(sku_order_list=lines), NOW).live_room == room


def test_an_order_without_lines_says_nothing_about_lines():
    event = order_event(detail(sku_order_list=[], mask_post_addr=None), NOW)

    assert (event.lines, event.live_room, event.host_account, event.province) == (None, None, None, None)


def test_a_payment_discount_above_the_price_leaves_nothing_and_never_less():
    lines = [{"order_id": 1, "item_num": 1, "pay_amount": 100, "promotion_pay_amount": 101}]

    assert order_event(detail(sku_order_list=lines), NOW).lines[0].paid_fen == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": None},
        {"order_id": 4.7e18},
        {"order_status": "paid"},
        {"pay_time": 1},
        {"update_time": 1795262400000},
        {"update_time": int((NOW + timedelta(days=2)).timestamp())},
        {"update_time": -5},
        {"sku_order_list": [{"order_id": 1, "item_num": -1, "pay_amount": 1}]},
        {"sku_order_list": [{"order_id": 1, "item_num": 1, "pay_amount": -1}]},
        {"sku_order_list": [{"order_id": 1, "item_num": 1, "pay_amount": 1.5}]},
        {"sku_order_list": [{"order_id": 1, "item_num": 1, "pay_amount": 10**13}]},
        {"sku_order_list": [{"order_id": 1, "item_num": 1, "pay_amount": 1}] * 2},
    ],
)
def test_a_detail_that_cannot_be_is_not_counted(changes):
    with pytest.raises(Unreadable):
        order_event(detail(**changes), NOW)
