"""选品: the way of a candidate to being chosen or rejected, as a table. Pure."""

from __future__ import annotations

from livestream.rules.errors import NotAllowed
from livestream.rules.goods import SampleFate, SelectionStage

WORDS_AT_MOST = 200
SCORE_AT_MOST = 100
OPEN = (SelectionStage.CANDIDATE, SelectionStage.PAPERS, SelectionStage.SAMPLE, SelectionStage.TASTING)
DECIDED = (SelectionStage.CHOSEN, SelectionStage.REJECTED)
# Forward, back to look again, or decided at any time; what was decided stays, and is asked for anew as a case of its own.
ALLOWED: dict[SelectionStage, tuple[SelectionStage, ...]] = {
    stage: (*(other for other in OPEN if other != stage), *DECIDED) for stage in OPEN
} | dict.fromkeys(DECIDED, ())
# What is here may leave; what was lent comes back; what is eaten, given back or lost is gone.
MOVES: dict[SampleFate, tuple[SampleFate, ...]] = {
    SampleFate.HERE: (SampleFate.LENT, SampleFate.EATEN, SampleFate.RETURNED, SampleFate.LOST),
    SampleFate.LENT: (SampleFate.HERE, SampleFate.EATEN, SampleFate.RETURNED, SampleFate.LOST),
    SampleFate.EATEN: (),
    SampleFate.RETURNED: (),
    SampleFate.LOST: (),
}
GONE = frozenset(fate for fate, moves in MOVES.items() if not moves)


def following(stage: SelectionStage) -> SelectionStage | None:
    """The step that usually comes next; None where it is to be decided."""
    place = OPEN.index(stage) + 1 if stage in OPEN else len(OPEN)
    return OPEN[place] if place < len(OPEN) else None


def check_step(stage: SelectionStage, wanted: SelectionStage, words: str) -> None:
    """Raises NotAllowed(`selection_decided`, `selection_step`, `selection_reason`)."""
    if stage in DECIDED:
        raise NotAllowed("selection_decided", stage=stage.label)
    if wanted not in ALLOWED[stage]:
        raise NotAllowed("selection_step", stage=stage.label)
    if wanted in DECIDED and not words:
        raise NotAllowed("selection_reason", stage=wanted.label)


def check_move(fate: SampleFate, wanted: SampleFate, quantity: int, there: int) -> None:
    """Raises NotAllowed(`sample_gone`, `sample_move`, `sample_number`)."""
    if not MOVES[fate]:
        raise NotAllowed("sample_gone", fate=fate.label)
    if wanted not in MOVES[fate]:
        raise NotAllowed("sample_move", fate=fate.label)
    if not 0 < quantity <= there:
        raise NotAllowed("sample_number", there=there)
