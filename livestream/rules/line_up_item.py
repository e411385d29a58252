"""What a line-up sheet says of one item (排品表), as a value: checked, kept as JSON, told by its mark. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from livestream.rules.errors import NotAllowed
from livestream.rules.goods import FloorPer
from livestream.rules.plan import MOST_FEN, Platform
from livestream.rules.price import BASIS_POINTS, Term, check_term
from livestream.rules.price_words import CompareBasis, OfferKind, Payer, SampleStatus, SlotRole
from livestream.rules.text import one_line

MOST_PIECES = 2_000_000_000
MOST_SMALL = 32_000  # minutes, hours
ROWS_AT_MOST = 20  # offers, links or promises of one item
POINTS_AT_MOST, NOTE_AT_MOST, SELLER_AT_MOST, EVIDENCE_AT_MOST, GIFT_AT_MOST, NUMBER_AT_MOST = 300, 200, 80, 200, 60, 40


class OfferFacts(NamedTuple):
    kind: str
    payer: str
    amount_fen: int = 0
    threshold_fen: int | None = None
    gift: str = ""
    gift_quantity: int | None = None
    quantity: int | None = None

    @property
    def term(self) -> Term:
        return Term(self.kind, self.payer, self.amount_fen, self.threshold_fen, self.gift)


class LinkFacts(NamedTuple):
    platform: str
    number: str
    price_fen: int | None = None


class PromiseFacts(NamedTuple):
    """`supplier` is the key of one in the register."""

    supplier: int
    units: int
    promised_on: date
    daily_capacity: int | None = None
    cut_off_at: datetime | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Everything that a sheet says of an item but its product, its place in the order and its segment. What is None or "" is as
    the product says."""

    live_price_fen: int
    committed_stock: int | None = None
    slot_role: str = ""
    actual_seller: str = ""
    list_price_fen: int | None = None
    compare_price_fen: int | None = None
    compare_basis: str = ""
    compare_evidence: str = ""
    floor_price_fen: int | None = None
    floor_per: str = FloorPer.PIECE.value
    settlement_price_fen: int | None = None
    commission_basis_points: int = 0
    slot_fee_fen: int = 0
    subsidy_id: int | None = None
    daily_ship_capacity: int | None = None
    ship_within_hours: int | None = None
    presale_on: date | None = None
    cut_off_at: datetime | None = None
    sample_status: str = SampleStatus.NONE.value
    planned_minutes: int | None = None
    points: str = ""
    banned_claims: str = ""
    note: str = ""
    offers: tuple[OfferFacts, ...] = ()
    links: tuple[LinkFacts, ...] = ()
    promises: tuple[PromiseFacts, ...] = ()


COLUMNS = tuple(field.name for field in fields(ItemFacts) if field.name not in {"offers", "links", "promises"})
# What makes the price: on air it is changed at the control desk, by two persons.
OF_THE_PRICE = (
    "live_price_fen", "committed_stock", "floor_price_fen", "floor_per", "settlement_price_fen", "commission_basis_points",
    "slot_fee_fen", "subsidy_id", "compare_price_fen", "compare_basis", "offers", "promises",
)  # fmt: skip
TEXTS = {
    "actual_seller": SELLER_AT_MOST, "compare_evidence": EVIDENCE_AT_MOST, "points": POINTS_AT_MOST,
    "banned_claims": POINTS_AT_MOST, "note": NOTE_AT_MOST,
}  # fmt: skip
OF_LINES = {"points", "banned_claims"}  # one thing a line
CHOICES = {"slot_role": ("", *SlotRole.values), "floor_per": FloorPer.values, "sample_status": SampleStatus.values}
FEN = ("live_price_fen", "list_price_fen", "compare_price_fen", "floor_price_fen", "settlement_price_fen", "slot_fee_fen")
SMALL = ("ship_within_hours", "planned_minutes")


def tidy(facts: ItemFacts) -> ItemFacts:
    """Without what nobody sees in its words; the stock is the sum of the promises where there are any; no compare price, no
    basis. Raises NotAllowed for numbers and words that no column holds: `stock_negative`, `line_up_number`, `line_up_too_long`,
    `line_up_choice`, `line_up_rows`, `line_up_twice`, `link_without_number`, `promise_is_nothing`, and those of `check_term`."""
    words: dict[str, Any] = {name: _words(name, getattr(facts, name), most) for name, most in TEXTS.items()}
    offers = tuple(offer._replace(gift=_short(offer.gift, GIFT_AT_MOST)) for offer in facts.offers)
    links = tuple(link._replace(number=_short(link.number, NUMBER_AT_MOST)) for link in facts.links)
    promises = tuple(one._replace(evidence=_short(one.evidence, EVIDENCE_AT_MOST)) for one in facts.promises)
    facts = replace(facts, **words, offers=offers, links=links, promises=promises)
    if facts.compare_price_fen is None:
        facts = replace(facts, compare_basis="", compare_evidence="")
    if promises:
        facts = replace(facts, committed_stock=sum(one.units for one in promises))
    _check_numbers(facts)
    _check_choices(facts)
    _check_rows(facts)
    return facts


def _short(text: str, most: int) -> str:
    text = one_line(text)
    if len(text) > most:
        raise NotAllowed("line_up_too_long", limit=most)
    return text


def _words(name: str, text: str, most: int) -> str:
    if name not in OF_LINES:
        return _short(text, most)
    return _longest("\n".join(line for part in text.splitlines() if (line := one_line(part))), most)


def _longest(text: str, most: int) -> str:
    if len(text) > most:
        raise NotAllowed("line_up_too_long", limit=most)
    return text


def _check_numbers(facts: ItemFacts) -> None:
    if (facts.committed_stock or 0) < 0:
        raise NotAllowed("stock_negative")
    of_offers = [n for o in facts.offers for n in (o.amount_fen, o.threshold_fen, o.quantity)]
    fen = [*(getattr(facts, name) for name in FEN), *of_offers, *(link.price_fen for link in facts.links)]
    pieces = [facts.committed_stock, facts.daily_ship_capacity, *(n for p in facts.promises for n in (p.units, p.daily_capacity))]
    small = [*(getattr(facts, name) for name in SMALL), *(offer.gift_quantity for offer in facts.offers)]
    for numbers, most in ((fen, MOST_FEN), (pieces, MOST_PIECES), (small, MOST_SMALL)):
        if not all(number is None or 0 <= number <= most for number in numbers):
            raise NotAllowed("line_up_number", limit=most)
    if not 0 <= facts.commission_basis_points <= BASIS_POINTS:
        raise NotAllowed("commission_over_the_price")
    if any(promise.units == 0 for promise in facts.promises):
        raise NotAllowed("promise_is_nothing")


def _check_choices(facts: ItemFacts) -> None:
    known = all(getattr(facts, name) in choices for name, choices in CHOICES.items())
    known &= facts.compare_basis in {"", *CompareBasis.values}
    known &= all(offer.kind in OfferKind.values and offer.payer in Payer.values for offer in facts.offers)
    known &= all(link.platform in Platform.values for link in facts.links)
    if not known:
        raise NotAllowed("line_up_choice")


def _check_rows(facts: ItemFacts) -> None:
    if max(len(facts.offers), len(facts.links), len(facts.promises)) > ROWS_AT_MOST:
        raise NotAllowed("line_up_rows", limit=ROWS_AT_MOST)
    platforms = [link.platform for link in facts.links]
    suppliers = [promise.supplier for promise in facts.promises]
    if len(set(platforms)) < len(platforms) or len(set(suppliers)) < len(suppliers):
        raise NotAllowed("line_up_twice")
    if not all(link.number for link in facts.links):
        raise NotAllowed("link_without_number")
    for offer in facts.offers:
        check_term(offer.term)


def as_json(facts: ItemFacts) -> dict[str, Any]:
    """The same facts always make the same JSON."""
    said = {name: getattr(facts, name) for name in COLUMNS}
    rows = {"offers": facts.offers, "links": facts.links, "promises": facts.promises}
    plain: dict[str, Any] = json.loads(
        json.dumps(said | {name: [list(row) for row in those] for name, those in rows.items()}, default=_iso)
    )
    return plain


def _iso(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()


def from_json(kept: dict[str, Any]) -> ItemFacts:
    said = {name: kept[name] for name in COLUMNS if name in kept}
    said["presale_on"] = _day(said.get("presale_on"))
    said["cut_off_at"] = _moment(said.get("cut_off_at"))
    return ItemFacts(
        **said,
        offers=tuple(OfferFacts(*row) for row in kept.get("offers", ())),
        links=tuple(LinkFacts(*row) for row in kept.get("links", ())),
        promises=tuple(_promise(*row) for row in kept.get("promises", ())),
    )


def _promise(supplier: int, units: int, on: str, capacity: int | None, until: str | None, evidence: str) -> PromiseFacts:
    return PromiseFacts(supplier, units, date.fromisoformat(on), capacity, _moment(until), evidence)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def mark_of(value: Any) -> str:
    """A short mark of something that JSON can say: whoever saves says which he saw, and no two differ without it."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def changed_fields(old: ItemFacts, new: ItemFacts) -> list[str]:
    """The names of the fields in which they differ, in the order of the sheet."""
    return [field.name for field in fields(ItemFacts) if getattr(old, field.name) != getattr(new, field.name)]
