"""Every write about alerts: raised once, cleared when their cause is gone, acknowledged by a person; and a county's limits.

Any number of workers may look at once. Each compares what is so with what is open; the constraint `alert_once` lets one of
them raise an alarm, and what is cleared or acknowledged never comes again in its episode.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext as _

from livestream.actions.board import bump_versions
from livestream.rules.errors import NotAllowed
from orders.actions.alert_facts import what_is_so
from orders.models import Alert, AlertThresholds
from orders.rules.alert import AlertKind, Key, boards_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from livestream.models import Place, User
    from orders.rules.alert import Condition, Limits

log = structlog.get_logger(__name__)

# What is known already is left alone without a try, so that a sweep does not use up numbers; the conflict is for the race.
RAISE = """
INSERT INTO orders_alert (county_id, scope, kind, subject, episode, detail, raised_at)
SELECT n.county, n.scope, n.kind, n.subject, n.episode, n.detail::jsonb, %(at)s
FROM unnest(%(county)s::text[], %(scope)s::text[], %(kind)s::text[], %(subject)s::text[], %(episode)s::text[], %(detail)s::text[])
  AS n(county, scope, kind, subject, episode, detail)
WHERE NOT EXISTS (
  SELECT FROM orders_alert a
  WHERE a.scope = n.scope AND a.kind = n.kind AND a.subject = n.subject AND a.episode = n.episode
)
ORDER BY n.scope, n.kind, n.subject, n.episode
ON CONFLICT (scope, kind, subject, episode) DO NOTHING
RETURNING scope, county_id, kind, subject
"""
LOCK = "SELECT FROM orders_alert WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
CLEAR = "UPDATE orders_alert SET cleared_at = %s WHERE id = ANY(%s) AND cleared_at IS NULL RETURNING scope, county_id"
RESTATE = """
UPDATE orders_alert a SET detail = n.detail::jsonb FROM unnest(%s::bigint[], %s::text[]) AS n(id, detail)
WHERE a.id = n.id AND a.cleared_at IS NULL AND a.detail <> n.detail::jsonb RETURNING a.scope, a.county_id
"""


class Change(NamedTuple):
    """What one look came to, in numbers of alarms."""

    raised: int = 0
    cleared: int = 0
    restated: int = 0


def raise_alerts(at: datetime) -> Change:
    """Looks at every county once. What was open is read before what is so: an alarm that somebody raises meanwhile is not
    this look's to clear."""
    opened = {_key(alert): alert for alert in Alert.objects.open()}
    unseen = {key.scope for key, alert in opened.items() if key.kind == AlertKind.OVERSOLD and alert.acknowledged_at is None}
    kept = [scope.removeprefix("session:") for scope in sorted(unseen)]
    conditions = what_is_so(at, {key: alert.detail for key, alert in opened.items()}, kept)
    return settle(opened, conditions, at=at)


def settle(opened: Mapping[Key, Alert], conditions: Mapping[Key, Condition], *, at: datetime) -> Change:
    """Makes the open alarms those of these conditions; touches the boards on which something changed, and only those."""
    fresh = [condition for key, condition in conditions.items() if key not in opened]
    over = sorted(alert.pk for key, alert in opened.items() if key not in conditions)
    moved = {
        opened[key].pk: condition
        for key, condition in conditions.items()
        if key in opened and condition.says_more_than(opened[key].detail)
    }
    if not (fresh or over or moved):
        return Change()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, [[*over, *moved]])
        cleared = _returned(cursor, CLEAR, [at, over])
        restated = _returned(cursor, RESTATE, [list(moved), [json.dumps(condition.detail) for condition in moved.values()]])
        raised = _returned(cursor, RAISE, _columns(fresh) | {"at": at})
        touched = [row[:2] for row in (*cleared, *restated, *raised)]
        bump_versions(board for scope, county in touched for board in boards_of(scope, county))
    for scope, _county, kind, subject in raised:
        log.info("alert_raised", scope=scope, kind=kind, subject=subject)
    return Change(len(raised), len(cleared), len(restated))


@transaction.atomic
def acknowledge(alert: Alert, *, by: User, at: datetime) -> Alert:
    """Somebody takes note; the alarm stays open while it is so, but asks nobody any more. Twice by one person is once.

    Raises NotAllowed(`settled`), with the name of whoever was faster.
    """
    unseen = Alert.objects.unacknowledged().filter(pk=alert.pk)
    if unseen.update(acknowledged_at=at, acknowledged_by=by):
        bump_versions(boards_of(alert.scope, alert.county_id))
        alert.acknowledged_at, alert.acknowledged_by = at, by
        return alert
    found = Alert.objects.select_related("acknowledged_by").get(pk=alert.pk)
    if found.acknowledged_by != by:
        raise NotAllowed("settled", who=found.acknowledged_by, what=_("知道了"))
    return found


@transaction.atomic
def set_thresholds(county: Place, limits: Limits, *, by: User) -> AlertThresholds:
    """From now on the county is warned from these limits on. What is open stays open: it goes when its cause goes."""
    thresholds, _made = AlertThresholds.objects.update_or_create(county=county, defaults=asdict(limits))
    log.info("alert_thresholds_set", county=county.pk, by=by.pk, **asdict(limits))
    return thresholds


def _key(alert: Alert) -> Key:
    return Key(alert.scope, AlertKind(alert.kind), alert.subject, alert.episode)


def _columns(conditions: Iterable[Condition]) -> dict[str, list[Any]]:
    rows = [(c.county, *c.key, json.dumps(c.detail)) for c in conditions]
    names = ("county", "scope", "kind", "subject", "episode", "detail")
    return {name: [str(row[position]) for row in rows] for position, name in enumerate(names)}


def _returned(cursor: Any, statement: str, values: Any) -> list[tuple[Any, ...]]:
    cursor.execute(statement, values)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
