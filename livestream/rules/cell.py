"""What may stand in a cell of a file that goes out: text that no spreadsheet takes for a formula, money without a float. Pure.

OWASP "CSV Injection": spreadsheets run a cell that begins with = + - @, their full-width forms, or blanks before them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

FORMULA = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")
BLANKS = " \t\r\n\v\f\u00a0\u3000"
LONGEST = 32_767  # characters a cell of a workbook holds
EXACT_DIGITS = 11  # more are rounded or shown as 6.9E+18 when a spreadsheet opens a CSV
NUMERIC = re.compile(r"\d[\d\s.:/+\-eE,]*")  # what a spreadsheet takes for a number or a time
JOINERS = "\u200c\u200d"  # they make one sign of several, and move nothing


def plain(text: str) -> str:
    """The text as one line, without signs that nobody sees or that turn the order of others round (bidi, U+202E and the like)."""
    if not text.isprintable():
        text = "".join(_shown(sign) for sign in text)
    return text.strip(BLANKS)[:LONGEST]


def _shown(sign: str) -> str:
    if sign in BLANKS or unicodedata.category(sign) in {"Zl", "Zp"}:
        return " "
    is_hidden = unicodedata.category(sign) in {"Cc", "Cf", "Cs"} and sign not in JOINERS
    return "" if is_hidden or sign in "\ufffe\uffff" else sign


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run it, however it got there: typed, opened, or saved and opened again."""
    return text.lstrip(BLANKS + JOINERS)[:1] in FORMULA


def csv_cell(text: str) -> str:
    """The text as it may stand in a CSV file: an apostrophe before what would be a formula, a tab before a long number that is
    a name (order numbers), or a spreadsheet would round it."""
    shown = plain(text)
    if shown and is_formula(shown):
        return "'" + shown
    return "\t" + shown if len(shown) > EXACT_DIGITS and NUMERIC.fullmatch(shown) else shown


def yuan_decimal(fen: int) -> Decimal:
    """Fen as yuan with two decimals, exactly: 5 → Decimal("0.05"). No float comes near it."""
    return Decimal(fen).scaleb(-2)
