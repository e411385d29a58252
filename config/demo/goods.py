"""What the demo county sells, who supplies it and in which shops. Prices are those of such goods online in 2025."""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from livestream.actions.gate import lacks_of
from livestream.actions.paper import PaperFacts, add_paper, check_paper
from livestream.actions.party import add_supplier
from livestream.actions.product import Goods, add_product
from livestream.models import Place, Product, User
from livestream.rules.day import shanghai_day
from livestream.rules.goods import PaperKind, PaperState, ProductClass
from livestream.rules.party import SupplierKind
from livestream.rules.person import Role
from orders.actions.shop import open_practice_shop
from orders.models import Shop

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Maker:
    name: str
    kind: SupplierKind
    village: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A product with its usual live price and the village that makes it."""

    maker: Maker
    goods: Goods
    live_price_fen: int


HERBS = Maker("神龙湾党参种植专业合作社", SupplierKind.COOPERATIVE, "140425201216")
PEPPER = Maker("岳家寨花椒合作社", SupplierKind.COOPERATIVE, "140425102213")
MILLET = Maker("苗庄旱作小米合作社", SupplierKind.COOPERATIVE, "140425103200")
FRUIT = Maker("车当晒秋合作社", SupplierKind.COOPERATIVE, "140425203201")
BEES = Maker("库峧路家蜂场", SupplierKind.HOUSEHOLD, "140425202215")
VINEGAR = Maker("西社牛家醋坊", SupplierKind.HOUSEHOLD, "140425206201")
FIELDS = Maker("杏城高山土豆合作社", SupplierKind.COOPERATIVE, "140425104200")

# What each is decides its papers. 党参 may be food since 2023 (食药物质公告 2023 年第 9 号). The fruit 连翘 may not; 连翘叶茶
# is of the leaves, which no list of the national commission names, and for which Shanxi has a standard of its own
# (DBS14/009-2024 连翘叶代用茶): a processed food of a licensed maker, in tins, with licence, standard and test report.
# Elsewhere nobody may sell it as food, and it is called by the leaf: 连翘茶 alone says the fruit.
# Honey as the bees leave it and walnuts in their shells are farm goods; vinegar, oil, jam and candied root are food.
CLASSES = {
    ProductClass.PRIMARY: ("HT-2500", "MLS-4500", "TFM-500", "HGXHS-2500"),
    ProductClass.PRIMARY_PROCESSED: ("DHP-250", "HXM-2500", "SB-1000", "SZ-1000"),
    ProductClass.PROCESSED_FOOD: ("LQC-120", "LCC-2400", "HJY-265", "DSP-150", "HGXJ-420"),
    ProductClass.FOOD_MEDICINE: ("LDS-500", "HGDS-250"),
}
CLASS_OF = {sku: product_class for product_class, skus in CLASSES.items() for sku in skus}
PAPERS_LAST = timedelta(days=300)
GOODS = (
    Offered(
        HERBS,
        Goods("LDS-500", "潞党参 500g", 500, 7980, ("平顺道地产区，三年以上", "条粗皮紧，不熏硫", "煲汤炖鸡一次 20 克")),
        5980,
    ),
    Offered(
        PEPPER, Goods("DHP-250", "大红袍花椒 250g", 250, 4580, ("伏天手摘，当年新椒", "麻味足，开袋满屋香", "去籽去梗净椒")), 3580
    ),
    Offered(MILLET, Goods("HXM-2500", "黑小米 5斤", 2500, 5980, ("旱地老品种", "石碾慢磨，米油厚", "真空小袋不生虫")), 4980),
    Offered(HERBS, Goods("LQC-120", "连翘叶茶 120g", 120, 4980, ("太行野生连翘嫩叶", "九蒸九晒，汤色红亮", "独立小罐")), 3980),
    Offered(FRUIT, Goods("SB-1000", "带霜柿饼 2斤", 1000, 4280, ("自然出霜，不加糖", "软糯流心", "霜降后现做现发")), 2980),
    Offered(FRUIT, Goods("HT-2500", "绿岭薄皮核桃 5斤", 2500, 6980, ("手一捏就开", "当年新果，仁满", "坏果包赔")), 5490),
    Offered(FIELDS, Goods("MLS-4500", "高山马铃薯 9斤", 4500, 3290, ("海拔 1500 米沙壤地", "面沙起粉", "现挖现发带泥")), 1990),
    Offered(VINEGAR, Goods("LCC-2400", "三年老陈醋 2.4L", 2400, 5680, ("高粱纯酿三年", "日晒夜露", "零添加")), 4280),
    Offered(BEES, Goods("TFM-500", "土蜂蜜 500g", 500, 9800, ("一年只取一次", "荆条花为主，自然结晶", "附蜂场编号")), 7880),
    Offered(PEPPER, Goods("HJY-265", "鲜榨花椒油 265ml", 240, 2980, ("鲜椒现榨", "拌面凉菜两三滴", "玻璃瓶防漏包装")), 1980),
    Offered(HERBS, Goods("DSP-150", "蜜制党参脯 150g", 150, 3580, ("整根蜜制，软糯不柴", "小袋独立装", "办公室零嘴")), 2690),
    Offered(
        MILLET,
        Goods("SZ-1000", "五谷杂粮礼盒 2斤", 1000, 6800, ("小米、黑豆、高粱米、绿豆、玉米糁", "五家农户各一罐", "过年走亲戚")),
        5580,
    ),
)
TOMATOES = Maker("南平头坞旱地西红柿合作社", SupplierKind.COOPERATIVE, "140427203208")
GINSENG = Maker("紫团山党参合作社", SupplierKind.COOPERATIVE, "140427105215")
NEIGHBOUR_GOODS = (
    Offered(
        TOMATOES, Goods("HGXHS-2500", "旱地西红柿 5斤", 2500, 4580, ("不浇水，靠天长", "沙瓤起沙，生吃也甜", "现摘现发")), 3580
    ),
    Offered(TOMATOES, Goods("HGXJ-420", "旱地西红柿酱 420g", 420, 2280, ("只有西红柿", "一瓶顶三斤", "拌面炒菜一勺")), 1680),
    Offered(GINSENG, Goods("HGDS-250", "紫团党参 250g", 250, 6980, ("紫团山坡地", "切片即用", "煲汤泡茶")), 5280),
)
LIVE_PRICES = {offered.goods.sku: offered.live_price_fen for offered in GOODS + NEIGHBOUR_GOODS}


def load_goods(county: Place, goods: tuple[Offered, ...]) -> dict[str, Product]:
    """The county's products by merchant code, with their suppliers and the papers without which none could be listed."""
    known = {product.sku: product for product in Product.objects.filter(county=county, sku__in=LIVE_PRICES)}
    for offered in goods:
        if offered.goods.sku not in known:
            maker, village = offered.maker, Place.objects.get(pk=offered.maker.village)
            supplier = add_supplier(county=county, name=maker.name, kind=maker.kind, place=village)
            classified = replace(offered.goods, product_class=CLASS_OF[offered.goods.sku])
            known[offered.goods.sku] = add_product(classified, county=county, supplier=supplier)
    load_papers(county, known.values())
    return known


def load_papers(county: Place, products: Iterable[Product]) -> None:
    """What they lack today, as if the county's staff had seen it. Goods from before anybody classified them get their class."""
    ours, now = [one for one in products if one.county_id == county.pk], timezone.now()
    for product in ours:
        if not product.product_class:
            product.product_class = CLASS_OF[product.sku]
            product.save(update_fields=["product_class"])
    staff = User.objects.filter(place=county, role=Role.STAFF, is_active=True).order_by("pk").first()
    lacks = lacks_of(ours, on=shanghai_day(now)) if staff else {}
    for product in ours:
        for lack in lacks.get(product.pk, ()):
            assert staff is not None
            until_on = shanghai_day(now + PAPERS_LAST)
            facts = PaperFacts(kind_for(product, lack.line), number=f"{product.sku}-1", valid_until_on=until_on)
            paper = add_paper(facts, supplier=product.supplier, product=product, by=staff, at=now)
            check_paper(paper, PaperState.ACCEPTED, seen=paper.state, by=staff, at=now)


def kind_for(product: Product, line: frozenset[str]) -> str:
    """Of papers of which one is enough, the one that such a maker has."""
    usual = PaperKind.WORKSHOP if product.supplier.kind == SupplierKind.HOUSEHOLD else PaperKind.COMMITMENT
    return usual if usual in line else min(line)


def load_shops(county: Place) -> tuple[Shop, Shop]:
    """The county's own shop, which sends the open format, and a 抖店. Both are for practice; keys and secrets are made once."""
    douyin = open_practice_shop(
        county=county,
        platform="douyin",
        name="平顺山货旗舰店",
        app_key="7" + "".join(secrets.choice("0123456789") for _ in range(18)),
        secret=str(uuid.uuid4()),
        access_token=str(uuid.uuid4()),
    )
    return load_own_shop(county, "平顺好物商城"), douyin


def load_own_shop(county: Place, name: str) -> Shop:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return open_practice_shop(county=county, platform="standard", name=name, secret=secret)
