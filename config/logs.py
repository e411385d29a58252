"""What no log may say, and how each line is written: one JSON object, at most 8 KB, nothing unseen in it.

Tokens stand in addresses, and addresses are written; errors of the database quote the row they are about; a name may hold a line
break or a sign that turns the line round. So every word of a line passes here last, whoever wrote it, tracebacks too.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

LONGEST_LINE = 8192  # bytes, as UTF-8, with the line break
LONGEST_WORD, SHORT_WORD, LEAST_WORD = 4000, 300, 80  # characters of one value; of each when the whole is too long even so
HEAD = 0.3  # of a value that is cut so much is its beginning; the end of a traceback says more
DEEPEST, WIDEST = 6, 50
LARGEST_NUMBER = 10**20
ALWAYS = ("event", "level", "logger", "timestamp", "request_id", "task", "exception")

# --- secrets, wherever they stand in a text: what must be in it (in small letters) for the pattern to be tried, and the pattern,
# whose first group stays. Most lines hold none of the words, and looking for a word costs nothing. -----------------------------
IN_A_QUERY = r"""(kiosk(?:=|%3d))[^&\s"'\\<>]*"""
IN_A_PATH = r"""((?:/|%2f)(?:join|calendar|c)(?:/|%2f))[^/?&%\s"'\\<>]*"""
OF_THE_API = r"""(cunbo_[0-9a-f]{10}_)[\w-]+"""  # wherever somebody puts it
IN_A_HEADER = r"""(\b(?:authorization|(?:set-)?cookie|x-csrftoken)["']?\s*[:=]\s*)[^\r\n]*"""
BEARER = r"""(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"""
NAMES = ("password", "passwd", "secret", "token", "api_key", "apikey", "sessionid", "csrf")
NAMED = rf"""((?:{"|".join(NAMES)})\w{{0,30}}["']?\s?(?:=|:\s?|%3d)\s?["']?)(?!none\b|null\b)[^&\s"',;}})\]]+"""
IN_AN_ADDRESS = r"""(://[^/\s:@"]{1,100}:)[^@\s/"]+(?=@)"""
OF_A_ROW = r"""(failing row contains \()[^\r\n]*"""
OF_A_KEY = r"""(key \([^)\r\n]{1,200}\)=\()[^\r\n]*?(?=\) (?:already|is not|is still|conflicts))"""
SECRETS = tuple(
    (words, re.compile(pattern, re.IGNORECASE))
    for words, pattern in (
        (("kiosk",), IN_A_QUERY),
        (("join", "calendar", "/c/", "%2fc%2f"), IN_A_PATH),
        (("cunbo_",), OF_THE_API),
        (("whsec_",), r"(whsec_)[\w+/=-]+"),
        (("authorization", "cookie", "x-csrftoken"), IN_A_HEADER),
        (("bearer", "basic"), BEARER),
        (NAMES, NAMED),
        (("://",), IN_AN_ADDRESS),
        (("failing row",), OF_A_ROW),
        (("key (",), OF_A_KEY),
    )
)
OF_OURS = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])")  # 256 bits, as we tell them
SECRET_NAMES = re.compile(
    r"password|passwd|secret|(?:^|_)token$|authorization|cookie|api_?key|signature|^body$|^payload$", re.IGNORECASE
)
HIDDEN = "…"

# --- what is personal: numbers of phones and of persons -----------------------------------------------------------------------
# A digest or a UUID may hold eleven digits in a row: those are nobody's number.
HEX = r"(?<![0-9a-z])(?:[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])"
PHONE = re.compile(rf"{HEX}|(?<!\d)((?:86)?[1１]\d{{2}})[ -]?\d{{4}}[ -]?(\d{{4}})(?!\d)")
PERSON = re.compile(r"(?<!\d)([1-9]\d{5})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# --- what is not seen, or turns a line round: control signs, marks of direction, zero width, halves of pairs ------------------
UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u205f-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|[\U000e0000-\U000e007f]"
)

ON_A_LINE = re.compile(rf"[\x00-\x1f]|{UNSEEN.pattern}")


def without_secrets(text: str) -> str:
    """The text with every secret and every number of a person hidden. What goes in has a bounded length."""
    small = text.lower()
    for words, pattern in SECRETS:
        if any(word in small for word in words):
            text = pattern.sub(r"\1…", text)
    if len(text) >= 43:
        text = OF_OURS.sub(_hide_ours, text)
    return PERSON.sub(_hide_person, PHONE.sub(_hide_phone, text)) if len(text) >= 11 else text


def _hide_ours(found: re.Match[str]) -> str:
    """Random letters are large and small and mixed with digits; a long name is not."""
    run = found.group()
    is_random = any(map(str.isdigit, run)) and any(map(str.isupper, run)) and any(map(str.islower, run))
    return HIDDEN if is_random else run


def _hide_phone(found: re.Match[str]) -> str:
    return f"{found.group(1)}****{found.group(2)}" if found.group(1) else found.group()


def _hide_person(found: re.Match[str]) -> str:
    """The last sign of a number of identity follows from the others (GB 11643): an order number rarely passes."""
    number = found.group()
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return f"{found.group(1)}****" if "10X98765432"[total % 11] == number[-1].upper() else number


def cut(text: str, longest: int) -> str:
    """The beginning and the end. No word stands at the cut: half a secret would not be known for one."""
    if len(text) <= longest:
        return text
    head, tail = text[: int(longest * HEAD)], text[-int(longest * (1 - HEAD)) :]
    head = head[: -len(head.split()[-1])] if head and not head[-1].isspace() and " " in head else head.rstrip("0123456789")
    tail = tail.partition(" ")[2] if " " in tail[:200] else tail.lstrip("0123456789")
    return f"{head}… [{len(text) - longest}] …{tail}"


def plain(value: Any, longest: int = LONGEST_WORD, depth: int = 0) -> Any:
    """What JSON can say of a value, without secrets: anything of ours becomes its words."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        hidden = without_secrets(str(value)) if abs(value) < LARGEST_NUMBER else HIDDEN
        return hidden if HIDDEN in hidden or "*" in hidden else value
    if isinstance(value, dict) and depth < DEEPEST:
        return {in_words(key, 100): named(str(key), one, longest, depth) for key, one in list(value.items())[:WIDEST]}
    if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
        return [plain(one, longest, depth + 1) for one in list(value)[:WIDEST]]
    return in_words(value, longest)


def named(name: str, value: Any, longest: int, depth: int) -> Any:
    return HIDDEN if SECRET_NAMES.search(name) and value else plain(value, longest, depth + 1)


def in_words(value: Any, longest: int) -> str:
    try:
        text = value if isinstance(value, str) else value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    except Exception:
        text = f"<{type(value).__name__}>"  # a log must not break over what it is asked to say
    return without_secrets(cut(text, longest))


def harmless(_logger: Any, _method: str, said: Any) -> str:
    """The last processor of our own log: the line."""
    for longest in (LONGEST_WORD, SHORT_WORD):
        line = as_json({str(name): named(str(name), value, longest, -1) for name, value in list(said.items())[:WIDEST]})
        if len(line.encode()) < LONGEST_LINE:
            return line
    few = {name: plain(said[name], LEAST_WORD) for name in ALWAYS if name in said}
    return as_json({**few, "cut": True})


def as_json(said: dict[str, Any]) -> str:
    line = json.dumps(said, ensure_ascii=False)
    return line if line.isascii() and "\x7f" not in line else UNSEEN.sub(_escaped, line)


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1].replace("\x7f", "\\u007f")


class WithoutTokens(logging.Filter):
    """For loggers whose handlers are not ours: uvicorn started by its own command writes to its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _line(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_line(word) for word in record.args)
        return True


def _line(word: Any) -> Any:
    return ON_A_LINE.sub(_escaped, in_words(word, LONGEST_WORD)) if isinstance(word, str) else word
