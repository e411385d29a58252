from __future__ import annotations

import pytest

from orders.platforms.fake_file import COLUMNS
from orders.sheets.contract import Refused
from orders.sheets.header import recognize
from orders.sheets.known import MARKS
from orders.sheets.words import OTHER
from tests.orders.sheets.exports import make_file, make_row

NEEDED = ["主订单编号", "子订单编号", "选购商品", "商品数量", "订单应付金额", "订单状态", "订单提交时间"]


def found(data):
    return recognize(lambda: iter([data]))


def refusal(data):
    with pytest.raises(Refused) as refused:
        found(data)
    return refused.value.code, str(refused.value)


@pytest.mark.parametrize(
    ("encoding", "known_as"),
    [("utf-8-sig", "utf-8-sig"), ("utf-8", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16"),
     ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)  # fmt: skip
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_encoding_and_separator(encoding, known_as, separator):
    header = found(make_file([make_row()], encoding=encoding, separator=separator))

    assert (header.encoding, header.separator, header.number, header.width) == (known_as, separator, 1, 74)


@pytest.mark.parametrize("encoding", ["big5", "euc-kr", "cp932"])
def test_encodings_of_other_countries_are_refused(encoding):
    data = make_file([], columns=NEEDED).decode("utf-8-sig").encode(encoding, errors="replace")

    assert refusal(data)[0] == "unknown"


def test_columns_are_found_by_name_in_any_order_and_shape():
    columns = [*reversed(NEEDED), "达人ID"]
    header = found(make_file([make_row()], columns=columns, names={"达人ID": " 达人id　", "订单应付金额": "订单应付金额 "}))

    assert {key: columns[place] for key, place in header.places.items()} == {
        "order_no": "主订单编号", "line_no": "子订单编号", "title": "选购商品", "quantity": "商品数量", "due": "订单应付金额",
        "status": "订单状态", "submitted_at": "订单提交时间", "host": "达人ID",
    }  # fmt: skip


def test_captions_may_stand_above_the_header():
    header = found(make_file([make_row()], caption=[["抖店订单导出"], ["导出时间：2026-11-21", ""], []]))

    assert header.number == 4


def test_a_column_that_stands_twice_is_known():
    header = found(make_file([make_row()], columns=[*COLUMNS, "订单状态"]))

    assert header.twins == (("status", 74),)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b",,,\n", b"\xff\xfe"])
def test_an_empty_file_is_refused(data):
    assert refusal(data)[0] == "empty"


def test_missing_columns_are_named():
    columns = [column for column in COLUMNS if column not in {"订单状态", "商品数量"}]

    assert refusal(make_file([make_row()], columns=columns)) == (
        "missing_columns",
        "这是抖店的订单表，但少了这些列：商品数量、订单状态。请在导出时勾上它们，再上传一次。",
    )


def test_an_export_by_main_order_is_refused_with_the_way_out():
    columns = [column for column in COLUMNS if column != "子订单编号"]

    assert refusal(make_file([make_row(商品数量="3", 选购商品="潞党参;连翘茶")], columns=columns)) == (
        "by_main_order",
        "这份表是按主订单导出的，几样商品挤在一行里。请在抖店后台选择“按子订单（商品）导出”，再上传一次。",
    )


@pytest.mark.parametrize("data", ["甲,乙,丙\n1,2,3\n".encode(), b"\x00\x01\x02\x03" * 100, b"%PDF-1.7\n1 0 obj", b"<html><body>"])
def test_what_nobody_knows_is_refused(data):
    assert refusal(data)[0] == "unknown"


OTHERS = {
    "kuaishou": "订单号,赠品订单号,活动订单编号,订单创建时间,订单支付时间,订单状态,实付款,快递费,支付优惠,成交数量,商品名称,商品ID,SKU编码,CPS达人ID",
    "pdd": "商品,订单号,订单状态,商品总价(元),邮费(元),多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),商品id,样式ID,售后状态",
    "taobao": "订单编号,买家会员名,买家支付宝账号,买家应付货款,总金额,买家实际支付金额,订单状态,收货地址 ,订单付款时间 ,宝贝标题 ",
    "taobao_items": "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码",
    "qianniu": "订单编号,支付单号,支付详情,买家应付货款,买家实付金额,订单创建时间,商品标题,退款金额,商品属性SKU,C2B小额收款",
    "weixin": "订单号,订单下单时间,订单状态,订单实际支付金额,订单实际收款金额,商品编码(平台),商品编码(自定义),带货账号昵称",
    "xiaohongshu": "订单号,订单状态,售后状态,小红书编码,规格ID,SKU件数,商家应收金额(元)（支付金额）",
    "douyin_settlement": "动账时间,动帐流水号,动账方向,动账金额,子订单号,订单号,计费类型",
    "live_sessions": "主播昵称,主播抖音号,直播开始时间,直播结束时间,直播时长(分钟)",
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_files_of_other_platforms_are_named(kind, encoding):
    data = (OTHERS[kind] + "\n1,2,3\n").encode(encoding)

    assert refusal(data) == ("other", f"这是{OTHER[kind]}，暂时还不能导入。现在可以导入抖店的订单表。")


def test_every_other_kind_has_a_name():
    assert MARKS.keys() == OTHER.keys()


def test_too_many_columns_are_refused():
    assert refusal(make_file([], columns=[*COLUMNS, *(f"c{n}" for n in range(50))]))[0] == "too_many_columns"
