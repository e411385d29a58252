"""An evening acted out against a running server: who is on air comes from the database, what happens from `rules/evening.py`."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.db import Error, close_old_connections
from django.utils import timezone
from psycopg_pool import PoolTimeout

from livestream.actions.pitch import start_pitch
from livestream.models import LiveSession, Product
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionKind
from orders.management.sender import Parcel, Sender, shop_of, standard_parcel
from orders.models import Shop
from orders.platforms.fake import REJECTED, SUCCEEDED, WITHDRAWN, FakeDouyin, Good, Push
from orders.rules.evening import PLAYED, Message, Offer, Refund, Road, Stage, body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

log = structlog.get_logger(__name__)
WEIGHTS = {SessionKind.COUNTY_HEAD.value: 4, SessionKind.RELAY.value: 3, SessionKind.SPECIAL.value: 2}
LOOK_AGAIN_S = 10.0
PERSON_FIRST = timedelta(minutes=5)
SETTLED = {"succeeded": SUCCEEDED, "withdrawn": WITHDRAWN, "rejected": REJECTED}
REPEATABLE = 5000  # a repeat follows within seconds, so older pushes need not be kept
KNOWN = 100_000  # far more than the platform remembers
NO_SESSION = "0"  # what 抖店 writes for the room of an order bought elsewhere


def practice_shop(platform: str, county: str | None = None) -> Shop | None:
    """The oldest practice shop of a platform; a real one gets no invented orders unless somebody names its key."""
    shops = Shop.objects.active().filter(platform=platform, is_practice=True).order_by("pk")
    return (shops.filter(county_id=county) if county else shops).first()


def stages_of(county: str, now: datetime) -> list[Stage]:
    """Who is on air in a county, and what they offer at which price."""
    sessions = LiveSession.objects.live().filter(county_id=county).order_by("went_live_at", "pk")
    stages = []
    for session in sessions.prefetch_related("rooms", "line_up__product"):
        rooms = sorted(session.rooms.all(), key=lambda room: room.pk)
        offers = tuple(
            Offer(item.product.sku, item.product.title, item.live_price_fen)
            for item in sorted(session.line_up.all(), key=lambda item: item.position)
        )
        if rooms and offers:
            on_air_s = max(0, int((now - session.started_at).total_seconds()))
            stages.append(Stage(rooms[0].room_id, rooms[0].account, offers, WEIGHTS.get(session.kind, 1), on_air_s))
    return stages


@dataclass(slots=True)
class OnAir:
    """The stages of a county as the database has them; looked up now and then, and kept while it is away."""

    county: str
    began_at: datetime
    stages: list[Stage] = field(default_factory=list)
    looked_at: float = float("-inf")

    def __call__(self, _second: int) -> Sequence[Stage]:
        if time.monotonic() - self.looked_at > LOOK_AGAIN_S:
            self.looked_at = time.monotonic()
            close_old_connections()
            try:
                self.stages = stages_of(self.county, self.began_at)
            except (Error, PoolTimeout) as error:
                log.info("database_away", error=type(error).__name__)
            finally:
                close_old_connections()
        return self.stages


@dataclass(slots=True)
class Presenter:
    """Says in the database what the evening's hosts present, as a host's phone would. What a person said stays for a while."""

    county: str

    def __call__(self, stage: Stage, offer: Offer, _second: int) -> None:
        close_old_connections()
        try:
            self._present(stage.room, offer.sku, timezone.now())
        except (Error, PoolTimeout) as error:
            log.info("database_away", error=type(error).__name__)
        except NotAllowed as refused:  # the session ended, or its line-up was changed, since we looked
            log.info("pitch_refused", code=refused.code)
        finally:
            close_old_connections()

    def _present(self, room: str, sku: str, at: datetime) -> None:
        session = LiveSession.objects.live().filter(county_id=self.county, rooms__room_id=room).first()
        product = Product.objects.filter(county_id=self.county, sku=sku).first()
        if session is None or product is None:
            return
        said = session.pitches.open().exclude(tap__startswith=PLAYED).first()
        if said is None or said.started_at < at - PERSON_FIRST:
            start_pitch(session, product, at=at, tap=f"{PLAYED}{at.timestamp():.0f}")


def forget_oldest(known: OrderedDict[str, Any], at_most: int) -> None:
    while len(known) > at_most:
        known.popitem(last=False)


@dataclass(slots=True)
class Actor:
    """Plays the buyers in the fake 抖店, so that its pushes, its API and the evening tell the same story."""

    fake: FakeDouyin
    url: str
    # Ours → the platform's: numbers of orders; numbers of refunds and their status. The oldest make room for new ones.
    numbers: OrderedDict[str, str] = field(default_factory=OrderedDict)
    after_sales: OrderedDict[str, tuple[str, str]] = field(default_factory=OrderedDict)
    sent: OrderedDict[str, list[Push]] = field(default_factory=OrderedDict)

    def parcels(self, message: Message, began_at: datetime) -> list[Parcel]:
        """A message as pushes of ids; a repeated one as the same pushes."""
        pushes = self.sent.get(message.message_id, []) if message.is_repeat else self._act(message, began_at)
        self.sent[message.message_id] = pushes
        forget_oldest(self.sent, REPEATABLE)
        forget_oldest(self.numbers, KNOWN)
        forget_oldest(self.after_sales, KNOWN)
        return [self._parcel(push, message.is_repeat) for push in pushes]

    def _act(self, message: Message, began_at: datetime) -> list[Push]:
        def moment(ms: int) -> datetime:
            return began_at + timedelta(milliseconds=ms)

        sale = message.sale
        at = moment(message.updated_ms)
        pushes = []
        if sale.order_no not in self.numbers:
            goods = [(Good(line.sku, line.title, line.paid_fen // line.quantity), line.quantity) for line in sale.lines]
            room, account = sale.room or NO_SESSION, sale.account or NO_SESSION
            placed = self.fake.place_order(goods, room=room, account=account, province=sale.province, at=moment(sale.created_ms))
            self.numbers[sale.order_no] = placed.number
            pushes.append(placed)
        number = self.numbers[sale.order_no]
        if number not in self.fake.orders:
            return []  # so old that the platform has forgotten it
        changed = [refund for refund in message.refunds if self.after_sales.get(refund.refund_no, ("", ""))[1] != refund.status]
        if changed:
            return pushes + [self._refund(number, refund, at) for refund in changed]
        steps: dict[str, Callable[..., Push]] = {
            "paid": self.fake.pay_order,
            "shipped": self.fake.ship_order,
            "completed": self.fake.complete_order,
            "cancelled": self.fake.cancel_order,
        }
        if message.status in steps:
            pushes.append(steps[message.status](number, at=at))
        return pushes

    def _refund(self, number: str, refund: Refund, at: datetime) -> Push:
        if refund.refund_no not in self.after_sales:
            asked = self.fake.request_refund(number, line=int(refund.line_no) - 1, at=at)
            self.after_sales[refund.refund_no] = (asked.number, refund.status)
            return asked
        theirs = self.after_sales[refund.refund_no][0]
        self.after_sales[refund.refund_no] = (theirs, refund.status)
        return self.fake.settle_refund(theirs, SETTLED[refund.status], at=at)

    def _parcel(self, push: Push, is_repeat: bool) -> Parcel:
        return Parcel(
            shop_of(self.url), push.msg_id, push.message, lambda line: self.fake.post(line, self.url, [push]), is_repeat
        )


@dataclass(slots=True)
class Simulation:
    """Sends an evening as it happens. `actor` is None where nobody plays 抖店: everything goes the open road then."""

    sender: Sender
    url: str
    secret: str
    began_at: datetime
    actor: Actor | None = None

    def parcels(self, message: Message) -> list[Parcel]:
        if self.actor is not None and message.sale.road == Road.DOUYIN:
            return self.actor.parcels(message, self.began_at)
        document = body(message, self.began_at)
        return [standard_parcel(self.url, self.secret, message.message_id, document, is_repeat=message.is_repeat)]

    def run(self, seconds: Iterator[list[Message]], goes_on: Callable[[], bool]) -> None:
        """Until `goes_on` says no or the seconds end; each message at its time, or as soon as the server takes it."""
        began = time.monotonic()
        for second, due in enumerate(seconds):
            for message in due:
                _sleep_until(began + message.due_ms / 1000)
                for parcel in self.parcels(message):
                    while not self.sender.post(parcel):
                        if not goes_on():
                            return
            _sleep_until(began + second + 1)
            if not goes_on():
                return


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
