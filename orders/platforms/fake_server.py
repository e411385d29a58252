"""The API of the fake 抖店 over real HTTP: orders, after-sales, their lists, and tokens.

Shapes and limits as the platform's own SDK has them (zsmhub/doudian-sdk api/order_searchList, api/afterSale_List and so on).
A request that is refused is answered with an error code, as the platform does, in an HTTP 200.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from orders.platforms.fake_token import NoToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from orders.platforms.fake import FakeDouyin
    from orders.platforms.fake_orders import FakeAfterSale, FakeLine, FakeOrder

Row = TypeVar("Row")
MISSING_PARAMETER, BAD_SIGNATURE, BAD_PARAMETER, NOT_FOUND, TOO_MANY_CALLS = 40001, 40003, 40004, 50002, 60000
PAGE_AT_MOST = 100
ROWS_AT_MOST = 50_000  # page × size: what lies deeper is found by a shorter span of time only
LISTED_FOR = timedelta(days=90)
STATUS = {1: "待支付", 2: "待发货", 3: "已发货", 4: "已关闭", 5: "已完成"}
REFUND_STATUS = {6: 1, 12: 3, 27: 4, 28: 1}  # withdrawn by the buyer: the refund stays "waiting"


class Refusal(Exception):
    def __init__(self, code: int, message: str, sub_code: str = "isv.refused") -> None:
        super().__init__(message)
        self.code = code
        self.sub_code = sub_code


def serve(fake: FakeDouyin, host: str, port: int) -> ThreadingHTTPServer:
    """A bound server; its `serve_forever` answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1
        timeout = 30

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            answer = answer_of(fake, self.path, body)
            self.send_response(200)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            self.wfile.flush()

        def log_message(self, *_line: object) -> None:
            """Silent: it is a toy in somebody else's process."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    return Server((host, port), Handler)


def answer_of(fake: FakeDouyin, address: str, body: bytes) -> bytes:
    """The answer to a request as bytes: code 10000 and data, or another code and why."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    try:
        check_signature(fake, query, body)
        name = query["method"]
        method = CALLS.get(name)
        if method is None or name != parts.path.strip("/").replace("/", "."):
            raise Refusal(BAD_PARAMETER, "method 不存在")
        with fake.lock:
            count_call(fake)
            if not name.startswith("token."):
                check_token(fake, query)
            data = method(fake, json.loads(body))
    except (Refusal, NoToken) as no:
        return json.dumps({"code": no.code, "msg": "失败", "sub_code": no.sub_code, "sub_msg": str(no)}).encode()
    return json.dumps({"code": 10000, "msg": "success", "data": data}, ensure_ascii=False).encode()


def count_call(fake: FakeDouyin) -> None:
    """Raises Refusal when there were too many within this second."""
    second = int(fake.clock().timestamp())
    fake.calls = Counter({second: fake.calls[second] + 1})
    if fake.calls_per_second is not None and fake.calls[second] > fake.calls_per_second:
        raise Refusal(TOO_MANY_CALLS, "触发限流，请稍后重试", "isv.flow-limited")


def check_token(fake: FakeDouyin, query: dict[str, str]) -> None:
    """Raises Refusal, NoToken."""
    if not query.get("access_token"):
        raise Refusal(MISSING_PARAMETER, "认证失败，access_token不能为空", "isv.access-token-missing")
    fake.tokens.check(query["access_token"], fake.clock())


def check_signature(fake: FakeDouyin, query: dict[str, str], body: bytes) -> None:
    """Raises Refusal. `access_token` and `sign_method` are not signed; the bytes of the body are."""
    signed = ["app_key", "method", "param_json", "timestamp", "v"]
    values = query | {"param_json": body.decode()}
    if any(name not in values for name in (*signed, "sign")) or query.get("sign_method") != "hmac-sha256":
        raise Refusal(BAD_PARAMETER, "缺少参数")
    joined = fake.secret + "".join(name + values[name] for name in signed) + fake.secret
    expected = hmac.new(fake.secret.encode(), joined.encode(), hashlib.sha256).hexdigest()
    if query["app_key"] != fake.app_key or not hmac.compare_digest(expected.encode(), query["sign"].encode()):
        raise Refusal(BAD_SIGNATURE, "签名校验失败")


def order_detail(fake: FakeDouyin, params: dict[str, Any]) -> dict[str, Any]:
    order = fake.orders.get(str(params.get("shop_order_id")))
    if order is None:
        raise Refusal(NOT_FOUND, "订单不存在")
    return {"shop_order_detail": detail_of(fake, order)}


def order_list(fake: FakeDouyin, params: dict[str, Any]) -> dict[str, Any]:
    """By time of creation or of update, newest first unless asked otherwise; orders of the last 90 days only."""
    if not params.get("create_time_start") and not params.get("update_time_start"):
        raise Refusal(BAD_PARAMETER, "订单查询开始时间不能为空", "isv.parameter-invalid:20011")
    page, size = paging(params)
    oldest = fake.clock() - LISTED_FOR
    found = [order for order in fake.orders.values() if order.created_at >= oldest]
    found = within(found, "create_time_start", "create_time_end", params, lambda order: order.created_at.timestamp())
    found = within(found, "update_time_start", "update_time_end", params, lambda order: order.updated_at.timestamp())
    by_update = params.get("order_by") == "update_time"
    moment: Callable[[FakeOrder], Any] = lambda order: (order.updated_at if by_update else order.created_at, order.number)  # noqa: E731
    found.sort(key=moment, reverse=not params.get("order_asc", False))
    shown = found[page * size : (page + 1) * size]
    return {"page": page, "size": size, "total": len(found), "shop_order_list": [detail_of(fake, order) for order in shown]}


def paging(params: dict[str, Any]) -> tuple[int, int]:
    """Page from 0 and its size. Raises Refusal."""
    page, size = int(params.get("page", 0)), int(params.get("size", 20))
    if page < 0 or size < 1:
        raise Refusal(BAD_PARAMETER, "查询订单列表页数不能小于0", "isv.parameter-invalid:10035")
    if size > PAGE_AT_MOST:
        raise Refusal(BAD_PARAMETER, "单次查询订单数超过限制", "isv.parameter-invalid:20008")
    if page * size >= ROWS_AT_MOST:
        raise Refusal(BAD_PARAMETER, "订单查询最多支持查询5万", "isv.parameter-invalid:20013")
    return page, size


def within(rows: list[Row], start: str, end: str, params: dict[str, Any], moment: Callable[[Row], float]) -> list[Row]:
    """Whole seconds, both ends included."""
    since, until = int(params.get(start) or 0), int(params.get(end) or 1 << 40)
    return [row for row in rows if since <= int(moment(row)) <= until]


def after_sale_detail(fake: FakeDouyin, params: dict[str, Any]) -> dict[str, Any]:
    after_sale = fake.after_sales.get(str(params.get("after_sale_id")))
    if after_sale is None:
        raise Refusal(NOT_FOUND, "售后单不存在")
    info = info_of(after_sale) | {
        "after_sale_id": int(after_sale.number),
        "after_sale_status": after_sale.code,
        "after_sale_type": after_sale.kind,
        "refund_total_amount": after_sale.refund_fen,
        "real_refund_amount": after_sale.refund_fen if after_sale.code == 12 else 0,
        "after_sale_apply_count": after_sale.line.quantity,
    }
    line = {"sku_order_id": int(after_sale.line.number), "pay_amount": after_sale.line.due_fen}
    return {
        "process_info": {"after_sale_info": info},
        "order_info": {"shop_order_id": int(after_sale.order.number), "sku_order_infos": [line]},
    }


def after_sale_list(fake: FakeDouyin, params: dict[str, Any]) -> dict[str, Any]:
    """By order or by time of update; ids are quoted inside their strings, as the platform's sample has them. No real
    amount here. Sorted only where it is asked for, in the platform's own words."""
    page, size = paging(params)
    found = [item for item in fake.after_sales.values() if params.get("order_id") in (None, "", item.order.number)]
    found = within(found, "update_start_time", "update_end_time", params, lambda item: item.updated_at.timestamp())
    if params.get("order_by") == ["update_time asc"]:
        found.sort(key=lambda item: (item.updated_at, item.number))
    shown = found[page * size : (page + 1) * size]
    items = [
        {
            "aftersale_info": info_of(item)
            | {
                "aftersale_id": f'"{item.number}"',
                "aftersale_status": str(item.code),
                "aftersale_type": str(item.kind),
                "refund_amount": str(item.refund_fen),
            },
            "order_info": {
                "shop_order_id": f'"{item.order.number}"',
                "related_order_info": [{"sku_order_id": f'"{item.line.number}"', "aftersale_item_num": str(item.line.quantity)}],
            },
        }
        for item in shown
    ]
    has_more = (page + 1) * size < len(found)
    return {"items": items, "has_more": has_more, "page": page, "size": len(items), "total": len(found)}


def token_create(fake: FakeDouyin, params: dict[str, Any]) -> dict[str, Any]:
    return fake.tokens.create(params, fake.shop_id, fake.clock())


def token_refresh(fake: FakeDouyin, params: dict[str, Any]) -> dict[str, Any]:
    return fake.tokens.refresh(params, fake.shop_id, fake.clock())


CALLS = {
    "order.orderDetail": order_detail,
    "order.searchList": order_list,
    "afterSale.Detail": after_sale_detail,
    "afterSale.List": after_sale_list,
    "token.create": token_create,
    "token.refresh": token_refresh,
}


def detail_of(fake: FakeDouyin, order: FakeOrder) -> dict[str, Any]:
    """Every second order has its numbers as text, as answers of the platform do."""
    detail = {
        "shop_id": fake.shop_id,
        "order_id": order.number,
        "order_status": order.code,
        "order_status_desc": STATUS[order.code],
        "create_time": int(order.created_at.timestamp()),
        "pay_time": int(order.paid_at.timestamp()) if order.paid_at else 0,
        "update_time": int(order.updated_at.timestamp()),
        "finish_time": int(order.finished_at.timestamp()) if order.finished_at else 0,
        "pay_amount": sum(line.due_fen for line in order.lines),
        "post_amount": sum(line.good.freight_fen for line in order.lines),
        "promotion_pay_amount": sum(line.pay_discount_fen for line in order.lines),
        "cancel_reason": order.cancel_reason,
        "mask_post_addr": {"province": {"name": order.province, "id": "110000"}},
        "sku_order_list": [line_of(order, line) for line in order.lines],
    }
    is_text = int(order.number) % 2 == 0
    return as_text(detail) if is_text else detail


def line_of(order: FakeOrder, line: FakeLine) -> dict[str, Any]:
    last = line.after_sales[-1] if line.after_sales else None
    room = int(order.room) if order.room.isdigit() else 0
    return {
        "order_id": line.number,
        "parent_order_id": order.number,
        "product_id_str": str(3_470_000_000_000_000_000 + int(line.number) % 10**9),
        "product_name": line.good.title,
        "code": line.good.sku,
        "item_num": line.quantity,
        "goods_price": line.good.price_fen,
        "order_amount": line.due_fen,
        "pay_amount": line.due_fen,
        "post_amount": line.good.freight_fen,
        "promotion_pay_amount": line.pay_discount_fen,
        "author_id": int(order.account) if order.account.isdigit() else order.account,
        "room_id": room,
        "room_id_str": order.room,
        "after_sale_info": {
            "after_sale_status": last.code if last else 0,
            "after_sale_type": 0,
            "refund_status": REFUND_STATUS[last.code] if last else 0,
        },
    }


def info_of(after_sale: FakeAfterSale) -> dict[str, Any]:
    return {
        "refund_status": REFUND_STATUS[after_sale.code],
        "apply_time": int(after_sale.applied_at.timestamp()),
        "update_time": int(after_sale.updated_at.timestamp()),
        "refund_time": int(after_sale.refunded_at.timestamp()) if after_sale.refunded_at else 0,
    }


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    return str(value)
