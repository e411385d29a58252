"""Running works at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def race(*works, seconds=60):
    """Runs the works at the same moment, each on a connection of its own; returns what they raised."""
    gate = threading.Barrier(len(works))

    def run(work):
        try:
            gate.wait(10)
            work()
        except Exception as error:  # a race that fails loudly is an outcome here
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return [error for error in pool.map(run, works, timeout=seconds) if error is not None]
