"""Taking notices that are due, one sender at a time, and what becomes of them.

The order in which things happen, so that no reminder of a superseded time ever leaves:

1. A release writes the session's row first (`released_version`), then withdraws the reminders of older versions and queues the
   new ones, and commits all of it at once.
2. A claim locks the notice and, for a reminder, its session or hold (FOR SHARE), and compares their versions *under that lock*:
   when the release committed before, PostgreSQL gives the claim the newest row of the session and looks at the condition again;
   when it has not committed yet, its lock on the row makes the claim pass by (SKIP LOCKED), and the next sweep sees what it did.
   So a reminder that was claimed was in force at that moment, and whoever releases afterwards knows that it left.
3. Nobody waits: the claim skips what is locked, the release waits at most for a claim's one statement. No deadlock either.

In the inbox a notice is there in the same statement: exactly once. To everywhere else it is claimed (`sending`), the claim is
committed, the message goes out within a second, and the outcome is written. Whoever dies between the two leaves a claim that is
taken up after `LEASE` by another: text messages, e-mail and robots may say a thing twice then, at most TRIES_AT_MOST times, and a
reminder only while it is still in force. A lost or repeated task changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F

from livestream.actions.notice_text import line_in_a_group
from livestream.models import Notice, Robot
from livestream.platforms.robot import fitting
from livestream.rules.notice import (
    LEASE,
    OF_A_HOLD,
    OF_A_VERSION,
    ROBOT_PAUSE,
    TRIES_AT_MOST,
    NoticeState,
    Way,
)
from livestream.rules.session import STILL_PLANNED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SPOKEN_TOGETHER = 40  # notices of one robot in one message

# What is due: it waits, or was claimed by somebody who is gone; it is not too late; whom it is for is still here.
DUE = """
(n.state = 'waiting' AND n.due_at <= %(at)s OR n.state = 'sending' AND n.claimed_at <= %(lost)s AND n.tries < %(tries)s)
AND n.way = ANY(%(ways)s) AND (%(robot)s::bigint IS NULL OR n.robot_id = %(robot)s)
AND (n.expires_at IS NULL OR n.expires_at > %(at)s)
AND NOT EXISTS (SELECT 1 FROM livestream_user u WHERE u.id = n.person_id AND NOT u.is_active)
"""
IN_FORCE = "n.version = COALESCE(s.released_version, s.plan_version) AND s.state = ANY(%(planned)s)"
HOLD_IN_FORCE = "n.version = h.version AND h.is_standing"
OF_ITS_VERSION = f"""
SELECT n.id FROM livestream_notice n JOIN livestream_livesession s ON s.id = n.session_id
WHERE n.kind = ANY(%(versioned)s) AND {DUE} AND {IN_FORCE}
ORDER BY n.due_at, n.id LIMIT %(limit)s FOR UPDATE OF n SKIP LOCKED FOR SHARE OF s SKIP LOCKED
"""
OF_ITS_HOLD = f"""
SELECT n.id FROM livestream_notice n JOIN livestream_hold h ON h.id = n.hold_id
WHERE n.kind = ANY(%(of_holds)s) AND {DUE} AND {HOLD_IN_FORCE}
ORDER BY n.due_at, n.id LIMIT %(limit)s FOR UPDATE OF n SKIP LOCKED FOR SHARE OF h SKIP LOCKED
"""
OF_ITSELF = f"""
SELECT n.id FROM livestream_notice n WHERE n.kind <> ALL(%(versioned)s) AND n.kind <> ALL(%(of_holds)s) AND {DUE}
ORDER BY n.due_at, n.id LIMIT %(limit)s FOR UPDATE OF n SKIP LOCKED
"""
CLAIM = """
WITH due AS MATERIALIZED ({due})
UPDATE livestream_notice n SET state = 'sending', claimed_at = %(at)s, tries = n.tries + 1
FROM due WHERE n.id = due.id RETURNING n.id
"""
DELIVER = """
WITH due AS MATERIALIZED ({due})
UPDATE livestream_notice n SET state = 'sent', sent_at = %(at)s, tries = n.tries + 1
FROM due WHERE n.id = due.id RETURNING n.id
"""
# What will never leave: too late, of an older version, of what is cancelled or a session on air, to somebody who is gone.
RETIRE = f"""
UPDATE livestream_notice n SET state = 'withdrawn'
WHERE (n.state = 'waiting' AND n.due_at <= %(at)s OR n.state = 'sending' AND n.claimed_at <= %(lost)s)
AND (n.expires_at <= %(at)s
    OR EXISTS (SELECT 1 FROM livestream_user u WHERE u.id = n.person_id AND NOT u.is_active)
    OR n.kind = ANY(%(versioned)s)
    AND NOT EXISTS (SELECT 1 FROM livestream_livesession s WHERE s.id = n.session_id AND {IN_FORCE})
    OR n.kind = ANY(%(of_holds)s)
    AND NOT EXISTS (SELECT 1 FROM livestream_hold h WHERE h.id = n.hold_id AND {HOLD_IN_FORCE}))
"""
GIVE_UP = """
UPDATE livestream_notice SET state = 'failed', error = %(error)s
WHERE state = 'sending' AND claimed_at <= %(lost)s AND tries >= %(tries)s
"""


def deliver_due(at: datetime, limit: int = 500) -> int:
    """What is due in inboxes is there from now on, at most so many of each sort; returns how many."""
    return sum(len(_run(DELIVER.format(due=due), at, [Way.INBOX], limit)) for due in _sorts())


@transaction.atomic
def claim_due(at: datetime, limit: int, ways: Sequence[Way] = (Way.SMS, Way.EMAIL)) -> list[Notice]:
    """At most so many notices that this sender alone sends now, with their people; reminders first."""
    claimed: list[int] = []
    for due in _sorts():
        claimed += _run(CLAIM.format(due=due), at, ways, limit - len(claimed))
    return list(Notice.objects.filter(pk__in=claimed).select_related("person", "person__notice_preference").order_by("pk"))


@transaction.atomic
def claim_of_a_robot(at: datetime, number: int) -> tuple[Robot, list[Notice]] | None:
    """What one robot says now, all in one message. None: somebody else lets it speak, it spoke a moment ago, or is stopped."""
    found = Robot.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=number, is_in_use=True).first()
    if found is None or Notice.objects.filter(robot=found, claimed_at__gt=at - ROBOT_PAUSE).exists():
        return None
    claimed = _run(CLAIM.format(due=OF_ITS_VERSION), at, [Way.ROBOT], SPOKEN_TOGETHER, number)
    claimed += _run(CLAIM.format(due=OF_ITSELF), at, [Way.ROBOT], SPOKEN_TOGETHER - len(claimed), number)
    notices = list(Notice.objects.filter(pk__in=claimed).order_by("due_at", "pk"))
    fit = fitting(found.kind, [line_in_a_group(notice) for notice in notices])
    later = [notice.pk for notice in notices[fit:]]  # nobody has seen that they were claimed
    Notice.objects.filter(pk__in=later).update(state=NoticeState.WAITING, claimed_at=None, tries=F("tries") - 1)
    return (found, notices[:fit]) if notices else None


def robots_with_something_to_say(at: datetime) -> list[int]:
    """Those of whom a notice is due, or was claimed by somebody who is gone."""
    waiting = Notice.objects.filter(way=Way.ROBOT, state__in=[NoticeState.WAITING, NoticeState.SENDING], due_at__lte=at)
    return sorted(set(waiting.filter(robot__is_in_use=True).values_list("robot_id", flat=True)) - {None})


@transaction.atomic
def retire_due(at: datetime, error: str) -> None:
    """What is due and will never leave is withdrawn; what was claimed again and again without an outcome has failed."""
    words = _words(at)
    with connection.cursor() as cursor:
        cursor.execute(RETIRE, words)
        cursor.execute(GIVE_UP, words | {"error": error})


def mark_sent(notices: Sequence[Notice], at: datetime) -> None:
    """It left: that is written whatever became of its session meanwhile."""
    for notice in notices:
        Notice.objects.filter(pk=notice.pk, claimed_at=notice.claimed_at).update(state=NoticeState.SENT, sent_at=at, error="")


def mark_unsent(notices: Sequence[Notice], error: str, due_at: datetime | None) -> None:
    """It did not leave: it waits until `due_at`, or has failed for good (None)."""
    state = NoticeState.FAILED if due_at is None else NoticeState.WAITING
    changes: dict[str, Any] = {"state": state, "error": error[:200]} | ({"due_at": due_at} if due_at else {})
    for notice in notices:
        Notice.objects.filter(pk=notice.pk, claimed_at=notice.claimed_at, state=NoticeState.SENDING).update(**changes)


def _sorts() -> tuple[str, ...]:
    """Reminders first."""
    return OF_ITS_VERSION, OF_ITS_HOLD, OF_ITSELF


def _run(statement: str, at: datetime, ways: Sequence[Way], limit: int, robot: int | None = None) -> list[int]:
    if limit <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, _words(at) | {"ways": [way.value for way in ways], "limit": limit, "robot": robot})
        return [number for (number,) in cursor.fetchall()]


def _words(at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "lost": at - LEASE,
        "tries": TRIES_AT_MOST,
        "versioned": sorted(OF_A_VERSION),
        "of_holds": sorted(OF_A_HOLD),
        "planned": sorted(STILL_PLANNED),
    }
