"""How long the database may take: every wait for it has an end, whatever the network or the server does meanwhile.

The server ends a statement after `statement_timeout` and a wait for a lock after `lock_timeout`. That cannot help when the
server itself is out of reach, frozen or behind a balancer that swallows bytes: then the client gives up a second later.
Only pooled connections get these limits: without a pool there is a PgBouncer in front, which refuses such parameters, and
they belong to the database role (docs/operators.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.errors import _WaitTimeout  # what `wait` raises; the pinned psycopg has no public name for it

if TYPE_CHECKING:
    from psycopg.abc import PQGen

T = TypeVar("T")
CONNECT_S, LOCK_S, IDLE_S = 3, 3, 10
RECONNECT_S = 2.0  # the pool's own pauses double up to a minute: given up early, the next request tries at once
GRACE_S = 1.0
# Whoever vanishes without a goodbye is noticed after about ten seconds, on both sides.
CLIENT_TCP = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 8000}
SERVER_TCP = {
    "tcp_keepalives_idle": "5s",
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "8s",
    "client_connection_check_interval": "2s",
}


class Line(psycopg.Connection[Any]):
    """A connection that is given up when the server says nothing for `patience` seconds; None waits for ever."""

    patience: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except _WaitTimeout as silence:
            self.pgconn.finish()  # nobody knows what became of the statement, so nothing else may be said on this line
            raise psycopg.OperationalError("the database does not answer") from silence


def bounded(database: dict[str, Any], pool_size: int, statement_s: int) -> dict[str, Any]:
    """The settings of a database whose statements end after `statement_s` seconds; 0 lets them take what they take."""
    options = database.setdefault("OPTIONS", {})
    options["connect_timeout"] = CONNECT_S
    for name, value in CLIENT_TCP.items():
        options.setdefault(name, value)
    if pool_size:
        limits = {
            "statement_timeout": f"{statement_s}s",
            "lock_timeout": f"{LOCK_S}s",
            "idle_in_transaction_session_timeout": f"{IDLE_S if statement_s else 600}s",
            **SERVER_TCP,
        }
        said = " ".join(f"-c {name}={value}" for name, value in limits.items())
        options["options"] = f"{said} {options.get('options', '')}".strip()
        patience = statement_s + GRACE_S if statement_s else None
        options["pool"] = {
            "min_size": 1,
            "max_size": pool_size,
            "timeout": CONNECT_S,
            "reconnect_timeout": RECONNECT_S,
            "connection_class": type("BoundedLine", (Line,), {"patience": patience}),
        }
    return database
