"""One JSON document, read strictly: what two readers could understand differently, or no database can hold, is refused."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _

DEEPEST = 20
DIGITS = 19  # of a whole number: what a bigint holds


class BadDocument(ValueError):
    """`str()` says what is wrong, in the reader's language."""

    def __str__(self) -> str:
        return str(self.args[0])


def read_document(body: bytes) -> Any:
    """The document of a body. Raises BadDocument for what is no JSON in UTF-8, and for NaN, infinite and huge numbers, a name
    that stands twice in one object, NUL, half a surrogate pair, and nesting below 20."""
    try:
        document = json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number, parse_int=_whole, parse_float=_broken
        )
    except UnicodeDecodeError as error:
        raise BadDocument(_("请求体不是 UTF-8。")) from error
    except RecursionError as error:
        raise BadDocument(_("请求体套得太深。")) from error
    except json.JSONDecodeError as error:
        raise BadDocument(_("请求体不是一份完整的 JSON。")) from error
    _look_through(document)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadDocument(_("一个对象里有两个同名的字段。"))
    return found


def _no_number(_word: str) -> NoReturn:
    raise BadDocument(_("NaN 和无穷大不是 JSON 数字。"))


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > DIGITS:
        raise BadDocument(_("数字太大。"))
    return int(digits)


def _broken(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadDocument(_("数字太大。"))
    return number


def _look_through(document: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level = [document]
    for _depth in range(DEEPEST):
        for text in (each for each in level if isinstance(each, str)):
            _look_at(text)
        objects = [each for each in level if isinstance(each, dict)]
        for name in (name for each in objects for name in each):
            _look_at(name)
        level = [inner for each in objects for inner in each.values()] + [
            inner for each in level if isinstance(each, list) for inner in each
        ]
        if not level:
            return
    raise BadDocument(_("请求体套得太深。"))


def _look_at(text: str) -> None:
    if "\0" in text:
        raise BadDocument(_("文字里有看不见的 NUL 字符。"))
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadDocument(_("文字里有半个字符（落单的代理项）。"))
