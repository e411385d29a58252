"""What is prepared before the demo's sessions go on air: scripts, cue cards, templates, posters, the check on the phone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from config.demo.line_ups import add_chosen
from config.demo.people import HOST, STAFF
from livestream.actions.cue_card import save_card
from livestream.actions.poster import PosterPlan, make_poster, open_poster
from livestream.actions.preflight import Look, tick
from livestream.actions.script import Hand, ScriptWords, save_words, script_of
from livestream.actions.script_copy import keep_template, propose_rows
from livestream.models import ScriptTemplate
from livestream.rules.cue_card import CardWords
from livestream.rules.day import shanghai_day
from livestream.rules.preflight import Step
from livestream.rules.script import PosterKind

if TYPE_CHECKING:
    from datetime import datetime

    from config.demo.cast import Cast
    from livestream.models import LiveSession

DAY = timedelta(days=1)
BIG, ALONE = "县长来了（三小时）", "一个人的晚场（两小时）"
WORDS = {
    BIG: ScriptWords(
        "平顺的山货，讲清楚是谁种的、谁在卖",
        "让人记住潞党参和大红袍花椒；十样货每样讲一遍，党参讲两遍",
        "乡亲们晚上好，我是山里人家。今晚在青羊镇，十样山货，每样都说清是哪个村、谁家的。武县长和我们一起看看。",
        "谢谢大家陪到这会儿。今晚下的单，48 小时内从平顺发。明晚七点半，车当村柿饼开晒，咱们再见。",
    ),
    ALONE: ScriptWords(
        "柿饼开晒第一夜",
        "卖完头一批 1,500 份柿饼，老顾客带走小米和核桃",
        "大家晚上好，我在车当村的晒架底下。头一批柿饼下霜了，先看一眼，再说怎么挑。",
        "今晚的货 48 小时内发。后天这个点，还在这儿。",
    ),
}
CARDS = {
    "LDS-500": CardWords(
        "神龙湾村的坡地，海拔 1,300 米",
        "三年以上才挖\n条粗皮紧\n不熏硫",
        "检验报告今年的，贴在页面上",
        "炖一只鸡放 20 克，不用泡",
        "问：会不会苦？答：微甜，炖汤不苦\n问：几年的？答：三年以上",
        "想要的点 1 号链接",
        tried_by_host=True,
    ),
    "SB-1000": CardWords(
        "车当村，霜降以后晒的",
        "自然出霜\n不加糖\n软糯流心",
        "合格证在页面上",
        "早上就一杯热水，吃一个",
        "问：白的是什么？答：柿子自己出的霜\n问：放多久？答：阴凉处三个月",
        "先领券再下单",
        tried_by_host=True,
    ),
    "HXM-2500": CardWords(
        "苗庄旱地，一年一季",
        "老品种\n石碾慢磨\n米油厚",
        "合格证和检验报告都在页面上",
        "一碗米八碗水，小火四十分钟",
        "问：要泡吗？答：淘一遍就下锅",
        "五斤一袋，拍一份是一袋",
        tried_by_host=True,
    ),
    "TFM-500": CardWords(
        "库峧村路家蜂场，荆条花",
        "一年只取一次\n自然结晶",
        "小作坊登记证、检验报告",
        "温水冲，水别烫",
        "问：结晶了是不是坏了？答：没坏，天冷就结",
        "就这些，卖完就下",
        tried_by_host=True,
    ),
}
CHECKED = (
    (Step.NETWORK, True, ""),
    (Step.BACKUP, True, ""),
    (Step.BATTERY, True, ""),
    (Step.LINKS, False, "核桃的链接打不开，等店铺改"),
    (Step.SAMPLES, True, ""),
    (Step.PHONE, True, ""),
)
VISITS = (3, 11, 24)  # of a poster, on the days before today, today last


def load_words(cast: Cast, on_air: LiveSession, tomorrow: LiveSession) -> None:
    """What is missing of it; what somebody wrote stays."""
    if script_of(on_air) is None:
        for number, step in enumerate(Step):
            at = on_air.started_at - timedelta(minutes=40 - number)
            tick(on_air, Look(step, is_fine=True), by=cast.people[HOST.phone], at=at)
        _write(on_air, BIG, cast, at=on_air.started_at - DAY)
        make_posters(
            on_air,
            (
                PosterPlan(PosterKind.LEADER, "今晚，县长和您聊平顺", "看看太行山里的好地方"),
                PosterPlan(PosterKind.SESSION, "十样山货，说清是谁家的", "坏果包赔，48 小时内发货"),
            ),
            cast,
        )
    if script_of(tomorrow) is None:
        add_chosen(tomorrow, cast, at=cast.now)
        _write(tomorrow, ALONE, cast, at=cast.now)
        cake = PosterPlan(PosterKind.ITEM, "柿饼下霜了", "车当村自然出霜", cast.products["SB-1000"], shows_price=True)
        make_posters(tomorrow, (PosterPlan(PosterKind.SESSION, "柿饼开晒第一夜", "明晚七点半，车当村"), cake), cast)
        for number, (step, is_fine, words) in enumerate(CHECKED):
            at = cast.now - timedelta(minutes=30 - number)
            tick(tomorrow, Look(step, is_fine, words), by=cast.people[HOST.phone], at=at)


def _write(session: LiveSession, template: str, cast: Cast, *, at: datetime) -> None:
    by = cast.people[STAFF.phone]
    save_words(session, WORDS[template], Hand(by, at, 0))
    propose_rows(session, Hand(by, at, 1))
    for item in session.line_up.select_related("product"):
        if words := CARDS.get(item.product.sku):
            save_card(session, item.product, words, Hand(by, at, 0))
    if not ScriptTemplate.objects.filter(county=cast.county, name=template).exists():
        keep_template(session, template, by=by)


def make_posters(session: LiveSession, plans: tuple[PosterPlan, ...], cast: Cast) -> None:
    """With the visits of the last days."""
    today, by = shanghai_day(cast.now), cast.people[STAFF.phone]
    for number, plan in enumerate(plans):
        poster = make_poster(session, plan, by=by, at=cast.now)
        for ago, visits in enumerate(reversed(VISITS)):
            for _visit in range(visits // (number + 1)):
                open_poster(poster.code, on=today - ago * DAY)
