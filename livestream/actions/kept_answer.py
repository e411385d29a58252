"""Every write to kept answers: a write of the API that is asked for twice under one key happens once."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from livestream.models import KeptAnswer
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

KEPT_FOR = timedelta(hours=24)
SWEPT_AT_ONCE = 10_000


class Asked(NamedTuple):
    """Who asks under which key, and what: the SHA-256 of method, path and body."""

    caller: str
    key: str
    fingerprint: bytes


class Answer(NamedTuple):
    """`body` is JSON, or empty."""

    status: int
    body: str
    is_repeated: bool = False


@transaction.atomic
def answer_once(asked: Asked, work: Callable[[], Answer], *, at: datetime) -> Answer:
    """What the work answers, done in this transaction; or what it answered before under the same key.

    The answer is written with the work's own writes, so there is never one without the other, whatever ends in the middle. Work
    that raises leaves nothing behind: it may be mended and asked again. Raises NotAllowed(`in_flight`, `other_request`)."""
    if not _take_turn(asked):
        raise NotAllowed("in_flight")
    kept = KeptAnswer.objects.filter(caller=asked.caller, key=asked.key)
    kept.filter(made_at__lte=at - KEPT_FOR).delete()
    if before := kept.first():
        if bytes(before.fingerprint) != asked.fingerprint:
            raise NotAllowed("other_request")
        return Answer(before.status, before.body, is_repeated=True)
    answer = work()
    KeptAnswer.objects.create(**asked._asdict(), status=answer.status, body=answer.body, made_at=at)
    return answer


def _take_turn(asked: Asked) -> bool:
    """Whether nobody else is at work under this key; held until the transaction ends. The constraint `answered_once_per_key` is
    the last guard: without the turn the second of two would be undone when it writes its answer."""
    digest = sha256(f"{asked.caller}\n{asked.key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        return bool(cursor.fetchone()[0])


def forget_answers(*, at: datetime) -> int:
    """What is older than a day goes, some at a time. Returns how many."""
    gone = 0
    while True:
        old = KeptAnswer.objects.filter(made_at__lte=at - KEPT_FOR).order_by("made_at").values("pk")[:SWEPT_AT_ONCE]
        count, _by_model = KeptAnswer.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
        gone += count
        if count < SWEPT_AT_ONCE:
            return gone
