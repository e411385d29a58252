"""钉钉自定义机器人 (https://open.dingtalk.com/document/robots/custom-robot-access): an access token in the address and, where the
group chose 加签, HMAC-SHA256 over `timestamp\\nsecret` under the secret, base64, in the query beside the milliseconds.

A robot may say 20 messages a minute; beyond that it is silenced for ten minutes. A clock more than an hour off is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any

from livestream.platforms.robot_contract import Question, check_code

if TYPE_CHECKING:
    from datetime import datetime

HOST = "oapi.dingtalk.com"
EXAMPLE = "https://oapi.dingtalk.com/robot/send?access_token=…"
TEXT_BYTES = 15_000  # 20,000 of the whole body
ADDRESS = re.compile(rf"https://{re.escape(HOST)}/robot/send\?access_token=[0-9a-zA-Z]{{16,128}}")
BUSY = frozenset({"130101", "90018", "90030"})  # send too fast, over the minute's limit, webhook over limit
LATER = frozenset({"-1"})  # 系统繁忙


def is_address(address: str) -> bool:
    return ADDRESS.fullmatch(address) is not None


def signature(timestamp: str, secret: str) -> str:
    signed = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(signed).decode()


def question(address: str, secret: str, text: str, at: datetime) -> Question:
    timestamp = str(round(at.timestamp() * 1000))
    query = {"timestamp": timestamp, "sign": signature(timestamp, secret)} if secret else {}
    return Question(address, {"msgtype": "text", "text": {"content": text}}, query)


def check(answer: dict[str, Any]) -> None:
    """Raises Refused, Busy, Unreachable."""
    check_code(answer.get("errcode"), answer.get("errmsg"), busy=BUSY, later=LATER)
