"""A sentence as the check of wording (`rules/wording.py`) reads it: tricks that only deceive the eye are undone. Pure."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

# The traditional signs of those that the tables of `rules/wording_bans.py` use, each above its simple one.
_TRADITIONAL = (
    "乾亞來個傑僅價億優儲凍創勝區參員單嚴國園團報場壓壞壯學實專對導庫強彈後復應掛採損搶據數斷於時曆書會東棗極構標樹機檔檢權歐"
    "歡歲歷歸殘殺氣涼減湯準溫滅滿漲潤濃濕濟瀉灣為無熱燈燉燒營爛爺爾獎獨現環瓏產畫當痺瘋療癡癥發盡監盤確礦祕禦禮種稱穩窮競筆節"
    "簡籌糧糾約紅純紙級終組結絕絡給統絲經綠維網緊線編緩縣縮總織繳繼續翹聲職聽脈腎腦腫腳腸膚膽臟臨臺與興舊舖艱莖華萬葉蒼薑薦藝"
    "藥蘇蘋處虛號虧術衛裏補裡製複見規視覺計討訓託記訪設許診評詢試話該詳誇認誠誤說調請諾謊謝證識譜議護變讓貝貧貨貪責貴買費貼賜"
    "賞賠賢賣質賬購贈贏趕跡蹤車軍軟輔輕輸轉辦農這連進運過達遠適遲選還邊邏郵鄉鄰醫醬釀釋釘針鈣銀銳銷錄錢錯鍋鎖鎮鐵長開間閱關陰"
    "陳陽隊際隨險隱雙雜雞離難電靈靜韌響頂項須預領頭頻題額顏願類顯風飛飯飲養館馬駐騙驅驗驚體鬆鬥鬧鬱魚鮮鳥鹽麗麥黃點黨齊龍"
)
_SIMPLE = (
    "干亚来个杰仅价亿优储冻创胜区参员单严国园团报场压坏壮学实专对导库强弹后复应挂采损抢据数断于时历书会东枣极构标树机档检权欧"
    "欢岁历归残杀气凉减汤准温灭满涨润浓湿济泻湾为无热灯炖烧营烂爷尔奖独现环珑产画当痹疯疗痴症发尽监盘确矿秘御礼种称稳穷竞笔节"
    "简筹粮纠约红纯纸级终组结绝络给统丝经绿维网紧线编缓县缩总织缴继续翘声职听脉肾脑肿脚肠肤胆脏临台与兴旧铺艰茎华万叶苍姜荐艺"
    "药苏苹处虚号亏术卫里补里制复见规视觉计讨训托记访设许诊评询试话该详夸认诚误说调请诺谎谢证识谱议护变让贝贫货贪责贵买费贴赐"
    "赏赔贤卖质账购赠赢赶迹踪车军软辅轻输转办农这连进运过达远适迟选还边逻邮乡邻医酱酿释钉针钙银锐销录钱错锅锁镇铁长开间阅关阴"
    "陈阳队际随险隐双杂鸡离难电灵静韧响顶项须预领头频题额颜愿类显风飞饭饮养馆马驻骗驱验惊体松斗闹郁鱼鲜鸟盐丽麦黄点党齐龙"
)
SIMPLE = dict(zip(_TRADITIONAL, _SIMPLE, strict=True))
STOPS = frozenset(",。!?;:\n、")


class Plain(NamedTuple):
    """`text` is what is left; `at[i]` says where its sign i stands in what was written."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open piece of the original that these signs of the plain text were."""
        return self.at[start], self.at[end - 1] + 1


def plain(text: str) -> Plain:
    """Narrow, small and simple signs (１００％ → 100%, 國家級 → 国家级) without what only separates for the eye:
    `治 · 疗` → `治疗`. Stops stay: two clauses are not one."""
    signs: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(text):
        for each in unicodedata.normalize("NFKC", sign).lower():
            if _is_read(each, signs[-1] if signs else "", text[place + 1 : place + 2]):
                signs.append(SIMPLE.get(each, each))
                at.append(place)
    return Plain("".join(signs), tuple(at))


def _is_read(sign: str, before: str, behind: str) -> bool:
    """A letter, a digit, a stop, a percent sign, or the point of a number."""
    if sign == ".":
        return before.isdigit() and behind.isdigit()
    return sign in STOPS or sign == "%" or unicodedata.category(sign)[0] in "LN"
