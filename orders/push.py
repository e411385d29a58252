"""Where platforms send: a bare ASGI application with group commit, mounted before Django.

Django's request stack costs twenty times what the work costs. A request is verified and parsed here, waits in one bounded
queue, and is answered after the COMMIT of the batch that took it. Full queue or no database: 503 with Retry-After.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from psycopg_pool import PoolTimeout

from orders.actions.arrival import Arrival, Receipt, ShopRef
from orders.actions.intake import receive_halving
from orders.actions.poison import keep_poison
from orders.actions.shop import shops_of_app
from orders.models import Shop
from orders.models.ledger import Cause
from orders.platforms import ADAPTERS
from orders.platforms.contract import BadBody, BadSignature, Credentials

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from orders.platforms.contract import Adapter, Message

log = structlog.get_logger(__name__)
BODY_LIMIT = 1_000_000
BATCH = 400  # pushes committed together at most: beyond this the answer waits longer than the commit saves
SHOP_SECONDS = 1.0  # how long a shop's secret is believed without asking the database again
SWITCH_SECONDS = 0.0002
AWAY = (OperationalError, InterfaceError, PoolTimeout)
REASONS = {
    400: "not one document of this shape",
    401: "signature or time",
    404: "no such shop",
    405: "only POST",
    413: "over 1 MB",
    415: "only application/json",
    503: "busy, send it again",
}


class Refused(Exception):
    """The answer to a push that is not taken."""

    def __init__(self, status: int, why: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class KnownShop:
    shop: ShopRef
    credentials: Credentials
    adapter: Adapter
    believed_until: float
    clock_off: timedelta  # the database's clock minus ours: one clock decides for all processes what is too old
    shop_no: str = ""
    siblings: dict[str, ShopRef] = field(default_factory=dict)  # the shops of its application, by the platform's number

    def arrival(self, message: Message, body: bytes) -> Arrival:
        """Under the shop that the message names: an application has one push address, however many shops it serves. What names
        a shop that the application does not serve here is refused, and answered all the same."""
        shop = self.siblings.get(message.shop_no, self.shop)
        if shop is self.shop and self.shop_no and message.shop_no not in {"", self.shop_no}:
            message = message.refused()
        return Arrival(shop, message.events, message.hints, message.rejected, message.message_id, message.digest, body)


@dataclass(slots=True)
class Waiting:
    """A verified push on its way into a batch."""

    arrivals: list[Arrival]
    body: bytes
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[list[Receipt]]


@dataclass(slots=True)
class PushApp:
    """The ASGI application; one per process, with one writer thread that starts with the first push."""

    waiting: queue.SimpleQueue[Waiting | None] = field(default_factory=queue.SimpleQueue)  # bounded in `commit`
    shops: dict[tuple[str, str], KnownShop] = field(default_factory=dict)
    writer: threading.Thread | None = None

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        try:
            body = await self.take(scope, receive)
            if body is None:
                return  # the sender went away in mid-body: nothing taken, nothing to answer
            status = 200
        except Refused as refused:
            status = refused.status
            reason = f"{REASONS[status]}: {refused.why}" if refused.why else REASONS[status]
            body = msgspec.json.encode({"code": status, "msg": reason})
        await send_answer(send, status, body)

    async def take(self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]]) -> bytes | None:
        """The body of the answer 200, or None when the sender is gone. Raises Refused."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        known = await self.find_shop(scope["path"])
        if scope["method"] != "POST":
            raise Refused(405)
        if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise Refused(415)
        body = await read_body(headers, receive)
        if body is None:
            return None
        now = datetime.now(UTC) + known.clock_off
        try:
            known.adapter.verify(headers, body, known.credentials, now)
            messages = known.adapter.parse(headers, body, now)
        except BadSignature as error:
            raise Refused(401) from error
        except BadBody as error:
            raise Refused(400, str(error)[:200]) from error
        except Exception:
            log.exception("push_crashed_the_parser", shop=known.shop.id)
            return known.adapter.answer([await keep_unreadable(known.shop, body)])
        arrivals = [known.arrival(message, body) for message in messages]
        return known.adapter.answer(await self.commit(arrivals, body) if arrivals else [])

    async def find_shop(self, path: str) -> KnownShop:
        """The shop of `/push/<platform>/<key>/`. Raises Refused(404), or Refused(503) when the database is away."""
        parts = path.strip("/").split("/")
        if len(parts) != 3 or parts[1] not in ADAPTERS:
            raise Refused(404)
        address = (parts[1], parts[2])
        known = self.shops.get(address)
        if known is None or known.believed_until < time.monotonic():
            if known is not None:  # this one asks; those that come meanwhile believe the old answer a little longer
                self.shops[address] = replace(known, believed_until=time.monotonic() + SHOP_SECONDS)
            try:
                known = await sync_to_async(load_shop, thread_sensitive=False)(*address)
            except AWAY as error:
                raise Refused(503) from error
            if known is None:
                self.shops.pop(address, None)
                raise Refused(404)
            self.shops[address] = known
        return known

    async def commit(self, arrivals: list[Arrival], body: bytes) -> list[Receipt]:
        """The receipts, after COMMIT. Raises Refused(503)."""
        if self.waiting.qsize() >= settings.PUSH_QUEUE_LIMIT:
            raise Refused(503)
        loop = asyncio.get_running_loop()
        waiting = Waiting(arrivals, body, loop, loop.create_future())
        if self.writer is None or not self.writer.is_alive():
            self.writer = threading.Thread(target=self.write_forever, name="push-writer", daemon=True)
            self.writer.start()
        self.waiting.put(waiting)
        return await waiting.done

    def write_forever(self) -> None:
        # The writer waits for PostgreSQL a dozen times a batch; with Python's 5 ms it would wait as often for the requests.
        sys.setswitchinterval(SWITCH_SECONDS)
        while (first := self.waiting.get()) is not None:
            batch = [first]
            while len(batch) < BATCH and not self.waiting.empty():
                following = self.waiting.get_nowait()  # nobody else takes from this queue, so it is still there
                if following is None:
                    self.waiting.put(None)
                    break
                batch.append(following)
            write_batch(batch)
        connection.close()

    def stop(self) -> None:
        """Commits what waits and ends the writer."""
        if self.writer is not None:
            self.waiting.put(None)
            self.writer.join()
            self.writer = None


def load_shop(platform: str, key: str) -> KnownShop | None:
    close_old_connections()
    try:
        shop = Shop.objects.active().filter(platform=platform, key=key).first() if "\0" not in key else None
        siblings = shops_of_app(shop) if shop is not None else {}
        clock_off = ask_time() - datetime.now(UTC)
    finally:
        connection.close()
    if shop is None:
        return None
    credentials = Credentials(shop.app_key, shop.secret)
    until = time.monotonic() + SHOP_SECONDS
    ref = ShopRef(shop.pk, shop.county_id)
    return KnownShop(ref, credentials, ADAPTERS[platform], until, clock_off, shop.platform_shop_no, siblings)


def ask_time() -> datetime:
    """What time it is on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    moment: datetime = now
    return moment


def write_batch(batch: list[Waiting]) -> None:
    """Commits a batch and answers each of its pushes."""
    at = datetime.now(UTC)
    try:
        receipts = receive_halving([arrival for waiting in batch for arrival in waiting.arrivals], cause=Cause.PUSH, at=at)
        answers = iter(receipts)
        results = [[next(answers) or kept(arrival, waiting.body, at) for arrival in waiting.arrivals] for waiting in batch]
    except Exception as error:
        log.warning("batch_not_committed", pushes=len(batch), error=type(error).__name__, exc_info=not isinstance(error, AWAY))
        connection.close()
        results = None
    for loop in {waiting.loop for waiting in batch}:
        mine = [(waiting.done, results[i] if results else None) for i, waiting in enumerate(batch) if waiting.loop is loop]
        try:
            loop.call_soon_threadsafe(answer_all, mine)
        except RuntimeError:
            log.info("loop_closed", pushes=len(mine))  # the process is stopping: the senders will send again


def kept(arrival: Arrival, body: bytes, at: datetime) -> Receipt:
    return Receipt(rejected=keep_poison(arrival, body, at=at))


async def keep_unreadable(shop: ShopRef, body: bytes) -> Receipt:
    """A signed push that crashed its parser is kept and acked, or it would come again for ever. Raises Refused(503)."""
    arrival = Arrival(shop, digest=hashlib.sha256(body).digest())

    def keep() -> Receipt:
        try:
            return kept(arrival, body, datetime.now(UTC))
        finally:
            connection.close()

    try:
        return await sync_to_async(keep, thread_sensitive=False)()
    except AWAY as error:
        raise Refused(503) from error


def answer_all(answers: list[tuple[asyncio.Future[list[Receipt]], list[Receipt] | None]]) -> None:
    for done, receipts in answers:
        if not done.done():
            if receipts is None:
                done.set_exception(Refused(503))
            else:
                done.set_result(receipts)


async def read_body(headers: dict[str, str], receive: Callable[[], Awaitable[Any]]) -> bytes | None:
    """The whole body, or None when the sender went away in the middle. Raises Refused(413)."""
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > BODY_LIMIT:
        raise Refused(413)
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > BODY_LIMIT:
            raise Refused(413)
        if not message.get("more_body"):
            return b"".join(pieces)


async def send_answer(send: Callable[[Any], Awaitable[None]], status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    if status == 405:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
