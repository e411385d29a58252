"""Which step is the weakest is said against the county's other sessions, and goods are judged against each other."""

from __future__ import annotations

from fractions import Fraction

from livestream.rules.funnel import Clicked, Step, Verdict, funnel, verdicts

MINE = {"exposure_uv": 10_000, "view_uv": 2000, "item_exposure_uv": 1000, "item_click_uv": 100, "buyers": 20}
USUAL = {"exposure_uv": 10_000, "view_uv": 2000, "item_exposure_uv": 1000, "item_click_uv": 300, "buyers": 30}


def test_the_weakest_step_is_the_one_furthest_below_the_usual():
    found = funnel("douyin", MINE, [USUAL] * 3)

    assert [(rate.step, rate.value, rate.usual) for rate in found.rates] == [
        (Step.ENTRY, Fraction(1, 5), Fraction(1, 5)),
        (Step.SHOWN, Fraction(1, 2), Fraction(1, 2)),
        (Step.CLICK, Fraction(1, 10), Fraction(3, 10)),
        (Step.PAY, Fraction(1, 5), Fraction(1, 10)),
    ]
    assert found.weakest.step == Step.CLICK
    assert "选品" in str(found.weakest.owner)


def test_with_too_few_others_nothing_is_said():
    found = funnel("douyin", MINE, [USUAL] * 2)

    assert (found.weakest, found.is_comparable) == (None, False)


def test_where_nothing_is_below_the_usual_nothing_is_weak():
    assert funnel("douyin", USUAL, [USUAL] * 3).weakest is None


def test_what_nobody_said_is_not_nought():
    found = funnel("douyin", {"view_uv": 5, "exposure_uv": None, "item_exposure_uv": 0, "item_click_uv": 3}, [USUAL] * 3)

    assert [rate.value for rate in found.rates] == [None, 0, None, None]
    assert found.weakest.step == Step.SHOWN
    assert dict(found.counts)["buyers"] is None


def test_goods_by_clicks_and_conversion():
    goods = [Clicked("A", 100, 20), Clicked("B", 10, 5), Clicked("C", 90, 1), Clicked("D", 5, 0), Clicked("E", None, 9)]

    assert verdicts(goods) == {"A": Verdict.HERO, "B": Verdict.TRAFFIC, "C": Verdict.PRICE, "D": Verdict.DROP}
    assert verdicts(goods[:1]) == {}
