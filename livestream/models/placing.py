"""SQL that the triggers of bookings share.

Who books one subject takes turns, by whatever path he comes: else two rows that meet in one moment would wait for each other
until PostgreSQL ends one of them, and nobody could say who has it. There are 4,096 locks, so that a big import does not use up
the server's; each is held until its transaction ends. Whoever writes several bookings at once takes all of his first, in order.
"""

from __future__ import annotations

import pgtrigger

from livestream.rules.planning import ResourceKind

TURNS = 20_261_122  # the first half of the advisory locks; the second is the number of a turn
TURN = "hashtext({subject}) & 4095"
TAKE_TURNS = f"pg_advisory_xact_lock({TURNS}, turn)"
SORTED_TURNS = f"(SELECT DISTINCT {TURN.format(subject='subject')} AS turn FROM {{rows}} ORDER BY turn) turns"


def place_anew(where: str) -> str:
    """The bookings that `where` names are placed again: their hours, whom they hold, whether they bind."""
    turns = SORTED_TURNS.format(rows=f"livestream_booking WHERE {where}")
    return f"PERFORM {TAKE_TURNS} FROM {turns}; UPDATE livestream_booking SET during = during WHERE {where};"


def book_accounts(where: str) -> str:
    """The accounts which rooms of the sessions that `where` names (of `m`, a room) use and the county keeps are booked, each once
    a session; what no room uses any more is not."""
    return f"""
DELETE FROM livestream_booking b USING livestream_room m WHERE b.room_id = m.id AND {where} AND NOT EXISTS (
    SELECT 1 FROM livestream_resource r WHERE r.id = b.resource_id AND b.session_id = m.session_id
    AND r.kind = '{ResourceKind.ACCOUNT}' AND r.platform = m.platform AND r.account = m.account);
INSERT INTO livestream_booking (session_id, resource_id, room_id, duty, during, subject, is_binding)
SELECT DISTINCT ON (m.session_id, r.id) m.session_id, r.id, m.id, '', 'empty'::tstzrange, '', true
FROM livestream_room m JOIN livestream_livesession s ON s.id = m.session_id
JOIN livestream_resource r ON r.county_id = s.county_id AND r.kind = '{ResourceKind.ACCOUNT}'
    AND r.platform = m.platform AND r.account = m.account
WHERE {where} AND m.account <> ''
AND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = m.session_id AND b.resource_id = r.id)
ORDER BY m.session_id, r.id, m.id;
"""


def mirrored(name: str, of_row: str = "true") -> pgtrigger.Trigger:
    """Rows of which `of_row` is true (of OLD and NEW) follow from those of another table, whose triggers write them: nobody
    else does, or a lesson would stand while nothing is held for it."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
IF pg_trigger_depth() < 2 AND {of_row} THEN
    RAISE EXCEPTION 'a hold follows from what it is held for: change that' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'hold_follows_what_it_is_for';
END IF;
RETURN NULL;
""",
    )
