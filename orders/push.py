"""Where platforms send: a bare ASGI application with group commit, mounted before Django.

Django's request stack costs twenty times what the work costs. A request is verified and parsed here, waits for the commit of
the batch that takes it (actions/group_commit.py) and is answered after it. Full queue or no database: 503 with Retry-After.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from orders.actions.arrival import Arrival, Receipt, ShopRef
from orders.actions.group_commit import ANSWER_SECONDS, AWAY, Busy, Writer, keep
from orders.actions.secret import note_signed
from orders.actions.shop import shops_of_app
from orders.models import Shop
from orders.platforms import ADAPTERS
from orders.platforms.contract import BadBody, BadSignature, Credentials

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from orders.actions.clock import Clock
    from orders.platforms.contract import Adapter, Message

log = structlog.get_logger(__name__)
BODY_LIMIT = 1_000_000
SHOP_SECONDS = 1.0  # how long a shop's secret is believed without asking the database again
NOTED_SECONDS = 60.0
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
class Signer:
    """One secret of a shop, with the shops that its application serves by it, by the platform's number."""

    credentials: Credentials
    siblings: dict[str, ShopRef]
    until: datetime | None = None  # of an old secret: when it ends


@dataclass(frozen=True, slots=True)
class KnownShop:
    """`signers`: the secret in force, and while it is being changed the one before it."""

    shop: ShopRef
    signers: tuple[Signer, ...]
    adapter: Adapter
    believed_until: float
    shop_no: str = ""

    def signer(self, headers: dict[str, str], body: bytes, now: datetime) -> Signer:
        """Whose secret fits. The one in force is tried first: where it fits, and where there is no other, that is all the
        work. Raises BadSignature, BadBody."""
        for signer in self.signers:
            if signer.until is None or now < signer.until:
                with suppress(BadSignature):
                    self.adapter.verify(headers, body, signer.credentials, now)
                    return signer
        raise BadSignature("no secret fits")

    def arrival(self, signer: Signer, message: Message, body: bytes) -> Arrival:
        """Under the shop that the message names: an application has one push address, however many shops it serves. What names
        a shop that the application does not serve here is refused, and answered all the same."""
        shop = signer.siblings.get(message.shop_no, self.shop)
        if shop is self.shop and self.shop_no and message.shop_no not in {"", self.shop_no}:
            message = message.refused()
        return Arrival(shop, message.events, message.hints, message.rejected, message.message_id, message.digest, body)


@dataclass(slots=True)
class PushApp:
    """The ASGI application; one per process, with one writer."""

    writer: Writer = field(default_factory=Writer)
    shops: dict[str, KnownShop] = field(default_factory=dict)
    asked: dict[str, asyncio.Future[KnownShop | None]] = field(default_factory=dict)
    noted: dict[tuple[int, bool], float] = field(default_factory=dict)  # whose use of which of two secrets, and when that was

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
        if self.writer.is_full:
            raise Refused(503)  # before it is read and verified, which costs more than refusing it
        body = await read_body(headers, receive)
        if body is None:
            return None
        try:
            return await self.count(known, headers, body)
        except Busy as error:
            raise Refused(503) from error

    async def count(self, known: KnownShop, headers: dict[str, str], body: bytes) -> bytes:
        """The body of the answer 200, after COMMIT. Raises Refused, Busy."""
        now = self.writer.clock.now()
        try:
            signer = known.signer(headers, body, now)
            messages = known.adapter.parse(headers, body, now)
        except BadSignature as error:
            raise Refused(401) from error
        except BadBody as error:
            raise Refused(400, str(error)[:200]) from error
        except Exception:
            log.exception("push_crashed_the_parser", shop=known.shop.id)
            return known.adapter.answer([await keep_unreadable(known.shop, body)])
        if len(known.signers) > 1:
            await self.note_use(known.shop, signer, now)
        arrivals = [known.arrival(signer, message, body) for message in messages]
        return known.adapter.answer(await self.writer.commit(arrivals) if arrivals else [])

    async def note_use(self, shop: ShopRef, signer: Signer, now: datetime) -> None:
        """That this one of a shop's two secrets is in use, once a minute: staff see whether the sender has changed over."""
        key, seconds = (shop.id, signer.until is not None), time.monotonic()
        if self.noted.get(key, -NOTED_SECONDS) + NOTED_SECONDS > seconds:
            return
        self.noted[key] = seconds
        try:
            await sync_to_async(note_use_of, thread_sensitive=False)(*key, now)
        except AWAY as error:
            log.info("use_of_secret_not_noted", shop=shop.id, error=type(error).__name__)  # the next minute will say it

    async def find_shop(self, path: str) -> KnownShop:
        """The shop of `/push/<platform>/<key>/`. Raises Refused(404), or Refused(503) when the database is away."""
        known = self.shops.get(path)
        if known is None or known.believed_until < time.monotonic():
            parts = path.strip("/").split("/")
            if len(parts) != 3 or parts[1] not in ADAPTERS:
                raise Refused(404)
            if known is not None:  # this one asks; those that come meanwhile believe the old answer a little longer
                self.shops[path] = replace(known, believed_until=time.monotonic() + SHOP_SECONDS)
            known = await self.ask_for_shop(path, parts[1], parts[2])
            if known is None:
                self.shops.pop(path, None)
                raise Refused(404)
            self.shops[path] = known
        return known

    async def ask_for_shop(self, path: str, platform: str, key: str) -> KnownShop | None:
        """One question for all that wait for the same shop, so that a silent database holds one thread. Raises Refused(503)."""
        loop = asyncio.get_running_loop()
        asked = self.asked.get(path)
        if asked is None or asked.get_loop() is not loop:
            asked = self.asked[path] = loop.run_in_executor(None, load_shop, platform, key, self.writer.clock)
            asked.add_done_callback(lambda done: forget(self.asked, path, done))
        try:
            return await asyncio.wait_for(asyncio.shield(asked), ANSWER_SECONDS)
        except (*AWAY, TimeoutError) as error:
            raise Refused(503) from error

    def stop(self) -> None:
        """Commits what waits and ends the writer."""
        self.writer.stop()


def forget(asked: dict[str, asyncio.Future[Any]], path: str, done: asyncio.Future[Any]) -> None:
    if asked.get(path) is done:
        del asked[path]
    if not done.cancelled():
        done.exception()  # whoever still waited has it; nobody may, and then it is not worth a line in the log


def note_use_of(shop_id: int, is_old: bool, at: datetime) -> None:
    try:
        note_signed(shop_id, is_old=is_old, at=at)
    finally:
        connection.close()


def load_shop(platform: str, key: str, clock: Clock) -> KnownShop | None:
    """What is known of a shop, and by the way the time."""
    close_old_connections()
    try:
        clock.read()
        shop = Shop.objects.active().filter(platform=platform, key=key).first() if "\0" not in key else None
        signers = signers_of(shop, clock.now()) if shop is not None else ()
    finally:
        connection.close()
    if shop is None:
        return None
    until = time.monotonic() + SHOP_SECONDS
    return KnownShop(ShopRef(shop.pk, shop.county_id), signers, ADAPTERS[platform], until, shop.platform_shop_no)


def signers_of(shop: Shop, at: datetime) -> tuple[Signer, ...]:
    ends = (None, shop.old_secret_until)
    return tuple(
        Signer(Credentials(shop.app_key, secret), shops_of_app(shop, secret, at), until)
        for secret, until in zip(shop.secrets_at(at), ends, strict=False)
    )


async def keep_unreadable(shop: ShopRef, body: bytes) -> Receipt:
    """A signed push that crashed its parser is kept and acked, or it would come again for ever. Raises Busy."""
    arrival = Arrival(shop, digest=hashlib.sha256(body).digest(), body=body)

    def keep_it() -> Receipt:
        try:
            return keep(arrival, datetime.now(UTC))
        finally:
            connection.close()

    try:
        return await sync_to_async(keep_it, thread_sensitive=False)()
    except AWAY as error:
        raise Busy from error


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
