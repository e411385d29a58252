"""Who may watch which board. A board of a place belongs to the staff and trainers of that place and of those it lies in."""

from __future__ import annotations

from livestream.rules.person import Role
from livestream.rules.place import county_of


def home_of(place: str) -> str:
    """The code of the place whose boards somebody from `place` has: the county, or above the counties the place itself."""
    return county_of(place) or place


def watches_place(role: str, place: str, board: str) -> bool:
    """Whether somebody of this role from `place` may watch the board of a county, city or province: codes nest by prefix.
    A host sees the own session, never a county's figures."""
    if role == Role.ADMIN:
        return True
    return role in {Role.STAFF, Role.TRAINER} and board.startswith(home_of(place))


def watches_session(role: str, place: str, county: str, is_host: bool) -> bool:
    """Whether somebody of this role from `place` may watch a session of `county`: its host, and people of that very county."""
    if role in {Role.ADMIN, Role.HOST}:
        return role == Role.ADMIN or is_host
    return county_of(place) == county
