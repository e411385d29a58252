"""Sales and refunds of an evening, and what is said of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from livestream.models import BoardVersion
from orders.actions.intake import receive
from orders.models import Alert
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session

AT = datetime(2026, 11, 21, 12, 30, 20, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def make_evening(county, host):
    """On air for an hour with fifty pieces of ginseng and as much pepper as anybody wants."""
    goods = [(make_product(county, "LDS-500", title="潞党参 500g"), 5980, 50), (make_product(county, "HJ-250"), 2980, None)]
    return make_session(county, host, went_live_at=AT - 60 * MINUTE, line_up=goods)


def sell(shop, count, at, *, sku="LDS-500", quantity=1, prefix="T", **more):
    bodies = [
        make_order_body(f"{prefix}{at:%H%M%S}{n}", at=at, lines=((1, sku, quantity, 5980 * quantity),), **more)
        for n in range(count)
    ]
    receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)
    return bodies


def refund(shop, bodies, at):
    for body in bodies:
        body |= {"version": 2, "updated_at": at.isoformat()}
        body["refunds"] = [
            {
                "refund_no": "R1",
                "line_no": "1",
                "status": "succeeded",
                "refund_fen": 100,
                "quantity": 1,
                "updated_at": at.isoformat(),
            }
        ]
    receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)


def said(**conditions):
    return [
        (alert.kind, alert.subject, alert.detail["number"])
        for alert in Alert.objects.filter(**conditions).order_by("raised_at", "pk")
    ]


def open_ones():
    return said(cleared_at=None)


def versions():
    return dict(BoardVersion.objects.exclude(scope__startswith="stage:").values_list("scope", "version"))
