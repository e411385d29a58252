"""An independent model of what pushes must come to. Shares no code with the project: per order the newest word on each
thing, then plain addition."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

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


# --- the same for every way in: facts of pushes, files and the platform's API, each with a rank that compares ------------------


def newest_said(facts, field):
    return max((f for f in facts if f.get(field) is not None), key=lambda f: f["rank"], default={}).get(field)


def lines_of(facts):
    """(quantity, fen) by line number: the newest whole list, and what newer parts said of single lines."""
    whole = max((f for f in facts if f.get("lines") is not None and f["complete"]), key=lambda f: f["rank"], default=None)
    lines = dict(whole["lines"]) if whole else {}
    parts = [f for f in facts if f.get("lines") is not None and not f["complete"]]
    for part in sorted(parts, key=lambda f: f["rank"]):
        if whole is None or part["rank"] > whole["rank"]:
            lines |= part["lines"]
    return lines


def refunded_of(facts, lines):
    """Real refunds that succeeded, and what a file only hints at for lines of which nothing real is known."""
    last = {}
    for refund in sorted((r for f in facts for r in f.get("refunds", ())), key=lambda r: r["rank"]):
        last[refund["no"]] = refund
    good = [r for r in last.values() if r["status"] == "succeeded"]
    real = [r for r in good if not r["guess"]]
    named = {r["line"] for r in real}
    guesses = [r for r in good if r["guess"] and r["line"] in lines and r["line"] not in named and None not in named]
    return min(sum(r["fen"] for r in real + guesses), sum(fen for _, fen in lines.values()))


def holder_of(facts, windows):
    """Whose order it is: who held its room when it was paid, else its account; half an hour after the end still counts.
    `windows`: label, room, account, start, end; no two share a room or an account."""
    paid_at = newest_said(facts, "paid_at")
    for field in ("room", "account"):
        for window in windows:
            is_named = newest_said(facts, field) == window[field]
            if paid_at and is_named and window["start"] <= paid_at < window["end"] + timedelta(minutes=30):
                return window["label"]
    return "nobody"


def fact_totals(facts, windows, by_shop=False):
    """Orders, units, paid, refunded by label of the session, of "nobody" and of the "county", or by (label, shop); zero ones
    left out."""
    by_order = defaultdict(list)
    for fact in facts:
        by_order[fact["shop"], fact["order_no"]].append(fact)
    sums = defaultdict(lambda: [0, 0, 0, 0])
    for mine in by_order.values():
        if newest_said(mine, "status") not in COUNTED:
            continue
        lines = lines_of(mine)
        amounts = 1, sum(n for n, _ in lines.values()), sum(fen for _, fen in lines.values()), refunded_of(mine, lines)
        for label in ("county", holder_of(mine, windows)):
            key = (label, mine[0]["shop"]) if by_shop else label
            sums[key] = [one + more for one, more in zip(sums[key], amounts, strict=True)]
    return {key: tuple(values) for key, values in sums.items()}
