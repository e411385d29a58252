"""Every write to a statement: figures of a session at a mark after it, frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.board import touch_session
from livestream.models import Statement
from livestream.rules.statement import Figures, as_json, check_explained, figures_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import LiveSession
    from livestream.rules.review import Mark
    from livestream.rules.statement import Part


@transaction.atomic
def state_figures(
    session: LiveSession, mark: Mark, figures: Figures, causes: Sequence[Part], *, due_at: datetime, at: datetime
) -> Statement:
    """The session's statement at this mark, made once for ever: a second one finds the first. `causes` explain every difference
    from the newest statement with an earlier `due_at` (of the first: from nothing, and then there are none to give).

    Raises NotExplained when they do not add up to it, to the fen."""
    before = statement_before(session, due_at)
    if before is not None:
        check_explained(figures_of(before.figures), figures, causes)
    made = Statement(
        session=session,
        mark=mark,
        due_at=due_at,
        made_at=at,
        figures=as_json(figures),
        causes=as_json(causes) if before is not None else [],
    )
    Statement.objects.bulk_create([made], ignore_conflicts=True)  # statement_once_per_mark
    touch_session(session.pk, session.county_id)
    return Statement.objects.get(session=session, mark=mark)


def statement_before(session: LiveSession, due_at: datetime) -> Statement | None:
    """The newest statement of what was known before this moment."""
    return Statement.objects.filter(session=session, due_at__lt=due_at).order_by("-due_at").first()
