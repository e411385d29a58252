"""An item of a line-up sheet as its pages show it: its sums, its warnings, who sells it at another price at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.actions.clash import clashes_of
from livestream.actions.gate import gate_of
from livestream.actions.line_up_version import items_of
from livestream.actions.price import aid_of, price_of
from livestream.rules.day import shanghai_day
from livestream.rules.money import yuan
from livestream.rules.plan import Platform
from livestream.rules.planning import ClashKind
from livestream.rules.price_sum import final_words, sum_words
from livestream.rules.supply import Pledge, Supply, supply_warnings

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.actions.gate import Gate
    from livestream.models import LineUpItem, LiveSession
    from livestream.rules.price import Price


THIN, NARROW = "\u2009", "\u202f"


class Row(NamedTuple):
    """`wrong` cannot be sold as it is, `told` should be looked at."""

    item: LineUpItem
    price: Price
    gate: Gate | None
    wrong: list[str]
    told: list[str]

    @property
    def receives(self) -> str:
        return unbroken(sum_words(self.price))

    @property
    def final(self) -> str:
        return unbroken(final_words(self.price))

    @property
    def points(self) -> list[str]:
        return (self.item.points or self.item.product.selling_points).splitlines()


def rows_of(session: LiveSession, *, at: datetime) -> list[Row]:
    """In their order; a few queries however many they are."""
    gates = gate_of(session, on=max(shanghai_day(at), shanghai_day(session.started_at)))
    clashes: dict[str, list[str]] = {}
    for clash in clashes_of(session):
        if clash.kind == ClashKind.PRICE:
            clashes.setdefault(clash.subject, []).append(clash.words)
    return [
        row_of(item, gates.get(item.product_id), clashes.get(f"product:{item.product_id}", []), at=at)
        for item in items_of(session)
    ]


def row_of(item: LineUpItem, gate: Gate | None, clashes: list[str], *, at: datetime) -> Row:
    price = price_of(item, at=at)
    told = told_of(item, price, at=at) + clashes
    return Row(
        item, price, gate, [unbroken(words) for words in wrong_of(item, price, at=at)], [unbroken(words) for words in told]
    )


def unbroken(words: str) -> str:
    """A sum of money stays on its line: its thin space may not be broken."""
    return words.replace(THIN, NARROW)


def wrong_of(item: LineUpItem, price: Price, *, at: datetime) -> list[str]:
    """Why it may not be sold at this price; a price that held may be wrong once a subsidy is used up."""
    said = []
    if price.is_below_floor:
        said.append(_("低于保护价：{sum}。").format(sum=sum_words(price)))
    if item.subsidy and not item.subsidy.is_approved:
        said.append(_("补贴“{name}”还没有人批准，现在不算。").format(name=item.subsidy.name))
    elif item.subsidy and not item.subsidy.left_units:
        said.append(_("补贴“{name}”用完了。").format(name=item.subsidy.name))
    for link in item.links.all():
        if link.price_fen is not None and (there := price_of(item, live_price_fen=link.price_fen, at=at)).is_below_floor:
            facts = {"platform": Platform(link.platform).label, "sum": sum_words(there)}
            said.append(_("{platform}上的价低于保护价：{sum}。").format(**facts))
    return said


def told_of(item: LineUpItem, price: Price, *, at: datetime) -> list[str]:
    said = []
    if price.is_below_settlement:
        facts = {"settlement": yuan(price.settlement_fen), "receives": yuan(price.seller_receives_fen)}
        said.append(_("亏本：付给供货商 {settlement}，卖家实收 {receives}。").format(**facts))
    if price.floor_fen is None:
        said.append(_("没有保护价，不知道会不会卖亏。"))
    rule = item.subsidy
    if rule and aid_of(rule, item, at=at) is None:
        said.append(_("补贴“{name}”的时间不包括这一场，没有算进去。").format(name=rule.name))
    elif rule and 0 < rule.left_units < (item.committed_stock or 0):
        sentence = _("补贴“{name}”只够 {left} 件，承诺库存 {stock} 件。")
        said.append(sentence.format(name=rule.name, left=rule.left_units, stock=item.committed_stock))
    for link in item.links.all():
        if link.price_fen is not None and link.price_fen != item.live_price_fen:
            sentence = _("同一时间价不一样：{platform}上卖 {there}，直播价 {here}。")
            prices = {"there": yuan(link.price_fen), "here": yuan(item.live_price_fen)}
            said.append(sentence.format(platform=Platform(link.platform).label, **prices))
    return said + supply_warnings(supply_of(item))


def supply_of(item: LineUpItem) -> Supply:
    pledges = [Pledge(p.supplier.name, p.units, p.daily_capacity, p.cut_off_at) for p in item.promises.all()]
    ends_at = item.session.ended_at or item.session.planned_end_at
    facts = (item.committed_stock, item.daily_ship_capacity, item.ship_within_hours, item.presale_on, item.cut_off_at)
    return Supply(*facts, pledges, ends_at)
