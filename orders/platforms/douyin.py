"""抖店 (Douyin shop): pushes that carry only ids, and the answers of its API.

A push is a hint: the order is fetched and what the API says is counted. Shapes as the platform's SDK has them
(zsmhub/doudian-sdk message/, api/order_orderDetail, api/afterSale_Detail). Ids are above 2**53 and come as numbers or as
text, sometimes quoted inside the text; they stay text here. Money is fen, times are unix seconds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw, Struct, field

from orders.platforms.contract import (
    BadBody,
    BadSignature,
    HintFact,
    Message,
    is_plausible,
    refund_rank,
)
from orders.rules.order import LineFact, OrderEvent, RefundFact
from orders.rules.rank import progress_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orders.platforms.contract import Answer, Credentials

SUCCESS = b'{"code":0,"msg":"success"}'
PROBE = "0"  # sent when a shop saves its push address
# 101 部分发货 is paid until all is shipped. 4 已取消 is a cancelled or a closed order: the pay time tells which.
STATUS = {1: "created", 2: "paid", 105: "paid", 101: "paid", 3: "shipped", 5: "completed"}
CLOSED = 4
# 14 换货、补寄、维修成功; 51 订单取消成功; 53 逆向交易已完成. Whatever is not here is under way.
AFTER_SALE = {
    **dict.fromkeys((12, 14, 51, 53), "succeeded"),
    **dict.fromkeys((27, 29), "rejected"),
    28: "withdrawn",
}
# 3 退款成功, 5 追缴成功: the platform paid the buyer first and has the money back from the shop. 1 待退款, 2 退款中.
REFUNDED, REFUND_UNDER_WAY, REFUND_FAILED = {3, 5}, {1, 2}, 4
NO_MONEY_BACK = {3, 7, 8}  # 换货, 补寄, 维修: "succeeded" there returns goods, not money
OFFLINE, NO_REFUND = 1, 4  # 退款方式: handed over outside of the platform, which never sees it go; none at all
FEN_AT_MOST = 10**12
PIECES_AT_MOST = 10**6
FLOATED = re.compile(r"\d+\.\d+|\d+(\.\d+)?[eE]\+?\d+", re.ASCII)  # a text that was a float has lost digits of its id


class Unreadable(ValueError):
    """A message or an answer that is not what the platform documents; `str()` says why."""


class Push(Struct):
    """`tag` and the ids are a number here and text there; `data` is an object or JSON inside a text."""

    tag: Any = None
    msg_id: Any = None
    other_msg_id: Any = field(name="msgId", default=None)
    data: Any = None


PIECES = msgspec.json.Decoder(list[Raw])
PUSH = msgspec.json.Decoder(Push)


# --- pushes -------------------------------------------------------------------------------------------------------------


def verify(headers: Mapping[str, str], body: bytes, credentials: Credentials, _now: datetime) -> None:
    """MD5 over app_key + body + secret, in hex of either case. Raises BadSignature."""
    if not credentials.secret or not _same(headers.get("app-id", ""), credentials.app_key):
        raise BadSignature("app-id")
    expected = hashlib.md5(credentials.app_key.encode() + body + credentials.secret.encode()).hexdigest()
    if not _same(headers.get("event-sign", "").lower(), expected):
        raise BadSignature("event-sign")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def parse(_headers: Mapping[str, str], body: bytes, _now: datetime) -> list[Message]:
    """One message for each piece of the array, with its own id; none for a probe. Raises BadBody."""
    try:
        pieces = _pieces(body.removeprefix(b"\xef\xbb\xbf").strip())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBody(str(error)) from error
    return [message for piece in pieces if (message := _message(piece)) is not None]


def _pieces(body: bytes) -> list[bytes]:
    if body[:1] == b"[":
        return [bytes(piece) for piece in PIECES.decode(body)]
    if not isinstance(msgspec.json.decode(body), dict):
        raise BadBody("an array of messages, or one message")
    return [body]


def _message(piece: bytes) -> Message | None:
    message_id, digest = "", hashlib.sha256(piece.strip()).digest()
    try:
        push = PUSH.decode(piece)
        message_id = text(push.msg_id or push.other_msg_id)[:128]
        tag = bare(push.tag)
        if tag == PROBE:
            return None
        facts = _facts(tag, push.data)
        if facts is None:
            return Message(message_id, digest)
        return Message(message_id, digest, (), tuple(_hints(tag, facts)), shop_no=bare(facts.get("shop_id"))[:32])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Unreadable) as error:
        return Message(message_id, digest, (), (), ((0, str(error)[:200]),))


def _facts(tag: str, data: Any) -> dict[str, Any] | None:
    """1xx are about an order, 2xx about an after-sale and so about its order; goods and news we do not know need nothing."""
    if len(tag) != 3 or tag[0] not in "12":
        return None
    facts = msgspec.json.decode(data) if isinstance(data, str) else data
    if not isinstance(facts, dict):
        raise Unreadable("data is not an object")
    return facts


def _hints(tag: str, facts: Mapping[str, Any]) -> Iterator[HintFact]:
    if tag[0] == "2":
        yield HintFact("after_sale", id_of(facts, "aftersale_id"))
        if facts.get("p_id") is None:
            return
    yield HintFact("order", id_of(facts, "p_id"))


def answer(_answers: Sequence[Answer]) -> bytes:
    """The only words the platform knows; whatever became of a message, it need not come again."""
    return SUCCESS


# --- the API ------------------------------------------------------------------------------------------------------------


def sign_request(credentials: Credentials, method: str, param_json: str, timestamp: str) -> str:
    """HMAC-SHA256 over exactly the bytes that are sent; the access token is not part of it."""
    named = f"app_key{credentials.app_key}method{method}param_json{param_json}timestamp{timestamp}v2"
    message = credentials.secret + named + credentials.secret
    return hmac.new(credentials.secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def order_event(detail: Mapping[str, Any], now: datetime) -> OrderEvent:
    """What `shop_order_detail` of order/orderDetail or order/searchList says. Raises Unreadable."""
    paid_at = moment(detail, now, "pay_time")
    happened_at = moment(detail, now, "update_time", "finish_time", "pay_time", "create_time") or now
    status = _status(number(detail.get("order_status")), paid_at)
    lines = [line for line in detail.get("sku_order_list") or [] if isinstance(line, dict)]
    facts = tuple(_line(line) for line in lines)
    if len({fact.line_no for fact in facts}) != len(facts):
        raise Unreadable("a sub-order stands twice")
    return OrderEvent(
        order_no=id_of(detail, "order_id"),
        rank=progress_rank(status, happened_at),
        happened_at=happened_at,
        status=status,
        paid_at=paid_at,
        live_room=_first(lines, "room_id_str", "room_id"),
        host_account=_first(lines, "author_id"),
        province=_province(detail),
        lines=facts or None,
    )


def _status(code: int, paid_at: datetime | None) -> str:
    if code == CLOSED:
        return "closed" if paid_at else "cancelled"
    return STATUS.get(code, "paid" if paid_at else "created")  # a state that is new to us: money decides


def _line(line: Mapping[str, Any]) -> LineFact:
    """The sub-order number is the key, also where it is the number of the order itself; the export has the same."""
    paid = _fen(line.get("pay_amount")) - _fen(line.get("promotion_pay_amount"))
    quantity = number(line.get("item_num"))
    if not 0 <= quantity <= PIECES_AT_MOST:
        raise Unreadable("item_num")
    sku = text(line.get("code")) or text(line.get("out_sku_id")) or bare(line.get("product_id_str") or line.get("product_id"))
    return LineFact(id_of(line, "order_id"), sku[:128], text(line.get("product_name"))[:200], quantity, max(paid, 0))


def _province(detail: Mapping[str, Any]) -> str | None:
    address = detail.get("mask_post_addr") or detail.get("post_addr")
    province = address.get("province") if isinstance(address, dict) else None
    return (text(province.get("name"))[:32] or None) if isinstance(province, dict) else None


def has_after_sale(detail: Mapping[str, Any]) -> bool:
    """Whether a sub-order knows of an after-sale, whose push may have been lost."""
    lines = [line for line in detail.get("sku_order_list") or [] if isinstance(line, dict)]
    infos = [line["after_sale_info"] for line in lines if isinstance(line.get("after_sale_info"), dict)]
    return any(bare(info.get("after_sale_status")) not in {"", "0"} for info in infos)


def after_sale_event(detail: Mapping[str, Any], now: datetime) -> OrderEvent:
    """What afterSale/Detail says, or an item of afterSale/List: only a refund, nothing about its order. Raises Unreadable."""
    info, order = _after_sale_parts(detail)
    happened_at = moment(info, now, "update_time", "apply_time", "create_time")
    if happened_at is None:
        raise Unreadable("no update_time")
    lines = order.get("sku_order_infos") or order.get("related_order_info") or []
    line = lines[0] if len(lines) == 1 and isinstance(lines[0], dict) else {}  # of several: the order as a whole
    status = after_sale_status(info)
    refunded_at = moment(info, now, "refund_time") if status == "succeeded" else None
    fact = RefundFact(
        refund_no=id_of(info, "after_sale_id", "aftersale_id"),
        line_no=bare(line.get("sku_order_id"))[:64] or None,
        status=status,
        refund_fen=_refund_fen(info),
        quantity=_pieces_back(info, line),
        rank=refund_rank(happened_at, status),
        happened_at=refunded_at or happened_at,  # a remark of next week changes update_time, not the day the money went
    )
    order_no = id_of(order, "shop_order_id")
    return OrderEvent(order_no=order_no, rank=0, happened_at=happened_at, refunds=(fact,))


def _after_sale_parts(detail: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    process = detail.get("process_info")
    info = process.get("after_sale_info") if isinstance(process, dict) else detail.get("aftersale_info")
    order = detail.get("order_info")
    if not isinstance(info, dict) or not isinstance(order, dict):
        raise Unreadable("no after_sale_info or no order_info")
    return info, order


def after_sale_status(info: Mapping[str, Any]) -> str:
    """Money that went back decides, whatever the request came to: one that was granted but not paid yet is still under way,
    and one that failed at the bank is none. Goods that are exchanged or sent again have no money to wait for."""
    refund = number(info.get("refund_status") or 0)
    code = info.get("after_sale_status") or info.get("aftersale_status")
    if refund in REFUNDED:
        return "succeeded"
    found = AFTER_SALE.get(number(code), "requested")
    if found != "succeeded" or _kind(info) in NO_MONEY_BACK:
        return found
    if refund in REFUND_UNDER_WAY and _means(info) not in {OFFLINE, NO_REFUND}:
        return "requested"
    return "rejected" if refund == REFUND_FAILED else found


def _refund_fen(info: Mapping[str, Any]) -> int:
    """What really went back to the buyer, freight included; until that is known, what was asked for without the part that
    the payment channel had paid for the buyer. An exchange gives nothing back."""
    real = _fen(info.get("real_refund_amount") or 0)
    if real or _kind(info) in NO_MONEY_BACK or _means(info) == NO_REFUND:
        return real
    asked = _fen(info.get("refund_total_amount") or info.get("refund_amount") or 0)
    return max(0, asked - _fen(info.get("refund_promotion_amount") or 0))


def _kind(info: Mapping[str, Any]) -> int:
    return number(info.get("after_sale_type") or info.get("aftersale_type") or 0)


def _means(info: Mapping[str, Any]) -> int:
    """How the money goes back; a list says it under another name (there `refund_type` is who sped it up)."""
    is_listed = "aftersale_id" in info
    return number((info.get("aftersale_refund_type") if is_listed else info.get("refund_type")) or 0)


def _pieces_back(info: Mapping[str, Any], line: Mapping[str, Any]) -> int:
    pieces = info.get("after_sale_apply_count") or line.get("after_sale_item_count") or line.get("aftersale_item_num") or 0
    return min(max(number(pieces), 0), PIECES_AT_MOST)


def after_sale_numbers(answer: Mapping[str, Any]) -> list[str]:
    """The numbers in an answer of afterSale/List."""
    items = [item.get("aftersale_info") for item in answer.get("items") or [] if isinstance(item, dict)]
    return [id_of(info, "aftersale_id", "after_sale_id") for info in items if isinstance(info, dict)]


# --- values -------------------------------------------------------------------------------------------------------------


def text(value: Any) -> str:
    """A number or a text as exact text. Raises Unreadable."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unreadable(f"{_shown(value)} is neither text nor a whole number")  # a float has lost the digits of an id
    return str(value).replace("\0", "").strip()


def bare(value: Any) -> str:
    """The text of an id or a number, without the quotes that some answers put inside theirs. Raises Unreadable."""
    return text(value).strip("\"' \t")


def number(value: Any) -> int:
    """A whole number, also when it comes as text. Raises Unreadable."""
    try:
        return int(bare(value))
    except ValueError as error:
        raise Unreadable(f"{_shown(value)} is not a whole number") from error


def _shown(value: Any) -> str:
    """A value in a reason that is stored: numbers as they are, of anything else only its kind, for it may be about a buyer."""
    return repr(value)[:40] if value is None or isinstance(value, bool | int | float) else f"a {type(value).__name__}"


def _fen(value: Any) -> int:
    fen = number(value or 0)
    if not 0 <= fen <= FEN_AT_MOST:
        raise Unreadable(f"{fen} fen")
    return fen


def id_of(holder: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if found := bare(holder.get(name)):
            if len(found) > 64 or found == "0" or not found.isascii() or not found.isprintable() or FLOATED.fullmatch(found):
                raise Unreadable(f"{name} is no number of anything")
            return found
    raise Unreadable(f"no {names[0]}")


def _first(lines: list[dict[str, Any]], *names: str) -> str | None:
    """The first value that says something; 0 means none."""
    for line in lines:
        for name in names:
            if (found := bare(line.get(name))) not in {"", "0"}:
                return found[:64]
    return None


def moment(holder: Mapping[str, Any], now: datetime, *names: str) -> datetime | None:
    """The first of these times that is set. Raises Unreadable for one that cannot be (milliseconds, a wrong clock)."""
    for name in names:
        seconds = number(holder.get(name) or 0)
        if not seconds:
            continue
        found = datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 10**11 else None
        if found is None or not is_plausible(found, now):
            raise Unreadable(f"{name} is before 2015 or more than a day ahead")
        return found
    return None
