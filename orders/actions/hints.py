"""Every write to hints: claiming the rows of work, fetching what they point at, and what becomes of them.

The row is the work. A claim is a lease: `due_at` is pushed ahead, so that a worker that dies loses only time. Nothing is
fetched inside a transaction; what the platform says goes through `intake.receive` like everything else.
"""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive_halving
from orders.models import Hint, Shop
from orders.models.ledger import Cause
from orders.platforms import client
from orders.platforms.client import Access, Refused, Silent, Unreachable
from orders.platforms.contract import Credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from orders.rules.order import OrderEvent

log = structlog.get_logger(__name__)
TOGETHER = 40  # hints claimed and counted in one go
AT_ONCE = 8  # connections to a platform
LEASE = timedelta(minutes=2)  # longer than TOGETHER / AT_ONCE answers that each take the client's 10 seconds
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=30)
REFUSALS = 8  # about an hour of "no" is a no
PATIENCE = 6  # without an answer the attempts are not counted beyond this: the network will come back


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: events, or the error of this attempt."""

    hint: Hint
    events: tuple[OrderEvent, ...] = ()
    error: Exception | None = None


@transaction.atomic
def claim_hints(limit: int, at: datetime) -> list[Hint]:
    """Leases waiting hints to this worker; others skip them. `asked` of each says how many pushes the answer will cover."""
    hints = list(Hint.objects.due(at).select_for_update(skip_locked=True)[:limit])
    for hint in hints:
        hint.due_at, hint.attempts = at + LEASE, hint.attempts + 1
    Hint.objects.bulk_update(hints, ["due_at", "attempts"])
    return hints


def answer_hints(hints: Sequence[Hint], at: datetime) -> int:
    """Fetches what these claimed hints point at and counts it; returns how many got an answer."""
    shops = Shop.objects.active().in_bulk({hint.shop_id for hint in hints})
    asked = [(hint, _access(shops.get(hint.shop_id))) for hint in hints]
    silent: set[str] = set()
    with client.open_line() as line, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda pair: _ask(line, pair[0], pair[1], silent, at), asked))
    return settle_hints(count_answers(answers, at), at)


def _access(shop: Shop | None) -> Access | None:
    if shop is None:
        return None
    return Access(shop.platform, Credentials(shop.app_key, shop.secret), shop.access_token, shop.is_practice)


def _ask(line: httpx.Client, hint: Hint, access: Access | None, silent: set[str], at: datetime) -> Answer:
    """Runs in a thread of its own and touches no database. Of a platform found `silent` nothing more is asked this time."""
    if access is None:
        return Answer(hint, error=Refused("shop", "the shop is not in use"))
    if access.base in silent:
        return Answer(hint, error=Unreachable("silent a moment ago"))
    try:
        return Answer(hint, tuple(client.pull(line, access, hint.kind, hint.number, at)))
    except (Refused, Unreachable) as error:
        if isinstance(error, Silent):
            silent.add(access.base)
        return Answer(hint, error=error)


def count_answers(answers: Sequence[Answer], at: datetime) -> list[Answer]:
    """Counts what was answered, in one transaction; an answer that the database refuses fails alone."""
    good = [answer for answer in answers if answer.error is None]
    arrivals = [Arrival(ShopRef(answer.hint.shop_id, answer.hint.county_id), answer.events) for answer in good]
    receipts = receive_halving(arrivals, cause=Cause.API, at=at) if arrivals else []
    refused = {answer.hint.pk for answer, receipt in zip(good, receipts, strict=True) if receipt is None}
    unstorable = Refused("unstorable", "the database refused it")
    return [Answer(a.hint, error=unstorable) if a.hint.pk in refused else a for a in answers]


@transaction.atomic
def settle_hints(answers: Sequence[Answer], at: datetime) -> int:
    """Marks what is answered; what is not waits longer each time and is given up in the end, with its last error.

    A push that came while we were asking raised `asked`: its hint stays waiting and is due at once.
    """
    claimed = {answer.hint.pk: answer for answer in answers}
    rows = Hint.objects.filter(pk__in=claimed).order_by("county_id", "shop_id", "kind", "number").select_for_update()
    hints = list(rows)  # locked in the order in which the intake writes them
    for hint in hints:
        _settle(hint, claimed[hint.pk], at)
    Hint.objects.bulk_update(hints, ["answered", "attempts", "due_at", "given_up_at", "last_error"])
    return sum(answer.error is None for answer in answers)


def _settle(hint: Hint, answer: Answer, at: datetime) -> None:
    if answer.error is None:
        hint.answered, hint.attempts, hint.last_error = max(hint.answered, answer.hint.asked), 0, ""
        hint.due_at = at
        return
    hint.last_error = str(answer.error)[:300]
    hint.due_at = at + _pause(answer.hint.attempts)
    if not isinstance(answer.error, Refused):
        hint.attempts = min(hint.attempts, PATIENCE)
    elif answer.hint.attempts >= REFUSALS and hint.asked == answer.hint.asked:
        hint.given_up_at = at
        log.warning("hint_given_up", shop=hint.shop_id, kind=hint.kind, number=hint.number, error=hint.last_error)


def _pause(attempts: int) -> timedelta:
    """Four times as long each time, up to half an hour, and never the same for two hints."""
    longest: timedelta = min(FIRST_PAUSE * 4 ** min(attempts - 1, PATIENCE), LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1.0)


def answer_waiting(at: datetime, limit: int = 2000) -> int:
    """Answers the hints that are due, oldest first, until none is left or `limit` were asked; returns how many got an answer."""
    started = time.monotonic()
    answered = asked = 0
    while asked < limit:
        now = at + timedelta(seconds=time.monotonic() - started)
        hints = claim_hints(min(TOGETHER, limit - asked), now)
        if not hints:
            break
        asked += len(hints)
        answered += answer_hints(hints, now)
    return answered
