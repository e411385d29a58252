"""What time it is, by the database: one clock for every process, whatever the clock of this machine does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection


@dataclass(slots=True)
class Clock:
    """Read now and then, and carried on by a counter that nobody can set: a jump of the machine's clock changes nothing.

    `last` holds both together, because one thread reads while others ask.
    """

    last: tuple[datetime, float] | None = None

    def read(self) -> None:
        """Asks the database, on this thread's connection."""
        with connection.cursor() as cursor:
            before = time.monotonic()
            cursor.execute("SELECT clock_timestamp()")
            (said,) = cursor.fetchone()
        # It was said in the middle of the question, give or take half of how long that took.
        self.last = said.astimezone(UTC), (before + time.monotonic()) / 2

    def now(self) -> datetime:
        """The machine's own time until the database was asked for the first time."""
        if self.last is None:
            return datetime.now(UTC)
        said, at = self.last
        return said + timedelta(seconds=time.monotonic() - at)
