"""What a board is sent, and by whom it is watched."""

from __future__ import annotations

from typing import NamedTuple

FRAME, DETAIL = "frame", "detail"


class Feed(NamedTuple):
    """One kind of message about a scope: its frames, or its slower details; for some screens without money."""

    scope: str
    part: str = FRAME
    hides_money: bool = False


class Watcher(NamedTuple):
    """Who watches what, by which right: `viewer` is `user:<id>`, signed in by `session_key`, or `kiosk:<id>`."""

    scope: str
    viewer: str
    session_key: str = ""
    hides_money: bool = False
