"""What platforms said of the viewers of a county's sessions, and what follows from it (`rules/funnel.py`). Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.models import ViewerReading
from livestream.rules.funnel import COMPARED, COUNTS, Said, funnels
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from livestream.models import LiveSession
    from livestream.rules.funnel import Funnel


def said_between(county: str, since: datetime, until: datetime) -> list[Said]:
    """Of the sessions of a county that ended after `since` and up to `until`: by session and platform of each count the newest
    word. A platform that said none of the five is left out, and so is practice."""
    rows = ViewerReading.objects.filter(
        session__county=county, session__ended_at__gt=since, session__ended_at__lte=until
    ).exclude(session__kind=SessionKind.PRACTICE)
    found: dict[tuple[UUID, str], Said] = {}
    columns = ("session", "session__host", "session__ended_at", "platform", *COUNTS)
    for session, host, ended_at, platform, *values in rows.order_by("read_at", "pk").values_list(*columns):
        known = {name: value for name, value in zip(COUNTS, values, strict=True) if value is not None}
        if known:
            found.setdefault((session, platform), Said(session, host, ended_at, platform, {})).counts.update(known)
    return list(found.values())


def funnels_of(session: LiveSession) -> list[Funnel]:
    """One a platform that said anything; none before the end, or of a practice."""
    if session.ended_at is None:
        return []
    said = said_between(session.county_id, session.ended_at - COMPARED, session.ended_at)
    return funnels(said, {session.pk}).get(session.pk, [])


def funnels_for(county: str, sessions: Iterable[LiveSession]) -> dict[UUID, list[Funnel]]:
    """The same for several sessions of one county at once, in one query; those of whom nobody said anything are left out."""
    ended = {session.pk: session.ended_at for session in sessions if session.ended_at is not None}
    if not ended:
        return {}
    return funnels(said_between(county, min(ended.values()) - COMPARED, max(ended.values())), ended)
