"""Every write about checks: boards whose figures may be wrong are marked, and cleared when a later check finds them right.

A check never mends anything. Its marks change what boards say, so each change is a newer version of the board.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction
from django.db.models import Q

from livestream.actions.board import bump_versions
from orders.actions.invariants import broken_board, broken_everywhere, source_of
from orders.models import BoardCheck, CheckedBoard, FullCheck

if TYPE_CHECKING:
    from collections.abc import Collection

    from orders.rules.invariants import Broken

log = structlog.get_logger(__name__)
SHANGHAI = ZoneInfo("Asia/Shanghai")
AT_ONCE = 50  # boards in one sweep
BUDGET_S = 2.0  # a sweep begins no further board after so long
PAUSE = timedelta(seconds=10)
PRICE = 20  # a check that took a second is not made again for twenty: at most a twentieth of a core for each board
NIGHT = timedelta(hours=3, minutes=30)  # Shanghai time
OVERLAP = timedelta(hours=1)  # an order is stamped before it is committed
LOST = timedelta(hours=1)  # a full check that has not ended by then was killed

TOUCHED = """
SELECT b.scope, b.county_id, b.version FROM livestream_boardversion b LEFT JOIN orders_checkedboard c ON c.scope = b.scope
WHERE b.scope NOT LIKE 'stage:%%' AND (c.due_at IS NULL OR c.due_at <= %s) AND (c.version IS DISTINCT FROM b.version
  OR b.scope IN (SELECT scope FROM orders_boardcheck WHERE cleared_at IS NULL))
ORDER BY c.due_at NULLS FIRST, b.scope LIMIT %s
"""


def check_touched(*, at: datetime) -> list[Broken]:
    """Compares the boards that changed since the last look, or are in doubt; the longest unseen first, bounded in time."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [at, AT_ONCE])
        touched: list[tuple[str, str, int]] = cursor.fetchall()
    began = time.monotonic()
    found: list[Broken] = []
    for scope, county, version in touched:
        if time.monotonic() - began > BUDGET_S:
            break
        found += check_board(scope, county, version, at=at)
    return found


def check_board(scope: str, county: str, version: int, *, at: datetime) -> list[Broken]:
    """Compares one board. `version` was read before: what came later is looked at next time."""
    began = time.monotonic()
    found = list(broken_board(scope, county))
    took = timedelta(seconds=time.monotonic() - began)
    record(found, at=at, sources={source_of(scope)})
    due_at = at + took + max(PAUSE, PRICE * took)
    CheckedBoard.objects.update_or_create(scope=scope, defaults={"version": version, "due_at": due_at})
    return found


def check_everything(*, at: datetime, since: datetime | None = None) -> list[Broken]:
    """Compares all there is (of orders and pushes: those since a moment); marks and clears boards. Returns what is broken."""
    found = list(broken_everywhere(at, since))
    record(found, at=at, sources=None)
    return found


def check_nightly(*, at: datetime) -> list[Broken] | None:
    """Everything, once after half past three; a system that was off then does it when it is on again. None: not now.

    Orders are compared that changed since the last full check began: what nobody touched is as it was.
    """
    claimed, since = _claim_night(at)
    if not claimed:
        return None
    began = time.monotonic()
    found = check_everything(at=at, since=since)
    FullCheck.objects.filter(pk=1, began_at=at).update(ended_at=at + timedelta(seconds=time.monotonic() - began))
    return found


@transaction.atomic
def _claim_night(at: datetime) -> tuple[bool, datetime | None]:
    FullCheck.objects.bulk_create([FullCheck(id=1, began_at=datetime.fromtimestamp(0, SHANGHAI))], ignore_conflicts=True)
    last = FullCheck.objects.select_for_update().get(pk=1)
    is_due = last.began_at < last_night(at) or (last.ended_at is None and last.began_at < at - LOST)
    if not is_due:
        return False, None
    FullCheck.objects.filter(pk=1).update(began_at=at, ended_at=None)
    return True, last.began_at - OVERLAP if last.ended_at else None


def last_night(at: datetime) -> datetime:
    """The newest half past three that has passed in Shanghai."""
    local = at.astimezone(SHANGHAI) - NIGHT
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + NIGHT


@transaction.atomic
def record(found: Collection[Broken], *, at: datetime, sources: Collection[str] | None) -> None:
    """Marks the boards of what is broken; clears the marks of what was looked at (None: everything) and is not."""
    marks = {(board, broken.source): broken for broken in found for board in broken.boards}
    opened = [
        BoardCheck(scope=scope, county_id=county, source=source, invariant=broken.invariant, detail=broken.detail[:300], since=at)
        for ((scope, county), source), broken in sorted(marks.items(), key=lambda mark: mark[0])
    ]
    known = set(BoardCheck.objects.open().values_list("scope", "source"))
    fresh = [check for check in opened if (check.scope, check.source) not in known]
    BoardCheck.objects.bulk_create(fresh, ignore_conflicts=True)
    looked_at = Q() if sources is None else Q(source__in=sources)
    doubts = BoardCheck.objects.open().filter(looked_at).exclude(source__in={broken.source for broken in found})
    cleared = list(doubts.order_by("pk").select_for_update())
    doubts.filter(pk__in=[check.pk for check in cleared]).update(cleared_at=at)
    changed = {(check.scope, check.county_id) for check in [*fresh, *cleared]}
    bump_versions(changed)
    for check in fresh:
        log.error("invariant_broken", scope=check.scope, source=check.source, detail=check.detail)
    for check in cleared:
        log.info("invariant_holds_again", scope=check.scope, source=check.source)
