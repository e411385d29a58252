"""Who may watch which board: a session by those who may see it, a county by its staff and trainers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.models import LiveSession, Place
from livestream.rules.person import Role

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from livestream.models import User


def session_to_watch(user: User | AnonymousUser, session_id: UUID) -> LiveSession | None:
    """The session with the people and places its board names, or None: unknown and not yours look the same."""
    if not user.is_authenticated:
        return None
    return LiveSession.objects.visible_to(user).select_related("host", "place").filter(pk=session_id).first()


def county_to_watch(user: User | AnonymousUser, code: str) -> Place | None:
    """The county, or None. A host sees the own session, never the county's figures."""
    if not user.is_authenticated:
        return None
    of_county = user.role in {Role.STAFF, Role.TRAINER} and user.county_id == code
    if not (of_county or user.is_platform_admin) or "\0" in code:
        return None
    return Place.objects.counties().filter(pk=code).first()
