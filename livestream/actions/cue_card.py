"""Cue cards (手卡) of a session: as somebody wrote them, or filled from the registers until somebody does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from livestream.actions.board import touch_session
from livestream.actions.notice import in_chinese
from livestream.actions.pitch import lock_session
from livestream.actions.price import price_of
from livestream.actions.script import check_open
from livestream.actions.wording import CARD_FIELDS, item_terms, terms_of
from livestream.models import CueCard, Paper
from livestream.rules.cue_card import CardWords, Facts, Proof, from_register, price_words, seller_words
from livestream.rules.errors import NotAllowed
from livestream.rules.wording import Finding, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from livestream.actions.script import Hand
    from livestream.models import LineUpItem, LiveSession, Product
    from livestream.rules.wording import ExtraTerm


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it is shown: `row` is None as long as nobody has written it, and `words` then come from the registers.
    `findings` by the name of the field. The seller's sentence and the price are worked out, never typed."""

    item: LineUpItem
    row: CueCard | None
    words: CardWords
    seller_words: str
    price_words: str
    findings: dict[str, list[Finding]]

    @property
    def product(self) -> Product:
        return self.item.product

    @property
    def points(self) -> list[str]:
        return self.words.points.splitlines()

    @property
    def is_right(self) -> bool:
        return not self.findings

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0


def cards_of(session: LiveSession, *, at: datetime) -> list[Card]:
    """One card an item, in the order of the line-up."""
    items = list(
        session.line_up.select_related(
            "product__supplier__place", "product__geo_indication", "product__county", "subsidy", "session"
        ).prefetch_related("offers")
    )
    written = {card.product_id: card for card in session.cue_cards.select_related("changed_by")}
    proofs = _proofs([item.product for item in items], timezone.localdate(at))
    terms = terms_of(session.county_id)
    made = (_words_of(item, written.get(item.product_id), proofs.get(item.product_id, []), at) for item in items)
    return [_judged(card, terms) for card in made]


def card_of(session: LiveSession, product_id: int, *, at: datetime) -> Card | None:
    """The card of one item; None: this is not among the session's goods."""
    return next((card for card in cards_of(session, at=at) if card.item.product_id == product_id), None)


def _words_of(item: LineUpItem, row: CueCard | None, proofs: Sequence[Proof], at: datetime) -> Card:
    """What the host says is Chinese, whoever looks at it."""
    product, price = item.product, price_of(item, at=at)
    with in_chinese():
        words = CardWords(*(getattr(row, name) for name in CardWords._fields)) if row else from_register(facts_of(item, proofs))
        said = price_words(
            price.live_price_fen, price.final_fen, unit=str(product.get_sale_unit_display()), grams=product.net_weight_grams,
            product_class=product.product_class,
        )  # fmt: skip
        return Card(item, row, words, seller_words(item.actual_seller or product.seller), said, {})


def _judged(card: Card, terms: Sequence[ExtraTerm]) -> Card:
    known = [*terms, *item_terms(card.item)]
    judged = {name: judge(getattr(card.words, name), card.product.product_class, known) for name in CARD_FIELDS}
    return replace(card, findings={name: found for name, found in judged.items() if found})


def facts_of(item: LineUpItem, proofs: Sequence[Proof]) -> Facts:
    """What the registers know of an item, as `from_register` wants it."""
    product = item.product
    return Facts(
        product_class=product.product_class,
        place=f"{product.county.short_name}{product.supplier.place.short_name}"
        if product.supplier.place_id != product.county_id
        else product.county.short_name,
        supplier=product.supplier.name,
        geo_indication=product.geo_indication.name if product.geo_indication else "",
        points=item.points or product.selling_points,
        storage=product.storage,
        shelf_life_days=product.shelf_life_days,
        return_policy=product.return_policy,
        ship_within_hours=item.ship_within_hours,
        position=item.position,
        proofs=proofs,
    )


def _proofs(products: Iterable[Product], on: date) -> dict[int, list[Proof]]:
    """The papers of these goods that are valid that day: those of a product itself."""
    found: dict[int, list[Proof]] = {}
    for paper in Paper.objects.valid(on).filter(product__in=list(products)).order_by("kind", "pk"):
        assert paper.product_id is not None
        found.setdefault(paper.product_id, []).append(Proof(paper.kind, paper.number, paper.valid_until_on))
    return found


@transaction.atomic
def save_card(session: LiveSession, product: Product, words: CardWords, hand: Hand) -> CueCard:
    """The card says this from now on; the prices and the seller are never part of it. Raises NotAllowed(`script_over`;
    `card_changed` where somebody else has written since; `not_in_line_up`)."""
    stored = lock_session(session)
    check_open(stored)
    if not stored.line_up.filter(product=product).exists():
        raise NotAllowed("not_in_line_up", title=product.title)
    card = CueCard.objects.filter(session=stored, product=product).select_related("changed_by").first()
    if (card.version if card else 0) != hand.seen:
        raise NotAllowed("card_changed", name=card.changed_by.name if card else "")
    card = card or CueCard(session=stored, product=product, version=0)
    for name, value in words._asdict().items():
        setattr(card, name, value)
    card.version, card.changed_by, card.changed_at = card.version + 1, hand.by, hand.at
    card.save()
    touch_session(stored.pk, stored.county_id)
    return card
