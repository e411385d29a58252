"""What else lies on the county's goods desk: goods on their way to being chosen, papers that end, a subsidy, words not to say.

Loaded once; what is there stays as it is. Names, numbers and offices of papers are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils import timezone

from config.demo.goods import FRUIT, HERBS, MILLET, PEPPER, Maker
from config.demo.people import APPROVER, COUNTY, STAFF
from livestream.actions.comment import keep_quick_answer
from livestream.actions.complaint import set_service_line
from livestream.actions.paper import PaperFacts, add_paper, check_paper
from livestream.actions.party import add_supplier
from livestream.actions.product import GeoFacts, Goods, add_geo, add_packaging, add_product, change_product, goods_of
from livestream.actions.selection import Move, Step, add_sample, move_sample, open_case, take_step
from livestream.actions.subsidy import SubsidyPlan, add_subsidy, approve_subsidy
from livestream.actions.wording import add_term
from livestream.models import Paper, Place, Product, SubsidyRule
from livestream.rules.day import shanghai_day
from livestream.rules.goods import (
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
from livestream.rules.party import SupplierKind
from livestream.rules.wording import ExtraTerm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from config.demo.cast import Cast
    from livestream.models import User

DAY = timedelta(days=1)
CRAFT = Maker("苗庄刘家布老虎", SupplierKind.HOUSEHOLD, "140425103200")
S, K, C = SelectionStage, PaperKind, ProductClass
SUBSIDY = "旱作小米价格补贴"
MILLET_SKU, CAKE, FLOUR = "HXM-2500", "SZG-300", "YMM-1500"


class Held(NamedTuple):
    """A paper by its kind, and in how many days it ends (None: it does not); nobody has checked one that `waits`."""

    kind: PaperKind
    ends_in_days: int | None = 300
    waits: bool = False


class Said(NamedTuple):
    """One step of a selection: where to, what was said, and the score of a tasting."""

    stage: SelectionStage
    words: str
    score: int | None = None


class Candidate(NamedTuple):
    maker: Maker
    goods: Goods
    papers: tuple[Held, ...]
    why: str
    steps: tuple[Said, ...]


LICENCE, STANDARD = Held(K.FOOD_LICENCE, 700), Held(K.STANDARD, None)
CANDIDATES = (
    Candidate(
        FRUIT,
        Goods(
            CAKE,
            "山楂糕 300g",
            300,
            2280,
            ("只有山楂、白糖和水", "切片、夹馍都行"),
            C.PROCESSED_FOOD,
            spec="300 克/盒",
            sale_unit=SaleUnit.GIFT_BOX,
            storage=Storage.COOL,
            shelf_life_days=180,
        ),
        (LICENCE, STANDARD, Held(K.TEST_REPORT, -1)),
        "车当的山楂今年挂果多，做成糕好寄",
        (
            Said(S.PAPERS, "三样证都看了原件"),
            Said(S.SAMPLE, "三盒都没有裂口，标签齐"),
            Said(S.TASTING, "六个人尝，酸甜正好，不粘牙", 86),
            Said(S.CHOSEN, "味道好，成本清楚，一天能发 200 盒"),
        ),
    ),
    Candidate(
        MILLET,
        Goods(
            FLOUR,
            "石磨玉米面 3斤",
            1500,
            1980,
            ("本地白马牙玉米", "石磨慢磨，带胚芽"),
            C.PRIMARY_PROCESSED,
            spec="3 斤/袋",
            sale_unit=SaleUnit.BAG,
            grade=Rank.FIRST,
            storage=Storage.COOL,
            shelf_life_days=120,
        ),
        (Held(K.COMMITMENT, 5), Held(K.TEST_REPORT, 120)),
        "老顾客常问有没有玉米面",
        (
            Said(S.PAPERS, "合格证快到期，已经催合作社换"),
            Said(S.TASTING, "熬糊糊香，蒸窝头略干", 78),
            Said(S.CHOSEN, "天冷了卖得动，和小米一起发"),
        ),
    ),
    Candidate(
        FRUIT,
        Goods(
            "HTR-240",
            "椒盐核桃仁 240g",
            240,
            3980,
            ("手剥整仁", "小火慢炒"),
            C.PROCESSED_FOOD,
            spec="240 克/罐",
            sale_unit=SaleUnit.TIN,
            shelf_life_days=240,
        ),
        (LICENCE, STANDARD, Held(K.TEST_REPORT, 200, waits=True)),
        "核桃去了壳，寄得远，不怕碎",
        (Said(S.PAPERS, "检验报告昨天送来，还没有对原件"),),
    ),
    Candidate(
        HERBS,
        Goods("CH-100", "柴胡饮片 100g", 100, 2680, ("去须去芦",), C.HERB, spec="100 克/袋", sale_unit=SaleUnit.BAG),
        (Held(K.TEST_REPORT, 150),),
        "合作社想一起带",
        (
            Said(S.PAPERS, "没有药品经营许可证"),
            Said(S.REJECTED, "柴胡是药材，不在食药物质名单里，不能当食品卖"),
        ),
    ),
    Candidate(
        PEPPER,
        Goods(
            "HJY-10",
            "花椒芽菜 10 袋",
            1500,
            3280,
            ("春天头茬嫩芽", "开袋拌面"),
            C.PROCESSED_FOOD,
            sale_unit=SaleUnit.BOX,
            shelf_life_days=90,
        ),
        (LICENCE, STANDARD, Held(K.TEST_REPORT, 90)),
        "花椒树的春芽，别处少见",
        (
            Said(S.PAPERS, "证齐"),
            Said(S.SAMPLE, "十袋里有两袋胀气"),
            Said(S.REJECTED, "胀袋两成，先解决杀菌，春天再来"),
        ),
    ),
    Candidate(
        PEPPER,
        Goods("HJG-80", "花椒锅巴 80g", 80, 880, ("小米锅巴",), C.PROCESSED_FOOD, sale_unit=SaleUnit.BAG, shelf_life_days=180),
        (LICENCE, STANDARD, Held(K.TEST_REPORT, 260)),
        "引流用，单价低",
        (Said(S.PAPERS, "证齐"), Said(S.SAMPLE, "样品到了，等尝"), Said(S.TASTING, "第一次尝偏麻，改配方再尝", 64)),
    ),
    Candidate(
        CRAFT,
        Goods(
            "BLH-1",
            "手缝布老虎",
            180,
            6800,
            ("一针一线，眼睛会发亮", "每只都不一样"),
            C.CRAFT,
            sale_unit=SaleUnit.PIECE,
            return_policy=ReturnPolicy.MADE_TO_ORDER,
        ),
        (),
        "过年送孩子，直播间好看",
        (),
    ),
    Candidate(
        HERBS,
        Goods("DSM-500", "党参挂面 500g", 500, 1680, ("面里有党参粉",), C.PROCESSED_FOOD, sale_unit=SaleUnit.PIECE),
        (LICENCE, STANDARD, Held(K.TEST_REPORT, 180)),
        "党参节返场想要一款便宜的",
        (Said(S.PAPERS, "证齐"), Said(S.SAMPLE, "样品 20 把，挂面有断头，请厂里换一批")),
    ),
)
GEO = GeoFacts("潞党参", "AGI00000", "平顺县中药材产业协会", None)
TERMS = (
    ExtraTerm("野生", "", "县里没有人能证明是野生的", "山上种的"),
    ExtraTerm("包治", "", "谁也不能包", "煲汤喝"),
    ExtraTerm("富硒", "", "没有检验报告，先不说", "旱地长的"),
)
ANSWERS = (
    ("什么时候发货", "今晚下单，48 小时内从平顺发出。"),
    ("坏了怎么办", "签收 24 小时内拍照发给店铺客服，坏几个赔几个。"),
    ("谁在卖", "每件货由页面上写的合作社或农户自己卖、自己发。"),
    ("能不能退", "没拆封的七天内可以退；生鲜坏了包赔。"),
)


@transaction.atomic
def load_goods_papers(cast: Cast) -> None:
    """What is missing of it. Comes before the sessions: their line-ups name the subsidy and some of these goods."""
    by, now = cast.people[STAFF.phone], timezone.now()
    if SubsidyRule.objects.filter(county=cast.county, name=SUBSIDY).exists():
        return
    for candidate in CANDIDATES:
        _select(candidate, cast, by, now)
    _name_origin(cast, by, now)
    _open_subsidy(cast)
    for term in TERMS:
        add_term(cast.county, term, by=by)
    for title, words in ANSWERS:
        keep_quick_answer(cast.county, title=title, words=words)
    set_service_line(cast.county, phone="0355-0000000", hours="每天 8:00–22:00")


def chosen_goods() -> Mapping[str, Product]:
    """What was chosen of the candidates, by merchant code."""
    return {product.sku: product for product in Product.objects.filter(county=COUNTY, sku__in=(CAKE, FLOUR))}


def _select(candidate: Candidate, cast: Cast, by: User, now: datetime) -> None:
    village = Place.objects.get(pk=candidate.maker.village)
    supplier = add_supplier(county=cast.county, name=candidate.maker.name, kind=candidate.maker.kind, place=village)
    product = add_product(candidate.goods, county=cast.county, supplier=supplier)
    for number, held in enumerate(candidate.papers, start=1):
        _hold(product, held, by, now, number)
    begun = now - 12 * DAY
    case = open_case(product, why=candidate.why, by=by, at=begun)
    today = shanghai_day(now)
    for n, step in enumerate(candidate.steps, start=1):
        at = begun + n * 2 * DAY
        case = take_step(case, Step(step.stage, step.words, step.score), seen=case.stage, by=by, at=at)
        if step.stage == S.SAMPLE:
            sample = add_sample(case, quantity=12, came_on=shanghai_day(at), where="电商中心样品柜 3 层", by=by, today=today)
            move_sample(sample, Move(SampleFate.EATEN, 6, shanghai_day(at + DAY), note="六个人试吃"), by=by, today=today)


def _hold(product: Product, held: Held, by: User, now: datetime, number: int) -> Paper:
    """Added and checked a hundred days ago, but for one that waits: what has ended since was good then."""
    at = now - DAY if held.waits else now - 100 * DAY
    ends: date | None = None if held.ends_in_days is None else shanghai_day(now) + held.ends_in_days * DAY
    facts = PaperFacts(held.kind, f"{product.sku}-{number}", "", shanghai_day(at), ends)
    paper = add_paper(facts, supplier=product.supplier, product=product, by=by, at=at)
    return paper if held.waits else check_paper(paper, PaperState.ACCEPTED, seen=paper.state, by=by, at=at)


def _name_origin(cast: Cast, by: User, now: datetime) -> None:
    """潞党参 may carry its geographical indication, with the paper that says so; its bag was made anew in autumn."""
    product = cast.products["LDS-500"]
    _hold(product, Held(K.GI, 400), by, now, 2)
    geo = add_geo(GEO, county=cast.county)
    product.refresh_from_db()
    facts = replace(
        goods_of(product), geo_indication=geo, spec="500 克/袋", brand="平顺好物", grade=Rank.FIRST, storage=Storage.COOL
    )
    change_product(product, facts, supplier=product.supplier, version=product.version)
    today = shanghai_day(now)
    add_packaging(product, name="牛皮纸袋", from_on=today - 200 * DAY, by=by)
    add_packaging(product, name="真空小袋加礼盒", from_on=today - 40 * DAY, note="每盒十小袋，带溯源码", by=by)


def _open_subsidy(cast: Cast) -> None:
    """Of the county, for each bag of millet, from a month ago on."""
    plan = SubsidyPlan(
        SUBSIDY, "平顺县农业农村局", 400, 96_000, cast.now - 30 * DAY, cast.now + 60 * DAY, basis="县政府常务会议纪要（示例）"
    )
    rule = add_subsidy(plan, county=cast.county, by=cast.people[STAFF.phone])
    approve_subsidy(rule, by=cast.people[APPROVER.phone], at=cast.now - 30 * DAY)
