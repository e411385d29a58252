from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from livestream.models import GateOverride, GeoIndication, Packaging, Paper, PaperRule, Product, SelectionCase, Supplier
from livestream.sheets.goods_file import Refused, read
from tests.factories import make_place, make_product, make_session, make_supplier, make_user
from tests.goods import make_goods, make_item, make_paper, make_selection
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
NAUGHTY = "\0\u202e<script>alert(1)</script>" + "长" * 200_000


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def desk(staff):
    return signed_in(staff)


def at(name, *keys):
    return reverse(f"livestream:{name}", args=keys)


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def said(product, **more):
    """A form as the page of this product sends it."""
    return {
        "title": product.title, "sku": product.sku, "supplier": product.supplier.name, "product_class": product.product_class,
        "sale_unit": "piece", "net_weight": "500", "list_price": "59.8", "floor_per": "piece", "storage": "room",
        "return_policy": "seven_days", "version": product.version,
    } | more  # fmt: skip


def test_the_list_shows_what_lacks_papers_first_and_is_narrowed(desk, county, other_county):
    good = make_goods(county, title="甲好的")
    bare = make_product(county, title="乙缺的", product_class="primary")
    make_product(county, title="丙没分类", product_class="")
    make_product(county, title="丁停了", is_in_use=False)
    make_product(other_county, title="外县的")
    make_paper(good, "brand", valid_until_on=timezone.localdate() + timedelta(days=30))

    def titles(query=""):
        page = desk.get(at("goods") + query)
        return [row.product.title for row in page.context["page"]], page

    found, page = titles()
    assert found == ["丙没分类", "乙缺的", "甲好的"]
    shown = ("total", "lacking", "soon", "unclassified")
    assert {name: page.context[name] for name in shown} == {"total": 3, "lacking": 2, "soon": 1, "unclassified": 1}
    assert "没有承诺达标合格证" in text(page)
    assert titles("?show=lacks")[0] == ["丙没分类", "乙缺的"]
    assert titles("?show=soon")[0] == ["甲好的"]
    assert titles("?show=retired")[0] == ["丁停了"]
    assert titles("?product_class=primary&q=乙")[0] == [bare.title]
    assert titles("?product_class=none")[0] == ["丙没分类"]
    assert titles("?q=%00%E2%80%AE&product_class=x&show=y&page=-3")[0] == ["丙没分类", "乙缺的", "甲好的"]


def test_a_product_is_registered_changed_and_told_of_a_change_meanwhile(desk, county):
    supplier = make_supplier(county, name="神龙湾合作社")
    form = said(
        Product(title="潞党参", sku="LDS", supplier=supplier, product_class="food_medic"),
        net_weight="1斤",
        selling_points="一\r\n二",
    )

    desk.post(at("product_new"), form)
    made = Product.objects.get()
    assert (made.sku, made.net_weight_grams, made.list_price_fen, made.selling_points) == ("LDS", 500, 5980, "一\n二")

    assert "已经有一件商品" in text(desk.post(at("product_new"), form), 422)
    desk.post(at("product_edit", made.pk), form | {"version": 1, "title": "甲改的"})
    page = text(desk.post(at("product_edit", made.pk), form | {"version": 1, "title": "乙改的"}), 422)
    assert "别人改过这一条" in page
    assert 'value="乙改的"' in page
    assert 'name="version" value="2"' in page
    desk.post(at("product_edit", made.pk), form | {"version": 2, "title": "乙改的"})
    assert Product.objects.get().title == "乙改的"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("net_weight", "-3", "请写净重"), ("net_weight", "0", "请写净重"), ("net_weight", "五斤", "请写净重"),
        ("list_price", "-3", "请写 0 元以上"), ("list_price", "0.001", "请写多少元"), ("list_price", "", "请填写。"),
        ("shelf_life_days", "-3", "请填数字。"), ("shelf_life_days", "99999", "这个数太大了。"),
        ("supplier", "没有这一家", "没有找到“没有这一家”"), ("product_class", "神药", "请从列表里选。"),
        ("selling_points", "一\n二\n三\n四", "最多 3 行"), ("title", NAUGHTY, "最多写 80 个字"), ("sku", "\0\u202e", "请填写。"),
        ("grade", "9", "请从列表里选。"), ("geo", "77", "请从列表里选。"), ("selling_points", NAUGHTY, "最多 3 行"),
    ],
)  # fmt: skip
def test_what_is_typed_badly_is_said_at_its_field_and_the_rest_is_kept(desk, county, field, typed, words):
    form = said(make_product(county, title="原来的")) | {"sku": "NEW"} | {field: typed}

    page = desk.post(at("product_new"), form)

    assert any(words in error for error in page.context["form"].errors[field])
    assert 'value="59.8"' in text(page, 422) or field == "list_price"
    assert Product.objects.count() == 1


def test_a_product_shows_all_that_is_known_of_it(desk, county, staff):
    product = make_goods(county, supplier=make_supplier(county, kind="household", registration="exempt", name="牛家"))
    show = make_session(county, make_user("host", county), title="晚市")
    make_item(show, product, live_price_fen=4990)
    make_selection(product, staff, stage="rejected", reason="太贵了")
    desk.post(at("product_packaging", product.pk), {"name": "彩箱", "from_on": "2026-01-01"})

    page = text(desk.get(at("product", product.pk)))

    for words in ("证件齐，今天能上架。", "晚市", "49.90", "太贵了", "彩箱", "这件商品由牛家销售和发货。", "依法不用办营业执照"):
        assert words in page
    again = desk.post(at("product_packaging", product.pk), {"name": "礼盒", "from_on": "2026-01-01"})
    assert "已经换过一次包装" in text(again, 422)
    assert Packaging.objects.count() == 1


def test_a_photo_is_sent_in_checked_and_shown_to_colleagues_alone(desk, county, staff, stranger, client):
    product = make_product(county, product_class="primary")
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "green").save(picture, "PNG")
    file = SimpleUploadedFile("合格证.png", picture.getvalue(), "image/png")
    form = {"kind": "commitment", "file": file, "number": "1", "valid_until_on": "2099-01-01"}

    desk.post(at("paper_new") + f"?product={product.pk}", form)

    paper = Paper.objects.get()
    assert "还没有人核对，现在不算数。" in text(desk.get(at("paper", paper.pk)))
    whole, small = desk.get(at("paper_file", paper.pk)), desk.get(at("paper_file", paper.pk) + "?size=small")
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert [Image.open(io.BytesIO(answer.content)).size for answer in (whole, small)] == [(600, 400), (480, 320)]
    assert "请写一句为什么不能用" in text(desk.post(at("paper_check", paper.pk), {"state": "refused", "seen": "waiting"}), 422)
    desk.post(at("paper_check", paper.pk), {"state": "accepted", "seen": "waiting"})
    assert "能用。" in text(desk.get(at("paper", paper.pk)))
    assert signed_in(stranger).get(at("paper_file", paper.pk)).status_code == 404
    assert client.get(at("paper_file", paper.pk)).status_code == 302
    assert signed_in(make_user("trainer", county)).post(at("paper_check", paper.pk), {}).status_code == 403


def test_a_photo_of_forty_megabytes_is_refused_politely_and_what_was_typed_is_kept(desk, county):
    product = make_product(county, product_class="primary")
    file = SimpleUploadedFile("大.jpg", b"\xff\xd8\xff" + bytes(40_000_000), "image/jpeg")

    page = desk.post(at("paper_new") + f"?product={product.pk}", {"kind": "commitment", "file": file, "number": "HG-7"})

    assert "文件有 40 MB，太大了，最多 10 MB。" in text(page, 422)
    assert 'value="HG-7"' in text(page, 422)
    assert not Paper.objects.exists()


def test_papers_are_listed_by_what_ends_first(desk, county):
    product, today = make_product(county, title="潞党参"), timezone.localdate()
    ends = {"test": 40, "gi": 5, "brand": -1, "standard": None, "supply": 20}
    for kind, days in ends.items():
        make_paper(product, kind, valid_until_on=None if days is None else today + timedelta(days=days))
    make_paper(product, "other", state="waiting")

    page = desk.get(at("papers"))

    assert [paper.kind for paper in page.context["page"]] == ["gi", "supply", "test", "other", "standard"]
    assert [(day, [one.kind for one in its]) for day, its in page.context["days"]] == [
        (today + timedelta(days=5), ["gi"]),
        (today + timedelta(days=20), ["supply"]),
    ]
    assert [paper.kind for paper in desk.get(at("papers") + "?show=over").context["page"]] == ["brand"]
    assert [paper.kind for paper in desk.get(at("papers") + "?show=waiting").context["page"]] == ["other"]
    assert [paper.kind for paper in desk.get(at("papers") + "?q=潞党参&kind=gi").context["page"]] == ["gi"]


def test_addresses_that_name_nothing_are_not_found(desk, county):
    for query, status in (("", 200), ("?product=x", 404), ("?product=" + "9" * 30, 404), ("?supplier=999999", 404)):
        assert desk.get(at("paper_new") + query).status_code == status
    for name in ("product", "product_edit", "supplier", "paper", "paper_file", "selection_case"):
        assert desk.get(at(name, 10**18)).status_code == 404
    assert desk.get(at("selection_minutes") + "?from=%00&until=9999-99-99")["Content-Type"] == "application/pdf"


def test_the_county_sets_what_it_asks_for_and_a_village_only_reads(desk, county, staff):
    village = make_place("140425201216", "神龙湾村")
    local = signed_in(make_user("staff", village))

    desk.post(at("paper_rules"), {"product_class": "craft", "kinds": ["brand", "supply"]})
    rule = PaperRule.objects.get()
    assert rule.any_of == "brand,supply"
    assert "品牌授权或供货承诺书" in text(local.get(at("paper_rules")))
    local.post(at("paper_rules"), {"drop": rule.pk})
    local.post(at("geo"), {"name": "x"})
    assert (PaperRule.objects.count(), GeoIndication.objects.count()) == (1, 0)
    assert "请至少选一种证件。" in text(desk.post(at("paper_rules"), {"product_class": "craft"}), 422)
    desk.post(at("paper_rules"), {"drop": rule.pk})
    desk.post(at("geo"), {"name": "潞党参", "valid_until_on": "2030-01-01"})
    geo = GeoIndication.objects.get()
    desk.post(at("geo"), {"geo": geo.pk, "name": "潞党参", "number": "AGI01"})
    assert "已经登记了" in text(desk.post(at("geo"), {"name": "潞党参"}), 422)
    geo.refresh_from_db()
    assert (PaperRule.objects.count(), geo.number, geo.valid_until_on) == (0, "AGI01", None)


def test_a_supplier_is_registered_and_its_phone_shown_masked_and_once(desk, county):
    village = make_place("140425201216", "神龙湾村")
    form = {
        "name": "牛家醋坊",
        "kind": "household",
        "place": "神龙湾村",
        "registration": "exempt",
        "phone": "138 0000 5678",
        "contact": "牛大山",
    }

    desk.post(at("supplier_new"), form)

    made = Supplier.objects.get()
    assert (made.place, made.phone, made.county) == (village, "13800005678", county)
    page = text(desk.get(at("supplier", made.pk)))
    assert "138****5678" in page
    assert "牛大山" not in page
    assert "13800005678" not in page + text(desk.get(at("supplier_edit", made.pk)))
    shown = text(desk.post(at("supplier_reveal", made.pk), {"reason": "contact"}))
    assert "牛大山 13800005678" in shown
    assert "依法不用登记" in text(desk.post(at("supplier_new"), form | {"name": "社", "kind": "cooperative"}), 422)
    assert "请填 11 位手机号" in text(desk.post(at("supplier_new"), form | {"name": "x", "phone": NAUGHTY[:30]}), 422)


def test_the_selection_goes_from_a_candidate_to_minutes(desk, county):
    product = make_product(county, title="柿饼", product_class="primary")

    desk.post(at("selection_new"), {"product": product.sku, "why": "滞销三万斤"})
    case = SelectionCase.objects.get()
    desk.post(at("selection_sample", case.pk), {"quantity": "4", "came_on": timezone.localdate().isoformat()})
    sample = case.samples.get()
    wrong = desk.post(at("sample_move", sample.pk), {"fate": "eaten", "quantity": "-3", "on": timezone.localdate().isoformat()})
    assert "件数填 1 到 32767 的整数。" in text(wrong, 422)
    assert "“不选”要写理由" in text(desk.post(at("selection_step", case.pk), {"stage": "rejected", "seen": "candidate"}), 422)
    board = text(desk.get(at("selection")))
    assert "缺 1 样证件" in board
    assert "样品 4 件" in board
    desk.post(at("selection_step", case.pk), {"stage": "chosen", "seen": "candidate", "words": "坏果最少", "score": "90"})

    assert "坏果最少" in text(desk.get(at("selection")))
    assert "坏果最少" in text(desk.get(at("selection_case", case.pk)))
    printed = desk.get(at("selection_minutes"))
    assert printed.content.startswith(b"%PDF")


def test_an_approver_lets_an_item_through_and_comes_back_to_where_he_was(county, staff):
    show = make_session(county, make_user("host", county))
    item = make_item(show, make_product(county, product_class="primary"))
    approver, form = signed_in(make_user("approver", county)), {"product": item.product_id, "reason": "合格证晚上到"}

    assert signed_in(staff).post(at("gate_pass", show.pk), form).status_code == 403
    back = approver.post(at("gate_pass", show.pk), form | {"next": f"/sessions/{show.pk}/?x=1"})
    assert back["Location"] == f"/sessions/{show.pk}/?x=1"
    assert (
        approver.post(at("gate_pass", show.pk), form | {"next": "https://evil.example/"})["Location"] == f"/sessions/{show.pk}/"
    )
    assert GateOverride.objects.get().reason == "合格证晚上到"
    for wrong in ({}, {"product": "x"}, {"product": item.product_id, "reason": "\0"}):
        assert approver.post(at("gate_pass", show.pk), wrong).status_code == 302
    elsewhere = make_product(make_place("130529", "巨鹿县"))
    assert approver.post(at("gate_pass", show.pk), {"product": elsewhere.pk, "reason": "x"}).status_code == 404


# --- the spreadsheet ------------------------------------------------------------------------------------------------------


def book(*rows, merge=()):
    made = openpyxl.Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(list(row))
    for cells in merge:
        sheet.merge_cells(cells)
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("货品.xlsx", out.getvalue())


HEAD = ("商家编码", "商品名", "供货商", "商品类别", "净重", "日常价")


def test_a_sheet_with_merged_cells_is_looked_at_and_its_good_rows_are_kept(desk, county, other_county):
    """A title above the header, a supplier merged over three rows; bad rows named, good ones kept, none of it before he says so."""
    supplier = make_supplier(county, name="神龙湾合作社")
    make_supplier(other_county, name="外县的社")
    there = make_product(
        county, sku="HXM", title="小米", supplier=supplier, net_weight_grams=2500, list_price_fen=5980, product_class="primary"
    )
    file = book(
        ("平顺县货品表",), HEAD, ("LDS", "潞党参", "神龙湾合作社", "药食同源", "500克", "79.8"),
        ("HXM", "黑小米", None, "初级农产品", "5斤", "59.80"), ("BAD", "坏的", None, "神药", "-3", "免费"),
        ("LDS", "重复的", "外县的社", "", "1斤", "1"), merge=["A1:F1", "C3:C5"],
    )  # fmt: skip

    look = desk.post(at("goods_sheet"), {"file": file})

    assert {verdict.value: number for verdict, number, _rows in look.context["sorts"]} == {
        "wrong": 2,
        "new": 1,
        "changed": 1,
        "unchanged": 0,
    }
    page = text(look)
    for words in (
        "第 5 行",
        "没有“神药”这一项",
        "没看懂“-3”有多重",
        "“免费”不是金额",
        "在第 3 行已经有了",
        "县里没有登记“外县的社”",
    ):
        assert words in page
    assert Product.objects.count() == 1
    form = {"carried": look.context["carried"], "digest": look.context["digest"]}
    wrong = openpyxl.load_workbook(io.BytesIO(desk.post(at("goods_sheet_wrong"), form).content)).active
    assert [row[0] for row in wrong.iter_rows(min_row=2, values_only=True)] == ["BAD", "LDS"]

    kept = desk.post(at("goods_sheet_keep"), form)

    assert "存了 2 件。" in text(kept)
    there.refresh_from_db()
    assert (there.title, there.version) == ("黑小米", 2)
    made = Product.objects.get(sku="LDS")
    assert (made.supplier, made.product_class, made.net_weight_grams) == (supplier, "food_medic", 500)
    assert desk.post(at("goods_sheet_keep"), form).status_code == 409  # pressed twice: it would not be the same any more
    assert desk.post(at("goods_sheet_keep"), {"carried": "x"}).status_code == 302


def test_the_register_goes_out_and_comes_back_as_it_was(desk, county):
    geo = GeoIndication.objects.create(county=county, name="潞党参")
    make_goods(county, geo_indication=geo, grade=1, floor_price_fen=450, selling_points="一\n二", spec="=1+1", shelf_life_days=9)
    make_product(county, product_class="")
    out = desk.get(at("goods_sheet_file"))

    look = desk.post(at("goods_sheet"), {"file": SimpleUploadedFile("货品.xlsx", out.content)})

    assert {verdict.value: number for verdict, number, _rows in look.context["sorts"]} == {
        "wrong": 0,
        "new": 0,
        "changed": 0,
        "unchanged": 2,
    }
    assert desk.get(at("goods_sheet_file") + "?empty=1").content.startswith(b"PK")


def test_a_village_cannot_overwrite_the_goods_of_its_neighbour(county):
    village = make_place("140425201216", "神龙湾村")
    make_supplier(county, place=village, name="本村社")
    make_product(county, sku="HXM")
    file = book(HEAD, ("HXM", "抢来的", "本村社", "", "5斤", "1"))

    look = signed_in(make_user("staff", village)).post(at("goods_sheet"), {"file": file})

    assert "商家编码“HXM”是别的村的货" in text(look)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.xlsx", "空的"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "旧式的"), (b"a,b\n1,2\n", "a.csv", "没有找到表头"),
        (b"x" * 2_000_001, "a.csv", "最大 2 MB"), ("商品名,净重,品牌\n一,二,三\n".encode(), "a.csv", "商家编码、供货商"),
        (b"PK\x03\x04broken", "a.xlsx", "打不开"), ("商家编码,商品名,供货商\n".encode(), "a.csv", "空的"),
    ],
)  # fmt: skip
def test_a_weird_file_is_refused_in_a_sentence(content, name, words):
    with pytest.raises(Refused) as told:
        read(io.BytesIO(content), name)
    assert words in str(told.value)
