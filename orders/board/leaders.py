"""How far counties have come with their leaders on air, as boards show it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from livestream.rules.quota import Appearance, Promise, Quota, quota
from orders.board.frame import day_of
from orders.board.shown import decode

if TYPE_CHECKING:
    from collections.abc import Sequence


def quotas(row: dict[str, Any], counties: Sequence[str], at: datetime) -> list[Quota]:
    """One for each of these counties (codes), of `guests` and `promises` in a row that a statement gave."""
    guests: defaultdict[str, list[Appearance]] = defaultdict(list)
    for code, on, *who in decode(row["guests"]):
        guests[code].append(Appearance(datetime.fromisoformat(on), *who))
    promised = {code: Promise(wanted, first, frozenset(ranks)) for code, wanted, first, ranks in decode(row["promises"])}
    day = day_of(at)["day"]
    return [quota(guests[code], day, promised.get(code, Promise())) for code in counties]
