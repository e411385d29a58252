"""What a buyer pays for one piece, what its seller really receives, and whether that is above the floor. Pure, integer fen.

The definitions, as `docs/counting.md` and the page tell them:

* 到手价 = live price − coupons − thresholds that the live price reaches − a subsidy that goes to buyers. Gifts take nothing off.
* 卖家实收 = live price − what the supplier pays of it (coupons, thresholds, gifts with a cost) − commission − slot fee a piece
  + a subsidy that goes to sellers. Coupons of the platform, the county or the host, and a subsidy to buyers, are made good to
  the seller, so they lower what buyers pay and not what he receives.
* Commission is taken of what the seller is credited with before it; the slot fee is shared among the committed pieces. Both
  are rounded up, and so is the floor of a piece where it is said per 斤: a fraction of a fen never counts against a farmer.
* A subsidy counts as long as a whole piece of it is left and its days hold; nothing else lets a price go below the floor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.errors import NotAllowed
from livestream.rules.goods import FloorPer
from livestream.rules.money import yuan
from livestream.rules.price_words import OfferKind, Payer, SubsidyTo

if TYPE_CHECKING:
    from collections.abc import Sequence

GRAMS_OF_A_JIN = 500
BASIS_POINTS = 10_000


class PartKind(TextChoices):
    """What a part of a price is."""

    COUPON = "coupon", _("券")
    THRESHOLD = "threshold", _("满减")
    GIFT = "gift", _("赠品")
    COMMISSION = "commission", _("佣金")
    SLOT_FEE = "slot_fee", _("坑位费")
    SUBSIDY = "subsidy", _("补贴")


class Term(NamedTuple):
    """One offer: what it takes off a piece (of a gift: what it costs), and who pays it. A threshold (满减) holds from
    `threshold_fen` of the live price on; a coupon may have one too."""

    kind: str
    payer: str
    amount_fen: int
    threshold_fen: int | None = None
    gift: str = ""


class Aid(NamedTuple):
    """A subsidy rule whose days hold: `left_fen` is what is left of its cap."""

    name: str
    per_piece_fen: int
    left_fen: int
    goes_to: str = SubsidyTo.SELLER

    @property
    def counts(self) -> bool:
        return self.left_fen >= self.per_piece_fen


class Floor(NamedTuple):
    """保护价 as it is said: a sum per piece or per 斤, and what a piece weighs."""

    fen: int
    per: str
    grams: int

    @property
    def piece_fen(self) -> int:
        """Of one piece, a fraction of a fen rounded up: 4.55 yuan/斤 of 2,500 g is 2275, of 333 g is 304."""
        return up(self.fen * self.grams, GRAMS_OF_A_JIN) if self.per == FloorPer.JIN else self.fen


@dataclass(frozen=True, slots=True)
class Mechanism:
    """价格机制 of one piece. `settlement_fen`: what the seller pays on to the supplier; None: the supplier sells himself."""

    live_price_fen: int
    terms: Sequence[Term] = ()
    commission_basis_points: int = 0
    slot_fee_fen: int = 0
    committed_stock: int | None = None
    aid: Aid | None = None
    floor: Floor | None = None
    settlement_fen: int | None = None


class Part(NamedTuple):
    """One step of the sum. `buyer_fen` and `seller_fen` say by how much it changes either figure; 0: not at all."""

    kind: PartKind
    buyer_fen: int
    seller_fen: int
    payer: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """One piece at one price. `farmer_share_percent`: settlement ÷ final price, one decimal; None where nobody pays."""

    live_price_fen: int
    final_fen: int
    seller_receives_fen: int
    floor_fen: int | None
    is_below_floor: bool
    farmer_share_percent: Decimal | None
    settlement_fen: int
    parts: tuple[Part, ...]
    floor: Floor | None = None

    @property
    def missing_fen(self) -> int:
        """How much the seller lacks to the floor, 0 when he has it."""
        return max(0, (self.floor_fen or 0) - self.seller_receives_fen)

    @property
    def is_below_settlement(self) -> bool:
        """The seller pays the supplier more than he receives: selling at a loss (亏本)."""
        return self.settlement_fen > self.seller_receives_fen


def final_price(mechanism: Mechanism) -> Price:
    """The price of one piece with all its parts. A nonsensical one (negative) is returned as it is: `check_terms` refuses it."""
    parts = [part for term in mechanism.terms if (part := _offer(term, mechanism.live_price_fen))]
    credited = mechanism.live_price_fen + sum(part.seller_fen for part in parts if part.kind != PartKind.GIFT)
    parts += _fees(mechanism, max(0, credited))
    if mechanism.aid and mechanism.aid.counts:
        parts.append(_aid(mechanism.aid))
    final = mechanism.live_price_fen + sum(part.buyer_fen for part in parts)
    receives = mechanism.live_price_fen + sum(part.seller_fen for part in parts)
    floor = mechanism.floor.piece_fen if mechanism.floor else None
    settlement = receives if mechanism.settlement_fen is None else mechanism.settlement_fen
    return Price(
        live_price_fen=mechanism.live_price_fen,
        final_fen=final,
        seller_receives_fen=receives,
        floor_fen=floor,
        is_below_floor=floor is not None and receives < floor,
        farmer_share_percent=_percent(settlement, final),
        settlement_fen=settlement,
        parts=tuple(parts),
        floor=mechanism.floor,
    )


def up(fen: int, among: int) -> int:
    """A share (≥ 0), a fraction of a fen rounded up."""
    return -(-fen // among)


def _offer(term: Term, live_price_fen: int) -> Part | None:
    """None: the live price does not reach what the offer asks for."""
    if live_price_fen < (term.threshold_fen or 0):
        return None
    pays = -term.amount_fen if term.payer == Payer.SUPPLIER else 0
    buyer = 0 if term.kind == OfferKind.GIFT else -term.amount_fen
    return Part(PartKind(term.kind), buyer, pays, term.payer, term.gift)


def _fees(mechanism: Mechanism, credited_fen: int) -> list[Part]:
    fees = []
    if mechanism.commission_basis_points:
        commission = up(credited_fen * mechanism.commission_basis_points, BASIS_POINTS)
        fees.append(Part(PartKind.COMMISSION, 0, -commission, name=percent_words(mechanism.commission_basis_points)))
    if mechanism.slot_fee_fen:
        fees.append(Part(PartKind.SLOT_FEE, 0, -up(mechanism.slot_fee_fen, mechanism.committed_stock or 1)))
    return fees


def _aid(aid: Aid) -> Part:
    """To sellers it is added to what they receive; to buyers it is taken off what they pay, and the payer makes it good."""
    if aid.goes_to == SubsidyTo.BUYER:
        return Part(PartKind.SUBSIDY, -aid.per_piece_fen, 0, name=aid.name)
    return Part(PartKind.SUBSIDY, 0, aid.per_piece_fen, name=aid.name)


def _percent(part_fen: int, whole_fen: int) -> Decimal | None:
    if whole_fen <= 0:
        return None
    return (Decimal(part_fen) * 100 / whole_fen).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent_words(basis_points: int) -> str:
    """`5%`, `2.5%`."""
    return f"{(Decimal(basis_points) / 100).normalize():f}%"


def check_terms(mechanism: Mechanism) -> None:
    """Raises NotAllowed: `price_missing`, `offer_is_nothing`, `gift_without_a_name`, `threshold_missing`, `threshold_too_small`,
    `coupon_over_price`, `slot_fee_needs_stock`, `settlement_below_floor`."""
    if mechanism.live_price_fen <= 0:
        raise NotAllowed("price_missing")
    for term in mechanism.terms:
        check_term(term)
    price = final_price(replace(mechanism, aid=None))
    off = mechanism.live_price_fen - price.final_fen
    if off >= mechanism.live_price_fen:
        raise NotAllowed("coupon_over_price", off=yuan(off), price=yuan(mechanism.live_price_fen))
    if mechanism.slot_fee_fen and not mechanism.committed_stock:
        raise NotAllowed("slot_fee_needs_stock")
    if mechanism.settlement_fen is not None and price.floor_fen is not None and mechanism.settlement_fen < price.floor_fen:
        raise NotAllowed("settlement_below_floor", settlement=yuan(mechanism.settlement_fen), floor=yuan(price.floor_fen))


def check_term(term: Term) -> None:
    """One offer makes sense by itself. Raises NotAllowed as `check_terms` does."""
    if term.kind == OfferKind.GIFT:
        if not term.gift:
            raise NotAllowed("gift_without_a_name")
        return
    if term.amount_fen <= 0:
        raise NotAllowed("offer_is_nothing", kind=OfferKind(term.kind).label)
    if term.kind == OfferKind.THRESHOLD and not term.threshold_fen:
        raise NotAllowed("threshold_missing")
    if term.threshold_fen is not None and term.threshold_fen < term.amount_fen:
        raise NotAllowed("threshold_too_small", off=yuan(term.amount_fen), threshold=yuan(term.threshold_fen))
