"""What no log may say: the token of a kiosk link, of an invitation or of the API. They stand in addresses, and addresses are
written."""

from __future__ import annotations

import logging
import re
from typing import Any

IN_A_QUERY = r"""(kiosk(?:=|%3[dD]))[^&\s"'\\<>]*"""
IN_A_PATH = r"""((?:/|%2[fF])join(?:/|%2[fF]))[^/?&%\s"'\\<>]*"""
OF_THE_API = r"""(cunbo_[0-9a-f]{10}_)[\w-]+"""  # wherever somebody puts it
TOKEN = re.compile(f"{IN_A_QUERY}|{IN_A_PATH}|{OF_THE_API}")
HIDDEN = r"\1\2\3…"


def without_tokens(_logger: Any, _method: str, line: str) -> str:
    """The last processor of our own log: the line as it is written, tracebacks too."""
    return TOKEN.sub(HIDDEN, line)


class WithoutTokens(logging.Filter):
    """For loggers whose handlers are not ours: uvicorn started by its own command writes to its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _hidden(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(word) for word in record.args)
        return True


def _hidden(word: Any) -> Any:
    return TOKEN.sub(HIDDEN, word) if isinstance(word, str) else word
