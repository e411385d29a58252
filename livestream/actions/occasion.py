"""On whose behalf and from where the present request, socket or task acts: what the audit log writes beside every deed."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Occasion(NamedTuple):
    """`actor` is who is really there; `acted_for` the host for whom a helper acts (代操作), or None. Ids of users."""

    actor: int | None = None
    acted_for: int | None = None
    address: str | None = None
    request_id: str = ""


_now: ContextVar[Occasion | None] = ContextVar("occasion", default=None)


def occasion() -> Occasion:
    return _now.get() or Occasion()


@contextmanager
def on(occasion: Occasion) -> Iterator[None]:
    """Everything inside happens on this occasion."""
    token = _now.set(occasion)
    try:
        yield
    finally:
        _now.reset(token)
