"""An independent model of what pushes must come to. Shares no code with the project: per order the newest word on each
thing, then plain addition."""

from __future__ import annotations

from collections import defaultdict

COUNTED = {"paid", "shipped", "received", "completed", "closed"}


def newest_with(messages, field):
    """The word of the message with the highest version that says anything about `field`."""
    return max((m for m in messages if m.get(field) is not None), key=lambda m: m["version"], default={}).get(field)


def order_totals(messages):
    """(orders, units, paid, refunded) of one order from all its messages, in any order."""
    if newest_with(messages, "status") not in COUNTED:
        return (0, 0, 0, 0)
    lines = newest_with(messages, "lines") or []
    paid = sum(line["paid_fen"] for line in lines)
    last = {}
    for refund in (r for m in messages for r in m.get("refunds") or []):
        known = last.get(refund["refund_no"])
        if known is None or refund["updated_at"] > known["updated_at"]:
            last[refund["refund_no"]] = refund
    refunded = sum(refund["refund_fen"] for refund in last.values() if refund["status"] == "succeeded")
    return (1, sum(line["quantity"] for line in lines), paid, min(paid, refunded))


def scope_totals(messages, session_of_room, county="140425"):
    """Totals by scope, zero ones left out."""
    by_order = defaultdict(list)
    for message in messages:
        by_order[message["order_no"]].append(message)
    sums = defaultdict(lambda: [0, 0, 0, 0])
    for mine in by_order.values():
        session = session_of_room.get(newest_with(mine, "live_room"))
        for scope in (f"county:{county}", f"session:{session}" if session else f"unattributed:{county}"):
            for position, value in enumerate(order_totals(mine)):
                sums[scope][position] += value
    return {scope: tuple(values) for scope, values in sums.items() if any(values)}
