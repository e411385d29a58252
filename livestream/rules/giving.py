"""Who may give which role where, and so whose account somebody may keep. Rights reach down; nobody gives more than he may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.rules.person import Role
from livestream.rules.place import PlaceLevel, level_of
from livestream.rules.rights import COUNTY_DOWN, EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from livestream.rules.rights import Post

# Platform administrators give every role everywhere. Whoever approves, exports or audits is named from above the county: those
# three watch over the county's own staff.
GIVES: dict[Role, dict[PlaceLevel, frozenset[Role]]] = {
    Role.STAFF: {
        PlaceLevel.COUNTY: frozenset({Role.HOST, Role.TRAINER}),
        PlaceLevel.TOWNSHIP: frozenset({Role.HOST}),
        PlaceLevel.VILLAGE: frozenset({Role.HOST}),
    },
}
DATED = frozenset({Role.COMMISSIONER})  # these are sent for a time


def roles_given(posts: Iterable[Post], on: date) -> list[Role]:
    """The roles that the holder of these posts may give somewhere that day, in the order of the list of roles."""
    found = frozenset[Role]().union(*(_roles_of(post) for post in posts if post.is_held(on)))
    return [role for role in Role if role in found]


def places_given(posts: Iterable[Post], role: str, on: date) -> tuple[str, ...]:
    """The codes below which this role may be given: () nowhere, ("",) everywhere."""
    return tuple(sorted({_root_of(post) for post in posts if post.is_held(on) and role in _roles_of(post)}))


def may_give(posts: Iterable[Post], role: str, place: str, on: date) -> bool:
    """Whether the holder of these posts may give this role in that place."""
    return fits(role, place) and any(place.startswith(code) for code in places_given(posts, role, on))


def fits(role: str, place: str) -> bool:
    """Whether the role can be held there at all: hosts sell for a county, so they belong to one."""
    return role != Role.HOST or level_of(place) in COUNTY_DOWN


def may_keep(posts: Iterable[Post], of: Sequence[Post], on: date) -> bool:
    """Whether the holder of `posts` may change, stop or let in again somebody who holds `of`: only who could have given every one
    of them, those that begin later too. So nobody gets at the account of somebody who may more."""
    held = tuple(posts)
    return all(may_give(held, post.role, post.place, on) for post in that_count(of, on))


def that_count(posts: Sequence[Post], on: date) -> list[Post]:
    """The post of the account, which comes first, whatever its dates; of the others those that are not over."""
    return [post for n, post in enumerate(posts) if n == 0 or post.until_on is None or on <= post.until_on]


def _roles_of(post: Post) -> frozenset[Role]:
    if post.role == Role.ADMIN:
        return frozenset(Role)
    return GIVES.get(Role(post.role), {}).get(level_of(post.place), frozenset())


def _root_of(post: Post) -> str:
    return EVERYWHERE if post.role == Role.ADMIN else post.place
