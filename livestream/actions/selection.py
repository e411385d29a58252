"""Every write to the selection (选品): a candidate, its steps, its samples, and the decision with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.models import Sample, SelectionCase, SelectionStep
from livestream.rules.errors import NotAllowed
from livestream.rules.goods import SampleFate, SelectionStage
from livestream.rules.selection import DECIDED, GONE, SCORE_AT_MOST, WORDS_AT_MOST, check_move, check_step
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import Campaign, Product, User


@transaction.atomic
def open_case(product: Product, *, why: str, campaign: Campaign | None = None, by: User, at: datetime) -> SelectionCase:
    """A candidate, for a campaign or in general. Raises NotAllowed(`selection_open`) while the last one has no result."""
    words = one_line(why)[:WORDS_AT_MOST]
    with refusing({"one_open_selection_per_product": "selection_open"}):
        case = SelectionCase.objects.create(
            county_id=product.county_id, product=product, campaign=campaign, why=words, opened_by=by, opened_at=at
        )
    SelectionStep.objects.create(case=case, stage=SelectionStage.CANDIDATE, words=words, by=by, at=at)
    return case


@dataclass(frozen=True, slots=True)
class Step:
    """Where a case goes, what is said to it, and how it tasted (0–100, None: not tasted)."""

    stage: SelectionStage
    words: str = ""
    score: int | None = None


@transaction.atomic
def take_step(case: SelectionCase, step: Step, *, seen: str, by: User, at: datetime) -> SelectionCase:
    """The case stands there now, and who took it there and why is written down for ever. `seen`: the stage that he saw.

    Raises NotAllowed(`selection_meanwhile`, `selection_decided`, `selection_step`, `selection_reason`, `selection_score`)."""
    words = one_line(step.words)[:WORDS_AT_MOST]
    stored = SelectionCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if stored.stage != seen:
        raise NotAllowed("selection_meanwhile")
    check_step(SelectionStage(stored.stage), step.stage, words)
    if step.score is not None and not 0 <= step.score <= SCORE_AT_MOST:
        raise NotAllowed("selection_score", most=SCORE_AT_MOST)
    stored.stage = step.stage
    stored.score = stored.score if step.score is None else step.score
    if step.stage in DECIDED:
        stored.reason, stored.decided_at = words, at
    stored.save(update_fields=["stage", "score", "reason", "decided_at"])
    SelectionStep.objects.create(case=stored, stage=step.stage, words=words, by=by, at=at)
    return stored


@transaction.atomic
def add_sample(case: SelectionCase, *, quantity: int, came_on: date, where: str = "", by: User, today: date) -> Sample:
    """So many pieces came on that day. Raises NotAllowed(`sample_day`)."""
    if came_on > today:
        raise NotAllowed("sample_day")
    return Sample.objects.create(case=case, quantity=quantity, came_on=came_on, where=one_line(where)[:60], noted_by=by)


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of so many pieces of a sample, from that day on."""

    fate: SampleFate
    quantity: int
    on: date
    where: str = ""
    note: str = ""


@transaction.atomic
def move_sample(sample: Sample, move: Move, *, by: User, today: date) -> Sample:
    """Of some pieces alone the others stay as they were, as a row of their own. Returns the row of the pieces that moved.

    Raises NotAllowed(`sample_gone`, `sample_move`, `sample_number`, `sample_day`)."""
    stored = Sample.objects.select_for_update(of=("self",)).get(pk=sample.pk)
    check_move(SampleFate(stored.fate), move.fate, move.quantity, stored.quantity)
    if not stored.came_on <= move.on <= today:
        raise NotAllowed("sample_day")
    rest = stored.quantity - move.quantity
    if rest:
        Sample.objects.filter(pk=stored.pk).update(quantity=rest)
        stored.pk, stored._state.adding = None, True
    stored.quantity, stored.fate, stored.noted_by = move.quantity, move.fate, by
    stored.where, stored.note = one_line(move.where)[:60] or stored.where, one_line(move.note)[:200]
    stored.gone_on = move.on if move.fate in GONE else None
    stored.save()
    return stored
