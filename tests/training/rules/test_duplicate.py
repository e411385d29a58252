"""Which rows may be one person, and why."""

from __future__ import annotations

import time

import pytest
from pypinyin import lazy_pinyin

from training.rules.duplicate import Family, Pair, Person, Reason, find, is_near


def sound(name):
    return tuple(lazy_pinyin(name))


def person(pk, name="张三丰", phone="p1", identity="", place="v1", sex="", birth_year=None):
    return Person(pk, name, phone, identity, place, sex, birth_year)


def reasons(one, other, different=()):
    return [pair.reasons for pair in find([one, other], set(different), sound).pairs]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (person(1, "甲甲", "p1", "i1"), person(2, "乙乙", "p2", "i1", "v2"), [(Reason.IDENTITY,)]),
        (person(1), person(2, place="v2"), [(Reason.NAME_AND_PHONE,)]),
        (person(1, "张燕"), person(2, "张艳"), [(Reason.PHONE,)]),
        (person(1, "张建国"), person(2, "张建囯"), [(Reason.PHONE,)]),
        (person(1, "阿不都·热合曼"), person(2, "阿不都热合曼"), [(Reason.PHONE,)]),
        (person(1, phone="p1"), person(2, phone="p2"), [(Reason.NAME_AND_VILLAGE,)]),
        (person(1, phone=""), person(2, phone="p2"), [(Reason.NAME_AND_VILLAGE,)]),
        (person(1, identity="i1"), person(2, identity="i1", place="v2"), [(Reason.IDENTITY, Reason.NAME_AND_PHONE)]),
        (person(1, "张伟"), person(2, "张芳"), []),
        (person(1, "张建国", sex="male"), person(2, "张建果", sex="female"), []),
        (person(1, "张建国", birth_year=1960), person(2, "张建果", birth_year=1985), []),
        (person(1, identity="i1"), person(2, identity="i2", place="v2"), []),
        (person(1, "王芳", phone=""), person(2, "王芳", phone="", place="v2"), []),
        (person(1, phone="p1"), person(2, phone="p2", place="v2"), []),
    ],
)
def test_pair_has_its_reasons(one, other, why):
    assert reasons(one, other) == why
    assert reasons(other, one) == why


def test_pair_that_somebody_called_two_is_not_asked_again():
    assert reasons(person(7), person(3, place="v2"), [(3, 7)]) == []


def test_phone_of_many_names_is_a_family_apart_from_the_pairs():
    names = ["张建国", "李秀英", "张小明", "张建囯"]

    found = find([person(n, name) for n, name in enumerate(names, start=1)], set(), sound)

    assert found == ([Pair(1, 4, (Reason.PHONE,))], [Family("p1", (1, 2, 3, 4))])


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("张三", "张四", False),
        ("李丽", "李莉", True),
        ("欧阳娜娜", "欧阳娜", True),
        ("王", "王五", False),
        ("张三丰", "张四丰", True),
    ],
)
def test_names_are_near(one, other, near):
    assert (is_near(one, other, sound), is_near(other, one, sound)) == (near, near)


def test_ten_thousand_people_are_compared_in_less_than_a_second():
    people = [
        person(n, f"张{chr(0x4E00 + n % 3000)}{chr(0x5E00 + n % 7)}", f"p{n // 2}", place=f"v{n % 260}") for n in range(10_000)
    ]
    people += [person(20_000 + n, f"李{chr(0x4E00 + n)}", "one") for n in range(2_000)]  # a phone that somebody copied down

    began = time.perf_counter()
    found = find(people, set(), sound)

    assert time.perf_counter() - began < 1
    assert len(found.families[0].people) == 2_000
