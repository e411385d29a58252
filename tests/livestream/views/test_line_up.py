"""The pages of a line-up sheet: looked at, an item changed, added, moved, dragged; versions, paper, Excel."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from livestream.actions.line_up_version import items_of, mark_of_item, mark_of_order
from livestream.models import LineUpItem
from livestream.rules.line_up_sheet import Column
from tests.factories import make_product, make_session, make_supplier, make_user
from tests.goods import make_item, make_offer, make_subsidy

pytestmark = pytest.mark.django_db
NOW = timezone.now()
EMPTY_ROWS = {
    f"{rows}-{count}_FORMS": number
    for rows, total in (("offers", "2"), ("links", "1"), ("promises", "1"))
    for count, number in (("TOTAL", total), ("INITIAL", "0"))
}


@pytest.fixture
def sheet(county, host):
    millet = make_product(county, "XM-5", title="小米 5 斤", net_weight_grams=2500, floor_price_fen=450, floor_per="jin")
    goods = [(millet, 2990, 100), (make_product(county, "HJ", title="花椒"), 1990, 50)]
    return make_session(county, host, line_up=goods, planned_start_at=NOW + timedelta(days=1))


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def address(session, *parts):
    return "/".join(["", "sessions", str(session.pk), "line-up", *map(str, parts), ""])


def typed(item, **more):
    return {**EMPTY_ROWS, "live_price_fen": "29.9", "committed_stock": "100", "seen": mark_of_item(item), **more}


def coupon(**more):
    return {"offers-0-kind": "coupon", "offers-0-payer": "supplier", "offers-0-amount_fen": "8", **more}


def order(session):
    return [item.product.sku for item in items_of(session)]


def test_a_coupon_below_the_floor_is_refused_with_its_sum_and_a_subsidy_lets_it_through(desk, sheet, county, staff):
    item = items_of(sheet)[0]
    page = desk.get(address(sheet, item.pk)).content.decode()
    assert 'value="29.90"' in page

    answer = desk.post(address(sheet, item.pk), typed(item, **coupon()))

    assert answer.status_code == 422
    said = answer.content.decode()
    assert (
        "直播价 ¥\u200929.90 − 供货商的券 ¥\u20098.00 = 卖家实收 ¥\u200921.90，保护价 ¥\u200922.50（¥\u20094.50/斤 × 5 斤），少 ¥\u20090.60"
        in said
    )
    assert 'value="8"' in said

    rule = make_subsidy(county, staff, name="县里补两块", until_at=NOW + timedelta(days=9))
    answer = desk.post(address(sheet, item.pk), typed(item, **coupon(subsidy_id=rule.pk)))
    assert (answer.status_code, answer["Location"]) == (302, address(sheet))
    page = desk.get(address(sheet)).content.decode()
    assert "¥\u200923.90" in page
    assert "不能卖" not in page

    type(rule).objects.filter(pk=rule.pk).update(used_fen=rule.cap_fen)
    page = desk.get(address(sheet)).content.decode()
    assert "补贴“县里补两块”用完了。" in page
    assert "1 样不能卖" in page
    assert 'class="wrong"' in page


def test_the_second_of_two_editors_is_told_and_keeps_what_he_typed(desk, sheet, county):
    item = items_of(sheet)[0]
    mine = typed(item, note="我的备注")
    LineUpItem.objects.filter(pk=item.pk).update(note="别人的备注")

    answer = desk.post(address(sheet, item.pk), mine)

    assert answer.status_code == 409
    assert "没有覆盖" in answer.content.decode()
    assert 'value="我的备注"' in answer.content.decode()
    assert LineUpItem.objects.get(pk=item.pk).note == "别人的备注"


def test_rows_of_offers_links_and_promises_are_typed_and_cleared(desk, sheet, county):
    make_supplier(county, name="龙溪合作社")
    item = items_of(sheet)[0]
    more = coupon(**{
        "offers-0-amount_fen": "1", "offers-1-kind": "gift", "offers-1-payer": "supplier", "offers-1-gift": "试吃装",
        "links-0-platform": "douyin", "links-0-number": "7788", "links-0-price_fen": "30.9",
        "promises-0-supplier": "龙溪", "promises-0-units": "80", "promises-0-promised_on": "2026-11-20",
        "promises-0-daily_capacity": "10", "ship_within_hours": "48", "commission_basis_points": "2.5",
    })  # fmt: skip
    assert desk.post(address(sheet, item.pk), typed(item, **more)).status_code == 302
    page = desk.get(address(sheet)).content.decode()
    for words in (
        "7788", "赠 试吃装 1 件", "龙溪合作社 80", "佣金 2.5%", "承诺 80 件，每天能发 10 件，2 天只能发 20 件",
        "抖音上卖 ¥\u202f30.90，直播价 ¥\u202f29.90",
    ):  # fmt: skip
        assert words in page

    item = items_of(sheet)[0]
    wrong = {"offers-0-kind": "coupon", "offers-0-amount_fen": "x", "links-0-platform": "douyin", "promises-0-units": "3"}
    said = desk.post(address(sheet, item.pk), typed(item, **wrong, committed_stock="-3")).content.decode()
    for words in ("请选谁出钱。", "请写多少元", "平台和链接号要一起写", "请写谁供货", "请填 0 或更大的整数。"):
        assert words in said
    assert desk.post(address(sheet, item.pk), typed(item, committed_stock="90")).status_code == 302
    stored = items_of(sheet)[0]
    assert (stored.offers.count(), stored.links.count(), stored.promises.count(), stored.committed_stock) == (0, 0, 0, 90)


def test_goods_are_found_added_moved_dragged_and_taken_out(desk, sheet, county):
    make_product(county, "DS", title="党参片", supplier=make_supplier(county, name="虹梯关社"))
    found = desk.get(address(sheet, "add"), {"q": "虹梯"}).content.decode()
    assert "党参片" in found
    assert "小米 5 斤" not in found
    assert "没有找到" in desk.get(address(sheet, "add"), {"q": "\0没有的"}).content.decode()
    product = LineUpItem._meta.get_field("product").related_model.objects.get(sku="DS")
    answer = desk.post(address(sheet, "add"), {"product": product.pk})
    assert answer.status_code == 302
    assert order(sheet) == ["XM-5", "HJ", "DS"]
    assert desk.post(address(sheet, "add"), {"product": product.pk}).status_code == 422
    assert desk.post(address(sheet, "add"), {"product": "x"}).status_code == 400

    keys = {item.product.sku: item.pk for item in items_of(sheet)}
    desk.post(address(sheet, keys["DS"], "move"), {"steps": "-1"})
    assert order(sheet) == ["XM-5", "DS", "HJ"]
    assert desk.post(address(sheet, keys["DS"], "move"), {"steps": "5"}).status_code == 400

    seen = mark_of_order(items_of(sheet))
    wanted = ",".join(str(keys[sku]) for sku in ("HJ", "XM-5", "DS"))
    answer = desk.post(address(sheet, "order"), {"order": wanted, "seen": seen})
    assert (answer.status_code, answer.json()) == (200, {"seen": mark_of_order(items_of(sheet))})
    again = desk.post(address(sheet, "order"), {"order": wanted, "seen": seen})
    assert again.status_code == 409
    assert "没有覆盖" in again.json()["words"]
    assert desk.post(address(sheet, "order"), {"order": "1,x", "seen": seen}).status_code == 400

    answer = desk.post(address(sheet, keys["DS"], "remove"), {"seen": mark_of_item(items_of(sheet)[2])})
    assert (answer.status_code, order(sheet)) == (302, ["HJ", "XM-5"])
    assert desk.post(address(sheet, items_of(sheet)[0].pk, "remove"), {"seen": "old"}).status_code == 409


def test_versions_are_compared_and_returned_to_and_the_sheet_is_printed(desk, sheet):
    item = items_of(sheet)[0]
    desk.post(address(sheet, item.pk), typed(item, note="第一次"))
    item = items_of(sheet)[0]
    desk.post(address(sheet, item.pk), typed(item, live_price_fen="31.9"))

    assert desk.get(address(sheet, "versions")).content.decode().count('class="tap num"') == 3
    first, second, _third = sheet.line_up_versions.order_by("number").values_list("pk", flat=True)
    page = desk.get(address(sheet, "versions", second)).content.decode()
    assert "<del>第一次</del> → <ins>—</ins>" in page
    assert "<del>¥\u200929.90</del> → <ins>¥\u200931.90</ins>" in page
    assert "两版一样。" not in desk.get(address(sheet, "versions", second), {"with": "1"}).content.decode()
    assert desk.get(address(sheet, "versions", 10**18)).status_code == 404
    assert desk.post(address(sheet, "versions", first, "return"), {"seen": "2"}).status_code == 409
    assert desk.post(address(sheet, "versions", first, "return"), {"seen": "3"}).status_code == 302
    assert LineUpItem.objects.get(pk=item.pk).note == ""

    assert "小米 5 斤" in desk.get(address(sheet, "print")).content.decode()
    made = desk.get(address(sheet, "print"), {"as": "pdf"})
    assert (made["Content-Type"], made.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_sheet_comes_back_from_excel_as_it_went_out_and_each_bad_row_is_named(desk, sheet, county, staff):
    item = items_of(sheet)[0]
    item.subsidy = make_subsidy(county, staff, name="=补贴", until_at=NOW + timedelta(days=9))
    item.note, item.compare_price_fen, item.compare_basis, item.compare_evidence = "一、二", 3990, "evidence", "价签"
    item.commission_basis_points, item.planned_minutes, item.cut_off_at = 250, 8, NOW.replace(second=0, microsecond=0)
    item.save()
    make_offer(item, 100)
    item.links.create(platform="douyin", number="7788", price_fen=2990)
    data = desk.get(address(sheet, "sheet", "file")).content

    answer = desk.post(address(sheet, "sheet"), {"file": SimpleUploadedFile("排品.xlsx", data)})
    assert [one.verdict.value for one in answer.context["look"].outcomes] == ["unchanged", "unchanged"]

    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    page.cell(2, heads[str(Column.LIVE.label)], "5")
    page.cell(3, heads[str(Column.STOCK.label)], "77")
    out = io.BytesIO()
    book.save(out)
    answer = desk.post(address(sheet, "sheet"), {"file": SimpleUploadedFile("排品.xlsx", out.getvalue())})
    said = answer.content.decode()
    assert "第 2 行" in said
    assert "低于保护价" in said
    assert "存好的 1 行" in said
    keep = {"carried": answer.context["carried"], "seen": answer.context["look"].seen}
    assert desk.post(address(sheet, "sheet", "keep"), keep).status_code == 302
    stored = items_of(sheet)
    assert [(one.live_price_fen, one.committed_stock, one.offers.count()) for one in stored] == [(2990, 100, 1), (1990, 77, 0)]
    assert desk.post(address(sheet, "sheet", "keep"), keep).status_code == 409
    assert desk.post(address(sheet, "sheet", "keep"), {"carried": "x", "seen": "1"}).status_code == 302
    for file in (b"", b"\0" * 99, b"a,b\n1,2"):
        answer = desk.post(address(sheet, "sheet"), {"file": SimpleUploadedFile("a.csv", file)})
        assert answer.status_code == 422


def test_the_last_session_is_copied_by_a_button(desk, sheet, county, host):
    later = make_session(county, host, planned_start_at=NOW + timedelta(days=8), room="R7", account="A7")
    assert "照抄这位主播上一场" in desk.get(address(later)).content.decode()
    desk.post(address(later, "copy"))
    assert order(later) == ["XM-5", "HJ"]
    assert desk.post(address(sheet, "copy")).status_code == 409


def test_who_only_looks_sees_no_buttons_and_another_county_nothing(client, sheet, stranger, county):
    item = items_of(sheet)[0]
    client.force_login(make_user("auditor", county))
    page = client.get(address(sheet)).content.decode()
    assert "小米 5 斤" in page
    assert "/move/" not in page
    assert "加商品" not in page
    assert client.get(address(sheet, item.pk)).status_code == 403
    client.force_login(stranger)
    for parts in ((), (item.pk,), ("add",), ("versions",), ("print",), ("sheet",)):
        assert client.get(address(sheet, *parts)).status_code == 404


def test_the_sheet_asks_as_often_whatever_its_length(desk, sheet, county, django_assert_max_num_queries):
    for _n in range(3):
        make_item(sheet, make_product(county, floor_price_fen=100))
    with django_assert_max_num_queries(40):
        desk.get(address(sheet))
