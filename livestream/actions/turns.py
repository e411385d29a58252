"""Taking turns at what a session books. Whoever writes several bookings takes all his turns first, in order: two plans that need
the same people then wait for each other once, never crosswise, and each reads what the other has stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from livestream.models.placing import SORTED_TURNS, TAKE_TURNS

if TYPE_CHECKING:
    from collections.abc import Iterable

TAKE = f"SELECT {TAKE_TURNS} FROM {SORTED_TURNS.format(rows='unnest(%s::text[]) AS subject')}"


def take_turns(subjects: Iterable[str]) -> None:
    """Waits until nobody else writes about these subjects (`person:7`); held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [sorted(set(subjects))])
