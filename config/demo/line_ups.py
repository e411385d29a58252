"""What the line-up sheets (排品表) of the demo say of the goods: what for, what the maker gets, what is promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from config.demo.goods_papers import CAKE, FLOUR, MILLET_SKU, SUBSIDY, chosen_goods
from config.demo.people import STAFF
from livestream.actions.line_up import Hand, add_item, changing, write_facts
from livestream.actions.line_up_version import facts_of, items_of
from livestream.models import SubsidyRule
from livestream.rules.day import shanghai_day
from livestream.rules.goods import FloorPer
from livestream.rules.line_up_item import ItemFacts, LinkFacts, OfferFacts, PromiseFacts
from livestream.rules.price_words import CompareBasis, OfferKind, Payer, SampleStatus, SlotRole

if TYPE_CHECKING:
    from datetime import datetime

    from config.demo.cast import Cast
    from livestream.models import LineUpItem, LiveSession

R = SlotRole
COMMISSION = 500  # basis points: what the host's account keeps
GUARANTEE = "合作社盖章的供货承诺书"
MANY = 1_000
FIVE_DAYS = timedelta(days=5)


class Sheet(NamedTuple):
    """Of one product: its part, what its supplier gets and the floor (fen), how long it is told, what it carries."""

    role: SlotRole
    settlement_fen: int
    floor_fen: int
    minutes: int
    points: str
    per: FloorPer = FloorPer.PIECE
    offers: tuple[OfferFacts, ...] = ()
    compare: tuple[int, str] | None = None
    note: str = ""


SHEETS = {
    "LDS-500": Sheet(
        R.HERO, 5200, 4800, 10, "条粗皮紧，不熏硫\n煲汤炖鸡一次 20 克", compare=(7980, "县城东街超市货架价签，10 月拍"),
        note="先讲怎么挑，再讲价格",
    ),
    "DHP-250": Sheet(R.TRAFFIC, 3000, 2800, 6, "伏天手摘，当年新椒\n去籽去梗", note="开袋让大家看颜色"),
    MILLET_SKU: Sheet(R.WELFARE, 4550, 900, 8, "旱地老品种\n石碾慢磨，米油厚", FloorPer.JIN, note="县里每袋补四块，补给合作社"),
    "SB-1000": Sheet(
        R.WELFARE, 2300, 2200, 6, "自然出霜，不加糖\n软糯流心",
        offers=(OfferFacts(OfferKind.COUPON, Payer.SUPPLIER, 300, quantity=500),), note="剪开一个，镜头靠近",
    ),
    "TFM-500": Sheet(R.PROFIT, 7000, 6800, 7, "一年只取一次\n自然结晶", note="只有 240 瓶，卖完就下"),
    "LQC-120": Sheet(R.HERO, 3300, 3000, 6, "九蒸九晒，汤色红亮\n独立小罐", note="现场泡一壶"),
    "HT-2500": Sheet(
        R.HERO, 4650, 900, 6, "手一捏就开\n坏果包赔", FloorPer.JIN,
        offers=(OfferFacts(OfferKind.THRESHOLD, Payer.PLATFORM, 500, threshold_fen=5000),),
    ),
    "LCC-2400": Sheet(R.BUNDLE, 3600, 3400, 5, "高粱纯酿三年\n零添加"),
    "MLS-4500": Sheet(R.TRAFFIC, 1500, 140, 5, "海拔 1500 米沙壤地\n面沙起粉", FloorPer.JIN),
    "SZ-1000": Sheet(
        R.ENCORE, 4700, 4500, 6, "五家农户各一罐\n过年走亲戚",
        offers=(OfferFacts(OfferKind.GIFT, Payer.SUPPLIER, 200, gift="小米试吃装 100 克", gift_quantity=1),),
    ),
}  # fmt: skip


def fill_sheet(session: LiveSession, cast: Cast, *, at: datetime) -> None:
    """Everything that the sheet of a session in preparation asks, in one change."""
    rule = SubsidyRule.objects.get(county=cast.county, name=SUBSIDY)
    hand = Hand(cast.people[STAFF.phone], at)
    with changing(session, hand, "填好排品表") as stored:
        for item in items_of(stored):
            write_facts(item, _facts(item, rule, at), hand)


def _facts(item: LineUpItem, rule: SubsidyRule, at: datetime) -> ItemFacts:
    sheet, product = SHEETS[item.product.sku], item.product
    units, day = item.committed_stock, shanghai_day(at - FIVE_DAYS)
    promised = [PromiseFacts(product.supplier_id, units, day, _a_day(units), evidence=GUARANTEE)] if units else []
    compare_fen, evidence = sheet.compare or (None, "")
    return replace(
        facts_of(item),
        slot_role=sheet.role.value,
        compare_price_fen=compare_fen,
        compare_basis=CompareBasis.EVIDENCE.value if sheet.compare else "",
        compare_evidence=evidence,
        floor_price_fen=sheet.floor_fen,
        floor_per=sheet.per.value,
        settlement_price_fen=sheet.settlement_fen,
        commission_basis_points=COMMISSION,
        subsidy_id=rule.pk if product.sku == MILLET_SKU else None,
        daily_ship_capacity=_a_day(units or 800),
        ship_within_hours=48,
        sample_status=SampleStatus.HERE.value,
        planned_minutes=sheet.minutes,
        points=sheet.points,
        banned_claims="治病\n最好\n纯天然",
        note=sheet.note,
        offers=sheet.offers,
        links=tuple(LinkFacts(room, f"36{product.pk:014d}") for room in ("douyin", "standard")),
        promises=tuple(promised),
    )


def _a_day(units: int) -> int:
    """How many parcels leave in a day: small lots within the 48 hours that are promised, a big one takes four days."""
    return -(-units // 2) if units <= MANY else units // 4


CHOSEN = {
    CAKE: ItemFacts(
        1_680, 300, R.BUNDLE.value, floor_price_fen=1_250, settlement_price_fen=1_300, planned_minutes=5, ship_within_hours=48,
        daily_ship_capacity=150, sample_status=SampleStatus.HERE.value, note="新检验报告到了再卖",
    ),
    FLOUR: ItemFacts(
        1_580, 500, R.BUNDLE.value, floor_price_fen=1_100, settlement_price_fen=1_200, planned_minutes=5, ship_within_hours=48,
        daily_ship_capacity=250, sample_status=SampleStatus.ASKED.value,
    ),
}  # fmt: skip


def add_chosen(session: LiveSession, cast: Cast, *, at: datetime) -> None:
    """The two that were chosen of late come last: of one the test report ended yesterday, so it may not be sold until a new one
    is there; of the other the certificate ends this week."""
    goods = chosen_goods()
    there = set(session.line_up.values_list("product__sku", flat=True))
    for sku, facts in CHOSEN.items():
        if sku in goods and sku not in there:
            add_item(session, goods[sku], by=cast.people[STAFF.phone], at=at, facts=facts)
