"""Ties a child process to its parent: the parent holds the other end of the child's stdin, and even a kill -9 lets go of it."""

from __future__ import annotations

import os
import signal
import sys
import threading

TETHERED = "CUNBO_TETHERED"


def end_with_parent() -> None:
    """In a child that was started tethered: waits in the background for the parent to vanish, then ends this process."""
    if os.environ.pop(TETHERED, None):
        threading.Thread(target=wait_for_end, name="tether", daemon=True).start()


def wait_for_end() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(5)
    os._exit(143)  # it did not listen
