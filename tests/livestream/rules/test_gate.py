from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from livestream.rules.gate import Asked, Held, Lack, Why, day_asked, days_left, is_due, lacking, lacks_words, lines_of
from livestream.rules.goods import REQUIRED, PaperKind, ProductClass

TODAY = date(2026, 11, 22)
TEST, COMMITMENT = frozenset({"test"}), frozenset({"commitment"})


def accepted(kind, until=None):
    return Held(kind, "accepted", until)


@pytest.mark.parametrize("product_class", list(ProductClass))
def test_each_class_is_let_through_with_one_paper_of_each_line_and_not_with_one_less(product_class):
    lines = REQUIRED[product_class]
    papers = [accepted(min(line).value) for line in lines]

    assert lacking(Asked(product_class), papers, TODAY) == ()
    for place, line in enumerate(lines):
        rest = papers[:place] + papers[place + 1 :]
        assert lacking(Asked(product_class), rest, TODAY) == (Lack(Why.NONE, frozenset(kind.value for kind in line)),)


def test_what_nobody_has_classified_is_never_let_through():
    every = [accepted(kind.value) for kind in PaperKind]

    assert lacking(Asked(""), every, TODAY) == (Lack(Why.UNCLASSIFIED),)


@pytest.mark.parametrize(
    ("papers", "lack"),
    [
        ([accepted("commitment", TODAY)], None),
        ([accepted("commitment", TODAY - timedelta(days=1))], Lack(Why.OVER, COMMITMENT, TODAY - timedelta(days=1))),
        ([Held("commitment", "waiting", TODAY)], Lack(Why.WAITING, COMMITMENT)),
        ([Held("commitment", "refused", TODAY)], Lack(Why.REFUSED, COMMITMENT)),
        ([Held("commitment", "refused"), accepted("commitment")], None),
        ([accepted("commitment", date(2026, 1, 1)), Held("commitment", "waiting")], Lack(Why.WAITING, COMMITMENT)),
        ([Held("commitment", "waiting", date(2026, 1, 1))], Lack(Why.OVER, COMMITMENT, date(2026, 1, 1))),
        ([accepted("test")], Lack(Why.NONE, COMMITMENT)),
    ],
)
def test_a_paper_holds_when_it_was_accepted_and_its_last_day_is_not_past(papers, lack):
    assert lacking(Asked("primary"), papers, TODAY) == ((lack,) if lack else ())


def test_a_certificate_of_today_holds_to_midnight_in_shanghai_and_not_one_second_longer():
    paper = [accepted("commitment", TODAY)]
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)

    last, next_second = (day_asked(at, at) for at in (midnight - timedelta(seconds=1), midnight))

    assert (last, lacking(Asked("primary"), paper, last)) == (TODAY, ())
    assert (next_second, len(lacking(Asked("primary"), paper, next_second))) == (date(2026, 11, 23), 1)


def test_a_geographical_indication_needs_its_authorisation_and_must_not_be_over():
    asked = Asked("primary", uses_geo=True, geo_until_on=TODAY)
    papers = [accepted("commitment"), accepted("gi")]

    assert lacking(asked, papers, TODAY) == ()
    assert lacking(asked, papers[:1], TODAY) == (Lack(Why.NONE, frozenset({"gi"})),)
    assert lacking(asked, papers, TODAY + timedelta(days=1)) == (Lack(Why.GEO_OVER, day=TODAY),)


def test_the_county_may_ask_for_more_and_says_nothing_twice():
    asked = Asked("primary", (TEST, COMMITMENT, frozenset({"supply", "brand"})))

    assert lines_of(asked) == (COMMITMENT, TEST, frozenset({"supply", "brand"}))
    assert [str(lack) for lack in lacking(asked, [accepted("commitment")], TODAY)] == [
        "没有检验报告",
        "没有品牌授权或供货承诺书",
    ]


@pytest.mark.parametrize(
    ("lack", "words", "in_short"),
    [
        (Lack(Why.UNCLASSIFIED), "还没写商品类别", "商品类别（还没写）"),
        (
            Lack(Why.NONE, frozenset({"workshop", "food_lic"})),
            "没有食品生产许可证或小作坊登记证",
            "食品生产许可证或小作坊登记证（没有）",
        ),
        (Lack(Why.WAITING, TEST), "检验报告还没核对", "检验报告（还没核对）"),
        (Lack(Why.OVER, TEST, date(2026, 3, 5)), "检验报告已在2026年3月5日到期", "检验报告（到期 2026-03-05）"),
        (Lack(Why.REFUSED, TEST), "检验报告核对过，不能用", "检验报告（核对过，不能用）"),
        (Lack(Why.GEO_OVER, day=date(2026, 3, 5)), "地理标志登记已在2026年3月5日到期", "地理标志登记（到期 2026-03-05）"),
    ],
)
def test_a_lack_says_what_to_bring(lack, words, in_short):
    assert (str(lack), lack.in_short) == (words, in_short)
    assert lack.to_do.endswith("。")
    assert lacks_words([lack, lack]) == f"缺：{in_short}、{in_short}"


def test_before_a_session_its_own_day_counts_and_afterwards_today():
    start = datetime(2026, 11, 24, 11, tzinfo=UTC)

    assert day_asked(start, datetime(2026, 11, 22, tzinfo=UTC)) == date(2026, 11, 24)
    assert day_asked(start, datetime(2026, 11, 24, 17, tzinfo=UTC)) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("left", "warned_left", "is_told"),
    [
        (31, None, False), (30, None, True), (30, 30, False), (29, 30, False), (8, None, True), (8, 30, False), (7, 30, True),
        (7, 7, False), (6, 8, True), (3, 7, False), (0, 30, True), (0, 5, False), (-1, None, False), (-1, 30, False),
    ],
)  # fmt: skip
def test_staff_are_told_thirty_days_before_and_seven_days_before_and_each_once(left, warned_left, is_told):
    until = TODAY + timedelta(days=left)
    warned = None if warned_left is None else until - timedelta(days=warned_left)

    assert is_due(until, warned, TODAY) is is_told
    assert days_left(until, datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == left
