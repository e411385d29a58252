"""The sum of a price in words, as staff read it on a page and in a refusal. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from livestream.rules.goods import FloorPer
from livestream.rules.money import yuan
from livestream.rules.price import GRAMS_OF_A_JIN, PartKind
from livestream.rules.price_words import Payer

if TYPE_CHECKING:
    from livestream.rules.price import Floor, Part, Price


def sum_words(price: Price) -> str:
    """What the seller receives, step by step, and what he lacks to the floor:
    `直播价 ¥29.90 − 供货商的券 ¥8.00 = 卖家实收 ¥21.90，保护价 ¥22.50（¥4.50/斤 × 5 斤），少 ¥0.60`."""
    steps = "".join(_step(part, part.seller_fen) for part in price.parts if part.seller_fen)
    sentence = _("直播价 {live}{steps} = 卖家实收 {receives}").format(
        live=yuan(price.live_price_fen), steps=steps, receives=yuan(price.seller_receives_fen)
    )
    if price.floor_fen is None or price.floor is None:
        return sentence
    sentence += _("，保护价 {floor}").format(floor=floor_words(price.floor))
    return sentence + _("，少 {missing}").format(missing=yuan(price.missing_fen)) if price.is_below_floor else sentence


def final_words(price: Price) -> str:
    """What a buyer pays, step by step: `直播价 ¥29.90 − 平台的券 ¥3.00 = 到手价 ¥26.90`."""
    steps = "".join(_step(part, part.buyer_fen) for part in price.parts if part.buyer_fen)
    return _("直播价 {live}{steps} = 到手价 {final}").format(
        live=yuan(price.live_price_fen), steps=steps, final=yuan(price.final_fen)
    )


def floor_words(floor: Floor) -> str:
    """Of a piece; where it is said per 斤, with how it comes about."""
    if floor.per != FloorPer.JIN:
        return yuan(floor.fen)
    return _("{piece}（{each}/斤 × {jin} 斤）").format(
        piece=yuan(floor.piece_fen), each=yuan(floor.fen), jin=jin_words(floor.grams)
    )


def jin_words(grams: int) -> str:
    """`5`, `0.666`: a gram is two thousandths of a 斤."""
    whole, rest = divmod(grams, GRAMS_OF_A_JIN)
    return f"{whole}.{rest * 2:03d}".rstrip("0") if rest else str(whole)


def _step(part: Part, fen: int) -> str:
    return f" {'−' if fen < 0 else '+'} {part_words(part)} {yuan(abs(fen))}"


def part_words(part: Part) -> str:
    """`供货商的券`, `佣金 5%`, `补贴“县里补两块”`."""
    if part.kind == PartKind.SUBSIDY:
        return _("补贴“{name}”").format(name=part.name)
    if part.payer:
        return _("{payer}的{what}").format(payer=Payer(part.payer).label, what=part.kind.label)
    return f"{part.kind.label} {part.name}".strip()
