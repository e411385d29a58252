"""A month read in from a sheet: what would come of each row, and then the good rows, each as an act of planning of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.plan import cancel_plan, change_plan, plan_session
from livestream.actions.plan_sheet_clash import refuse_clashes
from livestream.actions.plan_sheet_rows import Judged, judge
from livestream.rules import sheet
from livestream.rules.clash import Clashing
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.plan_sheet import Verdict
from livestream.rules.sheet import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import Place, PlanStep, User
    from livestream.rules.plan_sheet import Row

ROUNDS = 3  # a row may wait for the hours that a later row gives up


class Said(Mapping[str, str]):
    """One reason for whatever a row clashes with."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __getitem__(self, _key: str) -> str:
        return self.reason

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Look(sheet.Look[Judged]):
    """What would come of a sheet, and a digest of that: the same as long as neither the sheet nor the plan has changed."""

    verdicts = Verdict

    @property
    def applied(self) -> list[Judged]:
        return [one for one in self.rows if one.is_applied]

    @property
    def digest(self) -> str:
        facts = [
            (one.row.number, one.verdict.value, one.session and (one.session.pk.hex, one.session.plan_version), one.columns,
             [str(problem) for problem in one.problems], one.warnings)
            for one in self.rows
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def look_at(rows: Sequence[Row], *, county: Place, by: User, at: datetime) -> Look:
    """What would come of these rows now. Nothing is written; a few queries however many there are."""
    judged = judge(rows, county=county, by=by, at=at)
    refuse_clashes(judged, county, at=at)
    return Look(judged)


@transaction.atomic
def apply_sheet(rows: Sequence[Row], *, county: Place, by: User, at: datetime, digest: str) -> tuple[Look, list[PlanStep]]:
    """Keeps the good rows, each whole or not at all, in one transaction; the wrong ones stay in what is returned. Raises
    NotAllowed(`sheet_changed`) when something else would come of the sheet now than was seen (`digest`)."""
    look = look_at(rows, county=county, by=by, at=at)
    if look.digest != digest:
        raise NotAllowed("sheet_changed")
    counts = look.counts
    steps: list[PlanStep] = []
    waiting = sorted(look.applied, key=lambda one: one.verdict != Verdict.CANCELLED)  # they leave their hours to others
    for last in (*[False] * (ROUNDS - 1), True):
        left = []
        for one in waiting:
            step = _keep(one, county=county, by=by, at=at, is_last=last)
            if step is None:
                left.append(one)
            else:
                steps.append(step)
        waiting = left
    if steps:
        seen = {verdict.value: number for verdict, number in counts.items()}
        note(Deed.PLAN_IMPORTED, place=county.pk, by=by, rows=len(rows), kept=len(steps), seen=seen)
    return look, steps


def _keep(one: Judged, *, county: Place, by: User, at: datetime, is_last: bool) -> PlanStep | None:
    """The step of a row; None where it is refused, which at last is told."""
    assert one.plan is not None
    try:
        with transaction.atomic():
            if one.session is None:
                return plan_session(one.plan, county=county, by=by, at=at, excuses=Said(one.reason)).step
            if one.verdict == Verdict.CANCELLED:
                return cancel_plan(one.session, version=one.version, by=by, at=at, reason=one.reason).step
            return change_plan(one.session, one.plan, version=one.version, by=by, at=at, excuses=Said(one.reason)).step
    except NotAllowed as refused:
        if is_last:
            one.refuse(Problem(None, str(refused)))
            one.free = refused.free if isinstance(refused, Clashing) else []
        return None
