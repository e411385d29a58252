"""Who may watch which board: a session by those who may see it and by its host, a county, city or province by its own people and
those above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.models import LiveSession, Place
from livestream.rules.place import PlaceLevel, level_of
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from livestream.models import User

COUNTY = {PlaceLevel.COUNTY}
ROLLUPS = {PlaceLevel.CITY, PlaceLevel.PROVINCE}


def session_to_watch(user: User | AnonymousUser, session_id: UUID) -> LiveSession | None:
    """The session with the people and places its board names, or None: unknown and not yours look the same."""
    if not user.is_authenticated:
        return None
    return LiveSession.objects.visible_to(user).select_related("host", "place").filter(pk=session_id).first()


def county_to_watch(user: User | AnonymousUser, code: str) -> Place | None:
    """The county, or None. People of a city or a province may watch the counties inside it."""
    return _place_to_watch(user, code, COUNTY)


def rollup_to_watch(user: User | AnonymousUser, code: str) -> Place | None:
    """The city or province, or None. A county's people see their county, not the city it lies in."""
    return _place_to_watch(user, code, ROLLUPS)


def _place_to_watch(user: User | AnonymousUser, code: str, levels: Collection[PlaceLevel]) -> Place | None:
    if not user.is_authenticated or not user.may(Action.SEE_BOARD, code):
        return None
    return place_with_board(code, levels)


def place_with_board(code: str, levels: Collection[PlaceLevel] = COUNTY | ROLLUPS) -> Place | None:
    """The place of a code if it is of such a level; whatever is no code names no place."""
    try:
        level = level_of(code)
    except ValueError:
        return None
    return Place.objects.filter(pk=code, level=level).first() if level in levels else None
