"""What suppliers get of a day's sales, as a review says it (到户比例, `livestream/rules/definitions.py`). Pure."""

from __future__ import annotations

from typing import NamedTuple

from livestream.rules.statement import ratio, rounded

SUPPLIERS_AT_LEAST = 3  # of fewer, a sum on a wall would say what one household earns


class Income(NamedTuple):
    """`settled_fen`: settlement price × units of the goods that have one, `settled_units`; the other `unsettled_units` are not in
    it, and then it is at least that. `share_permille`: of the net. Both None where nothing is settled, or `is_few`:
    fewer than three suppliers have a part in it."""

    settled_fen: int | None
    share_permille: int | None
    settled_units: int
    unsettled_units: int
    is_few: bool


def income(*, settled_fen: int, settled_units: int, suppliers: int, units: int, net_fen: int) -> Income:
    """Of what was settled with so many suppliers, all units sold and their net."""
    is_few = 0 < suppliers < SUPPLIERS_AT_LEAST
    is_known = settled_units > 0 and not is_few
    share = rounded(ratio(settled_fen * 1000, net_fen)) if is_known and net_fen > 0 else None
    return Income(settled_fen if is_known else None, share, settled_units, max(0, units - settled_units), is_few)
