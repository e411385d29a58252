"""The ledger of a subsidy from real orders: until its cap, back with refunds and closed orders, the same in any order of arrival."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum

from livestream.actions.price import check_listing
from livestream.models import LineUpItem, LiveSession, Notice, PaidLow, SubsidyRule
from livestream.rules.errors import NotAllowed
from orders.actions.intake import receive
from orders.actions.paid_low import note_lows
from orders.actions.subsidy import follow_subsidies, rebuild_subsidies
from orders.models import Order, SubsidyEntry
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session
from tests.goods import make_offer, make_subsidy

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def box(county, host, staff):
    """Five 斤 for 29.90 with a coupon of 8 yuan, a floor of 4.50 a 斤, and two yuan of the county for three boxes and a half."""
    product = make_product(county, "XM-5", title="小米 5 斤", net_weight_grams=2500, floor_price_fen=450, floor_per="jin")
    session = make_session(county, host, went_live_at=AT - 30 * MINUTE, line_up=[(product, 2990, 100)])
    item = session.line_up.get()
    make_offer(item, 800)
    item.subsidy = make_subsidy(county, staff, name="县里补两块", per_unit_fen=200, cap_fen=700)
    item.save()
    return item


def order(no, minute, quantity=1, *, fen=2190, version=1, **more):
    at = AT + minute * MINUTE
    return make_order_body(no, at=at, version=version, lines=((1, "XM-5", quantity, fen * quantity),), **more)


def come(shop, *bodies, at=AT):
    receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)


def rows():
    numbers = dict(Order.objects.values_list("pk", "order_no"))
    return [(numbers[e.order_id], e.units, e.amount_fen) for e in SubsidyEntry.objects.order_by("pk")]


def used(rule):
    return SubsidyRule.objects.get(pk=rule.pk).used_fen


def fresh(item):
    return LineUpItem.objects.get(pk=item.pk)


def test_it_pays_for_each_order_until_its_cap_and_then_the_price_is_below_the_floor(box, shop, staff):
    check_listing(fresh(box), at=AT)
    come(shop, order("T1", 1), order("T2", 2, 2))

    assert follow_subsidies(at=AT + 3 * MINUTE) == 2
    assert (rows(), used(box.subsidy)) == ([("T1", 1, 200), ("T2", 2, 400)], 600)
    assert follow_subsidies(at=AT + 4 * MINUTE) == 0
    with pytest.raises(NotAllowed) as refused:
        check_listing(fresh(box), at=AT)
    assert str(refused.value) == (
        "“小米 5 斤”低于保护价，不能这样卖：直播价 ¥\u200929.90 − 供货商的券 ¥\u20098.00 = 卖家实收 ¥\u200921.90，"
        "保护价 ¥\u200922.50（¥\u20094.50/斤 × 5 斤），少 ¥\u20090.60。请提高直播价、减少供货商出的优惠，或用还有余额的补贴。"
    )
    told = Notice.objects.filter(kind="subsidy", way="inbox")
    assert [(notice.person_id, notice.text) for notice in told] == [
        (staff.pk, "补贴“县里补两块”用完了：一共 ¥\u20097.00，已补 ¥\u20096.00。低于保护价的货不能再上架，在架的请下架或改价。")
    ]

    come(shop, order("T3", 5, 3), order("T4", 6))
    assert follow_subsidies(at=AT + 7 * MINUTE) == 1
    assert (rows()[2:], used(box.subsidy)) == ([("T3", 3, 100)], 700)
    assert Notice.objects.filter(kind="subsidy", way="inbox").count() == 1


def test_refunds_and_closed_orders_give_back_to_whoever_paid_next(box, shop):
    come(shop, order("T1", 1, 2), order("T2", 2), order("T3", 3), order("T4", 4))
    follow_subsidies(at=AT + 5 * MINUTE)
    assert rows() == [("T1", 2, 400), ("T2", 1, 200), ("T3", 1, 100)]

    come(shop, order("T1", 1, 2, version=2, refunds=[("R1", 1, 2190)]))
    assert follow_subsidies(at=AT + 6 * MINUTE) == 3
    assert rows()[3:] == [("T1", -1, -200), ("T3", 0, 100), ("T4", 1, 100)]

    come(shop, order("T2", 2, version=2, status="closed"))
    follow_subsidies(at=AT + 30 * MINUTE)
    assert rows()[6:] == [("T2", -1, -200), ("T4", 0, 100)]
    assert (used(box.subsidy), rebuild_subsidies(at=AT + 31 * MINUTE)) == (600, 0)


def test_only_the_goods_of_the_rule_in_its_time_and_its_sessions(box, shop, county):
    other = make_product(county, "HJ")
    LineUpItem.objects.create(session=box.session, product=other, position=2, live_price_fen=990)
    SubsidyRule.objects.filter(pk=box.subsidy_id).update(from_at=AT + MINUTE, until_at=AT + 3 * MINUTE)
    come(
        shop, order("early", 0), order("first", 1), order("late", 3), order("elsewhere", 2, room="R9"),
        make_order_body("pepper", at=AT + MINUTE, lines=((1, "HJ", 1, 990),)),
    )  # fmt: skip

    follow_subsidies(at=AT + 5 * MINUTE)

    assert rows() == [("first", 1, 200)]


def test_any_order_of_arrival_and_any_look_between_come_to_what_a_model_says(box, shop):
    """The model knows nothing of ledgers: it takes the last word on each order and hands out coins."""
    for seed in range(5):
        chance = random.Random(seed)
        SubsidyRule.objects.filter(pk=box.subsidy_id).update(cap_fen=1500 + 10 * seed)
        last, sent = {}, []
        for n in range(8):
            no, minute, quantity = f"S{seed}-{n}", 100 * seed + chance.randrange(6), chance.randrange(1, 4)
            for version in range(1, chance.randrange(2, 4)):
                back = chance.choice([0, 0, 500, 2190, 2190 * quantity]) if version > 1 else 0
                refunds = [("R1", 1, back)] if back else []
                status = chance.choice(["paid", "shipped", "closed"]) if version > 1 else "paid"
                sent.append(order(no, minute, quantity, version=version, refunds=refunds, status=status))
                last[no] = (minute, quantity, back, status)
        chance.shuffle(sent)
        while sent:
            batch = [sent.pop() for _ in range(min(len(sent), chance.randrange(1, 5)))]
            come(shop, *batch)
            if chance.random() < 0.5:
                follow_subsidies(at=AT + 2000 * MINUTE * (seed + 1))
        follow_subsidies(at=AT + 3000 * MINUTE * (seed + 1))
        numbers = dict(Order.objects.filter(order_no__startswith=f"S{seed}-").values_list("pk", "order_no"))
        everything = numbers | {}
        sums = SubsidyEntry.objects.filter(order_id__in=everything).order_by().values("order_id").annotate(fen=Sum("amount_fen"))
        booked = {numbers[row["order_id"]]: row["fen"] for row in sums if row["fen"]}

        ids = {no: pk for pk, no in numbers.items()}
        left, counted = 1500 + 10 * seed - _earlier(seed), defaultdict(int)
        for no, (_minute, quantity, back, status) in sorted(last.items(), key=lambda each: (each[1][0], ids[each[0]])):
            standing = 0 if status == "closed" else quantity - back // 2190
            for _piece in range(standing):
                counted[no] += min(200, left)
                left -= min(200, left)
        assert booked == {no: fen for no, fen in counted.items() if fen}
        assert rebuild_subsidies(at=AT + 9000 * MINUTE) == 0


def _earlier(seed):
    numbers = dict(Order.objects.values_list("pk", "order_no"))
    return sum(e.amount_fen for e in SubsidyEntry.objects.all() if not numbers[e.order_id].startswith(f"S{seed}-"))


def test_the_low_of_the_last_seven_days_is_what_was_really_paid(box, shop, county):
    never = make_product(county, "NEVER")
    LineUpItem.objects.create(session=box.session, product=never, position=2, live_price_fen=990)
    day = 24 * 60
    LiveSession.objects.filter(pk=box.session_id).update(went_live_at=AT - timedelta(days=9))
    come(
        shop, order("a", -8 * day, fen=1000), order("b", -6 * day, 3, fen=2500), order("c", -2 * day, fen=2600),
        order("d", -3 * day, fen=100, status="closed"), order("e", -1, fen=50),
    )  # fmt: skip

    assert note_lows(at=AT) == 2
    assert note_lows(at=AT) == 0

    lows = PaidLow.objects.order_by("product__sku").values_list("product__sku", "low_fen", "orders", "before_on")
    assert [(sku, low, orders, str(on)) for sku, low, orders, on in lows] == [
        ("NEVER", None, 0, "2026-11-22"),
        ("XM-5", 2500, 2, "2026-11-22"),
    ]
