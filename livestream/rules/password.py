"""What makes a password too easy to guess, besides being short: it is made of words that everybody here would try first.

No composition is asked for and nothing ever expires (NIST SP 800-63B, OWASP ASVS 5.0 §6.2): length and surprise count."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 12
LONGEST = 128  # hashing what is longer would cost more than it could ever be worth
ENOUGH = 6  # letters and digits that nobody could have known; a Chinese character counts for two
KINDS_ENOUGH = 4  # different ones among them
SHORTEST_LATIN_WORD = 3
SHORTEST_CHINESE_WORD = 2

FIRST_TRIED = """
cunbo zhibo zhubo zhibojian nongcun nongmin nongye nongchanpin xiangcun xiangzhen zhenxing dianshang dianshangban
dianshangzhongxin xianzhang shuji zhongxin zhengfu guanli guanliyuan admin administrator root password passwd mima
denglu login welcome test demo douyin kuaishou taobao tianmao jingdong pinduoduo weixin wechat xiaohongshu youzan
shipinhao dandan maijia maijiaxiu dangshen ludangshen lianqiao xiaomi heixiaomi pingguo hetao hongzao dazao huajiao
dahongpao tudou malingshu yumi mianfen fengmi jidan yangrou niurou tugou tuji lizi xingzi xingren taozi putao caomei
xiangu mogu muer heimuer shanyao fangfeng jinyinhua gouqi suan dasuan lajiao laobing cuyuan laochencu doufu doufugan
mianpi chaye lvcha hongcha longjing tieguanyin puer baicha juzi chengzi ganju youzi lichi longyan mangguo boluo
xiangjiao ningmeng xihongshi fanqie shizi tomato apple honey rice tea zhongguo beijing shanghai tianjin chongqing
hebei shanxi shaanxi neimenggu liaoning jilin heilongjiang jiangsu zhejiang anhui fujian jiangxi shandong henan hubei
hunan guangdong guangxi hainan sichuan guizhou yunnan xizang gansu qinghai ningxia xinjiang pingshun changzhi taihang
julu xingtai woaini iloveyou wodejia laopo laogong baobao mama baba xiexie nihao facai gongxi dajiahao qwerty
qwertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx 1qaz 2wsx 3edc 5201314 1314520 china shop live host farm
farmer 村播 直播 直播间 主播 农村 农民 农业 农产品 乡村 乡镇 振兴 电商 电商办 县长 书记 政府 管理员 密码 登录 欢迎
平台 助农 丰收 家乡 老家 抖音 快手 淘宝 天猫 京东 拼多多 微信 小红书 党参 潞党参 连翘 小米 黑小米 苹果 核桃 红枣 大枣
花椒 大红袍 土豆 玉米 面粉 蜂蜜 鸡蛋 羊肉 牛肉 土鸡 栗子 杏仁 桃子 葡萄 草莓 香菇 蘑菇 木耳 山药 金银花 枸杞 大蒜
辣椒 老陈醋 豆腐 茶叶 绿茶 红茶 柑橘 柿子 西红柿 中国 北京 上海 我爱你 宝宝 妈妈 爸爸 谢谢 你好 发财 恭喜 测试
"""
WORDS = frozenset(FIRST_TRIED.split())


def plain(text: str) -> str:
    """As it is compared: full-width as half-width, capitals as small letters, only letters and digits."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def is_word(word: str) -> bool:
    return len(word) >= (SHORTEST_LATIN_WORD if word.isascii() else SHORTEST_CHINESE_WORD)


def leftover(password: str, words: Iterable[str]) -> str:
    """What remains of a password without known words, years, runs (`123`, `cba`) and repeats (`aaa`)."""
    rest = plain(password)
    for word in sorted({plain(word) for word in words} | WORDS, key=len, reverse=True):
        if is_word(word):
            rest = rest.replace(word, " ")
    rest = re.sub(r"(?:19|20)\d\d", " ", rest)
    rest = re.sub(r"(\w)\1{2,}", " ", rest)
    return "".join(part for part in without_runs(rest).split())


def without_runs(text: str) -> str:
    """`abc` and `321` gone: three signs or more, each the neighbour of the one before."""
    kept, run = [], text[:1]
    for before, sign in zip(text, text[1:], strict=False):
        step = ord(sign) - ord(before)
        if step in {1, -1} and (len(run) == 1 or step == ord(run[1]) - ord(run[0])):
            run += sign
            continue
        kept.append(run if len(run) < 3 else " ")
        run = sign
    kept.append(run if len(run) < 3 else " ")
    return "".join(kept)


def is_guessable(password: str, words: Iterable[str]) -> bool:
    """Whether too little of it is a surprise."""
    rest = leftover(password, words)
    return sum(1 if sign.isascii() else 2 for sign in rest) < ENOUGH or len(set(rest)) < KINDS_ENOUGH


def phone_words(phone: str) -> set[str]:
    """The number, and the parts of it that people use: without the prefix, the last eight, six and four digits."""
    return {phone, phone[3:], phone[-6:], phone[-4:]} if phone else set()
