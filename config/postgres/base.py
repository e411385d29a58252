"""Django's PostgreSQL backend; where one connection turns out to be dead, the pool lets go of the others too.

After a restart of the server every idle connection of the pool is dead. The pool finds out one by one, when it hands them
out, with a pause of one second, then two, before the next: with a few of them every request waits in vain for its 3 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.backends.postgresql import base

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Connection | None
    pool: ConnectionPool | None

    def _close(self) -> None:
        was_lost = self.connection is not None and self.connection.closed
        super()._close()  # type: ignore[misc]
        if was_lost and self.pool is not None:
            self.pool.drain()
