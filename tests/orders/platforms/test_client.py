from __future__ import annotations

import json
import socket
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from livestream.platforms import asking
from livestream.platforms.asking import Busy, Refused, Silent, Unreachable
from orders.platforms import fake_server
from orders.platforms.client import Access, Expired, new_token, open_line, pull, pull_changes
from orders.platforms.contract import Credentials
from orders.platforms.fake import FakeDouyin, Good

NOW = datetime.now(UTC)
DANGSHEN = Good("LDS-500", "潞党参 500g", 5980)
ACCESS = Access("douyin", Credentials("app", "s3cret"), "token", is_practice=True)


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=3) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def answering(settings):
    """A platform that answers everything with what the test says: status, body, headers, seconds between bytes."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append((self.path.split("?")[0], self.rfile.read(int(self.headers["content-length"]))))
            status, body, headers, pause = answer[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for start in range(0, len(body), 100_000 if not pause else 1):
                    self.wfile.write(body[start : start + (100_000 if not pause else 1)])
                    time.sleep(pause)
            except OSError:
                pass  # the client has heard enough

        do_GET = do_POST

        def log_message(self, *_line):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    settings.PRACTICE_PLATFORM_URL = f"http://127.0.0.1:{server.server_address[1]}"
    answer = [(200, b"{}", {}, 0)]

    def say(status=200, body=b"{}", headers=None, pause=0):
        answer[0] = (status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers or {}, pause)
        return heard

    yield say
    server.shutdown()
    server.server_close()


def ask(number="1", kind="order", access=ACCESS):
    with open_line() as line:
        return pull(line, access, kind, number, NOW)


def test_pull_asks_for_an_order_and_understands_the_answer(fake):
    placed, _ = fake.sell([(DANGSHEN, 2), (Good("HJ-500", "花椒", 3980), 1)], room="7300000000000000001", account="72")

    (event,) = ask(placed.number)

    assert (event.order_no, event.status, event.live_room, event.host_account) == (
        placed.number,
        "paid",
        "7300000000000000001",
        "72",
    )
    assert [(line.sku, line.quantity) for line in event.lines] == [("LDS-500", 2), ("HJ-500", 1)]
    assert sum(line.paid_fen for line in event.lines) == fake.totals().paid_fen


def test_pull_asks_for_an_after_sale(fake):
    placed, _ = fake.sell([(DANGSHEN, 2)])
    asked = fake.request_refund(placed.number, fen=300)
    assert ask(asked.number, "after_sale")[0].refunds[0].status == "requested"

    fake.settle_refund(asked.number)

    (event,) = ask(asked.number, "after_sale")
    assert (event.order_no, event.status, event.lines) == (placed.number, None, None)
    assert [(r.refund_no, r.line_no, r.status, r.refund_fen) for r in event.refunds] == [
        (asked.number, placed.number, "succeeded", 300)
    ]


def test_a_wrong_secret_and_an_unknown_number_are_refused(fake):
    with pytest.raises(Refused) as refused:
        ask("1", access=Access("douyin", Credentials("app", "another"), "token", is_practice=True))
    assert (refused.value.code, refused.value.message) == ("40003", "签名校验失败")

    with pytest.raises(Refused) as refused:
        ask("1")
    assert (refused.value.code, refused.value.message) == ("50002", "订单不存在")


def test_a_real_shop_is_asked_at_its_platform_and_a_practice_shop_never_is(fake):
    real = Access("douyin", Credentials("app", "s3cret"), "token", is_practice=False)

    assert (real.base, ACCESS.base) == ("https://openapi-fxg.jinritemai.com", fake.url)


def test_the_signed_bytes_are_the_sent_bytes(answering):
    heard = answering(body={"code": 50002, "msg": "没有"})

    with pytest.raises(Refused):
        ask("69")

    assert heard == [("/order/orderDetail", b'{"shop_order_id":"69"}')]


@pytest.mark.parametrize(
    ("status", "body", "headers", "why"),
    [
        (500, b"{}", {}, "HTTP 500"),
        (503, b"{}", {}, "HTTP 503"),
        (429, b"{}", {}, "HTTP 429"),
        (302, b"", {"location": "/elsewhere"}, "HTTP 302"),
        (200, b"<html>please sign in</html>", {}, "the answer is not JSON"),
        (200, b'{"code":10000,"data":{"shop_order_detail":NaN}}', {}, "the answer is not JSON"),
        (200, b"[]", {}, "the answer is not an object"),
        (200, b"{}", {}, "the answer has no code"),
        (200, b"[" * 100_000, {}, "the answer is not JSON"),
        (200, b'"' + b"x" * 5_000_001 + b'"', {}, "the answer is over 5000000 bytes"),
    ],
)
def test_what_is_no_answer_of_the_platform_is_asked_again_later(answering, status, body, headers, why):
    heard = answering(status, body, headers)

    with pytest.raises(Unreachable) as error:
        ask()

    assert str(error.value) == why
    assert [path for path, _ in heard] == ["/order/orderDetail"]  # a redirect is not followed


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, b"{}", "HTTP 403: refused"),
        (404, b"", "HTTP 404: refused"),
        (200, {"code": 30002, "msg": "请求来源IP不可信", "sub_msg": ""}, "30002: 请求来源IP不可信"),
        (200, {"code": 40003, "msg": "失败", "sub_msg": "签名错误"}, "40003: 签名错误"),
        (200, {"err_no": 7, "message": "旧式错误"}, "7: 旧式错误"),
        (200, {"code": 10000}, "unreadable: no data"),
        (200, {"code": 10000, "data": {}}, "unreadable: no shop_order_detail"),
        (200, {"code": 10000, "data": {"shop_order_detail": {"order_id": 1.5}}}, "unreadable: None is not a whole number"),
    ],
)
def test_a_no_of_the_platform_is_a_refusal_with_its_code(answering, status, body, why):
    answering(status, body)

    with pytest.raises(Refused) as error:
        ask()

    assert str(error.value) == why


@pytest.mark.parametrize(
    ("status", "body", "error", "why"),
    [
        (200, {"code": 60000, "sub_msg": "触发限流，请稍后重试"}, Busy, "60000: 触发限流，请稍后重试"),
        (429, {}, Busy, "HTTP 429"),
        (200, {"code": 20000, "msg": "服务不可用"}, Unreachable, "20000: 服务不可用"),
        (200, {"code": 20001, "msg": "内部服务超时"}, Unreachable, "20001: 内部服务超时"),
        (200, {"code": 40003, "sub_code": "isv.access-token-expired", "sub_msg": "已过期"}, Expired, "40003: 已过期"),
        (200, {"code": 40003, "sub_code": "isv.access-token-no-existed", "sub_msg": "不存在"}, Expired, "40003: 不存在"),
    ],
)
def test_what_may_be_answered_later_is_no_refusal(answering, status, body, error, why):
    answering(status, body)

    with pytest.raises(Unreachable) as raised:
        ask()

    assert (type(raised.value), str(raised.value)) == (error, why)


def test_pull_changes_reads_a_list(fake):
    number = fake.sell([(DANGSHEN, 2)])[0].number
    asked, _ = fake.refund(number)

    with open_line() as line:
        ((orders, _),) = pull_changes(line, ACCESS, "orders", NOW, NOW)
        ((after_sales, _),) = pull_changes(line, ACCESS, "after_sales", NOW, NOW)

    assert [row.number for row in orders.rows] == [number]
    assert [(row.number, row.order_no) for row in after_sales.rows] == [(asked.number, number)]


def test_new_token_is_for_a_shop_of_the_application(fake):
    fake.tokens.life_s = 3600
    bare = Access("douyin", Credentials("app", "s3cret"), "", is_practice=True)
    with open_line() as line:
        first = new_token(line, bare, "", "77977", NOW)
        second = new_token(line, bare, first.refresh, "", NOW)
        void = new_token(line, bare, "unknown", "77977", NOW)
        with pytest.raises(Refused, match="token不存在"):
            new_token(line, bare, "unknown", "1", NOW)
        with pytest.raises(Refused, match="店铺未授权"):
            new_token(line, bare, "", "1", NOW)

    assert len({first.access, second.access, void.access}) == 3
    assert [token.access for token in fake.tokens.issued] == [first.access, second.access, void.access]


def test_a_platform_without_lists_or_tokens_is_refused():
    access = Access("standard", Credentials("", "x"), "", is_practice=False)
    with open_line() as line:
        with pytest.raises(Refused, match="has no list"):
            next(pull_changes(line, access, "orders", NOW, NOW))
        with pytest.raises(Refused, match="has no tokens"):
            new_token(line, access, "", "", NOW)


def test_an_answer_of_the_old_form_is_one_too(answering):
    detail = {"order_id": "1", "order_status": "1", "update_time": str(int(NOW.timestamp()))}
    answering(body={"err_no": 0, "message": "success", "data": {"shop_order_detail": detail}})

    assert [event.order_no for event in ask()] == ["1"]


def test_an_order_counts_where_its_after_sales_may_not_be_listed(fake, monkeypatch):
    placed, _ = fake.sell([(DANGSHEN, 1)])
    fake.refund(placed.number)
    monkeypatch.delitem(fake_server.CALLS, "afterSale.List")

    assert [(event.order_no, event.refunds) for event in ask(placed.number)] == [(placed.number, ())]


def test_an_answer_that_drips_is_not_waited_for(answering, monkeypatch):
    answering(body=b" " * 1000, pause=0.02)
    monkeypatch.setattr(asking, "SECONDS", 0.3)
    began = time.monotonic()

    with pytest.raises(Unreachable):
        ask()

    assert time.monotonic() - began < 2


def test_nobody_there_is_silence(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.PRACTICE_PLATFORM_URL = f"http://127.0.0.1:{free.getsockname()[1]}"

        with pytest.raises(Silent):
            ask()


def test_a_platform_without_an_api_is_refused():
    with pytest.raises(Refused) as refused:
        ask(access=Access("standard", Credentials("", "x"), "", is_practice=False))

    assert refused.value.code == "platform"
