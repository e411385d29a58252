"""Goods, suppliers, papers and the selection, as the REST API takes and tells them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.line_up_shapes import choice, day_of, fen, perhaps, words
from livestream.api.plan_shapes import key_of
from livestream.api.strict import Code, Flag, Line, Number, Strict, Words
from livestream.models import Product, Supplier
from livestream.rules.gate import REASON_AT_MOST
from livestream.rules.goods import (
    FloorPer,
    PaperKind,
    PaperState,
    ProductClass,
    Rank,
    ReturnPolicy,
    SaleUnit,
    SampleFate,
    SelectionStage,
    Storage,
)
from livestream.rules.party import Registration, SupplierKind
from livestream.rules.plan import MOST_FEN
from livestream.rules.selection import SCORE_AT_MOST, WORDS_AT_MOST

POINTS_AT_MOST, POINT_AT_MOST = 3, 40
GRAMS_MOST, DAYS_MOST, VERSION_MOST = 2_000_000_000, 32_000, 2_000_000_000
BASE64 = r"^[A-Za-z0-9+/]+={0,2}\Z"


class SupplierSerializer(serializers.Serializer[Supplier]):
    """Without contact and phone: who may call a supplier opens them on the page, with a reason."""

    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(SupplierKind.choices)
    place = serializers.CharField(source="place_id", help_text="the village's code")
    registration = serializers.ChoiceField(Registration.choices, allow_blank=True)
    licence_no = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    is_in_use = serializers.BooleanField()
    version = serializers.IntegerField(help_text="name it when you change the supplier")


class ProductSerializer(serializers.Serializer[Product]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    sku = serializers.CharField(help_text="the merchant code on order lines")
    title = serializers.CharField()
    supplier = serializers.IntegerField(source="supplier_id")
    net_weight_grams = serializers.IntegerField()
    list_price_fen = serializers.IntegerField()
    selling_points = serializers.CharField(allow_blank=True, help_text="one a line")
    product_class = serializers.ChoiceField(
        ProductClass.choices, allow_blank=True, help_text="empty: not said yet, so it cannot be listed"
    )
    spec = serializers.CharField(allow_blank=True)
    sale_unit = serializers.ChoiceField(SaleUnit.choices)
    grade = serializers.IntegerField(allow_null=True)
    geo_indication = serializers.CharField(source="geo_indication.name", allow_null=True, default=None)
    brand = serializers.CharField(allow_blank=True)
    storage = serializers.ChoiceField(Storage.choices)
    shelf_life_days = serializers.IntegerField(allow_null=True)
    return_policy = serializers.ChoiceField(ReturnPolicy.choices)
    actual_seller = serializers.CharField(allow_blank=True, help_text="empty: the supplier sells himself")
    floor_price_fen = serializers.IntegerField(allow_null=True)
    floor_per = serializers.ChoiceField(FloorPer.choices)
    is_in_use = serializers.BooleanField()
    version = serializers.IntegerField(help_text="name it when you change the product")


class SupplierBodySerializer(Strict):
    name = Line(max_length=60)
    kind = serializers.ChoiceField(SupplierKind.choices)
    place = Code(help_text="a village's code")
    registration = choice(Registration.choices)
    licence_no = words(40)
    address = words(120)


class SupplierChangeSerializer(SupplierBodySerializer):
    version = Number(min_value=1, max_value=VERSION_MOST)


class ProductBodySerializer(Strict):
    """Left out: as a product has it that nobody said more of. The geographical indication stays as it is."""

    sku = Line(max_length=64)
    title = Line(max_length=80)
    supplier = key_of("id of a supplier")
    net_weight_grams = Number(min_value=1, max_value=GRAMS_MOST)
    list_price_fen = fen()
    selling_points = serializers.ListField(
        child=Line(max_length=POINT_AT_MOST), max_length=POINTS_AT_MOST, required=False, default=list
    )
    product_class = choice(ProductClass.choices)
    spec = words(60)
    sale_unit = choice(SaleUnit.choices, default=SaleUnit.PIECE.value)
    grade = Number(min_value=min(Rank.values), max_value=max(Rank.values), required=False, allow_null=True, default=None)
    brand = words(40)
    storage = choice(Storage.choices, default=Storage.ROOM.value)
    shelf_life_days = perhaps(DAYS_MOST)
    return_policy = choice(ReturnPolicy.choices, default=ReturnPolicy.SEVEN_DAYS.value)
    actual_seller = words(80)
    floor_price_fen = perhaps(MOST_FEN)
    floor_per = choice(FloorPer.choices, default=FloorPer.PIECE.value)


class ProductChangeSerializer(ProductBodySerializer):
    version = Number(min_value=1, max_value=VERSION_MOST)


# --- papers ---------------------------------------------------------------------------------------------------------------


class PaperSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    supplier = serializers.IntegerField(source="supplier_id")
    product = serializers.IntegerField(source="product_id", allow_null=True, help_text="null: of the supplier as a whole")
    kind = serializers.ChoiceField(PaperKind.choices)
    number = serializers.CharField(allow_blank=True)
    issuer = serializers.CharField(allow_blank=True)
    issued_on = serializers.DateField(allow_null=True)
    valid_until_on = serializers.DateField(allow_null=True, help_text="it holds through this Shanghai day; null: it does not end")
    batch = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(PaperState.choices)
    checked_by = ColleagueSerializer(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    refusal = serializers.CharField(allow_blank=True)
    file_name = serializers.CharField(source="name", allow_blank=True, help_text="empty: there is no file")
    file_sha256 = serializers.CharField(source="sha256", allow_blank=True, help_text="of what was sent")
    file_bytes = serializers.IntegerField(source="bytes")


class PaperFileSerializer(Strict):
    """A PDF, JPEG or PNG of at most 10 MB."""

    name = Line(max_length=100)
    base64 = serializers.RegexField(BASE64, trim_whitespace=False)


class PaperBodySerializer(Strict):
    supplier = key_of("id of a supplier")
    product = key_of("id of one of his products", required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(PaperKind.choices)
    number = words(60)
    issuer = words(60)
    issued_on = day_of("", required=False, allow_null=True, default=None)
    valid_until_on = day_of("left out: it does not end", required=False, allow_null=True, default=None)
    batch = words(40)
    file = PaperFileSerializer(required=False, allow_null=True, default=None)


class PaperCheckSerializer(Strict):
    is_accepted = Flag()
    refusal = words(REASON_AT_MOST, "why it cannot be used")
    seen = serializers.ChoiceField(PaperState.choices, help_text="`state` as you read it")


# --- the gate and the selection -------------------------------------------------------------------------------------------


class OverrideSerializer(serializers.Serializer[Any]):
    """Who let it through all the same, and why."""

    missing = serializers.CharField()
    reason = serializers.CharField()
    by = ColleagueSerializer()
    at = serializers.DateTimeField()


class GateItemSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField()
    title = serializers.CharField()
    is_open = serializers.BooleanField(help_text="whether it may be listed")
    missing = serializers.ListField(child=serializers.CharField(), help_text="in words")
    override = OverrideSerializer(allow_null=True)


class GateSerializer(serializers.Serializer[Any]):
    on = serializers.DateField(help_text="the Shanghai day that was asked for: the session's, or today")
    items = GateItemSerializer(many=True)


class GatePassSerializer(Strict):
    sku = Words(max_length=64)
    reason = Line(max_length=REASON_AT_MOST)


class SelectionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    product = serializers.IntegerField(source="product_id")
    title = serializers.CharField(source="product.title")
    campaign = serializers.IntegerField(source="campaign_id", allow_null=True)
    stage = serializers.ChoiceField(SelectionStage.choices)
    why = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True, help_text="of the decision")
    score = serializers.IntegerField(allow_null=True)
    opened_by = ColleagueSerializer()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class SelectionStepSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(SelectionStage.choices)
    words = serializers.CharField(allow_blank=True)
    by = ColleagueSerializer()
    at = serializers.DateTimeField()


class SampleSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    quantity = serializers.IntegerField()
    came_on = serializers.DateField()
    fate = serializers.ChoiceField(SampleFate.choices)
    where = serializers.CharField(allow_blank=True)
    gone_on = serializers.DateField(allow_null=True)


class SelectionDetailSerializer(SelectionSerializer):
    steps = SelectionStepSerializer(many=True)
    samples = SampleSerializer(many=True)


class SelectionBodySerializer(Strict):
    product = key_of("id of a product")
    campaign = key_of("id of a campaign", required=False, allow_null=True, default=None)
    why = words(WORDS_AT_MOST)


class SelectionStepBodySerializer(Strict):
    stage = serializers.ChoiceField(SelectionStage.choices)
    words = words(WORDS_AT_MOST, "the reason, where it is decided")
    score = Number(min_value=0, max_value=SCORE_AT_MOST, required=False, allow_null=True, default=None)
    seen = serializers.ChoiceField(SelectionStage.choices, help_text="`stage` as you read it")
