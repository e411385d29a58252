"""The open push format `standard`: any system that can send JSON, signed by the Standard Webhooks scheme.

The format is written down in docs/integrators.md. A message is rejected order by order: one bad order never costs its
neighbours.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct
from standardwebhooks import Webhook

from orders.platforms.contract import BadBody, BadSignature, Message, is_plausible, refund_rank
from orders.rules.order import LineFact, OrderEvent, RefundFact
from orders.rules.rank import PROGRESS, micros
from orders.rules.worth import WORTH_SOMETHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orders.platforms.contract import Answer, Credentials

ORDERS_AT_MOST = 500
# A message with a version outranks every message of the order without one, so that the order among all of them is total.
VERSIONED = 1 << 62
STEPS = 64  # within one moment the further step wins: created and paid in one second are no contradiction
# A time that decides what wins must not lie in a future where every later message would lose against it.
CLOCKS_DIFFER = timedelta(minutes=10)

Text = Annotated[str, Meta(min_length=1, max_length=64)]
Fen = Annotated[int, Meta(ge=0, le=10**12)]
Count = Annotated[int, Meta(ge=0, le=10**6)]
Moment = Annotated[datetime, Meta(tz=True)]


class Line(Struct):
    line_no: Text
    title: Annotated[str, Meta(max_length=200)]
    quantity: Count
    paid_fen: Fen
    sku: Annotated[str, Meta(max_length=128)] = ""


class Refund(Struct):
    refund_no: Text
    status: Literal["requested", "succeeded", "withdrawn", "rejected"]
    refund_fen: Fen
    line_no: Text | None = None
    quantity: Count = 0
    updated_at: Moment | None = None


class Order(Struct):
    order_no: Text
    updated_at: Moment
    status: Literal["created", "paid", "shipped", "received", "completed", "cancelled", "closed"]
    version: Annotated[int, Meta(ge=0, lt=1 << 60)] | None = None
    paid_at: Moment | None = None
    live_room: Annotated[str, Meta(max_length=64)] | None = None
    host_account: Annotated[str, Meta(max_length=64)] | None = None
    province: Annotated[str, Meta(max_length=32)] | None = None
    lines: Annotated[list[Line], Meta(max_length=500)] | None = None
    refunds: Annotated[list[Refund], Meta(max_length=500)] | None = None


class Rejected(ValueError):
    """This order cannot be counted; `str()` says why."""


ORDER = msgspec.json.Decoder(Order)
PIECES = msgspec.json.Decoder(list[Raw])
ANSWER = msgspec.json.Encoder()
QUOTED = re.compile(r" '.*'(?= - at |$)", re.DOTALL)
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE = timedelta(minutes=5)
STAMP_DIGITS = 12
webhook_of = lru_cache(maxsize=1024)(Webhook)  # decodes the secret


def verify(headers: Mapping[str, str], body: bytes, credentials: Credentials, now: datetime) -> None:
    """Raises BadSignature, also for a time more than five minutes off (the scheme's tolerance).

    The library signs; the time is compared here, because `now` is the database's and the library would ask this machine.
    """
    message_id, stamp, given = (headers.get(name, "") for name in SIGNED)
    if not (message_id and given and stamp.isascii() and stamp.isdigit() and len(stamp) <= STAMP_DIGITS):
        raise BadSignature("a header is missing")
    try:
        signed_at = datetime.fromtimestamp(int(stamp), UTC)
        expected = webhook_of(credentials.secret).sign(message_id, signed_at, body.decode())
    except UnicodeDecodeError as error:
        raise BadBody("the body is not UTF-8") from error
    except (ValueError, OverflowError) as error:  # a time beyond the year 9999, a secret that is none
        raise BadSignature("neither time nor secret") from error
    if abs(now - signed_at) > TOLERANCE:
        raise BadSignature("the time is more than five minutes off")
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in given.split(" ")):
        raise BadSignature("no signature fits")


def parse(headers: Mapping[str, str], body: bytes, now: datetime) -> list[Message]:
    """One message: the orders that can be counted, and for each other one its index and the reason. Raises BadBody."""
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    events: list[OrderEvent] = []
    rejected: list[tuple[int, str]] = []
    may_hold_nul = b"\\u0000" in text
    for index, piece in enumerate([text] if text[:1] == b"{" else _pieces(text)):
        try:
            order = ORDER.decode(piece)
            if may_hold_nul and any("\0" in part for part in _texts(order)):
                raise Rejected("a NUL character in a text")
            events.append(_event(order, now))
        except (msgspec.DecodeError, RecursionError, Rejected) as error:
            if piece is text:
                _pieces(text)  # perhaps it is no document at all
            rejected.append((index, _reason(error)))
    return [Message(headers.get("webhook-id", "")[:128], hashlib.sha256(body).digest(), tuple(events), (), tuple(rejected))]


def answer(answers: Sequence[Answer]) -> bytes:
    (only,) = answers
    rejected = [{"index": index, "reason": reason} for index, reason in only.rejected]
    return ANSWER.encode(
        {
            "code": 0,
            "msg": "success",
            "applied": only.applied,
            "duplicate": only.duplicate,
            "stale": only.stale,
            "rejected": rejected,
        }
    )


def _pieces(body: bytes) -> list[Raw] | list[bytes]:
    try:
        if body[:1] != b"[":
            document = msgspec.json.decode(body)
            if not isinstance(document, dict):
                raise BadBody("one order object, or an array of them")
            return [body]
        pieces = PIECES.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBody(str(error)) from error
    if len(pieces) > ORDERS_AT_MOST:
        raise BadBody(f"at most {ORDERS_AT_MOST} orders in one push")
    return pieces


def _reason(error: Exception) -> str:
    """Why, without what stood there: reasons are stored, and a sender that mixes up its fields may send a buyer's name."""
    return QUOTED.sub("", str(error))[:200]


def _event(order: Order, now: datetime) -> OrderEvent:
    _check(order, now)
    rank = VERSIONED + order.version if order.version is not None else micros(order.updated_at) * STEPS + PROGRESS[order.status]
    lines = None
    if order.lines is not None:
        lines = tuple(LineFact(line.line_no, line.sku, line.title, line.quantity, line.paid_fen) for line in order.lines)
    return OrderEvent(
        order_no=order.order_no,
        rank=rank,
        happened_at=order.updated_at.astimezone(UTC),
        status=order.status,
        paid_at=order.paid_at and order.paid_at.astimezone(UTC),
        live_room=order.live_room or None,
        host_account=order.host_account or None,
        province=order.province or None,
        lines=lines,
        refunds=tuple(_refund(refund, order) for refund in order.refunds or ()),
    )


def _refund(refund: Refund, order: Order) -> RefundFact:
    moment = (refund.updated_at or order.updated_at).astimezone(UTC)
    rank = refund_rank(moment, refund.status)
    return RefundFact(refund.refund_no, refund.line_no, refund.status, refund.refund_fen, refund.quantity, rank, moment)


def _check(order: Order, now: datetime) -> None:
    """What a schema cannot say. Raises Rejected."""
    moments = [refund.updated_at for refund in order.refunds or () if refund.updated_at is not None]
    moments += [order.updated_at] if order.paid_at is None else [order.updated_at, order.paid_at]
    if not all(is_plausible(moment, now) for moment in moments):
        raise Rejected("a time before 2015 or more than a day ahead")
    deciding = [refund.updated_at or order.updated_at for refund in order.refunds or ()]
    if order.version is None:
        deciding.append(order.updated_at)
    if deciding and max(deciding) > now + CLOCKS_DIFFER:
        raise Rejected("updated_at is more than 10 minutes ahead of our clock")
    if order.lines is not None:
        if len({line.line_no for line in order.lines}) != len(order.lines):
            raise Rejected("line_no stands twice")
        paid = sum(line.paid_fen for line in order.lines)
        refunded = sum(refund.refund_fen for refund in order.refunds or () if refund.status == "succeeded")
        if order.status in WORTH_SOMETHING and refunded > paid:
            raise Rejected("refunds above what was paid")


def _texts(order: Order) -> list[str]:
    texts = [text for text in (order.order_no, order.live_room, order.host_account, order.province) if text]
    for line in order.lines or ():
        texts += (line.line_no, line.sku, line.title)
    for refund in order.refunds or ():
        texts += (refund.refund_no, refund.line_no or "")
    return texts
