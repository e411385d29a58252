"""What the adapter of a group chat's robot offers. Pure: an address and a text in, a question out; an answer in, an error out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from livestream.platforms.asking import Busy, Refused, Unreachable

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What is posted: the address, what is added to its query, and the JSON body."""

    url: str
    body: dict[str, Any]
    query: dict[str, str] = field(default_factory=dict)


class Adapter(Protocol):
    """One module per platform. `HOST` is the only one that its robots are asked at."""

    HOST: str
    EXAMPLE: str  # how an address of it looks, for who types one
    TEXT_BYTES: int  # of one message at most, in UTF-8

    def is_address(self, address: str) -> bool: ...

    def question(self, address: str, secret: str, text: str, at: datetime) -> Question: ...

    def check(self, answer: dict[str, Any]) -> None:
        """Raises Refused for a no, Busy and Unreachable for what may be a yes later."""


def check_code(code: object, message: object, *, busy: frozenset[str], later: frozenset[str]) -> None:
    """What all three do with the number of an answer, 0 being yes."""
    if code is None:
        raise Unreachable("the answer has no code")
    if str(code) == "0":
        return
    refused = Refused(str(code)[:40], str(message)[:200])
    if refused.code in busy:
        raise Busy(str(refused))
    if refused.code in later:
        raise Unreachable(str(refused))
    raise refused
