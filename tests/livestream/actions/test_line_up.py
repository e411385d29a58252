"""Verbs of the line-up sheet: saved as a whole, in order, by two editors, over versions, from another session, beside the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from livestream.actions.line_up import add_item, move_item, remove_item, reorder, save_item
from livestream.actions.line_up_copy import copy_line_up, last_of_host, return_to
from livestream.actions.line_up_sheet import apply_rows, look_at
from livestream.actions.line_up_version import differences, facts_of, items_of, kept_in, mark_of_item, mark_of_order
from livestream.actions.plan import change_plan, undo_step
from livestream.actions.plan_json import plan_of
from livestream.models import LineUpItem, LineUpVersion, LiveSession, PaidLow, PlanRules
from livestream.rules.clash import Clashing
from livestream.rules.errors import NotAllowed
from livestream.rules.line_up_item import ItemFacts, LinkFacts, OfferFacts, PromiseFacts
from livestream.rules.line_up_sheet import Column, Row
from tests.factories import make_product, make_session, make_supplier, make_user
from tests.goods import make_item, make_subsidy
from tests.livestream.planning import refusal

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = date(2026, 11, 20)
COUPON = OfferFacts("coupon", "supplier", 800)


@pytest.fixture
def millet(county):
    return make_product(county, "XM-5", title="小米 5 斤", net_weight_grams=2500, floor_price_fen=450, floor_per="jin")


@pytest.fixture
def sheet(county, host, millet):
    """Three goods in a session of tomorrow: millet, pepper, walnuts."""
    goods = [
        (millet, 2990, 100),
        (make_product(county, "HJ", title="花椒"), 1990, 50),
        (make_product(county, "HT", title="核桃"), 3990),
    ]
    return make_session(county, host, line_up=goods, planned_start_at=NOW + timedelta(days=1))


def order(session):
    return [(item.position, item.product.sku) for item in session.line_up.select_related("product").order_by("position")]


def first(session):
    return items_of(session)[0]


def save(item, staff, **changes):
    return save_item(item, replace(facts_of(item), **changes), seen=mark_of_item(item), by=staff, at=NOW)


def words(call, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        call(*args, **kwargs)
    return str(refused.value)


def test_an_item_keeps_all_that_its_sheet_says_and_every_save_is_a_version(sheet, staff, county):
    supplier = make_supplier(county)
    rule = make_subsidy(county, staff, until_at=NOW + timedelta(days=9))
    said = {
        "slot_role": "hero", "list_price_fen": 3990, "settlement_price_fen": 2300, "commission_basis_points": 250,
        "slot_fee_fen": 1000, "subsidy_id": rule.pk, "daily_ship_capacity": 200, "ship_within_hours": 48, "presale_on": DAY,
        "cut_off_at": NOW, "sample_status": "here", "planned_minutes": 8, "points": "太行山上的\n\n当年新米\0 ", "banned_claims": "治胃病",
        "note": "先开袋", "actual_seller": "平顺小米合作社", "compare_price_fen": 3990, "compare_basis": "evidence",
        "compare_evidence": "11月10日门店价签", "offers": (OfferFacts("coupon", "platform", 300), OfferFacts("gift", "supplier", 50, gift="试吃装", gift_quantity=1)),
        "links": (LinkFacts("douyin", "123", 2990), LinkFacts("kuaishou", "77")),
        "promises": (PromiseFacts(supplier.pk, 120, DAY, 60, None, "承诺书 3 号"),),
    }  # fmt: skip

    save(first(sheet), staff, **said)

    kept = facts_of(first(sheet))
    assert kept == replace(ItemFacts(2990), **(said | {"committed_stock": 120, "points": "太行山上的\n当年新米"}))
    versions = list(sheet.line_up_versions.order_by("number"))
    assert [(one.number, one.words, one.made_by) for one in versions] == [(1, "改以前", staff), (2, "小米 5 斤", staff)]
    assert kept_in(versions[1])[0].facts == kept
    assert [(d.title, d.fields[0]) for d in differences(kept_in(versions[0]), kept_in(versions[1]))] == [
        ("小米 5 斤", "committed_stock")
    ]
    promise = first(sheet).promises.get()
    save(first(sheet), staff, note="后开袋")
    assert (first(sheet).promises.get(), LineUpVersion.objects.count()) == (promise, 3)
    save(first(sheet), staff)
    assert LineUpVersion.objects.count() == 3  # the same again is no version


def test_the_floor_is_asked_at_saving_and_only_a_subsidy_with_money_left_helps(sheet, staff, county):
    item = first(sheet)
    sentence = words(save, item, staff, offers=(COUPON,))
    assert "直播价 ¥\u200929.90 − 供货商的券 ¥\u20098.00 = 卖家实收 ¥\u200921.90，保护价 ¥\u200922.50" in sentence
    assert facts_of(first(sheet)).offers == ()

    spent = make_subsidy(county, staff, cap_fen=300, until_at=NOW + timedelta(days=9))
    type(spent).objects.filter(pk=spent.pk).update(used_fen=101)
    short = make_subsidy(county, staff, until_at=NOW + timedelta(days=1, hours=1))
    for rule in (spent, short):
        assert refusal(save, first(sheet), staff, offers=(COUPON,), subsidy_id=rule.pk) == "below_floor"
    whole = make_subsidy(county, staff, until_at=NOW + timedelta(days=9))
    save(first(sheet), staff, offers=(COUPON,), subsidy_id=whole.pk)
    assert facts_of(first(sheet)).offers == (COUPON,)

    assert refusal(save, first(sheet), staff, subsidy_id=None) == "below_floor"
    assert refusal(save, first(sheet), staff, live_price_fen=2849) == "below_floor"
    save(first(sheet), staff, live_price_fen=2850)
    assert refusal(save, first(sheet), staff, links=(LinkFacts("douyin", "1", 2849),)) == "link_below_floor"
    assert refusal(save, first(sheet), staff, floor_price_fen=2251) == "below_floor"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"offers": (OfferFacts("coupon", "platform", 2990),)}, "coupon_over_price"),
        ({"offers": (OfferFacts("gift", "supplier"),)}, "gift_without_a_name"),
        ({"committed_stock": -3}, "stock_negative"),
        ({"compare_price_fen": 3990}, "compare_without_evidence"),
        ({"compare_price_fen": 3990, "compare_basis": "evidence"}, "compare_without_evidence"),
        ({"compare_price_fen": 2990, "compare_basis": "evidence", "compare_evidence": "有"}, "compare_not_above_price"),
        ({"compare_price_fen": 3990, "compare_basis": "own_low"}, "compare_low_waits"),
        ({"live_price_fen": 2_000_000_001}, "line_up_number"),
        ({"note": "长" * 201}, "line_up_too_long"),
        ({"slot_role": "king"}, "line_up_choice"),
        ({"links": (LinkFacts("douyin", "1"), LinkFacts("douyin", "2"))}, "line_up_twice"),
        ({"links": (LinkFacts("douyin", "\u202e"),)}, "link_without_number"),
        ({"commission_basis_points": 10001}, "commission_over_the_price"),
        ({"subsidy_id": 999_999}, "subsidy_elsewhere"),
        ({"promises": (PromiseFacts(999_999, 5, DAY),)}, "supplier_elsewhere"),
        ({"promises": (PromiseFacts(1, 0, DAY),)}, "promise_is_nothing"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(sheet, staff, changes, code):
    assert refusal(save, first(sheet), staff, **changes) == code


def test_a_compare_price_rests_on_what_was_really_paid(sheet, staff, millet):
    today = timezone.localdate(NOW)
    said = {"compare_basis": "own_low"}
    low = PaidLow.objects.create(product=millet, before_on=today, low_fen=None)
    assert refusal(save, first(sheet), staff, compare_price_fen=3990, **said) == "compare_low_unknown"
    low.low_fen = 3590
    low.save()
    assert refusal(save, first(sheet), staff, compare_price_fen=3591, **said) == "compare_above_low"
    save(first(sheet), staff, compare_price_fen=3590, **said)


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(sheet, staff, county):
    other = make_user("staff", county, name="李四")
    one, same = first(sheet), first(sheet)
    save(one, other, note="先到")
    assert "李四" in words(save, same, staff, note="后到")
    assert facts_of(first(sheet)).note == "先到"
    pepper = items_of(sheet)[1]
    save(pepper, staff, note="另一样货")  # nobody changed this one

    seen, keys = mark_of_order(items_of(sheet)), [item.pk for item in items_of(sheet)]
    reorder(sheet, keys[::-1], seen=seen, by=other, at=NOW)
    assert order(sheet) == [(1, "HT"), (2, "HJ"), (3, "XM-5")]
    assert refusal(reorder, sheet, keys, seen=seen, by=staff, at=NOW) == "line_up_changed"
    seen = mark_of_order(items_of(sheet))
    assert refusal(reorder, sheet, keys[:2], seen=seen, by=staff, at=NOW) == "order_incomplete"
    assert refusal(reorder, sheet, [*keys, keys[0]], seen=seen, by=staff, at=NOW) == "order_incomplete"

    item = items_of(sheet)[2]
    move_item(item, -1, by=staff, at=NOW)
    move_item(items_of(sheet)[0], -1, by=staff, at=NOW)
    assert order(sheet) == [(1, "HT"), (2, "XM-5"), (3, "HJ")]
    assert refusal(remove_item, item, seen="old", by=staff, at=NOW) == "line_up_changed"
    remove_item(items_of(sheet)[0], seen=mark_of_item(items_of(sheet)[0]), by=staff, at=NOW)
    assert order(sheet) == [(1, "XM-5"), (2, "HJ")]


def test_a_version_is_returned_to_as_a_whole_and_not_over_somebody_else(sheet, staff):
    save(first(sheet), staff, note="一", links=(LinkFacts("douyin", "9"),))
    old = sheet.line_up_versions.get(number=2)
    remove_item(first(sheet), seen=mark_of_item(first(sheet)), by=staff, at=NOW)
    move_item(first(sheet), 1, by=staff, at=NOW)

    assert refusal(return_to, old, seen=2, by=staff, at=NOW) == "line_up_changed"
    return_to(old, seen=4, by=staff, at=NOW)

    assert order(sheet) == [(1, "XM-5"), (2, "HJ"), (3, "HT")]
    assert (facts_of(first(sheet)).note, facts_of(first(sheet)).links) == ("一", (LinkFacts("douyin", "9"),))
    assert differences(kept_in(old), kept_in(sheet.line_up_versions.first())) == []


def test_the_plan_keeps_what_the_sheet_says_of_goods_that_stay(sheet, staff, county):
    supplier = make_supplier(county)
    save(
        first(sheet),
        staff,
        offers=(COUPON._replace(amount_fen=100),),
        note="开袋",
        promises=(PromiseFacts(supplier.pk, 100, DAY),),
    )
    before, item = facts_of(first(sheet)), first(sheet)
    current = LiveSession.objects.get(pk=sheet.pk)
    plan = plan_of(current)
    goods = list(plan.line_up)

    changed = replace(plan, line_up=[goods[2], goods[0]._replace(live_price_fen=3090)])
    done = change_plan(current, changed, version=current.plan_version, by=staff, at=NOW)

    assert order(sheet) == [(1, "HT"), (2, "XM-5")]
    assert facts_of(LineUpItem.objects.get(pk=item.pk)) == replace(before, live_price_fen=3090)
    assert sheet.line_up_versions.first().body["items"][1]["facts"]["live_price_fen"] == 3090
    low = replace(plan, line_up=[goods[0]._replace(live_price_fen=2100)])
    assert refusal(change_plan, done.session, low, version=done.session.plan_version, by=staff, at=NOW) == "below_floor"
    less = replace(plan, line_up=[goods[0]._replace(committed_stock=99)])
    assert (
        refusal(change_plan, done.session, less, version=done.session.plan_version, by=staff, at=NOW) == "stock_follows_promises"
    )
    undo_step(done.step, by=staff, at=NOW)
    assert order(sheet) == [(1, "XM-5"), (2, "HJ"), (3, "HT")]
    assert facts_of(first(sheet)) == before


def test_a_change_that_the_plan_knows_is_a_step_of_it(sheet, staff, county):
    version = LiveSession.objects.get(pk=sheet.pk).plan_version
    save(first(sheet), staff, note="只是备注")
    assert LiveSession.objects.get(pk=sheet.pk).plan_version == version
    save(first(sheet), staff, live_price_fen=3090)
    stored = LiveSession.objects.get(pk=sheet.pk)
    assert (stored.plan_version, stored.steps.count()) == (version + 1, 1)

    other = make_session(
        county, line_up=[(first(sheet).product, 2990)], planned_start_at=sheet.planned_start_at, room="R2", account="A2"
    )
    assert [item.live_price_fen for item in items_of(other)] == [2990]
    county_rules = _strict(county)
    assert isinstance(_raised(save, first(other), staff, live_price_fen=2991), Clashing)
    county_rules.delete()


def _strict(county):
    return PlanRules.objects.create(county=county, levels={"price": "block"})


def _raised(call, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        call(*args, **kwargs)
    return refused.value


def test_on_air_the_price_is_left_to_the_control_desk_and_what_was_listed_stays(sheet, staff, county):
    LiveSession.objects.filter(pk=sheet.pk).update(state="live", went_live_at=NOW)
    sheet.refresh_from_db()
    assert refusal(save, first(sheet), staff, live_price_fen=3090) == "price_on_air"
    assert refusal(save, first(sheet), staff, offers=(COUPON,)) == "price_on_air"
    save(first(sheet), staff, note="话说慢一点", links=(LinkFacts("douyin", "5"),))
    added = add_item(sheet, make_product(county, "NEW"), by=staff, at=NOW)
    assert (added.position, added.live_price_fen) == (4, 5980)
    LineUpItem.objects.filter(pk=first(sheet).pk).update(state="listed")
    assert refusal(remove_item, first(sheet), seen=mark_of_item(first(sheet)), by=staff, at=NOW) == "item_was_listed"
    LiveSession.objects.filter(pk=sheet.pk).update(state="ended", ended_at=NOW + timedelta(hours=1))
    assert refusal(save, first(sheet), staff, note="太晚") == "line_up_closed"


def test_goods_are_added_once_and_only_those_of_the_county(sheet, staff, millet, other_county):
    assert refusal(add_item, sheet, millet, by=staff, at=NOW) == "item_there"
    assert refusal(add_item, sheet, make_product(other_county), by=staff, at=NOW) == "item_not_in_use"
    cheap = make_product(sheet.county, list_price_fen=100, floor_price_fen=200)
    assert refusal(add_item, sheet, cheap, by=staff, at=NOW) == "below_floor"
    assert LineUpVersion.objects.count() == 0


def test_the_last_session_of_the_host_is_copied_but_for_what_held_for_it_alone(sheet, staff, county, host):
    supplier, rule = make_supplier(county), make_subsidy(county, staff, until_at=NOW + timedelta(days=3))
    save(
        first(sheet),
        staff,
        offers=(COUPON,),
        subsidy_id=rule.pk,
        promises=(PromiseFacts(supplier.pk, 70, DAY),),
        sample_status="here",
    )
    save(items_of(sheet)[1], staff, note="照样", links=(LinkFacts("douyin", "8"),))
    later = make_session(county, host, planned_start_at=NOW + timedelta(days=8), room="R7", account="A7")
    make_item(later, items_of(sheet)[2].product)

    assert last_of_host(later) == sheet
    copied = copy_line_up(later, sheet, by=staff, at=NOW)

    assert (copied.added, [title for title, _why in copied.left_out]) == (1, ["小米 5 斤"])  # the subsidy is over by then
    assert "低于保护价" in copied.left_out[0][1]
    assert order(later) == [(1, "HT"), (2, "HJ")]
    assert facts_of(items_of(later)[1]) == replace(facts_of(items_of(sheet)[1]), committed_stock=50)


def test_a_sheet_is_looked_at_row_by_row_and_the_good_rows_are_kept(sheet, staff, county):
    make_product(county, "DS", title="党参")
    item = first(sheet)
    rows = [
        Row(2, {Column.SKU: "XM-5", Column.LIVE: "20.00", Column.SEEN: mark_of_item(item)}),
        Row(
            3,
            {
                Column.SKU: "HJ",
                Column.PLACE: "9",
                Column.LIVE: "19.9",
                Column.NOTE: "新备注",
                Column.LINKS: "抖音 11 19.9、快手 12",
            },
        ),
        Row(4, {Column.SKU: "DS", Column.LIVE: "59.8", Column.PLACE: "1"}),
        Row(5, {Column.SKU: "HT", Column.LIVE: "三十"}),
        Row(6, {Column.SKU: "HT", Column.LIVE: "39.9", Column.SEEN: "old"}),
        Row(7, {Column.SKU: "NONE", Column.LIVE: "1"}),
        Row(8, {Column.SKU: "", Column.LIVE: "1"}),
        Row(9, {Column.SKU: "HT", Column.STOCK: "-3"}),
    ]

    look = look_at(sheet, rows, by=staff, at=NOW)

    assert [one.verdict.value for one in look.outcomes] == [
        "wrong",
        "changed",
        "new",
        "wrong",
        "wrong",
        "wrong",
        "wrong",
        "wrong",
    ]
    assert "卖家实收 ¥\u200920.00" in look.outcomes[0].problems[0]
    assert [one.problems for one in look.outcomes[3:]] == [
        ["直播价（元）：“三十”不是金额。请写元，例如 29.9，没有就空着。"],
        ["版本：您下载以后，别人改过这样货。请重新下载，再改一次。"],
        ["商家编码：货品里没有编码“NONE”，或者已经停用。请先在“货品”里登记。"],
        ["商家编码：空着。请写商家编码，系统按它认货。"],
        ["承诺库存：“-3”要写 0 或更大的整数，没有就空着。"],
    ]
    assert (order(sheet), LineUpVersion.objects.count()) == ([(1, "XM-5"), (2, "HJ"), (3, "HT")], 0)

    apply_rows(sheet, rows, seen=look.seen, by=staff, at=NOW)
    assert [sku for _place, sku in order(sheet)] == ["XM-5", "DS", "HT", "HJ"]
    assert facts_of(items_of(sheet)[3]).links == (LinkFacts("douyin", "11", 1990), LinkFacts("kuaishou", "12"))
    assert refusal(apply_rows, sheet, rows, seen=look.seen, by=staff, at=NOW) == "line_up_changed"
