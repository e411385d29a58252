"""What a board says on a screen that hides money: the same document, and no money in it."""

from __future__ import annotations

from typing import Any

# Lists whose rows carry money without a name: where they are, at which place of a row, and what stands there instead. A minute
# keeps a number, because the curve is drawn of numbers.
ROWS: dict[tuple[str, ...], tuple[int, int | None]] = {
    ("minutes",): (2, 0),
    ("latest",): (3, None),
    ("villages", "top"): (2, None),
}


# A share of the money says too much where somebody knows one of the two sums.
SHARES = frozenset({"share_permille"})


def without_money(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of a frame or a detail in which every `…_fen`, every share of it and every money of a row is null (of a minute:
    0)."""
    hidden: dict[str, Any] = _hidden(document, ())
    return hidden


def _hidden(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {
            key: None if key.endswith("_fen") or key in SHARES else _hidden(inner, (*path, key)) for key, inner in value.items()
        }
    if not isinstance(value, list):
        return value
    if path in ROWS:
        return [_row(row, *ROWS[path]) for row in value]
    return [_hidden(entry, (*path, "")) for entry in value]


def _row(row: list[Any], place: int, instead: int | None) -> list[Any]:
    return [*row[:place], instead, *row[place + 1 :]]
