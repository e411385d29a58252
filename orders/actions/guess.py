"""Every write about guesses: refunds of which an export file says no more than 退款成功."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.actions.arrival import Arrival, ShopRef
from orders.actions.intake import receive
from orders.models.ledger import Cause
from orders.platforms import client
from orders.platforms.contract import HintFact
from orders.rules.order import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from orders.models import Shop
    from orders.rules.order import OrderEvent


def ask_about_guesses(shop: Shop, events: Iterable[OrderEvent], outcomes: Iterable[Outcome], at: datetime) -> int:
    """Where the platform can be asked, the worker fetches the orders whose guess was news; returns how many.

    Their after-sales come along and replace the guess: only they know that a part went back, and when.
    """
    hints = hints_for(events, outcomes)
    if not hints or not shop.access_token or shop.platform not in client.PULLS:
        return 0
    receive([Arrival(ShopRef(shop.pk, shop.county_id), hints=hints)], cause=Cause.FILE, at=at)
    return len(hints)


def hints_for(events: Iterable[OrderEvent], outcomes: Iterable[Outcome]) -> tuple[HintFact, ...]:
    """Each order once, and not again when the same file comes again."""
    news = (event for event, outcome in zip(events, outcomes, strict=True) if outcome == Outcome.APPLIED)
    guessed = (event.order_no for event in news if any(refund.is_guess for refund in event.refunds))
    return tuple(HintFact("order", number) for number in dict.fromkeys(guessed))
