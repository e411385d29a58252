"""What is sold, in which class, and which papers each class must have before anybody may list it. Pure.

Sources: 农产品质量安全法 第三十八条至第四十一条 (commitment certificate, labels), GB/T 41247-2023 (the check of goods),
食药物质公告 2023 年第 9 号 (党参 may be food; 连翘, 柴胡, 黄芩 may not). Tea of the leaves of 连翘 is a processed food where the
province has a standard for it (食品安全法 第二十九条; 山西 DBS14/009-2024 连翘叶代用茶), with licence, standard and test report.
"""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class ProductClass(TextChoices):
    PRIMARY = "primary", _("初级农产品")
    PRIMARY_PROCESSED = "processed1", _("初加工农产品")
    PROCESSED_FOOD = "food", _("加工食品")
    HERB = "herb", _("中药材")
    FOOD_MEDICINE = "food_medic", _("食药物质")
    CRAFT = "craft", _("手工艺品")
    TICKET = "ticket", _("门票和服务")


class SaleUnit(TextChoices):
    """What one piece is called; its weight stands beside it, so that 元/斤 can be shown (明码标价规定 第六条)."""

    BAG = "bag", pgettext_lazy("unit", "袋")
    BOX = "box", pgettext_lazy("unit", "箱")
    GIFT_BOX = "gift_box", pgettext_lazy("unit", "盒")
    BOTTLE = "bottle", pgettext_lazy("unit", "瓶")
    TIN = "tin", pgettext_lazy("unit", "罐")
    PIECE = "piece", pgettext_lazy("unit", "件")
    TICKET = "ticket", pgettext_lazy("unit", "张")


class Storage(TextChoices):
    ROOM = "room", _("常温")
    COOL = "cool", _("阴凉干燥")
    CHILLED = "chilled", _("冷藏")
    FROZEN = "frozen", _("冷冻")


class ReturnPolicy(TextChoices):
    """消费者权益保护法 第二十五条: seven days without a reason, but not for what is made to order or spoils."""

    SEVEN_DAYS = "seven_days", _("七天无理由退货")
    FRESH = "fresh", _("鲜活易腐，不支持无理由退货，坏了包赔")
    MADE_TO_ORDER = "to_order", _("定做，不支持无理由退货")
    TICKET = "ticket", _("门票和服务，按购买须知退改")


class PaperKind(TextChoices):
    """A document of a supplier, or of one product."""

    LICENCE = "licence", _("营业执照")
    FOOD_LICENCE = "food_lic", _("食品生产许可证")
    WORKSHOP = "workshop", _("小作坊登记证")
    SALE_LICENCE = "sale_lic", _("食品经营许可证")
    DRUG_LICENCE = "drug_lic", _("药品经营许可证")
    COMMITMENT = "commitment", _("承诺达标合格证")
    TEST_REPORT = "test", _("检验报告")
    STANDARD = "standard", _("产品执行标准")
    GI = "gi", _("地理标志用标授权")
    BRAND = "brand", _("品牌授权")
    GUARANTEE = "supply", _("供货承诺书")
    OTHER = "other", pgettext_lazy("paper", "其他")


class PaperState(TextChoices):
    WAITING = "waiting", _("待核对")
    ACCEPTED = "accepted", _("已核对")
    REFUSED = "refused", _("不能用")


class SelectionStage(TextChoices):
    CANDIDATE = "candidate", _("候选")
    PAPERS = "papers", _("查证件")
    SAMPLE = "sample", _("看样品")
    TASTING = "tasting", _("试吃试用")
    CHOSEN = "chosen", _("选中")
    REJECTED = "rejected", _("不选")


class SampleFate(TextChoices):
    HERE = "here", _("在库")
    LENT = "lent", _("借出拍摄")
    EATEN = "eaten", _("试吃用掉")
    RETURNED = "returned", _("退还")
    LOST = "lost", _("丢损")


class FloorPer(TextChoices):
    """What a floor price (保护价) is per."""

    PIECE = "piece", _("每件")
    JIN = "jin", _("每斤")


class Rank(IntegerChoices):
    """等级 of farm goods."""

    SPECIAL = 0, _("特级")
    FIRST = 1, _("一级")
    SECOND = 2, _("二级")
    THIRD = 3, _("三级")


# Of each: at least one paper of every line; a line of several kinds is met by any of them. A county may ask for more.
REQUIRED: dict[ProductClass, tuple[frozenset[PaperKind], ...]] = {
    ProductClass.PRIMARY: (frozenset({PaperKind.COMMITMENT}),),
    ProductClass.PRIMARY_PROCESSED: (frozenset({PaperKind.COMMITMENT}), frozenset({PaperKind.TEST_REPORT})),
    ProductClass.PROCESSED_FOOD: (
        frozenset({PaperKind.FOOD_LICENCE, PaperKind.WORKSHOP}),
        frozenset({PaperKind.STANDARD}),
        frozenset({PaperKind.TEST_REPORT}),
    ),
    ProductClass.HERB: (frozenset({PaperKind.DRUG_LICENCE}), frozenset({PaperKind.TEST_REPORT})),
    ProductClass.FOOD_MEDICINE: (frozenset({PaperKind.COMMITMENT, PaperKind.FOOD_LICENCE}), frozenset({PaperKind.TEST_REPORT})),
    ProductClass.CRAFT: (),
    ProductClass.TICKET: (frozenset({PaperKind.LICENCE}),),
}


def seller_sentence(seller: str) -> str:
    """What the host says and every page of the item shows (法释〔2022〕8 号 第十二条: whoever runs the room proves that he said
    he is not the seller, and who is). `seller`: `seller_of(item)` in `actions/product.py`."""
    return gettext("这件商品由{seller}销售和发货。").format(seller=seller)
