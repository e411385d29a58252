"""Refunds that no counted order answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from livestream.models.place import within
from livestream.rules.rights import Action
from orders.models.order import AfterSale, OrderLine
from orders.rules.order import AfterSaleStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from livestream.models import User

MONEY_MOVES = [AfterSaleStatus.REQUESTED, AfterSaleStatus.SUCCEEDED]


def unmatched_refunds(user: User) -> QuerySet[AfterSale]:
    """After-sales whose order was never seen as paid, or has no lines to take the refund from; they count once it comes."""
    seen = within(user.reach(Action.SEE_FILES), county="county")
    refunds = AfterSale.objects.filter(seen, status__in=MONEY_MOVES)
    lines = OrderLine.objects.filter(order_id=OuterRef("order_id"))
    return refunds.filter(Q(order__counted_at=None) | ~Exists(lines))
