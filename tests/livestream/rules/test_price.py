"""The sums of a price, fen by fen: who pays what, what the seller receives, where the floor lies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.errors import NotAllowed
from livestream.rules.price import Aid, Floor, Mechanism, PartKind, Term, check_terms, final_price
from livestream.rules.price_sum import final_words, jin_words, sum_words

FLOOR = Floor(450, "jin", 2500)  # 4.50 yuan a 斤, five of them
BOX = Mechanism(2990, floor=FLOOR)
COUPON = Term("coupon", "supplier", 800)
COUNTY_AID = Aid("县里补两块", 200, 100_000)


def test_a_coupon_of_the_supplier_takes_the_price_below_its_floor_and_a_subsidy_brings_it_back():
    alone = final_price(replace(BOX, terms=[COUPON]))
    helped = final_price(replace(BOX, terms=[COUPON], aid=COUNTY_AID))

    assert (alone.final_fen, alone.seller_receives_fen, alone.floor_fen, alone.is_below_floor) == (2190, 2190, 2250, True)
    assert (helped.final_fen, helped.seller_receives_fen, helped.is_below_floor) == (2190, 2390, False)
    assert sum_words(alone) == (
        "直播价 ¥\u200929.90 − 供货商的券 ¥\u20098.00 = 卖家实收 ¥\u200921.90，保护价 ¥\u200922.50（¥\u20094.50/斤 × 5 斤），少 ¥\u20090.60"
    )
    assert sum_words(helped) == (
        "直播价 ¥\u200929.90 − 供货商的券 ¥\u20098.00 + 补贴“县里补两块” ¥\u20092.00 = 卖家实收 ¥\u200923.90，"
        "保护价 ¥\u200922.50（¥\u20094.50/斤 × 5 斤）"
    )
    assert final_words(alone) == "直播价 ¥\u200929.90 − 供货商的券 ¥\u20098.00 = 到手价 ¥\u200921.90"


@pytest.mark.parametrize(
    ("change", "final_fen", "receives_fen"),
    [
        ({"terms": [Term("coupon", "platform", 800)]}, 2190, 2990),  # others make it good to the seller
        ({"terms": [Term("coupon", "county", 800)]}, 2190, 2990),
        ({"terms": [Term("coupon", "host", 800)]}, 2190, 2990),
        ({"terms": [Term("threshold", "supplier", 300, 2990)]}, 2690, 2690),  # reached to the fen
        ({"terms": [Term("threshold", "supplier", 300, 2991)]}, 2990, 2990),
        ({"terms": [Term("coupon", "supplier", 300, 2991)]}, 2990, 2990),
        ({"terms": [Term("gift", "supplier", 150, gift="小米")]}, 2990, 2840),  # a gift costs its payer, the buyer pays the same
        ({"terms": [Term("gift", "platform", 150, gift="小米")]}, 2990, 2990),
        ({"commission_basis_points": 500}, 2990, 2840),  # 149.5 rounded up
        ({"commission_basis_points": 500, "terms": [COUPON]}, 2190, 2080),  # of what is credited: 109.5 of 2190
        ({"commission_basis_points": 500, "terms": [Term("coupon", "platform", 800)]}, 2190, 2840),
        ({"slot_fee_fen": 10_000, "committed_stock": 300}, 2990, 2956),  # 33.3 rounded up
        ({"slot_fee_fen": 10_000}, 2990, -7010),
        ({"aid": Aid("减给顾客", 200, 200, "buyer")}, 2790, 2990),
        ({"aid": Aid("只剩一半", 200, 199)}, 2990, 2990),  # not a whole piece is left
    ],
)
def test_who_pays_decides_which_of_the_two_sums_moves(change, final_fen, receives_fen):
    price = final_price(replace(BOX, floor=None, **change))

    assert (price.final_fen, price.seller_receives_fen) == (final_fen, receives_fen)


@pytest.mark.parametrize(
    ("floor", "piece_fen"),
    [
        (Floor(455, "jin", 2500), 2275),
        (Floor(455, "jin", 333), 304),  # 303.03: the fraction is the farmer's
        (Floor(455, "jin", 500), 455),
        (Floor(1, "jin", 1), 1),
        (Floor(0, "jin", 2500), 0),
        (Floor(1999, "piece", 2500), 1999),
    ],
)
def test_the_floor_of_a_piece_is_rounded_in_favour_of_the_farmer(floor, piece_fen):
    assert floor.piece_fen == piece_fen
    assert final_price(Mechanism(piece_fen or 1, floor=floor)).is_below_floor is False
    assert final_price(Mechanism(max(0, piece_fen - 1), floor=floor)).is_below_floor is (piece_fen > 0)


def test_the_share_of_the_farmer_is_told_before_and_selling_at_a_loss_too():
    sold = final_price(replace(BOX, settlement_fen=2300))
    lost = final_price(replace(BOX, settlement_fen=2300, terms=[COUPON]))
    own = final_price(replace(BOX, terms=[COUPON]))

    assert (sold.farmer_share_percent, sold.is_below_settlement) == (Decimal("76.9"), False)
    assert (lost.farmer_share_percent, lost.is_below_settlement) == (Decimal("105.0"), True)
    assert (own.settlement_fen, own.farmer_share_percent) == (2190, Decimal("100.0"))  # who sells himself gets what he receives


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"live_price_fen": 0}, "price_missing"),
        ({"terms": [Term("coupon", "supplier", 2990)]}, "coupon_over_price"),
        ({"terms": [Term("coupon", "platform", 1500), Term("threshold", "county", 1500, 2000)]}, "coupon_over_price"),
        ({"terms": [Term("coupon", "supplier", 0)]}, "offer_is_nothing"),
        ({"terms": [Term("gift", "supplier", 0)]}, "gift_without_a_name"),
        ({"terms": [Term("threshold", "supplier", 300)]}, "threshold_missing"),
        ({"terms": [Term("threshold", "supplier", 300, 299)]}, "threshold_too_small"),
        ({"slot_fee_fen": 1}, "slot_fee_needs_stock"),
        ({"slot_fee_fen": 1, "committed_stock": 0}, "slot_fee_needs_stock"),
        ({"settlement_fen": 2249}, "settlement_below_floor"),
    ],
)
def test_a_mechanism_that_makes_no_sense_is_refused(change, code):
    with pytest.raises(NotAllowed) as refused:
        check_terms(replace(BOX, **change))
    assert refused.value.code == code
    assert "{" not in str(refused.value)


def test_a_plain_mechanism_is_let_through():
    check_terms(replace(BOX, terms=[COUPON, Term("gift", "supplier", 0, gift="试吃装")], settlement_fen=2250))


TERMS = st.lists(
    st.builds(
        Term,
        st.sampled_from(["coupon", "threshold", "gift"]),
        st.sampled_from(["supplier", "platform", "county", "host"]),
        st.integers(0, 900),
        st.none() | st.integers(0, 6000),
        st.just("礼"),
    ),
    max_size=4,
)


@given(st.integers(1, 6000), TERMS, st.integers(0, 10_000), st.integers(0, 9999), st.none() | st.integers(1, 500))
def test_the_two_sums_are_the_price_and_its_parts_and_fees_are_never_rounded_against_the_farmer(live, terms, points, fee, stock):
    price = final_price(Mechanism(live, terms, points, fee, stock, Aid("补", 200, 500), FLOOR))

    assert price.final_fen == live + sum(part.buyer_fen for part in price.parts)
    assert price.seller_receives_fen == live + sum(part.seller_fen for part in price.parts)
    assert all(part.seller_fen <= 0 for part in price.parts if part.kind != PartKind.SUBSIDY)
    own = sum(
        term.amount_fen
        for term in terms
        if term.payer == "supplier" and term.kind != "gift" and live >= (term.threshold_fen or 0)
    )
    commission = -sum(part.seller_fen for part in price.parts if part.kind == PartKind.COMMISSION)
    slot = -sum(part.seller_fen for part in price.parts if part.kind == PartKind.SLOT_FEE)
    assert 0 <= commission * 10_000 - max(0, live - own) * points < 10_000
    assert 0 <= slot * (stock or 1) - fee < (stock or 1)
    assert price.is_below_floor is (price.seller_receives_fen < 2250)


@pytest.mark.parametrize(("grams", "words"), [(500, "1"), (2500, "5"), (333, "0.666"), (750, "1.5"), (1, "0.002")])
def test_a_weight_is_said_in_jin(grams, words):
    assert jin_words(grams) == words
