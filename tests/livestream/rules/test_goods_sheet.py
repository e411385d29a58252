from __future__ import annotations

import pytest

from livestream.rules.goods_sheet import BadCell, Column, NoHeader, class_of, days_of, grid_of, money_of, points_of
from livestream.rules.weight import grams_of, weight_words


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("500", 500), ("500g", 500), ("500 克", 500), ("5斤", 2500), ("2.5公斤", 2500), ("２．５ＫＧ", 2500), ("1两", 50),
        ("1,000g", 1000), ("0.5斤", 250), ("2吨", 2_000_000),
    ],
)  # fmt: skip
def test_a_weight_is_read_as_people_write_it(typed, grams):
    assert grams_of(typed) == grams
    assert grams_of(weight_words(grams)) == grams


@pytest.mark.parametrize("typed", ["", "0", "-3", "0.0005kg", "3吨", "五斤", "5 磅", "1e3", "9" * 50, "5斤\0", "٥斤"])
def test_what_is_no_weight_is_refused(typed):
    with pytest.raises(ValueError, match=r".*"):
        grams_of(typed)


def test_a_header_is_found_below_a_title_under_the_names_that_counties_use():
    lines = [
        ["货品", "旧表"], ["平顺县货品表", "", ""], ["编码", "品名", "合作社", "净含量"],
        ["LDS", " 潞党参\u202e ", "甲社", "500克"], ["", "", "甲社", ""], ["HXM", "小米", "乙社"],
    ]  # fmt: skip

    grid = grid_of(lines)

    assert (grid.name, grid.others) == ("货品", ["旧表"])
    assert [(row.number, row.cells[Column.TITLE], row.cells[Column.WEIGHT]) for row in grid.rows] == [
        (3, "潞党参", "500克"),
        (5, "小米", ""),
    ]


def test_a_header_that_lacks_what_is_needed_is_named():
    with pytest.raises(NoHeader) as told:
        grid_of([["a"], ["商品名", "净重", "品牌"], ["x", "y", "z"]])
    assert told.value.missing == ["商家编码", "供货商"]
    with pytest.raises(NoHeader):
        grid_of([["a"], ["姓名", "电话"]])


@pytest.mark.parametrize(
    ("read", "typed", "problem"),
    [
        (class_of, "神药", "商品类别：没有“神药”这一项。请写：初级农产品、初加工农产品、加工食品、中药材、食药物质、手工艺品、门票和服务。"),
        (lambda text: money_of(Column.LIST_PRICE, text), "免费", "日常价（元）：“免费”不是金额。请写元，例如 29.9。"),
        (lambda text: money_of(Column.LIST_PRICE, text), "-3", "日常价（元）：“-3”不是金额。请写元，例如 29.9。"),
        (days_of, "半年", "保质期（天）：“半年”不是天数。请写整数，例如 180；没有就空着。"),
        (days_of, "99999", "保质期（天）：“99999”不是天数。请写整数，例如 180；没有就空着。"),
        (points_of, "一；二；三；四", "卖点：卖点最多三条，每条最多 40 个字，用“；”隔开。"),
    ],
)  # fmt: skip
def test_a_bad_cell_says_what_would_be_accepted(read, typed, problem):
    with pytest.raises(BadCell) as told:
        read(typed)
    assert str(told.value.problem) == problem


def test_classes_are_understood_by_their_common_names():
    assert [class_of(text) for text in ("", "加工食品", "food", "药食同源", "门票")] == [
        "",
        "food",
        "food",
        "food_medic",
        "ticket",
    ]
    assert (days_of("180.0"), days_of("180天"), days_of("")) == (180, 180, None)
