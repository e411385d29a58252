"""`manage.py migrate`, also while everything runs: it waits for a lock three seconds at most, and tries again."""

from __future__ import annotations

import random
import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

TRIES = 20
PAUSE_S = 2.0


class Command(migrate.Command):
    """Whoever waits for the lock of a whole table makes all others wait behind: better to step back and come again.

    A migration that was turned away has changed nothing, unless it is not atomic: then it says so itself.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                super().handle(*args, **options)
                return
            except OperationalError as error:
                if attempt == TRIES or not isinstance(error.__cause__, LockNotAvailable):
                    raise
                self.stderr.write(f"表正忙，过一会儿再试（{attempt}/{TRIES}）… / busy, trying again")
                connections[options["database"]].close()
                time.sleep(PAUSE_S * random.uniform(0.5, 1.5))
