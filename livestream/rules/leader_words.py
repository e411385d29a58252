"""What may not be written about a broadcast of leaders: buying as a task for staff, paid promotion, offices that may not
recommend food. Pure.

In May 2020 a county told its cadres to buy for 每人不少于50元 while its head was on air, and had to apologise in public
(城固县脱贫攻坚领导小组办公室, 2020-05-09: “坚决杜绝在消费扶贫中给干部职工下任务、搞摊派的错误行为”). So nothing here takes a
target for a person, and a text that sets one is refused. A text that forbids it is not: what stands behind a “严禁” or “不搞” in
the same clause is left alone.
"""

from __future__ import annotations

import re
import unicodedata

PEOPLE = (
    r"(?:每人|人均|每位|每名|每个?(?:干部|党员|职工|教师|单位|科室|部门)|各(?:单位|部门|科室|乡镇|村)"
    r"|(?:全体|全县)(?:干部|职工|党员|教师))"
)
BUYING = r"(?:购买|下单|认购|消费|带货|销售|买货|采购|选购|拼单)"
AMOUNT = r"(?:[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+)(?:多|余)?(?:元|块|单|份|件|斤|箱|袋|盒|万元)"
AT_LEAST = r"(?:不少于|不得少于|不低于|不得低于|至少|最少|最低|起码|以上)"
FORCED = (
    rf"{PEOPLE}[^。；！？,，;]{{0,10}}{AT_LEAST}[^。；！？,，;]{{0,8}}{AMOUNT}",
    rf"{PEOPLE}[^。；！？,，;]{{0,6}}(?:须|必须|要|应|应当|需|需要|都要|都得|务必){{1,2}}[^。；！？,，;]{{0,8}}{BUYING}",
    rf"{PEOPLE}[^。；！？,，;限超]{{0,8}}{BUYING}[^。；！？,，;]{{0,10}}{AMOUNT}",
    rf"{PEOPLE}{AMOUNT}",
    rf"{BUYING}(?:任务|指标|额度)",
    r"(?:完成|下达|分解|落实|分配|派发|承担|认领)[^。；！？,，;]{0,8}(?:指标|额度|任务数|任务量)",
    r"(?<!不)(?:下|派|领)(?:任务|指标)",
    r"(?:任务|指标)(?:分解|到人|到单位|包干|上墙)",
    r"摊派|硬性(?:要求|规定|指标)|硬指标|强制(?:购买|消费|下单|认购)|必须(?:购买|下单|认购|消费)",
    rf"{BUYING}[^。；！？,，;]{{0,10}}(?:纳入|列入|作为|计入)[^。；！？,，;]{{0,6}}(?:考核|绩效|评优|评先)",
    rf"{BUYING}[^。；！？,，;]{{0,6}}(?:截图|接龙|通报|排名)",
)
FORCED_BUYING = re.compile("|".join(FORCED))
FORBIDDEN = re.compile(
    r"(?:严禁|禁止|杜绝|不得(?!少于|低于)|不准|不许|不允许|不能|不搞|不做|不买|不用|不下|不派|不设|不定|不给|不向|不把|不要求|绝不|决不|没有|避免|防止|反对)[^。；！？,，;]*$"
)
PAID = re.compile(
    r"付费(?:推广|投放|流量)|(?<!不)投流|投放广告|买流量|买量|购买流量|DOU\+|dou\+|千川|小火苗|磁力金牛|付费加热|竞价",
    re.IGNORECASE,
)
BARRED = re.compile(
    r"市场监管|市场监督|食品药品|食药监|食药局|食安(?:办|委)|食品安全(?:办|委|监)|卫健|卫生健康|疾控|疾病预防|卫生监督|食品检验|检验检测"
    r"|食品(?:工业|行业)?协会|餐饮(?:行业)?协会"
)
# A deputy head who answers for an office, among others, does not sit in it.
ANSWERS_FOR = re.compile(r"(?:分管|联系|协管|负责)[^，,；;)）]*")


def _plain(text: str) -> str:
    """As it is read: full-width signs made narrow, nothing that only separates for the eye or hides."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in narrow if not sign.isspace() and unicodedata.category(sign) != "Cf")


def forced_buying(text: str) -> str:
    """The words that make buying a task for staff 摊派, "" when there are none."""
    return _unless_forbidden(FORCED_BUYING, _plain(text))


def paid_promotion(text: str) -> str:
    """The words that speak of bought promotion, which a broadcast with civil servants may not have (广告法 第九条 第二项)."""
    return _unless_forbidden(PAID, _plain(text))


def barred_office(text: str) -> str:
    """The office named in a unit or a title that may not recommend food to consumers (食品安全法 第七十三条 第二款), or ""."""
    found = BARRED.search(ANSWERS_FOR.sub("", _plain(text)))
    return found[0] if found else ""


def _unless_forbidden(pattern: re.Pattern[str], plain: str) -> str:
    for found in pattern.finditer(plain):
        if not FORBIDDEN.search(plain[: found.start()]):
            return found[0]
    return ""
