"""When somebody was born, as people write it: `1985-03-05`, `85年3月`, a spreadsheet's number, an identity number. Pure.

Whoever writes a day of the lunar calendar (农历) is asked for the one on his identity card: nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from livestream.rules.vault import birth_in, plain_identity
from livestream.rules.when import DAY, EPOCH, plain
from training.rules.trainee import is_birth

LOOKED_AT = 60  # characters; more is no birth date
LUNAR = re.compile(r"[农阴旧古老]历|[正冬腊闰]月|闰|初[一二三四五六七八九十0-9]|廿|卅|除夕|[子丑寅卯辰巳午未申酉戌亥]年")
IDENTITY = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")
ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
HAN_YEAR = re.compile(r"([零〇一二三四五六七八九]{4}|[零〇一二三四五六七八九]{2})(?=年)")
HAN_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
DATED = re.compile(r"([0-9]{4}|[0-9]{2})\s*([-/.年])\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?")
MONTHLY = re.compile(r"([0-9]{4}|[0-9]{2})\s*([-/.年])\s*([0-9]{1,2})\s*月?份?")
YEARLY = re.compile(r"([0-9]{4}|[0-9]{2}(?=年))年?")
TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?")
SERIAL = re.compile(r"([0-9]{5})(\.[0-9]+)?")
LAST_DAY = 31


class Birth(NamedTuple):
    """The day, or the year alone; the identity number that said it."""

    on: date | None = None
    year: int | None = None
    identity: str = ""


class BadBirth(ValueError):
    """`code`: `lunar`, `identity` (no such number), `rounded` (a spreadsheet lost its digits), `birth`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def birth_of(text: str, *, today: date) -> Birth:
    """What is written there; an empty text is nothing. Raises BadBirth."""
    written = unicodedata.normalize("NFKC", text[:LOOKED_AT]).strip().strip("'").strip()
    written = re.sub(r"(出)?生(于|日期)?[::]?", "", written).strip()
    if not written:
        return Birth()
    if LUNAR.search(written):
        raise BadBirth("lunar")
    if identity := IDENTITY.fullmatch(re.sub(r"\s", "", written)):
        return _by_identity(identity[0], today)
    if ROUNDED.fullmatch(written):
        raise BadBirth("rounded")
    found = _by_numbers(MIDNIGHT.sub("", written), today) or _by_words(MIDNIGHT.sub("", written), today)
    if found is None:
        raise BadBirth("birth")
    return found


def _by_identity(number: str, today: date) -> Birth:
    try:
        plain_number = plain_identity(number)
        born = birth_in(plain_number)
    except ValueError:
        raise BadBirth("identity") from None
    if not is_birth(born, today):
        raise BadBirth("identity")
    return Birth(born, born.year, plain_number)


def _by_numbers(text: str, today: date) -> Birth | None:
    """`31111` of a spreadsheet, `19850305`, `198503`."""
    if serial := SERIAL.fullmatch(text):
        return _day(EPOCH + int(serial[1]) * DAY, today)
    if together := TOGETHER.fullmatch(text):
        year, month, day = together[1], together[2], together[3]
        return _real(year, int(month), int(day), today) if day else _month(year, int(month), today)
    return None


def _by_words(text: str, today: date) -> Birth | None:
    shown = plain(HAN_YEAR.sub(lambda found: found[0].translate(HAN_DIGITS), text))
    if full := DATED.fullmatch(shown):
        # `5/3/85` begins with a day or a month: which, nobody knows.
        is_year = len(full[1]) > 2 or full[2] == "年" or int(full[1]) > LAST_DAY
        return _real(full[1], int(full[3]), int(full[4]), today) if is_year else None
    if monthly := MONTHLY.fullmatch(shown):
        is_year = len(monthly[1]) > 2 or monthly[2] == "年" or int(monthly[1]) > LAST_DAY
        return _month(monthly[1], int(monthly[3]), today) if is_year else None
    yearly = YEARLY.fullmatch(shown)
    return _month(yearly[1], 1, today) if yearly else None


def _real(year: str, month: int, day: int, today: date) -> Birth | None:
    full = _full_year(year, today)
    try:
        return _day(date(full, month, day), today) if full else None
    except ValueError:
        return None


def _month(year: str, month: int, today: date) -> Birth | None:
    """The year is what counts; a month that is none makes it doubtful."""
    found = _real(year, month, 1, today)
    return Birth(None, found.year) if found else None


def _day(born: date, today: date) -> Birth | None:
    return Birth(born, born.year) if is_birth(born, today) else None


def _full_year(year: str, today: date) -> int | None:
    """`85` → 1985, `05` → 2005; None where both centuries, or neither, would do."""
    if len(year) > 2:
        return int(year)
    meant = [century + int(year) for century in (1900, 2000) if 10 <= today.year - century - int(year) < 100]
    return meant[0] if len(meant) == 1 else None
