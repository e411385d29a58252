"""What pushes of the open format must come to: an independent model for checks, by the words of docs/integrators.md.

It shares no code with the counting itself (rules/order.py, rules/worth.py, platforms/standard.py), so that a mistake there
is not repeated here. Per order the newest word on each thing, then plain addition. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Message = Mapping[str, Any]

COUNTED = {"paid", "shipped", "received", "completed", "closed"}
REFUND_ENDS = {"requested": 0, "rejected": 1, "withdrawn": 2, "succeeded": 3}  # of one moment, the further one counts
FACTS = ("status", "lines", "paid_at", "live_room", "host_account")


class Totals(NamedTuple):
    """What an order, or many of them, are worth."""

    orders: int = 0
    units: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0


def age(message: Message) -> tuple[bool, float, float]:
    """Higher is newer: any version beats a message without one; without one the time decides."""
    version = message.get("version")
    return (True, version, 0) if version is not None else (False, *moment(message["updated_at"]))


def moment(text: str) -> tuple[int, int]:
    """A time in whole seconds and microseconds, so that no rounding makes two moments one."""
    at = datetime.fromisoformat(text)
    return int(at.replace(microsecond=0).timestamp()), at.microsecond


def newest(messages: Iterable[Message], fact: str) -> Any:
    """The newest word on a fact. Nothing and an empty text say nothing; an empty list of lines does."""
    telling = (message for message in messages if message.get(fact) not in (None, ""))
    return max(telling, key=age, default={}).get(fact)


def refunded_fen(messages: Iterable[Message]) -> int:
    """All that was paid back, by the newest word on each refund."""
    last: dict[str, tuple[Any, Mapping[str, Any]]] = {}
    for message in messages:
        for refund in message.get("refunds") or []:
            rank = (moment(refund.get("updated_at") or message["updated_at"]), REFUND_ENDS[refund["status"]])
            known = last.get(refund["refund_no"])
            if known is None or rank > known[0]:
                last[refund["refund_no"]] = (rank, refund)
    return sum(refund["refund_fen"] for _, refund in last.values() if refund["status"] == "succeeded")


def order_totals(messages: Sequence[Message]) -> Totals:
    """What one order is worth after all its messages, in whatever order they came."""
    if newest(messages, "status") not in COUNTED:
        return Totals()
    lines = newest(messages, "lines") or []
    paid = sum(line["paid_fen"] for line in lines)
    return Totals(1, sum(line["quantity"] for line in lines), paid, min(paid, refunded_fen(messages)))


def is_contested(messages: Sequence[Message]) -> bool:
    """True when two messages of the same age say different things about it: then the rules name no winner."""
    said: dict[Any, Message] = {}
    for message in messages:
        other = said.setdefault(age(message), message)
        if any(other.get(fact) != message.get(fact) for fact in FACTS):
            return True
    refunds: dict[Any, Any] = {}
    for message in messages:
        for refund in message.get("refunds") or []:
            at = moment(refund.get("updated_at") or message["updated_at"])
            key, fen = (refund["refund_no"], at, refund["status"]), refund["refund_fen"]
            if refunds.setdefault(key, fen) != fen:
                return True
    return False


def scope_totals(messages: Iterable[Message], session_of_room: Mapping[str, Any], county: str) -> dict[str, Totals]:
    """Totals by scope (`county:…`, `session:…`, `unattributed:…`), zero ones left out."""
    by_order: defaultdict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_order[message["order_no"]].append(message)
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for mine in by_order.values():
        session = session_of_room.get(newest(mine, "live_room"))
        for scope in (f"county:{county}", f"session:{session}" if session else f"unattributed:{county}"):
            for position, value in enumerate(order_totals(mine)):
                sums[scope][position] += value
    return {scope: Totals(*values) for scope, values in sums.items() if any(values)}
