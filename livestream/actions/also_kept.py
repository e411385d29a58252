"""What the apps above keep about a person. They say so here when they start, so that a copy of one's data, an erasure and a
restriction are whole; nothing here imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from livestream.models import User

Table = list[dict[str, Any]]


class AlsoKept(NamedTuple):
    """`copy`: tables by their titles, rows as {column: value}. The others work in the caller's transaction, and doing one twice
    is doing it once; `by` answers the person's request; nobody does where it is erased because its time is over."""

    copy: Callable[[User], dict[str, Table]]
    forget: Callable[[User, User | None], object]
    hide: Callable[[User, User], object]
    show: Callable[[User, User], object]


ALSO_KEPT: list[AlsoKept] = []
