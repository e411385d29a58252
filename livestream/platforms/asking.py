"""Asking a platform over HTTPS: one POST, one JSON object back, with a limit on time and size. Raises Unreachable, Refused."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

SECONDS = 10.0  # for a whole answer, however slowly it drips
ANSWER_LIMIT = 5_000_000


class Unreachable(Exception):
    """No answer of the platform: the network, its servers, or something in between. Ask again later."""


class Silent(Unreachable):
    """Nobody answered at all: whoever asks next will wait in vain too."""


class Busy(Silent):
    """The platform wants to be asked less."""


class Refused(Exception):
    """The platform answered no, or with something we cannot read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@cache
def authorities() -> ssl.SSLContext:
    """Read once: it costs 40 ms, more than asking a platform thirty times."""
    return httpx.create_ssl_context()


def post(line: httpx.Client, url: str, query: dict[str, str], body: bytes) -> dict[str, Any]:
    """The JSON object a platform answers with 200. Raises Unreachable, Refused."""
    until = time.monotonic() + SECONDS
    # Not compressed: a few bytes may unfold to more than any limit can stop in time.
    headers = {"content-type": "application/json", "accept": "application/json", "accept-encoding": "identity"}
    try:
        with line.stream("POST", url, params=query, content=body, headers=headers) as response:
            if 400 <= response.status_code < 500 and response.status_code not in {408, 429}:
                raise Refused(f"HTTP {response.status_code}", "refused")
            if response.status_code == 429:
                raise Busy("HTTP 429")
            if response.status_code != 200:  # a redirect too: the sign-in page of a guest network
                raise Unreachable(f"HTTP {response.status_code}")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Unreachable("the answer is compressed")
            content = read_limited(response.iter_raw, until)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Silent(f"{type(error).__name__}: {error}"[:200]) from error
    try:
        answer = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreachable("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise Unreachable("the answer is not an object")
    return answer


def read_limited(pieces: Callable[[], Iterator[bytes]], until: float) -> bytes:
    """Raises Unreachable when an answer is too long or takes too long."""
    content = bytearray()
    for piece in pieces():
        content += piece
        if len(content) > ANSWER_LIMIT:
            raise Unreachable(f"the answer is over {ANSWER_LIMIT} bytes")
        if time.monotonic() > until:
            raise Unreachable(f"no whole answer within {SECONDS:.0f} s")
    return bytes(content)
