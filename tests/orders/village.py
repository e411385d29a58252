"""A small county to tell things to, by each way in: a fact is a dict as tests/oracle.py reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from livestream.actions.session import correct_window
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.attribution import follow_windows
from orders.actions.intake import receive
from orders.models import DayTally, ShopTally
from orders.models.ledger import Cause
from orders.rules.order import LineFact, OrderEvent, RefundFact
from orders.rules.rank import progress_rank
from orders.sheets.contract import RowFact
from orders.sheets.event import order_event
from orders.sheets.grouping import events
from tests.factories import make_arrival, make_session, make_shop, make_user

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
SENT = {"push": Cause.PUSH, "file": Cause.FILE, "api": Cause.API}
LINE = {"1": "A", "2": "B", "3": "A"}  # two lines may sell the same thing


class Village:
    """A county with two shops and two sessions that ended; each session has a room and an account of its own."""

    def __init__(self, county):
        host = make_user("host", county)
        self.county = county
        self.shops = {"push": make_shop(county), "file": make_shop(county, "douyin")}
        self.shops["api"] = self.shops["file"]
        hours = {"S1": (0, 1), "S2": (1, 2)}
        self.sessions = {
            label: make_session(
                county,
                host,
                room=f"R{label}",
                account=f"A{label}",
                went_live_at=NOON + timedelta(hours=a),
                ended_at=NOON + timedelta(hours=b),
            )
            for label, (a, b) in hours.items()
        }

    def forget(self):
        """What an evening before this one did was rolled back."""
        for session in self.sessions.values():
            session.refresh_from_db()

    def windows(self):
        return [
            {"label": label, "room": f"R{label}", "account": f"A{label}", "start": s.went_live_at, "end": s.ended_at}
            for label, s in self.sessions.items()
        ]

    def move(self, label, start, end):
        self.sessions[label] = correct_window(self.sessions[label], went_live_at=start, ended_at=end)
        follow_windows(at=NOON + timedelta(days=1))

    def labels(self):
        named = {f"session:{session.pk}": label for label, session in self.sessions.items()}
        return named | {f"county:{self.county.pk}": "county", f"unattributed:{self.county.pk}": "nobody"}

    def totals(self):
        sums = {name: Sum(name) for name in ("orders", "units", "paid_fen", "refunded_fen")}
        found = DayTally.objects.filter(scope__in=self.labels()).values_list("scope").annotate(**sums)
        return {self.labels()[scope]: tuple(values) for scope, *values in found if any(values)}

    def shop_totals(self):
        named = {self.shops[name].pk: name for name in ("push", "file")}
        sums = {name: Sum(name) for name in ("orders", "units", "paid_fen", "refunded_fen")}
        found = ShopTally.objects.filter(scope__in=self.labels()).values_list("scope", "shop_id").annotate(**sums)
        return {(self.labels()[scope], named[shop]): tuple(values) for scope, shop, *values in found if any(values)}

    def arrival(self, fact):
        """The fact as its way in brings it."""
        way = fact["way"]
        shop = self.shops[way]
        if way == "push":
            return make_arrival(shop, body_of(fact), message_id=f"m{fact['rank']}", now=NOON + timedelta(days=1))
        told = [order_event(row) for row in events(rows_of(fact))] if way == "file" else [event_of(fact)]
        return Arrival(ShopRef(shop.pk, shop.county_id), tuple(told))

    def hear(self, facts):
        receive([self.arrival(fact) for fact in facts], cause=SENT[facts[0]["way"]], at=NOON + timedelta(days=1))


def body_of(fact):
    moment = (NOON + timedelta(seconds=fact["rank"])).isoformat()
    body = {"order_no": fact["order_no"], "version": fact["rank"], "updated_at": moment, "status": fact["status"]}
    body |= {
        "paid_at": fact["paid_at"] and fact["paid_at"].isoformat(),
        "live_room": fact["room"],
        "host_account": fact["account"],
    }
    if fact["lines"] is not None:
        body["lines"] = [
            {"line_no": no, "sku": LINE[no], "title": LINE[no], "quantity": n, "paid_fen": fen}
            for no, (n, fen) in fact["lines"].items()
        ]
    body["refunds"] = [
        {
            "refund_no": r["no"],
            "line_no": r["line"],
            "status": r["status"],
            "refund_fen": r["fen"],
            "quantity": 1,
            "updated_at": moment,
        }
        for r in fact["refunds"]
    ]
    return json.loads(json.dumps(body))


def rows_of(fact):
    """An order in an export: a row for each line, all with the order's status."""
    refunded = {r["line"] for r in fact["refunds"]}
    return [
        RowFact(
            fact["order_no"], no, LINE[no], LINE[no], n, fen, fen, fact["status"], fact["moment"], NOON,
            fact["paid_at"], fact["account"], None, no in refunded,
        )
        for no, (n, fen) in fact["lines"].items()
    ]  # fmt: skip


def event_of(fact):
    """What the platform's API answers."""
    rank = progress_rank(fact["status"], fact["moment"])
    refunds = tuple(RefundFact(r["no"], r["line"], r["status"], r["fen"], 1, r["rank"], fact["moment"]) for r in fact["refunds"])
    lines = tuple(LineFact(no, LINE[no], LINE[no], n, fen) for no, (n, fen) in fact["lines"].items())
    return OrderEvent(
        fact["order_no"], rank, fact["moment"], fact["status"], fact["paid_at"], None, fact["account"], None, lines, True, refunds
    )
