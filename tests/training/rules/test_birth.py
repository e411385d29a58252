"""When somebody was born, as people write it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.birth import BadBirth, Birth, birth_of

TODAY = date(2026, 11, 22)
FULL, YEAR = Birth(date(1985, 3, 5), 1985), Birth(None, 1985)
IDENTITY = "140425198503050023"


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("1985-03-05", FULL), ("1985.3.5", FULL), ("1985/3/5", FULL), ("1985年3月5日", FULL), ("１９８５年３月５日", FULL),
        ("1985年3月5日生", FULL), ("1985-03-05 00:00:00", FULL), ("19850305", FULL), ("31111", FULL), ("31111.0", FULL),
        ("85年3月5日", FULL), ("85.3.5", FULL), ("一九八五年三月五日", FULL), (" 1985 - 3 - 5 ", FULL), ("'1985-03-05", FULL),
        ("85年3月", YEAR), ("1985年3月", YEAR), ("1985.3", YEAR), ("198503", YEAR), ("1985", YEAR), ("1985年", YEAR), ("八五年", YEAR),
        ("05年3月", Birth(None, 2005)), (IDENTITY, Birth(date(1985, 3, 5), 1985, IDENTITY)), ("", Birth()), ("  ", Birth()),
        ("140425 19850305 0023", Birth(date(1985, 3, 5), 1985, IDENTITY)),
    ],
)  # fmt: skip
def test_birth_is_read(text, born):
    assert birth_of(text, today=TODAY) == born


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("农历八月十五", "lunar"), ("1985年腊月初八", "lunar"), ("阴历1985年3月5日", "lunar"), ("1985年正月", "lunar"), ("85年冬月廿三", "lunar"),
        ("乙丑年三月初五", "lunar"), ("140425198503050024", "identity"), ("140425850305002", "identity"), ("1.40425E+17", "rounded"),
        ("3/5/85", "birth"), ("5.3", "birth"), ("25年", "birth"), ("1985-13-05", "birth"), ("1985-02-30", "birth"), ("属牛", "birth"),
        ("2026-11-23", "birth"), ("1900-01-01", "birth"), ("99999", "birth"), ("\x00", "birth"), ("1" * 10_000_000, "birth"),
    ],
)  # fmt: skip
def test_birth_is_not_guessed(text, code):
    with pytest.raises(BadBirth) as said:
        birth_of(text, today=TODAY)

    assert said.value.code == code


@given(st.text(alphabet=st.sampled_from("0123456789年月日初腊农历.-/ ：十一八E+X"), max_size=20) | st.text(max_size=30))
def test_birth_of_whatever_is_written_is_a_day_that_has_been_or_is_refused(text):
    born = said(text)

    assert born in {"lunar", "identity", "rounded", "birth"} or isinstance(born, Birth)
    if isinstance(born, Birth):
        assert born.on is None or born.on <= TODAY
        assert born.year is None or 1915 <= born.year <= 2026


def said(text):
    try:
        return birth_of(text, today=TODAY)
    except BadBirth as bad:
        return bad.code
