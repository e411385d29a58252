"""Django's PostgreSQL backend; where one connection turns out to be dead, the pool lets go of the others too.

After a restart of the server every idle connection of the pool is dead. The pool finds out one by one, when it hands them
out, with a pause of one second, then two, before the next: with a few of them every request waits in vain for its 3 s.

It also tells the database on whose behalf a transaction writes, for the triggers of the audit log (`told.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import base

from config.postgres.told import Told

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Connection | None
    pool: ConnectionPool | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = Told()
        self.execute_wrappers.append(self.told)

    def _close(self) -> None:
        was_lost = self.connection is not None and self.connection.closed
        self.told.forget()
        super()._close()  # type: ignore[misc]
        if was_lost and self.pool is not None:
            self.pool.drain()

    # What was told is local to the transaction, and gone with it, or with the part of it that is taken back.

    def _commit(self) -> None:
        self.told.forget()
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self.told.forget()
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        self.told.forget()
        super()._savepoint_rollback(sid)  # type: ignore[misc]
