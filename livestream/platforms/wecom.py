"""企业微信群机器人 (https://developer.work.weixin.qq.com/document/path/91770, 消息推送): the key in the address is all there is.

Text up to 2,048 bytes; a robot may say 20 messages a minute (errcode 45009 beyond that)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from livestream.platforms.robot_contract import Question, check_code

if TYPE_CHECKING:
    from datetime import datetime

HOST = "qyapi.weixin.qq.com"
EXAMPLE = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
TEXT_BYTES = 2048
ADDRESS = re.compile(rf"https://{re.escape(HOST)}/cgi-bin/webhook/send\?key=[0-9a-zA-Z-]{{8,64}}")
BUSY = frozenset({"45009", "45033"})  # 接口调用超过限制, 接口并发调用超过限制
LATER = frozenset({"-1"})  # 系统繁忙


def is_address(address: str) -> bool:
    return ADDRESS.fullmatch(address) is not None


def question(address: str, _secret: str, text: str, _at: datetime) -> Question:
    return Question(address, {"msgtype": "text", "text": {"content": text}})


def check(answer: dict[str, Any]) -> None:
    """Raises Refused, Busy, Unreachable."""
    check_code(answer.get("errcode"), answer.get("errmsg"), busy=BUSY, later=LATER)
