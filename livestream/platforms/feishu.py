"""飞书自定义机器人 (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot): a token in the address and, where the
group chose 签名校验, HMAC-SHA256 over nothing under the key `timestamp\\nsecret`, base64, in the body beside the seconds.

100 messages a minute and 5 a second; a body of 20 KB at most. A clock more than an hour off is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any

from livestream.platforms.robot_contract import Question, check_code

if TYPE_CHECKING:
    from datetime import datetime

HOST = "open.feishu.cn"
EXAMPLE = "https://open.feishu.cn/open-apis/bot/v2/hook/…"
TEXT_BYTES = 15_000
ADDRESS = re.compile(rf"https://{re.escape(HOST)}/open-apis/bot/v2/hook/[0-9a-zA-Z-]{{8,64}}")
BUSY = frozenset({"11232", "99991400"})  # frequency limited
LATER: frozenset[str] = frozenset()


def is_address(address: str) -> bool:
    return ADDRESS.fullmatch(address) is not None


def signature(timestamp: str, secret: str) -> str:
    return base64.b64encode(hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def question(address: str, secret: str, text: str, at: datetime) -> Question:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret:
        timestamp = str(int(at.timestamp()))
        body |= {"timestamp": timestamp, "sign": signature(timestamp, secret)}
    return Question(address, body)


def check(answer: dict[str, Any]) -> None:
    """Older answers of it say StatusCode. Raises Refused, Busy, Unreachable."""
    code = answer.get("code", answer.get("StatusCode"))
    check_code(code, answer.get("msg") or answer.get("StatusMessage"), busy=BUSY, later=LATER)
