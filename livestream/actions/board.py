"""The one way to say that a board's scope has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from livestream.rules.place import level_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

BUMP = """
INSERT INTO livestream_boardversion AS b (scope, county_id, version)
SELECT scope, county, 1 FROM unnest(%s::text[], %s::text[]) AS t(scope, county)
ON CONFLICT (scope) DO UPDATE SET version = b.version + 1
"""


def session_scope(session_id: UUID | str) -> str:
    return f"session:{session_id}"


def stage_scope(session_id: UUID | str) -> str:
    """What the phone and the control desk of a session show: whatever staff and hosts do, and no order."""
    return f"stage:{session_id}"


def county_scope(county: str) -> str:
    return f"county:{county}"


def place_scope(code: str) -> str:
    """`county:140425`, `city:1404` or `province:14`. Raises ValueError for a code that is none."""
    return f"{level_of(code).value}:{code}"


def bump_versions(scopes: Iterable[tuple[str, str]], cursor: Any = None) -> None:
    """Adds one to the version of each (scope, county) in the caller's transaction, on the caller's cursor if there is one;
    sorted, so that writers cannot deadlock."""
    pairs = sorted(set(scopes))
    if pairs:
        counties = [county for _, county in pairs]
        (cursor or connection.cursor()).execute(BUMP, [[scope for scope, _ in pairs], counties])


def touch_session(session_id: UUID | str, county: str) -> None:
    """A session changed: its own board, its stage and its county's board are newer now."""
    bump_versions([(scope, county) for scope in (session_scope(session_id), stage_scope(session_id), county_scope(county))])
