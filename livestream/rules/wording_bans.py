"""What may not be said of goods on air, by class: the rule, the law behind it, and a wording that would pass. Pure tables.

Sources: 广告法 (2021) 第九、十一、十三、十七、二十八、四十六条; 广告绝对化用语执法指南 (市场监管总局公告 2023 年第 6 号)
第五、六条, which say when a superlative is none; 食品安全法 第三十八、七十三条 and its 实施条例 第三十八条; 食药物质公告 2023 年
第 9 号; 药品管理法 第八十九、九十条; 明码标价和禁止价格欺诈规定 第十六至二十条; 反不正当竞争法 (2025) 第九、十二条;
侵害消费者权益行为处罚办法 第十二条; 法释〔2022〕8 号 第一条; 有机产品认证管理办法; 绿色食品标志管理办法; 商标法 第十四条.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules import wording_words as words
from livestream.rules.goods import ProductClass

if TYPE_CHECKING:
    import re

    from django.utils.functional import _StrPromise


class WordingRule(TextChoices):
    """Which rule a wording breaks. All but the last come from a law."""

    TERMS = "terms", _("霸王条款")
    OFFICE = "office", _("监管部门、协会推荐食品")
    OFFICIAL = "official", _("借国家机关、公职人员的名义")
    MARK = "mark", _("不能写进广告的标志")
    AUTHORITY = "authority", _("借专家、医生、媒体的名义")
    HERB = "herb", _("药材当食品卖")
    MEDICAL = "medical", _("说治病、防病")
    DRUG = "drug", _("药材的疗效没有审查")
    HEALTH = "health", _("普通食品说保健功能")
    GUARANTEE = "guarantee", _("打包票")
    UNPROVEN = "unproven", _("没有证据的说法")
    PRICE = "price", _("价格没有依据")
    URGENCY = "urgency", _("假的催单")
    DISPARAGED = "disparaged", _("贬低别人")
    SUPERSTITION = "superstition", _("迷信")
    SUPERLATIVE = "superlative", _("绝对化用语")
    COUNTY = "county", _("县里的规定")


@dataclass(frozen=True, slots=True)
class Ban:
    """`words` found in a text of one of these `classes` (None: of any) break `rule`, unless the clause before them ends in
    `not_after`, the text behind them begins with `not_before`, or the whole text has `not_with` somewhere."""

    rule: WordingRule
    words: re.Pattern[str]
    law: _StrPromise
    instead: _StrPromise
    classes: frozenset[str] | None = None
    not_after: tuple[re.Pattern[str], ...] = ()
    not_before: re.Pattern[str] | None = None
    not_with: re.Pattern[str] | None = None


UNKNOWN = ""  # what is said of no product in particular is judged as food: most of what a county sells is
FOODS = frozenset(
    {UNKNOWN, ProductClass.PRIMARY, ProductClass.PRIMARY_PROCESSED, ProductClass.PROCESSED_FOOD, ProductClass.FOOD_MEDICINE}
)
HERBS = frozenset({str(ProductClass.HERB)})
THINGS = frozenset({str(ProductClass.CRAFT), str(ProductClass.TICKET)})
NOT_HERBS = FOODS | THINGS
_NO = (words.NEGATED,)
_FOOD_LAW = _("《食品安全法》第七十三条第一款、《广告法》第十七条")
_AD_LAW = _("《广告法》第十七条")
_DRUG_LAW = _("《药品管理法》第八十九、九十条，《广告法》第四十六条")
_EAT = _("只说味道、产地和吃法，例如“熬出来有一层米油”“煲汤放一把”。")
_CARE = _("不说病名。要提醒的，说“有病请听医生的，这是食品，不能代替药”。")
_HERB = _("只说产地、规格、年份和等级，例如“三年生，切片，有检验报告”；怎么用，请问医生药师。")

# Who stands first has the span: a finding is never told twice.
BANS: tuple[Ban, ...] = (
    Ban(
        WordingRule.TERMS,
        words.UNFAIR_TERMS,
        _("《侵害消费者权益行为处罚办法》第十二条，法释〔2022〕8 号第一条"),
        _("说清怎么退怎么赔，例如“生鲜不支持七天无理由退货，坏了拍照，包赔”。"),
        not_after=_NO,
    ),
    Ban(
        WordingRule.OFFICE,
        words.BARRED_OFFICE,
        _("《食品安全法》第七十三条第二款"),
        _("只说事实和编号，例如“检验合格，报告编号在详情页”，不说哪个部门推荐。"),
        classes=FOODS,
    ),
    Ban(
        WordingRule.OFFICIAL,
        words.OFFICIAL,
        _("《广告法》第九条第二项"),
        _("领导只讲家乡和公共品牌，货由主播讲，例如“欢迎来平顺，货请主播介绍”。"),
        not_after=_NO,
    ),
    Ban(
        WordingRule.MARK,
        words.MARKS,
        _("《广告法》第九条第一项，《商标法》第十四条第五款"),
        _("换成自己的品牌名，例如“我们的商标是某某，请认准”。"),
    ),
    Ban(
        WordingRule.AUTHORITY,
        words.AUTHORITY,
        _("《广告法》第十一、十七、二十八条"),
        _("说自己知道的，例如“我自己家也吃这个”；有报告的，念报告编号。"),
        not_after=_NO,
    ),
    Ban(
        WordingRule.HERB,
        words.HERB_EATEN,
        _("《食品安全法》第三十八条，食药物质目录（2023 年第 9 号公告没有这一味）"),
        _HERB,
        classes=HERBS,
        not_after=_NO,
    ),
    Ban(
        WordingRule.HERB,
        words.LEAF_UNNAMED,
        _("《食品安全法》第二十九、三十八条，山西省食品安全地方标准 DBS14/009-2024、DBS14/007-2024"),
        _("用叶子做的，写明是叶，例如“连翘叶茶”，还要有生产许可证、执行标准和检验报告。用果实、根做的，只按药材卖。"),
        classes=FOODS,
        not_after=_NO,
    ),
    Ban(
        WordingRule.HERB,
        words.HERB_NAMED_EATEN,
        _("《食品安全法》第三十八条，食药物质目录（2023 年第 9 号公告没有这一味）"),
        _("这一味不在食药物质目录里，不能当食品说。换成目录里的，例如党参、黄芪；或者只按药材卖。"),
        not_after=_NO,
    ),
    Ban(WordingRule.MEDICAL, words.EFFECT, _FOOD_LAW, _EAT, classes=FOODS, not_after=_NO),
    Ban(
        WordingRule.MEDICAL,
        words.EFFECT,
        _AD_LAW,
        _("只说做工、材料和用处，例如“手工缝的，里面是荞麦皮”。"),
        classes=THINGS,
        not_after=_NO,
    ),
    Ban(WordingRule.DRUG, words.EFFECT, _DRUG_LAW, _HERB, classes=HERBS, not_after=_NO),
    Ban(WordingRule.DRUG, words.HEALTH, _DRUG_LAW, _HERB, classes=HERBS, not_after=_NO),
    Ban(
        WordingRule.DRUG,
        words.ILLNESS,
        _DRUG_LAW,
        _HERB,
        classes=HERBS,
        not_after=_NO,
        not_before=words.CAUTION,
    ),
    Ban(WordingRule.MEDICAL, words.ILLNESS, _FOOD_LAW, _CARE, classes=FOODS, not_after=_NO, not_before=words.CAUTION),
    Ban(WordingRule.MEDICAL, words.ILLNESS, _AD_LAW, _CARE, classes=THINGS, not_after=_NO, not_before=words.CAUTION),
    Ban(
        WordingRule.HEALTH,
        words.HEALTH,
        _("《食品安全法实施条例》第三十八条第一款"),
        _EAT,
        classes=FOODS,
        not_after=_NO,
    ),
    Ban(
        WordingRule.GUARANTEE,
        words.GUARANTEE,
        _("《广告法》第二十八条"),
        _("说做得到的，例如“48 小时内发货，坏果拍照包赔”。"),
        not_after=_NO,
    ),
    Ban(
        WordingRule.UNPROVEN,
        words.ORGANIC,
        _("《有机产品认证管理办法》《绿色食品标志管理办法》，《广告法》第十一条第二款"),
        _("有证的，念证书编号；没有证的，说怎么种的，例如“施羊粪，人工锄草”。"),
        classes=FOODS | HERBS,
        not_after=_NO,
        not_with=words.EVIDENCE,
    ),
    Ban(
        WordingRule.UNPROVEN,
        words.UNPROVEN,
        _("《广告法》第十一条第二款、第二十八条"),
        _("有检验报告的，念报告编号和结果；没有的，说看得见的，例如“配料表里只有小米”。"),
        classes=FOODS | HERBS,
        not_after=_NO,
        not_with=words.EVIDENCE,
    ),
    Ban(
        WordingRule.PRICE,
        words.LOWEST,
        _("《明码标价和禁止价格欺诈规定》第十九条，《广告法》第九条第三项"),
        _("只说自己的价，例如“今晚直播间 29.9 元，合 5.98 元一斤”。"),
        not_after=(*_NO, words.OWN_DAYS),
    ),
    Ban(
        WordingRule.PRICE,
        words.COMPARED,
        _("《明码标价和禁止价格欺诈规定》第十六、十七条"),
        _("要比，就拿出凭证；没有凭证的，只说今天的价，或者自己前 7 天的最低成交价。"),
        not_after=_NO,
        not_with=words.PRICE_EVIDENCE,
    ),
    Ban(
        WordingRule.PRICE,
        words.LOSS,
        _("《明码标价和禁止价格欺诈规定》第十九条"),
        _("只说今天卖多少钱、谁出的补贴，例如“县里每件补 2 元”。"),
        not_after=_NO,
    ),
    Ban(
        WordingRule.URGENCY,
        words.URGENCY,
        _("《明码标价和禁止价格欺诈规定》第十九条，《反不正当竞争法》第九条"),
        _("说真的数和时间，例如“今晚 8 点到 10 点是这个价，备了 300 箱”。"),
        not_after=_NO,
    ),
    Ban(
        WordingRule.DISPARAGED,
        words.DISPARAGED,
        _("《广告法》第十三条，《反不正当竞争法》第十二条"),
        _("只说自家的，例如“我家的是今年新米，没有掺陈米”。"),
    ),
    Ban(
        WordingRule.SUPERSTITION,
        words.SUPERSTITION,
        _("《广告法》第九条第八项"),
        _("说纹样的寓意和手艺，例如“绣的是石榴，老辈人图个喜庆”。"),
        not_after=_NO,
    ),
    Ban(
        WordingRule.SUPERLATIVE,
        words.SUPERLATIVE,
        _("《广告法》第九条第三项"),
        _("说看得见、量得出的，例如“单果 80 毫米以上”“今早现摘”“甜度测了 14 度”。"),
        not_after=(*_NO, words.AMONG_OWN, words.OWN_DAYS),
    ),
)
