"""What a platform's "no" means for whoever must act on it: its code and words in, a HintReason out.

Codes of 抖店 as its platform documents them (op.jinritemai.com/docs/guide-docs/212/1427).
"""

from __future__ import annotations

from livestream.platforms.asking import Refused
from orders.rules.waiting import HintReason

OURS = {
    "shop": HintReason.SHOP,
    "platform": HintReason.NO_API,
    "unreadable": HintReason.UNREADABLE,
    "unstorable": HintReason.UNSTORABLE,
    "HTTP 401": HintReason.TOKEN,
    "HTTP 403": HintReason.TOKEN,
}
DOUYIN = {
    "20000": HintReason.UNREACHABLE,  # 服务不可用
    "20001": HintReason.UNREACHABLE,  # 内部服务超时
    "30001": HintReason.TOKEN,  # 操作权限不足: the app's, or the shop's authorization has ended
    "40001": HintReason.TOKEN,  # signature, app_key or access_token missing
    "40003": HintReason.TOKEN,  # signature, app_key or access_token refused
    "60000": HintReason.UNREACHABLE,  # 触发限流
}
CODES = {"douyin": DOUYIN}
NOT_THERE = "不存在"  # a business error (50002, 40004) that says so; the same codes say many other things
BUSINESS = {"douyin": {"40004", "50002"}}


def reason_of(error: Exception, platform: str = "") -> HintReason:
    """Why an attempt failed. What is neither ours nor documented is the platform's own refusal."""
    if not isinstance(error, Refused):
        return HintReason.UNREACHABLE
    if error.code in BUSINESS.get(platform, set()) and NOT_THERE in error.message:
        return HintReason.MISSING
    known = OURS | CODES.get(platform, {})
    return known.get(error.code, HintReason.REFUSED)
