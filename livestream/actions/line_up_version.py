"""The line-up of a session as one value: read, kept as a version at each save, compared with another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from livestream.actions.price import check_price
from livestream.models import LineUpVersion, Product
from livestream.rules.line_up_item import COLUMNS, ItemFacts, LinkFacts, OfferFacts, PromiseFacts, as_json, changed_fields
from livestream.rules.line_up_item import from_json as facts_from
from livestream.rules.line_up_item import mark_of as mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.models import LineUpItem, LiveSession, User

WORDS_AT_MOST = 200


def items_of(session: LiveSession) -> list[LineUpItem]:
    """In their order, each with all that makes its price and its page; a few queries however many they are."""
    rows = session.line_up.select_related("product__supplier", "product__paid_low", "subsidy", "segment").order_by("position")
    found = list(rows.prefetch_related("offers", "links", "promises__supplier"))
    for item in found:
        item.session = session
    return found


def facts_of(item: LineUpItem) -> ItemFacts:
    """What the sheet says of an item now."""
    return ItemFacts(
        **{name: getattr(item, name) for name in COLUMNS},
        offers=tuple(
            OfferFacts(o.kind, o.payer, o.amount_fen, o.threshold_fen, o.gift, o.gift_quantity, o.quantity)
            for o in item.offers.all()
        ),
        links=tuple(LinkFacts(link.platform, link.number, link.price_fen) for link in item.links.all()),
        promises=tuple(
            PromiseFacts(p.supplier_id, p.units, p.promised_on, p.daily_capacity, p.cut_off_at, p.evidence)
            for p in item.promises.all()
        ),
    )


class Kept(NamedTuple):
    """An item of a version: its product by key, name and merchant code as they were then."""

    product: int
    sku: str
    title: str
    facts: ItemFacts
    segment: int | None = None


def mark_of_item(item: LineUpItem) -> str:
    """What whoever edits an item has seen of it: the same mark, the same item."""
    return mark([item.pk, as_json(facts_of(item))])


def mark_of_order(items: Iterable[LineUpItem]) -> str:
    return mark([item.pk for item in items])


def body_of(items: Iterable[LineUpItem]) -> dict[str, Any]:
    """As a version keeps it."""
    return {
        "items": [
            {
                "product": item.product_id,
                "sku": item.product.sku,
                "title": item.product.title,
                "segment": item.segment_id,
                "facts": as_json(facts_of(item)),
            }
            for item in items
        ]
    }


def kept_in(version: LineUpVersion) -> list[Kept]:
    """The items of a version, in their order."""
    return [
        Kept(each["product"], each["sku"], each["title"], facts_from(each["facts"]), each["segment"])
        for each in version.body["items"]
    ]


def newest(session: LiveSession) -> LineUpVersion | None:
    return session.line_up_versions.select_related("made_by").order_by("-number").first()


def note_version(session: LiveSession, *, by: User, at: datetime, words: str = "") -> LineUpVersion | None:
    """Keeps the line-up as it is now, in the caller's transaction, which holds the session's row. The same as the newest makes
    none; None: there is nothing to keep."""
    last, body = newest(session), body_of(items_of(session))
    if (last.body if last else {"items": []}) == body:
        return last
    number = last.number + 1 if last else 1
    about = {"words": words[:WORDS_AT_MOST], "made_by": by, "made_at": at}
    return LineUpVersion.objects.create(session=session, number=number, body=body, **about)


def follow_plan(session: LiveSession, before: Any, after: Any, *, by: User, at: datetime) -> None:
    """The plan was changed on its own form: what is new or priced anew in it must not go below its floor, and the line-up has
    another version. `before` and `after` are the goods of the plan as its steps keep them. Raises NotAllowed as `check_price`."""
    if before == after:
        return
    known = {(product, price) for product, price, *_rest in before}
    for item in items_of(session):
        if (item.product_id, item.live_price_fen) not in known:
            check_price(item, item.live_price_fen, at=at)
    note_version(session, by=by, at=at)


class Difference(NamedTuple):
    """What became of one product between two versions. `fields`: which are not the same."""

    title: str
    old: Kept | None
    new: Kept | None
    old_place: int | None
    new_place: int | None
    fields: list[str]

    @property
    def has_moved(self) -> bool:
        return None not in {self.old_place, self.new_place} and self.old_place != self.new_place


def differences(old: list[Kept], new: list[Kept]) -> list[Difference]:
    """In the order of the newer one, then what is gone; what is the same in both is not there."""
    before = {kept.product: (place, kept) for place, kept in enumerate(old, start=1)}
    after = {kept.product: (place, kept) for place, kept in enumerate(new, start=1)}
    found = []
    for product in {**after, **before}:
        old_place, was = before.get(product, (None, None))
        new_place, now = after.get(product, (None, None))
        fields = changed_fields(was.facts, now.facts) if was and now else []
        if fields or old_place != new_place:
            found.append(Difference((now or was or NOBODY).title, was, now, old_place, new_place, fields))
    return found


NOBODY = Kept(0, "", "", ItemFacts(0))


def products_there(keys: Iterable[int], county: str) -> dict[int, Product]:
    """Those of these products that may be planned in the county."""
    rows = Product.objects.filter(county=county, is_in_use=True, pk__in=set(keys)).select_related("supplier", "paid_low")
    return {product.pk: product for product in rows}
