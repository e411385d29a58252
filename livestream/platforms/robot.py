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
    from collections.abc import Iterator
    from datetime import datetime

MINUTE_LIMIT = 20  # messages of one robot: the least of what the three platforms allow
HOSTS = sorted(adapter.HOST for adapter in ROBOTS.values())


def transport() -> httpx.BaseTransport:
    return way_out(HOSTS, authorities(), proxy_for(HOSTS))


@contextmanager
def open_line() -> Iterator[httpx.Client]:
    """For as long as several robots speak; may be shared by threads."""
    with httpx.Client(transport=transport(), follow_redirects=False, timeout=SECONDS, trust_env=False) as line:
        yield line


def say(line: httpx.Client, kind: str, address: str, secret: str, text: str, at: datetime) -> None:
    """The group has read it. Raises Refused for a no that stays one, Unreachable (Busy, Silent) for what may go later."""
    adapter = ROBOTS[kind]
    if not adapter.is_address(address):
        raise Refused("address", "not an address of this platform")
    asked = adapter.question(address, secret, text, at)
    url = httpx.URL(asked.url)
    adapter.check(post(line, str(url.copy_with(query=None)), {**url.params, **asked.query}, msgspec.json.encode(asked.body)))


def joined(kind: str, texts: list[str]) -> list[str]:
    """These texts in as few messages as go into the platform's limit, in their order; one that is too long is cut."""
    limit = ROBOTS[kind].TEXT_BYTES
    messages: list[str] = []
    for text in texts:
        whole = text.encode()[:limit].decode(errors="ignore")
        if messages and len(f"{messages[-1]}\n{whole}".encode()) <= limit:
            messages[-1] += f"\n{whole}"
        else:
            messages.append(whole)
    return messages
