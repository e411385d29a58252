"""The pointer to the recording of a session: where it lies, its SHA-256, how long it is kept. Pure.

网络交易监督管理办法: live-sale videos are kept at least three years; 直播电商监督管理办法 第十六条 asks the same of replay and
interaction records. The recording itself stays with whoever made it; here is written where, and what it must hash to."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from livestream.rules.errors import NotAllowed

LINK_AT_MOST = 500
YEARS_KEPT, LATEST = 3, date(2099, 12, 31)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Pointer(NamedTuple):
    """`sha256` is 64 hexadecimal digits, or "" where nobody computed it."""

    url: str
    sha256: str
    until_on: date


def least_until(ended_on: date) -> date:
    """The last day of the three years. Of 29 February, 1 March."""
    try:
        return ended_on.replace(year=ended_on.year + YEARS_KEPT)
    except ValueError:
        return date(ended_on.year + YEARS_KEPT, 3, 1)


def check_pointer(url: str, sha256: str, until_on: date | None, *, ended_on: date) -> Pointer:
    """Without a day, three years. Raises NotAllowed(`replay_link`, `replay_digest`, `replay_three_years`)."""
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError as error:
        raise NotAllowed("replay_link") from error
    is_of_the_web = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and parts.username is None
    if not is_of_the_web or not port_is_one or len(url) > LINK_AT_MOST or " " in url:
        raise NotAllowed("replay_link")
    digest = re.sub(r"[\s:]", "", sha256).lower()
    if digest and not _DIGEST.fullmatch(digest):
        raise NotAllowed("replay_digest")
    least = least_until(ended_on)
    until = until_on or least
    if not least <= until <= LATEST:
        raise NotAllowed("replay_three_years", until=f"{least:%Y-%m-%d}")
    return Pointer(url, digest, until)
