"""Tells PostgreSQL who writes: one variable, local to the transaction, that the triggers of the audit log read.

It is told before the first write of a transaction that has an occasion, by a statement of its own: the text of the statement
itself stays as it is, so prepared statements stay prepared, parameters may be bound by the server, and COPY is told too when
anything was written before it. Pushes, boards and whatever else has no occasion pay for one look at a context variable.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import transaction

from livestream.actions.occasion import NOBODY, Occasion, occasion

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "cunbo.occasion"
TELL = "SELECT set_config('cunbo.occasion', %s, true)"
# Beginnings of statements that change rows; everything else (asking, locking, savepoints, changes of structure) changes none.
WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "COPY", "CALL")


class Told:
    """What a connection has told its present transaction."""

    def __init__(self) -> None:
        self.told = NOBODY

    def forget(self) -> None:
        self.told = NOBODY

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not changes_rows(sql):
            return execute(sql, params, many, context)
        here = occasion()
        if here == self.told:
            return execute(sql, params, many, context)
        connection = context["connection"]
        if not connection.get_autocommit():
            self.tell(connection, here)
            return execute(sql, params, many, context)
        with transaction.atomic(using=connection.alias):
            self.tell(connection, here)
            return execute(sql, params, many, context)

    def tell(self, connection: Any, here: Occasion) -> None:
        if connection.needs_rollback:
            return  # the statement itself will be refused
        with connection.wrap_database_errors:
            connection.connection.execute(TELL, [in_words(here)])
        self.told = here


def changes_rows(sql: Any) -> bool:
    return not isinstance(sql, str) or sql[:80].lstrip()[:6].upper().startswith(WRITES)


def in_words(here: Occasion) -> str:
    """Empty for nobody: what was told before in the same transaction no longer holds."""
    said = {name: value for name, value in here._asdict().items() if value}
    return json.dumps(said, ensure_ascii=False) if said else ""
