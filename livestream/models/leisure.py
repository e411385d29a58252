"""Work that may take longer than a request: imports, audits, rebuilding, migrations."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 1800
LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")


@contextmanager
def at_leisure(seconds: int = LONGEST_S) -> Iterator[None]:
    """Inside, a statement of this thread may take so long. How long it waits for a lock stays as short as ever.

    A connection that breaks inside and is made anew has the ordinary limits again.
    """
    connection.ensure_connection()
    line: Any = connection.connection
    patience = getattr(line, "patience", None)
    with connection.cursor() as cursor:
        for name in LIMITS:
            cursor.execute("SELECT set_config(%s, %s, false)", [name, f"{seconds}s"])
    if patience is not None:
        line.patience = seconds + 1
    try:
        yield
    finally:
        if connection.connection is line:
            _hurry(line, patience)


def _hurry(line: Any, patience: float | None) -> None:
    """The ordinary limits again; a connection that cannot take them is closed, or it would go back to the pool without them."""
    if patience is not None:
        line.patience = patience
    try:
        with connection.cursor() as cursor:
            for name in LIMITS:
                cursor.execute(f"RESET {name}")
    except DatabaseError:
        connection.close()
