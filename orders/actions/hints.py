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

from livestream.platforms.asking import Refused, Silent, Unreachable
from livestream.rules.errors import NotAllowed
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive_halving
from orders.actions.token import access_of, note_void
from orders.actions.wake import wake_worker
from orders.models import Hint, Shop
from orders.models.ledger import Cause
from orders.platforms import client
from orders.platforms.client import Access, Expired
from orders.platforms.refusals import reason_of
from orders.rules.waiting import LetterState, plain_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livestream.models import User
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
    platform: str = ""


@transaction.atomic
def claim_hints(limit: int, at: datetime) -> list[Hint]:
    """Leases waiting hints to this worker; others skip them. `asked` of each says how many pushes the answer will cover."""
    hints = list(Hint.objects.due(at).select_for_update(skip_locked=True)[:limit])
    for hint in hints:
        hint.waiting_since = hint.waiting_since or hint.due_at
        hint.due_at, hint.attempts = at + LEASE, hint.attempts + 1
    Hint.objects.bulk_update(hints, ["due_at", "attempts", "waiting_since"])
    return hints


def answer_hints(hints: Sequence[Hint], at: datetime) -> int:
    """Fetches what these claimed hints point at and counts it; returns how many got an answer."""
    shops = Shop.objects.active().in_bulk({hint.shop_id for hint in hints})
    asked = [(hint, access_of(shops.get(hint.shop_id), at)) for hint in hints]
    silent: set[str] = set()
    with client.open_line() as line, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda pair: _ask(line, pair[0], pair[1], silent, at), asked))
    for shop_id in sorted({answer.hint.shop_id for answer in answers if isinstance(answer.error, Expired)} & shops.keys()):
        note_void(shops[shop_id], at)
    return settle_hints(count_answers(answers, at), at)


def _ask(line: client.Line, hint: Hint, access: Access | Exception, silent: set[str], at: datetime) -> Answer:
    """Runs in a thread of its own and touches no database. Of a platform found `silent` nothing more is asked this time."""
    if isinstance(access, Exception):
        return Answer(hint, error=access)
    if access.base in silent:
        return Answer(hint, error=Unreachable("silent a moment ago"))
    try:
        return Answer(hint, tuple(client.pull(line, access, hint.kind, hint.number, at)))
    except (Refused, Unreachable) as error:
        if isinstance(error, Silent):
            silent.add(access.base)
        return Answer(hint, error=error, platform=access.platform)


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
    changed = ["answered", "attempts", "due_at", "given_up_at", "last_error", "reason", "waiting_since"]
    Hint.objects.bulk_update(hints, changed)
    return sum(answer.error is None for answer in answers)


def _settle(hint: Hint, answer: Answer, at: datetime) -> None:
    if answer.error is None:
        hint.answered, hint.attempts, hint.last_error, hint.reason = max(hint.answered, answer.hint.asked), 0, "", ""
        hint.due_at, hint.waiting_since = at, None
        return
    hint.last_error = str(answer.error)[:300]
    hint.reason = reason_of(answer.error, answer.platform)
    hint.due_at = at + _pause(answer.hint.attempts)
    if not isinstance(answer.error, Refused):
        hint.attempts = min(hint.attempts, PATIENCE)
    elif answer.hint.attempts >= REFUSALS and hint.asked == answer.hint.asked:
        hint.given_up_at, hint.waiting_since = hint.given_up_at or at, None
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


# --- by a person ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def retry_hint(hint: Hint, *, by: User, at: datetime) -> None:
    """The worker is woken and asks anew, with all its patience. Raises NotAllowed when it is answered or dismissed by now."""
    found = _lock(hint)
    if found.given_up_at is None:
        found.waiting_since = found.waiting_since or found.due_at
    found.due_at, found.attempts, found.given_up_at = at, 0, None
    found.save(update_fields=["due_at", "attempts", "given_up_at", "waiting_since"])
    log.info("hint_retried", shop=found.shop_id, number=found.number, by=by.pk)
    transaction.on_commit(wake_worker)


@transaction.atomic
def dismiss_hint(hint: Hint, *, by: User, note: str, at: datetime) -> None:
    """Nobody asks for it again until the platform names it in a new push; who, when and why stays. Raises NotAllowed."""
    plain = plain_note(note)
    found = _lock(hint)
    found.given_up_at = found.given_up_at or at
    found.dismissed_at, found.dismissed_by, found.note, found.waiting_since = at, by, plain, None
    found.save(update_fields=["given_up_at", "dismissed_at", "dismissed_by", "note", "waiting_since"])


def _lock(hint: Hint) -> Hint:
    """The row as it is now. Raises NotAllowed when nothing waits in it any more."""
    found = Hint.objects.select_for_update(of=["self"]).select_related("dismissed_by").get(pk=hint.pk)
    if found.asked <= found.answered:
        raise NotAllowed("answered")
    if found.is_dismissed:
        raise NotAllowed("settled", who=found.dismissed_by, what=LetterState.DISMISSED.label)
    return found
