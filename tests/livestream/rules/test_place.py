from __future__ import annotations

import pytest

from livestream.rules.place import county_of, level_of, parent_code, short_name


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("14", "province", None),
        ("1404", "city", "14"),
        ("140425", "county", "1404"),
        ("140425202", "township", "140425"),
        ("140425202213", "village", "140425202"),
    ],
)
def test_length_says_level_and_prefix_says_parent(code, level, parent):
    assert (level_of(code), parent_code(code)) == (level, parent)


@pytest.mark.parametrize("code", ["", "1", "140", "14042", "1404252022133", "14042a", "１４", "14 "])
def test_other_codes_have_no_level(code):
    with pytest.raises(ValueError, match=f"^{code}$"):
        level_of(code)


def test_county_of_a_place():
    assert [county_of(code) for code in ("140425202213", "140425", "1404", "14")] == ["140425", "140425", None, None]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("芣兰岩村村委会", "芣兰岩村"),
        ("城关村村民委员会", "城关村"),
        ("南岸村委会", "南岸村"),
        ("彩凤社区居委会", "彩凤社区"),
        ("南街居委会", "南街"),
        ("平顺经济技术开发区虚拟社区", "平顺经济技术开发区虚拟社区"),
        ("村委会", "村委会"),
    ],
)
def test_short_names_are_what_people_say(name, short):
    assert short_name(name) == short
