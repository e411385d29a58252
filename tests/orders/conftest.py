"""Handshakes of sockets are asked about together, every 0.4 s: tests that knock a hundred times, one after the other, need not wait."""

from __future__ import annotations

import pytest

from orders.board import entry


@pytest.fixture(autouse=True)
def rounds_without_pauses(request, monkeypatch):
    if request.module.__name__ != "tests.orders.test_entry":  # which is about the rounds
        monkeypatch.setattr(entry, "ROUND_S", 0.01)
