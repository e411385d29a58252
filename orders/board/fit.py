"""Keeping what a board is told under 4 KB: first long titles are clipped, then entries are left out and counted in `more`."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Document = dict[str, Any]
encode = msgspec.json.encode
LIMIT = 4000  # bytes, so that message and header stay under 4 KB
CLIPS = (24, 12)  # characters of a title on a board that has much to say, and on one that has too much


def fit(document: Document, expendable: Iterable[tuple[str, int]]) -> Document:
    """The document if it is small enough, else with titles clipped, else without entries of its lists and dictionaries:
    `expendable` names them, (name of the list, place in it), the most expendable first; once is enough."""
    short, over = document, len(encode(document)) - LIMIT
    for length in CLIPS:
        if over <= 0:
            return short
        short = clipped(document, length)
        over = len(encode(short)) - LIMIT
    return _thinned(short, over, expendable) if over > 0 else short


def _thinned(short: Document, over: int, expendable: Iterable[tuple[str, int]]) -> Document:
    gone: defaultdict[str, set[int]] = defaultdict(set)
    for name, place in dict.fromkeys(expendable):
        if not gone[name]:
            over += len(f'"more":{{"{name}":000}},')
        gone[name].add(place)
        over -= _size(short[name], place)
        if over <= 0:
            break
    kept = {name: _without(short[name], places) for name, places in gone.items()}
    return short | kept | {"more": {name: len(places) for name, places in gone.items()}}


def last_first(document: Document, *names: str) -> list[tuple[str, int]]:
    """The entries of these lists, from the end of the first to the beginning of the last."""
    return [(name, place) for name in names for place in reversed(range(len(document[name])))]


def beyond(document: Document, **kept: int) -> list[tuple[str, int]]:
    """The entries of these lists behind the first so many, from the end: what no board has room for."""
    return [entry for name, number in kept.items() for entry in last_first(document, name) if entry[1] >= number]


def clipped(value: Any, length: int) -> Any:
    """The same with long titles, names and notes cut. What is ours (ids, times, kinds) is ASCII, and stays whole."""
    if isinstance(value, dict):
        # minutes are 180 numbers
        return {key: inner if key == "minutes" else clipped(inner, length) for key, inner in value.items()}
    if isinstance(value, list):
        return [clipped(inner, length) for inner in value]
    is_long = isinstance(value, str) and len(value) > length and not value.isascii()
    return value[: length - 1] + "…" if is_long else value


def _size(listed: Sequence[Any] | Document, place: int) -> int:
    """Bytes of an entry with its comma."""
    if isinstance(listed, dict):
        key = list(listed)[place]
        return len(encode({key: listed[key]})) - 1
    return len(encode(listed[place])) + 1


def _without(listed: Sequence[Any] | Document, gone: set[int]) -> Sequence[Any] | Document:
    if isinstance(listed, dict):
        return {key: value for place, (key, value) in enumerate(listed.items()) if place not in gone}
    return [entry for place, entry in enumerate(listed) if place not in gone]
