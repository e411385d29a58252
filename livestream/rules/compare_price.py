"""Whether a compare price (划线价) may stand beside a live price: 明码标价和禁止价格欺诈规定 第十七、十八条. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from livestream.rules.errors import NotAllowed
from livestream.rules.money import yuan
from livestream.rules.price_words import CompareBasis

LOOKS_BACK = timedelta(days=7)
FRESH = timedelta(days=1)  # just after midnight the figure is still that of yesterday


class Low(NamedTuple):
    """The lowest price of a piece that was really paid in the seven days before `before_on`; None: nothing was sold."""

    before_on: date
    low_fen: int | None


class Compared(NamedTuple):
    compare_fen: int | None
    basis: str
    evidence: str


def check_compare(said: Compared, live_price_fen: int, low: Low | None, *, today: date) -> None:
    """Raises NotAllowed: `compare_not_above_price`, `compare_without_evidence`, `compare_low_waits` where nobody has worked the
    low out yet, `compare_low_unknown` where nothing was sold, `compare_above_low`."""
    if said.compare_fen is None:
        return
    if said.compare_fen <= live_price_fen:
        raise NotAllowed("compare_not_above_price", compare=yuan(said.compare_fen), price=yuan(live_price_fen))
    if said.basis != CompareBasis.OWN_LOW:
        if not said.evidence or said.basis != CompareBasis.EVIDENCE:
            raise NotAllowed("compare_without_evidence")
        return
    if low is None or low.before_on < today - FRESH:
        raise NotAllowed("compare_low_waits")
    if low.low_fen is None:
        raise NotAllowed("compare_low_unknown")
    if said.compare_fen > low.low_fen:
        raise NotAllowed("compare_above_low", compare=yuan(said.compare_fen), low=yuan(low.low_fen))
