from __future__ import annotations

import csv
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from doudian import AppType, DouDian

from orders.platforms.fake import REJECTED, WITHDRAWN, FakeDouyin, Good, Push, Totals, Trouble

DANGSHEN = Good("LDS-500", "潞党参 500g", 123456, freight_fen=600)
GIFT = Good("", "赠品：峧底连翘茶", 0)
EVENING = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


@pytest.fixture
def fake():
    with FakeDouyin("app", "s3cret", seed=5) as fake:
        yield fake


@pytest.fixture
def listening():
    """Takes pushes as a shop's system would; `answers` are the status codes to give first."""
    heard, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((dict(self.headers.items()), body))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()
            self.wfile.write(b'{"code":0,"msg":"success"}')

        def log_message(self, *_line):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/push/", heard, answers
    server.shutdown()
    server.server_close()


def sdk(method, params, fake, secret="s3cret"):
    """Asks the fake by the public SDK's own signature."""
    param_json = json.dumps(params, sort_keys=True, separators=(",", ":"))
    sign = DouDian("app", secret, app_type=AppType.TOOL)._sign(method, param_json, "1795262400")
    query = {"app_key": "app", "method": method, "access_token": "t", "timestamp": "1795262400", "v": "2"}
    query |= {"sign_method": "hmac-sha256", "sign": sign}
    return httpx.post(f"{fake.url}/{method.replace('.', '/')}", params=query, content=param_json.encode(), trust_env=False).json()


def test_a_public_sdk_believes_its_pushes(fake, listening):
    url, heard, _ = listening
    placed, paid = fake.sell([(DANGSHEN, 1)])

    assert fake.send(url, placed, paid).status_code == 200

    ((headers, body),) = heard
    assert headers["content-type"] == "application/json; charset=utf-8"
    lowered = {name.lower(): value for name, value in headers.items()}
    assert DouDian("app", "s3cret", app_type=AppType.TOOL).callback(lowered, body) == [placed.message, paid.message]


def test_a_public_sdks_signature_opens_its_api_and_no_other(fake):
    placed, _ = fake.sell([(DANGSHEN, 1)], at=EVENING)

    answer = sdk("order.orderDetail", {"shop_order_id": placed.number}, fake)
    assert answer["code"] == 10000
    detail = answer["data"]["shop_order_detail"]
    assert (detail["order_id"], int(detail["pay_time"]), int(detail["order_status"])) == (placed.number, 1795264200, 2)

    assert sdk("order.orderDetail", {"shop_order_id": placed.number}, fake, secret="x")["code"] == 40003
    assert sdk("order.orderDetail", {"shop_order_id": "1"}, fake)["code"] == 50002
    assert sdk("order.unknown", {}, fake)["code"] == 40004


def test_its_lists_page_and_find_by_order(fake):
    numbers = [fake.sell([(DANGSHEN, 1)], at=EVENING)[0].number for _ in range(5)]
    asked, _ = fake.refund(numbers[2], fen=100, at=EVENING)

    page = sdk("order.searchList", {"page": 1, "size": 2}, fake)["data"]
    assert (page["total"], len(page["shop_order_list"])) == (5, 2)
    assert sdk("order.searchList", {"update_time_start": 1795264201}, fake)["data"]["total"] == 0
    (item,) = sdk("afterSale.List", {"order_id": numbers[2]}, fake)["data"]["items"]
    assert item["aftersale_info"]["aftersale_id"] == f'"{asked.number}"'


def test_the_first_sub_order_has_its_orders_number_and_numbers_need_64_bits(fake):
    placed, _ = fake.sell([(DANGSHEN, 1), (GIFT, 1)])

    lines = fake.orders[placed.number].lines
    assert lines[0].number == placed.number != lines[1].number
    assert all(2**53 < int(line.number) < 2**63 for line in lines)


def test_totals_count_paid_orders_and_money_that_really_went_back(fake):
    fake.place_order([(DANGSHEN, 1)])
    fake.cancel_order(fake.place_order([(DANGSHEN, 1)]).number)
    first, _ = fake.sell([(DANGSHEN, 2), (GIFT, 1)])
    second, _ = fake.sell([(DANGSHEN, 1)])
    fake.settle_refund(fake.request_refund(first.number).number, REJECTED)
    fake.settle_refund(fake.request_refund(first.number).number, WITHDRAWN)
    fake.refund(first.number, fen=1000)
    fake.refund(second.number)

    paid = [sum(line.paid_fen for line in fake.orders[push.number].lines) for push in (first, second)]
    assert fake.totals() == Totals(2, 4, sum(paid), 1000 + paid[1])
    assert fake.totals().net_fen == paid[0] - 1000
    assert (fake.orders[first.number].code, fake.orders[second.number].code) == (2, 4)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_its_export_has_the_columns_and_the_habits_of_a_real_one(fake, tmp_path, encoding):
    placed, _ = fake.sell([(DANGSHEN, 10), (GIFT, 1)], room="73", account="7200000000000000001", at=EVENING)
    fake.cancel_order(fake.place_order([(DANGSHEN, 1)], at=EVENING).number, at=EVENING)

    assert fake.write_export(tmp_path / "orders.csv", encoding) == 3

    raw = (tmp_path / "orders.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    with (tmp_path / "orders.csv").open(encoding=encoding, newline="") as file:
        first, gift, cancelled = csv.DictReader(file)
    assert len(first) == 74
    assert (first["主订单编号"], first["子订单编号"]) == (f"\t{placed.number}", f"\t{placed.number}")
    assert (first["商品单价"], first["运费"]) == ("\t1,234.56", "\t6.00")
    assert (first["支付完成时间"], first["订单状态"], first["售后状态"]) == ("\t2026-11-21 20:30:00", "待发货", "-")
    assert (first["达人ID"], first["流量体裁"]) == ("\t7200000000000000001", "直播")
    assert (gift["选购商品"], gift["订单应付金额"]) == ("赠品：峧底连翘茶", "\t0.00")
    assert (cancelled["订单状态"], cancelled["支付完成时间"], cancelled["取消原因"]) == ("已关闭", "-", "不想买了")


def test_the_file_and_the_api_say_the_same_money(fake, tmp_path):
    for n in range(20):
        fake.sell([(DANGSHEN, n % 3 + 1), (Good("HJ", "花椒", 3981), 1)])
    fake.write_export(tmp_path / "orders.csv")
    with (tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    def fen(text):
        return int(text.strip("\t").replace(",", "").replace(".", ""))

    lines = [
        line for number in fake.orders
        for line in sdk("order.orderDetail", {"shop_order_id": number}, fake)["data"]["shop_order_detail"]["sku_order_list"]
    ]  # fmt: skip
    by_api = {line["order_id"]: int(line["pay_amount"]) - int(line["promotion_pay_amount"]) for line in lines}
    by_file = {row["子订单编号"].strip(): fen(row["订单应付金额"]) - fen(row["支付优惠"]) for row in rows}
    assert by_api == by_file
    assert sum(by_file.values()) == fake.totals().paid_fen
    assert len({fen(row["支付优惠"]) for row in rows}) > 1


def test_trouble_on_the_way_is_seeded_and_told(listening):
    url, heard, _ = listening

    def evening():
        fake = FakeDouyin("app", "s3cret", seed=11)
        pushes = [push for _ in range(100) for push in fake.sell([(DANGSHEN, 1)], at=EVENING)]
        heard.clear()
        done = fake.deliver(url, pushes, Trouble(drop=0.05, repeat=0.1, shuffle=True), together=3, connections=1)
        tags = [str(message["tag"]) for _, body in heard for message in json.loads(body)]
        return done, tags

    done, tags = evening()
    assert evening() == (done, tags)
    assert done.sent == 200 - done.dropped + done.repeated == len(tags)
    assert (0 < done.dropped < 30, 0 < done.repeated < 50) == (True, True)
    assert tags != sorted(tags)


def test_a_busy_shop_gets_its_pushes_again(fake, listening):
    url, heard, answers = listening
    answers += [503, 503]

    done = fake.deliver(url, [fake.place_order([(DANGSHEN, 1)])])

    assert (done.sent, done.requests, len(heard)) == (1, 1, 3)


def test_a_probe_has_tag_0(fake, listening):
    url, heard, _ = listening

    fake.probe(url)

    assert [message["tag"] for message in json.loads(heard[0][1])] == ["0"]


def test_without_a_seed_numbers_never_repeat():
    pushes: list[Push] = [FakeDouyin("app", "s").place_order([(DANGSHEN, 1)]) for _ in range(20)]

    assert len({push.number for push in pushes}) == 20
