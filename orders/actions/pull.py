"""Every write of the reconcile pull: a push that the platform lost is found in the platform's own list of changes.

A cursor for each list of each shop says how far it is read. The row is the work, claimed like a hint: `due_at` is pushed ahead
and lets go of by whoever finishes. What was not read for hours is only a longer list. Nothing is asked inside a transaction;
what the list says goes through `intake.receive`, which knows what is no news.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.db.models import F

from livestream.platforms.asking import Refused, Silent, Unreachable
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive_halving
from orders.actions.source import hear
from orders.actions.token import access_of, note_void
from orders.models import AfterSale, PullCursor, PullKind, Shop
from orders.models.ledger import Cause
from orders.platforms import client
from orders.platforms.client import Access, Expired
from orders.platforms.contract import HintFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from orders.platforms.contract import Listed, ListPage

log = structlog.get_logger(__name__)
EVERY = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(minutes=15)
LEASE = timedelta(minutes=2)  # renewed with every page, which takes seconds
FIRST_LOOK = timedelta(days=2)  # how far back the first look at a shop's list goes
OVERLAP = timedelta(minutes=3)  # read again each time: a list shows a change some seconds late
SEEN_AT_MOST = 5000  # rows remembered of the overlap; beyond this they are counted again, which changes nothing
BETWEEN_PAGES = 0.1  # seconds
AT_MOST = 40.0  # seconds of one go; the rest is read by the next


@dataclass(slots=True)
class Go:
    """One go of one worker: when it began, what time it is, and who does not answer."""

    at: datetime
    started: float = field(default_factory=time.monotonic)
    silent: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.started)

    def is_over(self) -> bool:
        return time.monotonic() - self.started > AT_MOST


def pull_lists(at: datetime) -> int:
    """Reads on in every list that is due; returns how many orders and after-sales turned out to be news."""
    open_cursors(at)
    go = Go(at)
    found = 0
    with client.open_line() as line:
        while not go.is_over() and (cursor := claim_cursor(at, go.now())) is not None:
            found += read_on(line, cursor, go)
    return found


def open_cursors(at: datetime) -> None:
    """A cursor for each list of each shop that has an API; two who do it at once do it once."""
    shops = Shop.objects.with_api().filter(platform__in=client.LISTS).order_by("pk")
    known = set(PullCursor.objects.values_list("shop_id", "kind"))
    for shop in shops.only("pk", "county_id"):
        for kind in PullKind.values:
            if (shop.pk, kind) not in known:
                facts = {"county_id": shop.county_id, "position": at - FIRST_LOOK, "due_at": at}
                PullCursor.objects.get_or_create(shop_id=shop.pk, kind=kind, defaults=facts)


def pull_again(shops: QuerySet[Shop], *, since: datetime | None, at: datetime) -> None:
    """The lists of these shops are due at once; read again from `since` on, if it is given. Whoever reads one now stops."""
    open_cursors(at)
    changes: dict[str, Any] = {"due_at": at} | ({"position": since, "seen": {}} if since else {})
    PullCursor.objects.filter(shop__in=shops).update(**changes)


@transaction.atomic
def claim_cursor(due: datetime, now: datetime) -> PullCursor | None:
    """Leases the list that waits longest to this worker; others skip it."""
    cursor = PullCursor.objects.due(due).select_for_update(skip_locked=True, of=["self"]).first()
    if cursor is not None:
        cursor.due_at, cursor.attempts = now + LEASE, cursor.attempts + 1
        cursor.save(update_fields=["due_at", "attempts"])
    return cursor


def read_on(line: client.Line, cursor: PullCursor, go: Go) -> int:
    """Reads one list to its end, or as far as time and platform allow; returns how much was news."""
    shop = Shop.objects.active().filter(pk=cursor.shop_id).first()
    access = access_of(shop, go.now())
    found = 0
    try:
        if isinstance(access, Exception):
            raise access
        if access.base in go.silent:
            raise Unreachable("silent a moment ago")
        found = _read_pages(line, cursor, access, go)
    except (Refused, Unreachable) as error:
        if isinstance(error, Silent) and isinstance(access, Access):
            go.silent.add(access.base)
        if isinstance(error, Expired) and shop is not None:
            note_void(shop, go.now())
        put_off(cursor, error, go.now())
    return found


def _read_pages(line: client.Line, cursor: PullCursor, access: Access, go: Go) -> int:
    """Raises Refused, Unreachable; what was read until then is kept."""
    began, since = go.now(), cursor.position
    rows: dict[str, Listed] = {}
    latest, found = since, 0
    for page, reached in client.pull_changes(line, access, cursor.kind, since, began):
        news = count_page(cursor, page, go.now())
        found += news
        rows |= {row.number: row for row in page.rows}
        latest = max([latest, *(row.changed_at for row in page.rows)])
        if not step(cursor, reached, news, go.now()):
            return found
        if go.is_over():
            write(cursor, due_at=go.now())
            return found
        if len(page.rows) < page.total:
            time.sleep(BETWEEN_PAGES)
    finish(cursor, max(since, min(latest, began) - OVERLAP), rows.values(), began)
    hear(ShopRef(cursor.shop_id, cursor.county_id), cause=Cause.API, at=go.now())  # also of a list that had nothing new
    return found


def count_page(cursor: PullCursor, page: ListPage, at: datetime) -> int:
    """Counts the rows of a page that are not the same as when they were last read; returns how many were news.

    An order that the database refuses, or that nobody can read, becomes a hint: the worker tries it and shows it to people.
    """
    if page.unreadable:
        log.warning("rows_unreadable", shop=cursor.shop_id, kind=cursor.kind, rows=page.unreadable)
    shop = ShopRef(cursor.shop_id, cursor.county_id)
    rows = [row for row in page.rows if cursor.seen.get(row.number) != row.digest]
    events = [row.event for row in rows if row.event is not None]
    receipts = receive_halving([Arrival(shop, (event,)) for event in events], cause=Cause.API, at=at) if events else []
    refused = [event.order_no for event, receipt in zip(events, receipts, strict=True) if receipt is None]
    unknown = refused + [row.number for row in unfetched(cursor, [row for row in rows if row.event is None])]
    if unknown:
        kind = "order" if cursor.kind == PullKind.ORDERS else "after_sale"
        hints = tuple(HintFact(kind, number) for number in unknown)
        receive_halving([Arrival(shop, hints=hints)], cause=Cause.API, at=at)
    return sum(receipt.applied for receipt in receipts if receipt is not None) + len(unknown)


def unfetched(cursor: PullCursor, rows: Sequence[Listed]) -> list[Listed]:
    """Those of which not all is known that the list knows."""
    ranked = [row.number for row in rows if row.refund_rank is not None]
    if not ranked:
        return list(rows)
    orders = {row.order_no for row in rows}
    mine = AfterSale.objects.filter(
        order__county=cursor.county_id, order__shop=cursor.shop_id, order__order_no__in=orders, after_sale_no__in=ranked
    )
    known = dict(mine.values_list("after_sale_no", "rank"))
    return [row for row in rows if row.refund_rank is None or known.get(row.number, -1) < row.refund_rank]


# --- the cursor -----------------------------------------------------------------------------------------------------------


def step(cursor: PullCursor, reached: datetime, news: int, now: datetime) -> bool:
    """Everything before `reached` is counted: whoever reads on begins there. False when the lease was lost meanwhile."""
    shown = min(reached, now)
    if cursor.pulled_until is not None:
        shown = max(shown, cursor.pulled_until)
    found = F("found") + news
    return write(cursor, position=reached, pulled_until=shown, seen={}, found=found, due_at=now + LEASE, attempts=0)


def finish(cursor: PullCursor, position: datetime, rows: Iterable[Listed], began: datetime) -> bool:
    """The list is read to its end, as it was when we began. Its last minutes will be read again: only what has changed there
    by then is worked on."""
    seen = {row.number: row.digest for row in rows if row.changed_at >= position - timedelta(seconds=1)}
    if len(seen) > SEEN_AT_MOST:
        seen = {}
    due_at = began + EVERY
    return write(cursor, position=position, pulled_until=began, seen=seen, due_at=due_at, attempts=0, last_error="")


def put_off(cursor: PullCursor, error: Exception, now: datetime) -> bool:
    """Asked again later, later each time."""
    log.info("list_not_read", shop=cursor.shop_id, kind=cursor.kind, error=str(error)[:200])
    pause = min(EVERY * 2 ** min(cursor.attempts, 10), LONGEST_PAUSE) * random.uniform(0.5, 1.0)
    return write(cursor, due_at=now + pause, last_error=str(error)[:300])


def write(cursor: PullCursor, **changes: Any) -> bool:
    """Only while the lease is ours."""
    is_mine = PullCursor.objects.filter(pk=cursor.pk, due_at=cursor.due_at).update(**changes) == 1
    if is_mine:
        cursor.due_at, cursor.attempts = changes["due_at"], changes.get("attempts", cursor.attempts)
        cursor.pulled_until = changes.get("pulled_until", cursor.pulled_until)
    return is_mine
