"""What a line-up item costs and brings, and the guard of its floor: asked when it is saved, listed, and repriced on air."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livestream.models import PaidLow
from livestream.rules.compare_price import Low
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import Platform
from livestream.rules.price import Aid, Floor, Mechanism, Term, check_terms, final_price
from livestream.rules.price_sum import sum_words

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LineUpItem, Product, SubsidyRule
    from livestream.rules.price import Price


def price_of(item: LineUpItem, *, live_price_fen: int | None = None, at: datetime) -> Price:
    """The price of one piece as the item stands, or at another live price. Reads its product, offers and subsidy."""
    mechanism = mechanism_of(item, at=at)
    return final_price(mechanism if live_price_fen is None else replace(mechanism, live_price_fen=live_price_fen))


def check_price(item: LineUpItem, live_price_fen: int, *, at: datetime) -> Price:
    """The price of a piece at this live price. Raises NotAllowed: `below_floor` with the sum in words, `price_missing`,
    `coupon_over_price` and the others of `check_terms`. No right overrides it: only a subsidy with money left does."""
    mechanism = replace(mechanism_of(item, at=at), live_price_fen=live_price_fen)
    check_terms(mechanism)
    price = final_price(mechanism)
    if price.is_below_floor:
        raise NotAllowed("below_floor", title=item.product.title, sum=sum_words(price))
    return price


def check_listing(item: LineUpItem, *, at: datetime) -> Price:
    """The item may be sold as it stands, in every room that has a price of its own. Raises NotAllowed as `check_price` does, and
    `link_below_floor`."""
    price = check_price(item, item.live_price_fen, at=at)
    for link in item.links.all():
        if link.price_fen is not None:
            there = price_of(item, live_price_fen=link.price_fen, at=at)
            if there.is_below_floor:
                facts = {"title": item.product.title, "platform": Platform(link.platform).label, "sum": sum_words(there)}
                raise NotAllowed("link_below_floor", **facts)
    return price


def mechanism_of(item: LineUpItem, *, at: datetime) -> Mechanism:
    """Everything that makes the price, as the item and its product say."""
    return Mechanism(
        live_price_fen=item.live_price_fen,
        terms=[Term(o.kind, o.payer, o.amount_fen, o.threshold_fen, o.gift) for o in item.offers.all()],
        commission_basis_points=item.commission_basis_points,
        slot_fee_fen=item.slot_fee_fen,
        committed_stock=item.committed_stock,
        aid=aid_of(item.subsidy, item, at=at) if item.subsidy else None,
        floor=floor_of(item),
        settlement_fen=item.settlement_price_fen,
    )


def floor_of(item: LineUpItem) -> Floor | None:
    """The item's own floor, or that of its product."""
    product = item.product
    if item.floor_price_fen is not None:
        return Floor(item.floor_price_fen, item.floor_per, product.net_weight_grams)
    if product.floor_price_fen is not None:
        return Floor(product.floor_price_fen, product.floor_per, product.net_weight_grams)
    return None


def aid_of(rule: SubsidyRule, item: LineUpItem, *, at: datetime) -> Aid | None:
    """The subsidy as it helps this item: now where the session is on air or over, for the whole of its hours where it is planned.
    None: nobody has approved it, it is stopped, or its days do not hold then."""
    session = item.session
    if session.went_live_at:
        begins = ends = at
    else:
        begins, ends = session.planned_start_at, session.planned_end_at
    holds = rule.is_approved and rule.is_active and rule.from_at <= begins and ends < rule.until_at
    return Aid(rule.name, rule.per_unit_fen, rule.left_fen, rule.goes_to) if holds else None


def low_of(product: Product) -> Low | None:
    """What was really paid for it in the last seven days, as `orders` handed it down; None: not yet."""
    try:
        low = product.paid_low
    except PaidLow.DoesNotExist:
        return None
    return Low(low.before_on, low.low_fen)
