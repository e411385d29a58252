"""A made-up audience: the same room always sells the same, more while somebody presents, most after a coupon."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from livestream.rules.practice import LONGEST_S, Doing, Good, Step, Sums, sales, summed
from livestream.rules.practice_hints import Done, hints_for, longest_silence, practice_title

GOODS = [Good(1, "A", "苹果", 5000, 5000, None), Good(2, "B", "小米", 3000, 3000, None)]
LISTED = [Step(0, Doing.LIST, 1), Step(0, Doing.LIST, 2)]


def sold(*steps, goods=GOODS, seconds=3600, seed=7):
    return summed(sales(goods, [*LISTED, *steps], seed=seed, seconds=seconds), seconds)


def test_the_same_room_has_always_sold_the_same():
    once = sales(GOODS, [*LISTED, Step(30, Doing.PITCH, 1)], seed=42, seconds=600)

    assert once == sales(GOODS, [*LISTED, Step(30, Doing.PITCH, 1)], seed=42, seconds=600)
    assert once != sales(GOODS, [*LISTED, Step(30, Doing.PITCH, 1)], seed=43, seconds=600)
    assert once[:2] == [(129, 1, 2, 10000), (134, 2, 1, 3000)]


steps = st.builds(
    Step,
    st.integers(0, 900),
    st.sampled_from(Doing),
    st.sampled_from([1, 2, None]),
    st.integers(0, 60),
)


@given(st.lists(steps, max_size=12), st.integers(0, 900), st.integers(0, 900), st.integers(0, 2**64))
@settings(max_examples=60, deadline=None)
def test_time_only_adds_to_what_was_sold(done, one, other, seed):
    sooner, later = sorted((one, other))
    goods = [Good(1, "A", "苹果", 5000, 5000, 30), Good(2, "B", "小米", 3000, 2000, None)]
    short, long = (sales(goods, [*LISTED, *done], seed=seed, seconds=seconds) for seconds in (sooner, later))

    assert long[: len(short)] == short
    assert all(sale.second < later and sale.units > 0 for sale in long)


def test_whoever_presents_sells_more_and_a_coupon_most():
    silent = sold(seconds=1200).of(1).orders
    pitched = sold(Step(0, Doing.PITCH, 1), seconds=1200).of(1).orders
    coupons = [Step(second, Doing.COUPON, 1) for second in range(0, 1200, 90)]
    bursts = sold(Step(0, Doing.PITCH, 1), *coupons, seconds=1200).of(1).orders

    assert (silent, pitched, bursts) == (1, 57, 173)


def test_a_lower_price_sells_more_and_a_higher_one_less():
    pitch = Step(0, Doing.PITCH, 1)
    usual, cheap, dear = (sold(pitch, Step(0, Doing.PRICE, 1, fen), seconds=1200).of(1).orders for fen in (5000, 4000, 6000))

    assert dear < usual < cheap
    assert {sale.paid_fen // sale.units for sale in sold(pitch, Step(0, Doing.PRICE, 1, 4000)).sales if sale.product == 1} == {
        4000
    }


def test_nothing_is_sold_that_is_not_listed_or_not_there():
    scarce = [Good(1, "A", "苹果", 5000, 5000, 5), GOODS[1]]

    assert sold(Step(0, Doing.PITCH, 1), goods=scarce).of(1).units == 5
    assert sold(Step(0, Doing.PITCH, 1), Step(0, Doing.UNLIST, 1)).of(1) == Sums()
    assert sold(Step(0, Doing.STOCK, 1, 9), Step(0, Doing.PITCH, 1), goods=scarce).of(1).units == 9
    assert sales(GOODS, [], seed=1, seconds=600) == []


def test_a_practice_lasts_two_hours_at_most():
    assert sold(seconds=LONGEST_S).sales == sold(seconds=10 * LONGEST_S).sales
    assert sold(seconds=-1).total == Sums()


def test_the_longest_silence_is_found_wherever_it_lies():
    assert longest_silence([], 300) == 300
    assert longest_silence([(100, 200), (150, 260)], 300) == 100
    assert longest_silence([(0, 100), (250, 290)], 300) == 150
    assert longest_silence([(0, 100)], 300) == 200


def test_three_hints_always_and_the_most_pressing_first():
    def first(**facts):
        usual = {"seconds": 1800, "goods": 3, "presented": 3, "longest_silence_s": 10, "longest_pitch_s": 200}
        found = hints_for(Done(**(usual | facts)))
        assert len(found) == 3
        return found[0]

    assert first(presented=0).startswith("先按“开讲”")
    assert first(longest_silence_s=200).startswith("有 3 分钟没有在讲")
    assert first(presented=1).startswith("还有 2 件没讲到")
    assert first(longest_pitch_s=600, longest_pitch="苹果").startswith("“苹果”一口气讲了 10 分钟")
    assert first(prompts_unseen=1).startswith("有中控的提示没看到")
    assert first(not_listed=1).startswith("有的商品证件不齐")
    assert first(seconds=200).startswith("这次练得短")
    assert first().startswith("每讲一件，先说是谁卖的")
    assert [practice_title("苹果"), practice_title("练习 · 苹果")] == ["练习 · 苹果", "练习 · 苹果"]
