"""Two secrets of a shop at once, while one is changed: how long the old one may still sign."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = timedelta(days=7)


def check_change(*, until: datetime | None, other_until: datetime | None, at: datetime) -> None:
    """Whether the secret in force may sign until then, once a new one takes its place; None ends it at once, and that may always
    be: a secret that leaked cannot wait. `other_until`: the end of a still older one, which a third would push out while its
    sender signs with it. Raises NotAllowed."""
    if until is None:
        return
    check_end(until, changed_at=at, at=at)
    if other_until is not None and at < other_until:
        raise NotAllowed("secret_two_already")


def check_end(until: datetime, *, changed_at: datetime, at: datetime) -> None:
    """Whether an old secret may sign until then. Raises NotAllowed."""
    if until <= at:
        raise NotAllowed("secret_end_past")
    if until > changed_at + LONGEST:
        raise NotAllowed("secret_end_late")
