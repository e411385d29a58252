"""What the host's phone shows as the one next step, and what a host asks help for. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.session import AIRED, REHEARSAL_FIRST, SessionKind, SessionState
from livestream.rules.start_gate import Hurdle, blocking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livestream.rules.preflight import Progress
    from livestream.rules.start_gate import Obstacle


class HelpKind(TextChoices):
    NETWORK = "network", _("断网了")
    PEOPLE = "people", _("有人闹")
    STOCK = "stock", _("缺货")
    DEVICE = "device", _("设备坏了")
    OTHER = "other", pgettext_lazy("help", "其他")


class NextStep(Enum):
    """The one thing to do next, in the order in which an evening goes."""

    WAIT = "wait"  # others have to do something first
    CHECK = "check"
    REHEARSE = "rehearse"
    CLEAR = "clear"  # something is in the way
    GO_LIVE = "go_live"
    ON_AIR = "on_air"
    SAY = "say"  # how it was
    DONE = "done"


NOBODY_GETS_AROUND = frozenset({Hurdle.STATE, Hurdle.AGE, Hurdle.APPROVAL})


def next_step(
    state: str, kind: str, *, check: Progress, found: Sequence[Obstacle] = (), has_spoken: bool = False
) -> NextStep:  # fmt: skip
    """`found`: what stands in the way of going on air; `has_spoken`: the host has said how it was."""
    if state in AIRED:
        return _after(state, has_spoken=has_spoken)
    hurdles = blocking(found)
    if any(one.code in NOBODY_GETS_AROUND for one in hurdles):
        return NextStep.WAIT
    if check.open:
        return NextStep.CHECK
    if state == SessionState.APPROVED and kind in REHEARSAL_FIRST and any(one.code == Hurdle.REHEARSAL for one in hurdles):
        return NextStep.REHEARSE
    return NextStep.CLEAR if hurdles else NextStep.GO_LIVE


def _after(state: str, *, has_spoken: bool) -> NextStep:
    if state == SessionState.LIVE:
        return NextStep.ON_AIR
    return NextStep.DONE if has_spoken or state != SessionState.ENDED else NextStep.SAY


def counts_for_nothing(kind: str) -> bool:
    """A practice session: real orders have no place in it."""
    return kind == SessionKind.PRACTICE
