"""Telling the worker that hints wait."""

from __future__ import annotations

from livestream.actions.wake import Waker

waker = Waker("orders.tasks.answer_waiting_hints")


def wake_worker() -> None:
    """Soon after this the worker looks for hints; returns at once, also when the broker is away."""
    waker.wake()
