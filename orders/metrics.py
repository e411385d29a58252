"""Gauges of what waits and what is in doubt, read from PostgreSQL when asked: small partial indexes, no tables of millions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from django.db import Error
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout

from livestream.models import AuditCheck, AuditEntry
from orders.models import Alert, BoardCheck, DeadLetter, Hint, OrderFile, OrderFileState, Sweep
from orders.models.hint import SINCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

log = structlog.get_logger(__name__)


class WaitingWork(Collector):
    """Without the database only `cunbo_database_up 0` is said: a gauge that is missing must not look like a calm one."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        try:
            return [gauge("cunbo_database_up", "The database answers", 1), *read_gauges(timezone.now())]
        except (Error, PoolTimeout) as error:
            log.warning("gauges_not_read", error=type(error).__name__)
            return [gauge("cunbo_database_up", "The database answers", 0)]


def gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def age(since: datetime | None, at: datetime) -> float:
    """In seconds; 0 when there is nothing."""
    return max(0.0, (at - since).total_seconds()) if since else 0.0


def read_gauges(at: datetime) -> Iterator[GaugeMetricFamily]:
    hints = Hint.objects.waiting().aggregate(number=Count("pk"), oldest=Min(SINCE))
    yield gauge("cunbo_hints_waiting", "Orders that a push named and nobody has fetched yet", hints["number"])
    yield gauge("cunbo_hints_oldest_seconds", "Age of the oldest of them", age(hints["oldest"], at))
    yield gauge("cunbo_hints_given_up", "Orders that could not be fetched and wait for a person", Hint.objects.given_up().count())
    letters = DeadLetter.objects.waiting().aggregate(number=Count("pk"), oldest=Min("received_at"))
    yield gauge("cunbo_dead_letters", "Kept pushes that could not be read or stored", letters["number"])
    yield gauge("cunbo_dead_letters_oldest_seconds", "Age of the oldest of them", age(letters["oldest"], at))
    importing = OrderFile.objects.filter(state=OrderFileState.IMPORTING)
    files = importing.aggregate(number=Count("pk"), silent=Min("heartbeat_at"))
    yield gauge("cunbo_imports", "Order files being imported", files["number"])
    yield gauge("cunbo_imports_silent_seconds", "Since the slowest of them counted a piece", age(files["silent"], at))
    sweeps = GaugeMetricFamily("cunbo_sweep_age_seconds", "Since a task of the timetable last came to its end", labels=["sweep"])
    for name, ran_at in Sweep.objects.order_by("name").values_list("name", "ran_at"):
        sweeps.add_metric([name], age(ran_at, at))
    yield sweeps
    doubts = BoardCheck.objects.open().aggregate(number=Count("scope", distinct=True))
    yield gauge("cunbo_boards_checking", "Boards whose figures may be wrong: an invariant is broken", doubts["number"])
    alerts = Alert.objects.open().aggregate(number=Count("pk"), unread=Count("pk", filter=Q(acknowledged_at=None)))
    yield gauge("cunbo_alerts_open", "Alarms that are still so", alerts["number"])
    yield gauge("cunbo_alerts_unread", "Those of them that nobody has taken note of", alerts["unread"])
    open_entries = AuditEntry.objects.unsealed().aggregate(oldest=Min("at"))
    yield gauge(
        "cunbo_audit_unsealed_seconds", "Age of the oldest audit entry outside the chain", age(open_entries["oldest"], at)
    )
    checked = AuditCheck.objects.order_by("-pk").first()
    read_at = checked.began_at if checked else None
    yield gauge("cunbo_audit_broken", "The last check of the audit chain found something wrong", bool(checked and checked.fault))
    yield gauge("cunbo_audit_check_seconds", "Since the audit chain was last read", age(read_at, at))


WAITING = CollectorRegistry(auto_describe=False)  # asking for its names must not ask the database
WAITING.register(WaitingWork())
