"""What a cue card (手卡) says by itself: who sells (first, always), what it costs, and what the registers know. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.rules.goods import PaperKind, ProductClass, ReturnPolicy, Storage
from livestream.rules.price import GRAMS_OF_A_JIN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

POINTS_SHOWN = 3
BY_WEIGHT = frozenset(
    {ProductClass.PRIMARY, ProductClass.PRIMARY_PROCESSED, ProductClass.PROCESSED_FOOD, ProductClass.HERB,
     ProductClass.FOOD_MEDICINE}
)  # fmt: skip
# What proves something to a buyer; a licence number is shown on the seller's card.
TOLD = (PaperKind.TEST_REPORT, PaperKind.COMMITMENT, PaperKind.GI, PaperKind.STANDARD)


class CardWords(NamedTuple):
    """The words of a card, as they are typed."""

    origin: str = ""
    points: str = ""
    proof: str = ""
    scene: str = ""
    questions: str = ""
    call: str = ""
    tried_by_host: bool = False
    is_ai_made: bool = False


class Proof(NamedTuple):
    """A paper that is valid today."""

    kind: str
    number: str
    until_on: date | None


class Facts(NamedTuple):
    """What the registers know of an item."""

    product_class: str
    place: str
    supplier: str
    geo_indication: str
    points: str
    storage: str
    shelf_life_days: int | None
    return_policy: str
    ship_within_hours: int | None
    position: int
    proofs: Sequence[Proof] = ()


def seller_words(seller: str) -> str:
    """法释〔2022〕8 号 第十二条: who does not say who sells, sells himself. The first sentence of every card."""
    return _("这款货由“{seller}”销售和发货，我们直播间帮着介绍。").format(seller=seller)


def plain_yuan(fen: int) -> str:
    """As it is said: 2990 → `29.9`, 3000 → `30`."""
    return f"{fen // 100}.{fen % 100:02}".rstrip("0").rstrip(".")


def per_jin_fen(fen: int, grams: int) -> int:
    """Of a piece of `grams`, half up: 2990 fen for 2,500 g are 598."""
    return (2 * fen * GRAMS_OF_A_JIN + grams) // (2 * grams)


def price_words(live_fen: int, final_fen: int, *, unit: str, grams: int, product_class: str) -> str:
    """明码标价规定 第六条: the price with its unit, and by the 斤 where goods are weighed."""
    said = _("直播价 {price} 元一{unit}").format(price=plain_yuan(live_fen), unit=unit)
    if final_fen < live_fen:
        said += _("，优惠以后到手 {price} 元").format(price=plain_yuan(final_fen))
    if product_class in BY_WEIGHT:
        said += _("，合 {price} 元一斤").format(price=plain_yuan(per_jin_fen(final_fen, grams)))
    return said + "。"


def from_register(facts: Facts) -> CardWords:
    """A card filled from the registers: whatever nobody has written there stays empty."""
    return CardWords(
        origin=_cut(_origin(facts), 200),
        points=_cut("\n".join(facts.points.splitlines()[:POINTS_SHOWN]), 300),
        proof=_cut("；".join(_proof(each) for each in facts.proofs if each.kind in TOLD), 200),
        scene=_cut(_scene(facts), 200),
        questions=_cut("\n".join(_questions(facts)), 300),
        call=_("要的朋友，点下面 {position} 号链接。").format(position=facts.position),
    )


def _origin(facts: Facts) -> str:
    said = _("{place}的{supplier}").format(place=facts.place, supplier=facts.supplier)
    return _("{said}，地理标志“{name}”").format(said=said, name=facts.geo_indication) if facts.geo_indication else said


def _proof(paper: Proof) -> str:
    kind = str(PaperKind(paper.kind).label)
    return _("{kind}（编号 {number}）").format(kind=kind, number=paper.number) if paper.number else kind


def _scene(facts: Facts) -> str:
    """Only where a class has one use that is always allowed."""
    if facts.product_class == ProductClass.FOOD_MEDICINE:
        return _("煲汤、炖鸡的时候放一把。这是食品，不能代替药。")
    if facts.product_class == ProductClass.HERB:
        return _("按药材卖，怎么用请问医生药师。")
    return ""


def _questions(facts: Facts) -> list[str]:
    said = []
    if facts.product_class not in {ProductClass.CRAFT, ProductClass.TICKET}:
        days = _("，保质期 {n} 天").format(n=facts.shelf_life_days) if facts.shelf_life_days else ""
        said.append(_("怎么放？{storage}{days}。").format(storage=Storage(facts.storage).label, days=days))
    if facts.ship_within_hours:
        said.append(_("几时发货？下单后 {n} 小时内发。").format(n=facts.ship_within_hours))
    said.append(_("能退吗？{policy}。").format(policy=ReturnPolicy(facts.return_policy).label))
    return said


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
