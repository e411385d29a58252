"""Kiosk links that opened nothing: each is counted, and said in the log once a minute for an address, so that a screen that
tries again and again buries nothing. Never the token."""

from __future__ import annotations

import time

import structlog
from prometheus_client import Counter

log = structlog.get_logger(__name__)
REFUSED = Counter("cunbo_kiosk_refused", "Openings of a board by a kiosk link that was refused", ["reason"])
QUIET_S = 60.0
REMEMBERED = 1000

_told: dict[tuple[str, str], float] = {}


def tell_refusal(reason: str, address: str, link: int | None) -> None:
    """`reason`: unknown, expired, revoked or other_board; `link`: which it was, where it is known."""
    REFUSED.labels(reason).inc()
    now = time.monotonic()
    if now - _told.get((reason, address), -QUIET_S) < QUIET_S:
        return
    if len(_told) >= REMEMBERED:
        _told.clear()
    _told[reason, address] = now
    log.warning("kiosk_link_refused", reason=reason, address=address, link=link)
