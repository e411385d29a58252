"""Masks, identity numbers, phones, and the days of the law, on paper."""

from __future__ import annotations

from datetime import date

import pytest

from livestream.rules.subject_request import OUTCOMES, Outcome, RequestKind, due_on, kept_until, may_erase, offered
from livestream.rules.vault import (
    Secret,
    birth_in,
    masked,
    masked_name,
    name_of_nobody,
    phone_of_nobody,
    plain_contact,
    plain_identity,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "shown"), [("张三", "张**"), ("张三丰", "张**"), ("阿依古丽·热合曼", "阿**"), ("牛", "牛**"), ("", "")]
)
def test_a_name_keeps_its_first_sign(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("secret", "plain", "shown"),
    [
        (Secret.PHONE, "13812345678", "138****5678"),
        (Secret.SECOND_PHONE, "0355-8922000", "035****2000"),
        (Secret.GUARDIAN_PHONE, "13900001111", "139****1111"),
        (Secret.GUARDIAN_NAME, "张三丰", "张**"),
        (Secret.BIRTH, "1998-05-01", "1998-**-**"),
        (Secret.GUARDIAN_EVIDENCE, "电商中心 2 号柜", "****"),
        *[(secret, "", "") for secret in Secret],
    ],
)
def test_masked_shows_little(secret, plain, shown):
    assert masked(secret, plain) == shown


@pytest.mark.parametrize(
    ("typed", "number", "born"),
    [
        ("11010519491231002X", "11010519491231002X", date(1949, 12, 31)),
        (" 110105 19491231 002x ", "11010519491231002X", date(1949, 12, 31)),
        ("440524188001010014", "440524188001010014", date(1880, 1, 1)),
    ],
)
def test_identity_number_is_read(typed, number, born):
    assert (plain_identity(typed), birth_in(number)) == (number, born)


@pytest.mark.parametrize(
    "typed",
    [
        "", "110105194912310021", "11010519491231002", "11010519491331002X", "1101051949123100２X", "X10105194912310020", "=1+1", "\0" * 18,
        "110105194902300028",
    ],
)  # fmt: skip
def test_identity_number_that_is_none_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011  # whatever ValueError says, a form says it better
        plain_identity(typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("138 1234 5678", "13812345678"), ("+86 13812345678", "13812345678"), ("0355-8922000", "0355-8922000"), ("010 12345678", "01012345678")],
)  # fmt: skip
def test_contact_is_a_mobile_or_a_landline(typed, number):
    assert plain_contact(typed) == number


@pytest.mark.parametrize("typed", ["", "12", "8922000", "０355-8922000", "abc", "0355-89220000000"])
def test_contact_that_is_none_is_refused(typed):
    with pytest.raises(ValueError, match="phone"):
        plain_contact(typed)


def test_nobody_has_a_phone_that_nobody_has():
    assert (phone_of_nobody(7), name_of_nobody(7)) == ("12000000007", "已注销人员 7")


@pytest.mark.parametrize(
    ("last", "until"),
    [(None, None), (date(2026, 11, 22), date(2029, 11, 22)), (date(2024, 2, 29), date(2027, 3, 1))],
)
def test_who_was_on_air_is_known_for_three_years(last, until):
    assert kept_until(last) == until


@pytest.mark.parametrize(("kept", "may"), [(None, True), (date(2026, 11, 21), True), (TODAY, False), (date(2029, 1, 1), False)])
def test_may_erase_after_the_term(kept, may):
    assert may_erase(kept, TODAY) is may


def test_what_must_be_kept_is_not_offered_to_be_erased():
    assert offered(RequestKind.ERASE, date(2029, 1, 1), TODAY) == (Outcome.RESTRICTED, Outcome.REFUSED)
    assert offered(RequestKind.ERASE, None, TODAY) == (Outcome.ERASED, Outcome.RESTRICTED, Outcome.REFUSED)
    assert set(OUTCOMES) == set(RequestKind)


def test_answers_are_due_in_fifteen_days():
    assert due_on(TODAY) == date(2026, 12, 7)
