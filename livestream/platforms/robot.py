"""Saying something in a group chat by its robot: at its platform's own host and nowhere else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import msgspec

from livestream.platforms import ROBOTS
from livestream.platforms.asking import SECONDS, Refused, authorities, post
from livestream.platforms.outgoing import proxy_for, way_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

HOSTS = sorted(adapter.HOST for adapter in ROBOTS.values())


def transport() -> httpx.BaseTransport:
    return way_out(HOSTS, authorities(), proxy_for(HOSTS))


@contextmanager
def open_line() -> Iterator[httpx.Client]:
    """For as long as several robots speak; may be shared by threads."""
    with httpx.Client(transport=transport(), follow_redirects=False, timeout=SECONDS, trust_env=False) as line:
        yield line


def say(line: httpx.Client, kind: str, address: str, secret: str, text: str, at: datetime) -> None:
    """The group has read it; what is over the platform's limit is cut off.

    Raises Refused for a no that stays one, Unreachable (Busy, Silent) for what may go later."""
    adapter = ROBOTS[kind]
    if not adapter.is_address(address):
        raise Refused("address", "not an address of this platform")
    whole = text.encode()[: adapter.TEXT_BYTES].decode(errors="ignore")
    asked = adapter.question(address, secret, whole, at)
    url = httpx.URL(asked.url)
    adapter.check(post(line, str(url.copy_with(query=None)), {**url.params, **asked.query}, msgspec.json.encode(asked.body)))


def fitting(kind: str, texts: Sequence[str]) -> int:
    """How many of these, from the first on and one a line, go into one message; at least one."""
    left, count = ROBOTS[kind].TEXT_BYTES, 0
    for text in texts:
        left -= len(text.encode()) + 1
        if left < -1 and count:
            break
        count += 1
    return count
