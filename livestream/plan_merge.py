"""Two people changed one plan: what the other changed, what I changed, and which of both is to stand, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.actions.plan_json import from_json
from livestream.plan_forms import PlanForm
from livestream.plan_row_forms import ROWS
from livestream.plan_typed import RowsTyped, typed_of
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict
    from django.utils.functional import _StrPromise

    from livestream.actions.session import SessionPlan
    from livestream.models import LiveSession
    from livestream.plan_lists import Lists

CHOOSE = "choose-"
# What is compared as one: the fields of the form, and the rows of each kind.
TOGETHER: dict[str, tuple[str, ...]] = {"day": ("day", "start", "end")}
PARTS = [name for name in PlanForm.base_fields if name not in {"start", "end"}]
ROW_WORDS: dict[str, _StrPromise] = {
    "segments": _("接力段"),
    "guests": pgettext_lazy("many", "嘉宾"),
    "goods": _("排品"),
    "rooms": pgettext_lazy("many", "直播间"),
    "crew": _("分工"),
}


class Difference(NamedTuple):
    """One part of the plan that the other changed. `is_mine_too`: I changed it as well, otherwise his is taken over."""

    part: str
    label: str
    theirs: str
    mine: str
    is_mine_too: bool


def choose(typed: QueryDict, theirs: SessionPlan, lists: Lists) -> QueryDict:
    """The form with the other's words where they were chosen."""
    chosen = [name.removeprefix(CHOOSE) for name in typed if name.startswith(CHOOSE) and typed[name] == "theirs"]
    return _taken(typed, typed_of(theirs, lists), chosen)


def merge(
    session: LiveSession, mine: SessionPlan, theirs: SessionPlan, *, version: int, lists: Lists
) -> tuple[QueryDict, list[Difference]]:
    """The form with what both changed: mine kept, the other's taken over where I changed nothing; and what the other changed
    since that version."""
    base = _base(session, version, lists)
    my_words, their_words = typed_of(mine, lists), typed_of(theirs, lists)
    found = []
    for part in (*PARTS, *ROWS):
        was = base and _words(base, part)
        now, written = _words(their_words, part), _words(my_words, part)
        if now not in {was, written}:
            found.append(Difference(part, label(part), shown(part, now, lists), shown(part, written, lists), written != was))
    taken = _taken(my_words, their_words, [difference.part for difference in found if not difference.is_mine_too])
    return taken, found


def _base(session: LiveSession, version: int, lists: Lists) -> QueryDict | None:
    """The plan of that version, as long as it is kept."""
    step = session.steps.filter(version=version + 1).first()
    try:
        return typed_of(from_json(step.before), lists) if step and step.before else None
    except NotAllowed:
        return None


def _words(typed: QueryDict, part: str) -> tuple[object, ...]:
    if part in ROWS:
        return tuple(tuple(sorted(row.items())) for row in RowsTyped(typed).rows[part])
    return tuple(tuple(typed.getlist(name)) for name in TOGETHER.get(part, (part,)))


def _taken(typed: QueryDict, theirs: QueryDict, parts: Iterable[str]) -> QueryDict:
    mine, its = RowsTyped(typed), RowsTyped(theirs)
    for part in parts:
        if part in ROWS:
            mine.rows[part] = its.rows[part]
            continue
        for name in TOGETHER.get(part, (part,)):
            mine.single.setlist(name, its.single.getlist(name))
    return mine.whole()


def label(part: str) -> str:
    return str(_("时间") if part == "day" else ROW_WORDS.get(part) or PlanForm.base_fields[part].label)


def shown(part: str, words: tuple[object, ...], lists: Lists) -> str:
    """In one line: `2026-11-25 19:30 21:30`, the rows by semicolons."""
    form = PlanForm(lists=lists)
    named = {str(key): str(name) for key, name in getattr(form.fields.get(part), "choices", ()) or ()}
    lines = []
    for row in words:
        cells = [str(cell[1] if part in ROWS else cell) for cell in row]  # type: ignore[attr-defined]
        lines.append(" ".join(named.get(cell, cell) for cell in cells if cell))
    return ("；" if part in ROWS else " ").join(line for line in lines if line) or "—"
