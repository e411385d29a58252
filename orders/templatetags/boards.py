"""Which board the menu leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from livestream.rules.place import level_of
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models import User

register = template.Library()


@register.simple_tag
def own_board(user: User) -> str:
    """The address of the board of the place in which this person watches boards, "" for whoever has none. Of somebody who
    watches all, the county he belongs to, or the place above it."""
    codes = user.reach(Action.SEE_BOARD)
    if not codes:
        return ""
    code = codes[0] or user.county_id or user.place_id
    return f"/board/{level_of(code)}/{code}/"
