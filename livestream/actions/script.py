"""Every write to a session's script: its words and its run-of-show, one version for both: two editors notice each other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from livestream.actions.board import touch_session
from livestream.actions.pitch import lock_session
from livestream.models import Script, ScriptRow
from livestream.rules.errors import NotAllowed
from livestream.rules.run_of_show import MINUTES_AT_MOST, ROWS_AT_MOST, RowPlan, moved
from livestream.rules.session import AIRED, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from livestream.models import LiveSession, User

NO_MORE = (AIRED - {SessionState.LIVE}) | {SessionState.CANCELLED}
# In the order of `RowPlan`, as columns.
COLUMNS = ("kind", "minutes", "what", "product_id", "speaker", "control", "material", "note")


@dataclass(frozen=True, slots=True)
class ScriptWords:
    """整场脚本 without its rows."""

    theme: str = ""
    aim: str = ""
    opening: str = ""
    closing: str = ""
    is_ai_made: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes, when, and which version of the script he had before his eyes (0: there was none)."""

    by: User
    at: datetime
    seen: int


def script_of(session: LiveSession) -> Script | None:
    return Script.objects.filter(session=session).select_related("changed_by").first()


def check_open(session: LiveSession) -> None:
    """What was said on air stays as it was written. Raises NotAllowed(`script_over`)."""
    if session.state in NO_MORE:
        raise NotAllowed("script_over")


def open_script(session: LiveSession, hand: Hand, **changes: object) -> Script:
    """The script with these changes, locked with its session and one version further; made where there is none. In the caller's
    transaction. Raises NotAllowed(`script_over`; `script_changed` where somebody else has written since)."""
    stored = lock_session(session)
    check_open(stored)
    script = script_of(stored)
    if script is None:
        script = Script(session=stored, version=0)
    elif script.version != hand.seen:
        raise NotAllowed("script_changed", name=script.changed_by.name)
    changes |= {"version": script.version + 1, "changed_by": hand.by, "changed_at": hand.at}
    for name, value in changes.items():
        setattr(script, name, value)
    script.save(update_fields=list(changes) if script.pk else None)
    touch_session(stored.pk, stored.county_id)
    return script


@transaction.atomic
def save_words(session: LiveSession, words: ScriptWords, hand: Hand) -> Script:
    """The script says this from now on. Raises as `open_script` does."""
    return open_script(session, hand, **asdict(words))


@transaction.atomic
def add_row(session: LiveSession, plan: RowPlan, hand: Hand) -> ScriptRow:
    """A row at the end. Raises NotAllowed(`too_many_rows`) and as `open_script` does."""
    script = open_script(session, hand)
    last = script.rows.aggregate(last=Max("position"))["last"] or 0
    if script.rows.count() >= ROWS_AT_MOST:
        raise NotAllowed("too_many_rows", limit=ROWS_AT_MOST)
    row = _row(script, last + 1, plan)
    row.save()
    return row


@transaction.atomic
def change_row(row: ScriptRow, plan: RowPlan, hand: Hand) -> ScriptRow:
    """The row says this from now on. Raises as `open_script` does, and NotAllowed(`row_gone`)."""
    script = open_script(row.script.session, hand)
    stored = script.rows.filter(pk=row.pk).first()
    if stored is None:
        raise NotAllowed("row_gone")
    check_row(plan)
    for name, value in zip(COLUMNS, plan, strict=True):
        setattr(stored, name, value)
    stored.save(update_fields=[name.removesuffix("_id") for name in COLUMNS])
    return stored


@transaction.atomic
def drop_row(session: LiveSession, row: int, hand: Hand) -> None:
    """The row is gone, the others close up. Raises as `open_script` does; a row that is gone already is no fault."""
    script = open_script(session, hand)
    script.rows.filter(pk=row).delete()
    _put_in_order(script, list(script.rows.values_list("pk", flat=True)))


@transaction.atomic
def move_row(session: LiveSession, row: int, steps: int, hand: Hand) -> None:
    """Up (−1), down (1) or so many places further. Raises NotAllowed(`row_gone`) and as `open_script` does."""
    script = open_script(session, hand)
    keys = list(script.rows.values_list("pk", flat=True))
    if row not in keys:
        raise NotAllowed("row_gone")
    _put_in_order(script, moved(keys, row, steps))


@transaction.atomic
def order_rows(session: LiveSession, keys: Sequence[int], hand: Hand) -> None:
    """The rows in this order. Raises NotAllowed(`script_changed`) where these are not exactly its rows."""
    script = open_script(session, hand)
    if sorted(keys) != sorted(script.rows.values_list("pk", flat=True)):
        raise NotAllowed("script_changed", name=hand.by.name)
    _put_in_order(script, keys)


def _put_in_order(script: Script, keys: Sequence[int]) -> None:
    """The constraint on positions is deferred, so each row simply takes its place."""
    rows = script.rows.in_bulk(keys)
    for position, key in enumerate(keys, 1):
        rows[key].position = position
    ScriptRow.objects.bulk_update(rows.values(), ["position"])


def replace_rows(script: Script, plans: Iterable[RowPlan]) -> None:
    """These rows instead of those. In the caller's transaction, on a script that it has opened. Raises NotAllowed."""
    wanted = list(plans)[:ROWS_AT_MOST]
    script.rows.all().delete()
    ScriptRow.objects.bulk_create([_row(script, position, plan) for position, plan in enumerate(wanted, 1)])


def _row(script: Script, position: int, plan: RowPlan) -> ScriptRow:
    check_row(plan)
    return ScriptRow(script=script, position=position, **dict(zip(COLUMNS, plan, strict=True)))


def check_row(plan: RowPlan) -> None:
    """Raises NotAllowed(`row_minutes`)."""
    if not 1 <= plan.minutes <= MINUTES_AT_MOST:
        raise NotAllowed("row_minutes", most=MINUTES_AT_MOST)
