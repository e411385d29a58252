"""Acting for a host (代操作): for how long, and for whom. Pure: no query, no clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from livestream.rules.giving import that_count
from livestream.rules.person import Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from livestream.rules.rights import Post

LASTS = timedelta(minutes=30)
REASON_AT_MOST = 100


def may_be_acted_for(posts: Sequence[Post], on: date) -> bool:
    """Only hosts, who need a hand on air; never anybody who has another post too, or will have."""
    return all(post.role == Role.HOST for post in that_count(posts, on))
