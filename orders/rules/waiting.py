"""What waits for an answer or for a person: why, in words that say what to do. Pure: no query, no clock."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livestream.rules.errors import NotAllowed

NOTE_AT_MOST = 200


class HintReason(TextChoices):
    """Why the last attempt to fetch an order failed."""

    MISSING = "missing", gettext_lazy("平台上没有")
    TOKEN = "token", gettext_lazy("授权失效")
    UNREACHABLE = "unreachable", gettext_lazy("连不上平台")
    REFUSED = "refused", gettext_lazy("平台不给")
    UNREADABLE = "unreadable", gettext_lazy("回答看不懂")
    UNSTORABLE = "unstorable", gettext_lazy("存不进去")
    SHOP = "shop", gettext_lazy("店铺停用")
    NO_API = "no_api", gettext_lazy("没有接口")


class LetterReason(TextChoices):
    """Why a signed push was kept instead of counted."""

    CRASHED = "crashed", gettext_lazy("读它时出错")
    UNREADABLE = "unreadable", gettext_lazy("内容看不懂")
    UNSTORABLE = "unstorable", gettext_lazy("存不进去")
    LOST = "lost", gettext_lazy("原文已删除")


class LetterState(TextChoices):
    WAITING = "waiting", gettext_lazy("等待处理")
    RETRIED = "retried", gettext_lazy("重试成功")
    DISMISSED = "dismissed", gettext_lazy("不再处理")


HINT_ADVICE = {
    "": gettext_lazy("刚收到，马上去取。"),
    HintReason.MISSING: gettext_lazy("平台说没有这个单号。请在平台后台查一查：查得到就点“重试”，查不到就点“不再处理”。"),
    HintReason.TOKEN: gettext_lazy("平台不认这家店铺的授权，可能过期或被取消了。请管理员更新店铺的接口令牌，再点“重试”。"),
    HintReason.UNREACHABLE: gettext_lazy("暂时连不上平台。系统会一直自动再试，不会丢；等得太久，请检查服务器的网络。"),
    HintReason.REFUSED: gettext_lazy("平台不肯给这一笔，它的原话在下面。照着处理以后点“重试”。"),
    HintReason.UNREADABLE: gettext_lazy("平台的回答看不懂，可能是接口改了。请把单号告诉系统管理员，修好以后点“重试”。"),
    HintReason.UNSTORABLE: gettext_lazy("取到了，但存不进数据库。请把单号告诉系统管理员，修好以后点“重试”。"),
    HintReason.SHOP: gettext_lazy("这家店铺已经停用，所以没有去取。请管理员启用店铺，再点“重试”；不需要了就点“不再处理”。"),
    HintReason.NO_API: gettext_lazy("这个平台不能按单号去取。请导入这家店铺的订单文件，再点“不再处理”。"),
}
LETTER_ADVICE = {
    LetterReason.CRASHED: gettext_lazy("这条推送让读它的程序出错了。请告诉系统管理员，升级以后点“重试”。"),
    LetterReason.UNREADABLE: gettext_lazy("这条推送的内容不是约定的样子。请告诉发送的一方，改好再发一次，然后点“不再处理”。"),
    LetterReason.UNSTORABLE: gettext_lazy(
        "这条推送读得懂，但数据库不收。请告诉系统管理员，修好以后点“重试”。"
    ),
    LetterReason.LOST: gettext_lazy("原文已过保存期，不能再读。请导入这家店铺那几天的订单文件，再点“不再处理”。"),
}  # fmt: skip


def plain_note(note: str) -> str:
    """The note without characters that nobody sees. Raises NotAllowed when nothing is left, or too much."""
    plain = "".join(sign if sign.isprintable() else " " for sign in note).strip()
    if not plain:
        raise NotAllowed("note_missing")
    if len(plain) > NOTE_AT_MOST:
        raise NotAllowed("too_long", field=_("备注"), limit=NOTE_AT_MOST)
    return plain


def in_words(span: timedelta) -> str:
    """How long, as one says it: the longer, the rounder."""
    seconds = max(0, int(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return _("{n} 秒").format(n=seconds)
    if not hours:
        return _("{n} 分钟").format(n=minutes)
    if not days:
        rest = minutes % 60 if hours < 3 else 0
        return (_("{n} 小时 {m} 分钟") if rest else _("{n} 小时")).format(n=hours, m=rest)
    return _("{n} 天").format(n=days)


# How long after each automatic try of an unreadable message the next one comes; after the last only a person tries.
PAUSES = [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24)]
