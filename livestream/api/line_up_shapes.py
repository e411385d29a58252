"""A line-up sheet, as the REST API takes and tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from livestream.actions.line_up_version import facts_of, mark_of_item
from livestream.actions.price import price_of
from livestream.api.control_shapes import ColleagueSerializer, PriceSerializer
from livestream.api.plan_shapes import PlanMoment, key_of, rows_of
from livestream.api.strict import Line, Number, Strict, Whole, Words
from livestream.rules.control import ItemState
from livestream.rules.goods import FloorPer
from livestream.rules.line_up_item import (
    COLUMNS,
    EVIDENCE_AT_MOST,
    GIFT_AT_MOST,
    MOST_PIECES,
    MOST_SMALL,
    NOTE_AT_MOST,
    NUMBER_AT_MOST,
    POINTS_AT_MOST,
    SELLER_AT_MOST,
    ItemFacts,
    LinkFacts,
    OfferFacts,
    PromiseFacts,
)
from livestream.rules.plan import MOST_FEN, Platform
from livestream.rules.plan import ROWS_AT_MOST as ITEMS_AT_MOST
from livestream.rules.price import BASIS_POINTS
from livestream.rules.price_words import CompareBasis, OfferKind, Payer, SampleStatus, SlotRole

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LineUpItem

MARK_AT_MOST = 64
STEPS_AT_MOST = 50


def fen(help_text: str = "", **more: Any) -> Number:
    return Number(min_value=0, max_value=MOST_FEN, help_text=help_text, **more)


def perhaps(most: int, help_text: str = "") -> Number:
    """A number that may be left out, or null: as the product says."""
    return Number(min_value=0, max_value=most, required=False, allow_null=True, default=None, help_text=help_text)


def words(most: int, help_text: str = "") -> Line:
    return Line(max_length=most, required=False, allow_blank=True, default="", help_text=help_text)


def lines(most: int, help_text: str) -> Words:
    return Words(max_length=most, required=False, allow_blank=True, default="", help_text=help_text)


def choice(choices: Any, help_text: str = "", default: str = "") -> serializers.ChoiceField:
    return serializers.ChoiceField(choices, required=False, allow_blank=not default, default=default, help_text=help_text)


def day_of(help_text: str, **more: Any) -> serializers.DateField:
    return serializers.DateField(input_formats=["%Y-%m-%d"], help_text=help_text, **more)


def seen_mark(help_text: str) -> Words:
    return Words(max_length=MARK_AT_MOST, help_text=help_text)


class OfferBodySerializer(Strict):
    """What it takes off a piece, and who pays it; of a gift: what it costs."""

    kind = serializers.ChoiceField(OfferKind.choices)
    payer = serializers.ChoiceField(Payer.choices)
    amount_fen = fen(required=False, default=0)
    threshold_fen = perhaps(MOST_FEN, "the live price from which on it holds")
    gift = words(GIFT_AT_MOST)
    gift_quantity = perhaps(MOST_SMALL)
    quantity = perhaps(MOST_FEN, "how many there are in all")


class LinkBodySerializer(Strict):
    """The number under which a platform's room sells it."""

    platform = serializers.ChoiceField(Platform.choices)
    number = Line(max_length=NUMBER_AT_MOST)
    price_fen = perhaps(MOST_FEN)


class PromiseBodySerializer(Strict):
    """What a supplier commits to deliver; the stock is the sum of them."""

    supplier = key_of("id of a supplier")
    units = Number(min_value=0, max_value=MOST_PIECES)
    promised_on = day_of("the Shanghai day of the promise")
    daily_capacity = perhaps(MOST_PIECES)
    cut_off_at = PlanMoment(required=False, allow_null=True, default=None)
    evidence = words(EVIDENCE_AT_MOST)


class ItemFactsBodySerializer(Strict):
    """What the sheet says of an item. What is left out is as the product says, or not there."""

    live_price_fen = fen("of a piece")
    committed_stock = perhaps(MOST_PIECES, "pieces; where there are promises, their sum")
    slot_role = choice(SlotRole.choices)
    actual_seller = words(SELLER_AT_MOST)
    list_price_fen = perhaps(MOST_FEN)
    compare_price_fen = perhaps(MOST_FEN, "with its basis, or not at all")
    compare_basis = choice(CompareBasis.choices)
    compare_evidence = words(EVIDENCE_AT_MOST)
    floor_price_fen = perhaps(MOST_FEN)
    floor_per = choice(FloorPer.choices, default=FloorPer.PIECE.value)
    settlement_price_fen = perhaps(MOST_FEN)
    commission_basis_points = Number(min_value=0, max_value=BASIS_POINTS, required=False, default=0)
    slot_fee_fen = fen(required=False, default=0)
    subsidy = key_of("id of a subsidy rule", required=False, allow_null=True, default=None)
    daily_ship_capacity = perhaps(MOST_PIECES)
    ship_within_hours = perhaps(MOST_SMALL)
    presale_on = day_of("", required=False, allow_null=True, default=None)
    cut_off_at = PlanMoment(required=False, allow_null=True, default=None)
    sample_status = choice(SampleStatus.choices, default=SampleStatus.NONE.value)
    planned_minutes = perhaps(MOST_SMALL)
    points = lines(POINTS_AT_MOST, "one a line")
    banned_claims = lines(POINTS_AT_MOST, "what is not to be said of it, one a line")
    note = words(NOTE_AT_MOST)
    offers = rows_of(OfferBodySerializer)
    links = rows_of(LinkBodySerializer)
    promises = rows_of(PromiseBodySerializer)


class ItemAddSerializer(ItemFactsBodySerializer):
    sku = Words(max_length=64, help_text="the merchant code of a product of the county")


class ItemChangeSerializer(ItemFactsBodySerializer):
    seen = seen_mark("`mark` of the item as you read it")


class ItemMoveSerializer(Strict):
    steps = Number(min_value=-STEPS_AT_MOST, max_value=STEPS_AT_MOST, help_text="-1: one up, 1: one down")


class ItemRemoveSerializer(Strict):
    seen = seen_mark("`mark` of the item as you read it")


class OrderBodySerializer(Strict):
    order = serializers.ListField(
        child=key_of("id of an item"), max_length=ITEMS_AT_MOST, help_text="every item once, first first"
    )
    seen = seen_mark("`order_mark` of the line-up as you read it")


class CopyBodySerializer(Strict):
    session = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="one of the county's; left out: the host's last one"
    )


class ReturnBodySerializer(Strict):
    seen = Number(min_value=0, max_value=MOST_PIECES, help_text="number of the newest version as you know it")


class PriceQuery(Strict):
    live_price_fen = Whole(min_value=0, max_value=MOST_FEN, required=False, help_text="its price at this live price instead")


def facts_in(body: dict[str, Any]) -> ItemFacts:
    """What was sent of an item."""
    said = {name: body["subsidy" if name == "subsidy_id" else name] for name in COLUMNS}
    return ItemFacts(
        **said,
        offers=tuple(OfferFacts(**row) for row in body.get("offers", [])),
        links=tuple(LinkFacts(**row) for row in body.get("links", [])),
        promises=tuple(PromiseFacts(**row) for row in body.get("promises", [])),
    )


# --- what is told ---------------------------------------------------------------------------------------------------------


class OfferSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(OfferKind.choices)
    payer = serializers.ChoiceField(Payer.choices)
    amount_fen = serializers.IntegerField()
    threshold_fen = serializers.IntegerField(allow_null=True)
    gift = serializers.CharField(allow_blank=True)
    gift_quantity = serializers.IntegerField(allow_null=True)
    quantity = serializers.IntegerField(allow_null=True)


class LinkSerializer(serializers.Serializer[Any]):
    platform = serializers.CharField()
    number = serializers.CharField()
    price_fen = serializers.IntegerField(allow_null=True)


class PromiseSerializer(serializers.Serializer[Any]):
    supplier = serializers.IntegerField()
    units = serializers.IntegerField()
    promised_on = serializers.DateField()
    daily_capacity = serializers.IntegerField(allow_null=True)
    cut_off_at = serializers.DateTimeField(allow_null=True)
    evidence = serializers.CharField(allow_blank=True)


class ItemFactsSerializer(serializers.Serializer[ItemFacts]):
    """What the sheet says of an item; null and "" are as the product says."""

    live_price_fen = serializers.IntegerField()
    committed_stock = serializers.IntegerField(allow_null=True)
    slot_role = serializers.ChoiceField(SlotRole.choices, allow_blank=True)
    actual_seller = serializers.CharField(allow_blank=True)
    list_price_fen = serializers.IntegerField(allow_null=True)
    compare_price_fen = serializers.IntegerField(allow_null=True)
    compare_basis = serializers.ChoiceField(CompareBasis.choices, allow_blank=True)
    compare_evidence = serializers.CharField(allow_blank=True)
    floor_price_fen = serializers.IntegerField(allow_null=True)
    floor_per = serializers.ChoiceField(FloorPer.choices)
    settlement_price_fen = serializers.IntegerField(allow_null=True)
    commission_basis_points = serializers.IntegerField()
    slot_fee_fen = serializers.IntegerField()
    subsidy = serializers.IntegerField(source="subsidy_id", allow_null=True)
    daily_ship_capacity = serializers.IntegerField(allow_null=True)
    ship_within_hours = serializers.IntegerField(allow_null=True)
    presale_on = serializers.DateField(allow_null=True)
    cut_off_at = serializers.DateTimeField(allow_null=True)
    sample_status = serializers.ChoiceField(SampleStatus.choices)
    planned_minutes = serializers.IntegerField(allow_null=True)
    points = serializers.CharField(allow_blank=True)
    banned_claims = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    offers = OfferSerializer(many=True)
    links = LinkSerializer(many=True)
    promises = PromiseSerializer(many=True)


class SheetItemSerializer(serializers.Serializer[Any]):
    """An item of the sheet with what it costs and brings, computed."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    sku = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(ItemState.choices)
    mark = serializers.CharField(help_text="name it when you change the item: the same mark, the same item")
    facts = ItemFactsSerializer()
    price = PriceSerializer()


class SheetSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(allow_null=True, help_text="number of the newest version; null: never saved by itself")
    order_mark = serializers.CharField(help_text="name it when you put the items in another order")
    items = SheetItemSerializer(many=True)


class SheetVersionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    words = serializers.CharField(allow_blank=True, help_text="what was changed")
    made_by = ColleagueSerializer()
    made_at = serializers.DateTimeField()


class KeptItemSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField()
    title = serializers.CharField()
    facts = ItemFactsSerializer()


class SheetVersionDetailSerializer(SheetVersionSerializer):
    items = KeptItemSerializer(many=True)


class LeftOutSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    why = serializers.CharField()


class CopiedSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    left_out = LeftOutSerializer(many=True)
    line_up = SheetSerializer()


def item_told(item: LineUpItem, *, at: datetime, live_price_fen: int | None = None) -> dict[str, Any]:
    """Of an item that `items_of` found."""
    return {
        "id": item.pk,
        "position": item.position,
        "sku": item.product.sku,
        "title": item.product.title,
        "state": item.state,
        "mark": mark_of_item(item),
        "facts": facts_of(item),
        "price": price_of(item, live_price_fen=live_price_fen, at=at),
    }
