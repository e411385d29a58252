"""On whose behalf and from where the present request, socket or task acts: what the audit log writes beside every deed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Occasion(NamedTuple):
    """`actor` is who is really there; `acted_for` the host for whom a helper acts (代操作), or None. Ids of users.
    `through` names the task or command where nobody is signed in."""

    actor: int | None = None
    acted_for: int | None = None
    address: str | None = None
    request_id: str = ""
    through: str = ""


NOBODY = Occasion()
Asked = Callable[[], Occasion]
_now: ContextVar[Occasion | Asked | None] = ContextVar("occasion", default=None)


def occasion() -> Occasion:
    here = _now.get()
    if here is None:
        return NOBODY
    return here if isinstance(here, Occasion) else here()


@contextmanager
def on(occasion: Occasion | Asked) -> Iterator[None]:
    """Everything inside happens on this occasion. One that costs a query to know is given as a function, asked when needed."""
    token = _now.set(occasion)
    try:
        yield
    finally:
        _now.reset(token)


def new_request_id() -> str:
    """128 random bits, made here: a number that came with a request could be chosen to look like another's."""
    return secrets.token_hex(16)
