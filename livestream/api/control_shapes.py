"""The control log and the stage of a session, as the REST API takes and tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from livestream.api.fields import LARGEST_ID
from livestream.api.on_air import EveningQuery, PitchSerializer
from livestream.api.plan_shapes import PlanMoment, key_of
from livestream.api.session_shapes import RoomSerializer
from livestream.api.strict import Line, Number, Strict, Whole, Words
from livestream.rules.control import WORDS_AT_MOST, ControlKind, Device, ItemState
from livestream.rules.plan import Platform
from livestream.rules.price import PartKind
from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from livestream.models import ControlEvent

NUMBER_MOST = 2_000_000_000
TAP = r"^[0-9a-f-]{8,64}\Z"
OF_PRICES = {ControlKind.PRICE_PROPOSED, ControlKind.PRICE_CHANGED, ControlKind.PRICE_REFUSED}
OF_COUPONS = {ControlKind.COUPON_ISSUED, ControlKind.REWARD_ISSUED}


class ColleagueSerializer(serializers.Serializer[Any]):
    """Somebody who works here, as colleagues name him."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ControlEventSerializer(serializers.Serializer[Any]):
    """One thing that somebody did. Prices are in fen of a piece; what does not belong to its kind is null."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(ControlKind.choices)
    happened_at = serializers.DateTimeField(help_text="its place in the log")
    recorded_at = serializers.DateTimeField(help_text="when it reached us")
    by = ColleagueSerializer()
    device = serializers.ChoiceField(Device.choices)
    tap = serializers.CharField(allow_blank=True)
    sku = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True, help_text="the product's")
    platform = serializers.CharField(allow_blank=True)
    old_price_fen = serializers.IntegerField(allow_null=True)
    new_price_fen = serializers.IntegerField(allow_null=True)
    old_stock = serializers.IntegerField(allow_null=True, help_text="pieces")
    new_stock = serializers.IntegerField(allow_null=True, help_text="pieces")
    number = serializers.IntegerField(allow_null=True, help_text="of coupons or lucky bags")
    words = serializers.CharField(allow_blank=True)
    about = serializers.IntegerField(allow_null=True, help_text="id of the event that it answers")
    proposed_by = ColleagueSerializer(allow_null=True)

    def to_representation(self, instance: ControlEvent) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(told(instance))
        return shown


def told(event: ControlEvent) -> dict[str, Any]:
    """Under the names of `ControlEventSerializer`."""
    kind = ControlKind(event.kind)
    price, stock = kind in OF_PRICES, kind == ControlKind.STOCK_CHANGED
    same = ("id", "kind", "happened_at", "recorded_at", "by", "device", "tap", "platform", "words", "proposed_by")
    return {name: getattr(event, name) for name in same} | {
        "sku": event.product.sku if event.product else None,
        "title": event.product.title if event.product else None,
        "old_price_fen": event.old if price else None,
        "new_price_fen": event.new if price else None,
        "old_stock": event.old if stock else None,
        "new_stock": event.new if stock else None,
        "number": event.new if kind in OF_COUPONS else None,
        "about": event.about_id,
    }


class ControlQuery(EveningQuery):
    """`after`: only what was recorded after this event."""

    after = Whole(min_value=0, max_value=LARGEST_ID, required=False, help_text="id of an event: what was recorded after it")


class ControlBodySerializer(Strict):
    """What was pressed. Which of the others a kind needs, docs/integrators.md says; a refusal says it too."""

    kind = serializers.ChoiceField(ControlKind.choices)
    tap = serializers.RegexField(
        TAP, required=False, help_text="your own id of it, as a UUID: sent twice, it is done once", trim_whitespace=False
    )
    at = PlanMoment(required=False, help_text="when it was, by the device's clock; left out: now")
    sent_at = PlanMoment(required=False, help_text="what that clock says at sending: a clock that goes wrong does no harm")
    sku = Words(max_length=64, required=False, help_text="the merchant code of a product in the line-up")
    about = key_of("id of the event that is answered", required=False)
    price_fen = Number(min_value=0, max_value=NUMBER_MOST, required=False, help_text="the live price proposed, of a piece")
    number = Number(min_value=0, max_value=NUMBER_MOST, required=False, help_text="pieces of the stock, or of coupons")
    words = Line(max_length=WORDS_AT_MOST, required=False, allow_blank=True, default="", help_text="the reason, or what is said")
    platform = serializers.ChoiceField(Platform.choices, required=False)
    room_id = Line(max_length=64, required=False)
    account = Line(max_length=64, required=False, allow_blank=True, default="")


# --- the stage ------------------------------------------------------------------------------------------------------------


class PricePartSerializer(serializers.Serializer[Any]):
    """One step of the sum: by how much it changes what a buyer pays, and what the seller receives."""

    kind = serializers.ChoiceField(PartKind.choices)
    buyer_fen = serializers.IntegerField()
    seller_fen = serializers.IntegerField()
    payer = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)


class PriceSerializer(serializers.Serializer[Any]):
    """One piece at one price, computed (docs/counting.md)."""

    live_price_fen = serializers.IntegerField()
    final_fen = serializers.IntegerField(help_text="what a buyer pays")
    seller_receives_fen = serializers.IntegerField()
    settlement_fen = serializers.IntegerField()
    floor_fen = serializers.IntegerField(allow_null=True)
    missing_fen = serializers.IntegerField(help_text="how much the seller lacks to the floor")
    is_below_floor = serializers.BooleanField()
    is_below_settlement = serializers.BooleanField()
    farmer_share_percent = serializers.FloatField(allow_null=True)
    parts = PricePartSerializer(many=True)


class StageItemSerializer(serializers.Serializer[Any]):
    item = serializers.IntegerField(source="item.pk", help_text="id in the line-up")
    position = serializers.IntegerField(source="item.position")
    sku = serializers.CharField(source="item.product.sku")
    title = serializers.CharField(source="item.product.title")
    state = serializers.ChoiceField(ItemState.choices, source="item.state")
    committed_stock = serializers.IntegerField(source="item.committed_stock", allow_null=True)
    price = PriceSerializer()
    missing = serializers.ListField(child=serializers.CharField(), help_text="papers without which it cannot be listed, in words")
    is_pitched = serializers.BooleanField()
    is_next = serializers.BooleanField()
    proposal = ControlEventSerializer(allow_null=True, help_text="the newest price that waits for a second person")


class StageSerializer(serializers.Serializer[Any]):
    """What stands. The lists hold what nobody has answered yet, the oldest first."""

    version = serializers.IntegerField(help_text="grows with every change")
    state = serializers.ChoiceField(SessionState.choices)
    pitch = PitchSerializer(allow_null=True)
    items = StageItemSerializer(many=True)
    prompts = ControlEventSerializer(many=True)
    help = ControlEventSerializer(many=True)
    proposals = ControlEventSerializer(many=True)
    lost = ControlEventSerializer(many=True)
    rooms = RoomSerializer(many=True)
    notice = ControlEventSerializer(allow_null=True, help_text="what is pinned on top")
