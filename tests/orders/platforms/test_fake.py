from __future__ import annotations

import csv
import json
import threading
from datetime import UTC, datetime, timedelta
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
    numbers = []
    for second in range(5):
        fake.clock = lambda second=second: EVENING + timedelta(seconds=second)
        numbers.append(fake.sell([(DANGSHEN, 1)])[0].number)
    asked, _ = fake.refund(numbers[2], fen=100)

    since = {"update_time_start": int(EVENING.timestamp()), "order_by": "update_time", "order_asc": True}
    page = sdk("order.searchList", since | {"page": 1, "size": 2}, fake)["data"]
    assert (page["total"], [row["order_id"] for row in page["shop_order_list"]]) == (5, [numbers[3], numbers[2]])
    newest = sdk("order.searchList", {"create_time_start": since["update_time_start"]}, fake)["data"]["shop_order_list"]
    assert [row["order_id"] for row in newest] == numbers[::-1]
    window = {"update_time_start": since["update_time_start"] + 1, "update_time_end": since["update_time_start"] + 1}
    assert [row["order_id"] for row in sdk("order.searchList", window, fake)["data"]["shop_order_list"]] == [numbers[1]]

    (item,) = sdk("afterSale.List", {"order_id": numbers[2]}, fake)["data"]["items"]
    assert item["aftersale_info"]["aftersale_id"] == f'"{asked.number}"'
    late = sdk("afterSale.List", {"update_start_time": int(EVENING.timestamp()) + 5, "order_by": ["update_time asc"]}, fake)[
        "data"
    ]
    assert (late["total"], late["has_more"]) == (0, False)


@pytest.mark.parametrize(
    ("params", "sub_code"),
    [
        ({"page": 0}, "isv.parameter-invalid:20011"),
        ({"update_time_start": 1, "size": 101}, "isv.parameter-invalid:20008"),
        ({"update_time_start": 1, "page": 500, "size": 100}, "isv.parameter-invalid:20013"),
        ({"update_time_start": 1, "page": -1}, "isv.parameter-invalid:10035"),
    ],
)
def test_its_lists_have_the_real_ones_limits(fake, params, sub_code):
    answer = sdk("order.searchList", params, fake)

    assert (answer["code"], answer["sub_code"]) == (40004, sub_code)


def test_an_order_of_long_ago_is_in_no_list(fake):
    number = fake.sell([(DANGSHEN, 1)])[0].number
    fake.clock = lambda: datetime.now(UTC) + timedelta(days=91)
    fake.ship_order(number)

    assert sdk("order.searchList", {"update_time_start": 1}, fake)["data"]["total"] == 0
    assert sdk("order.orderDetail", {"shop_order_id": number}, fake)["code"] == 10000


def test_too_many_calls_within_a_second_are_refused(fake):
    fake.clock = lambda: EVENING
    fake.calls_per_second = 2

    codes = [sdk("order.searchList", {"update_time_start": 1}, fake)["code"] for _ in range(3)]
    fake.clock = lambda: EVENING + timedelta(seconds=1)

    assert codes == [10000, 10000, 60000]
    assert sdk("order.searchList", {"update_time_start": 1}, fake)["code"] == 10000


def token(method, params, fake, moment):
    fake.clock = lambda: moment
    answer = sdk(f"token.{method}", params, fake)
    return answer.get("data") or answer


def test_its_tokens_follow_the_real_ones_rules(fake):
    own = {"code": "", "grant_type": "authorization_self", "shop_id": "77977"}
    first = token("create", own, fake, EVENING)
    assert (first["expires_in"], first["shop_id"]) == (7 * 86400, 77977)

    def refresh(old, moment):
        return token("refresh", {"grant_type": "refresh_token", "refresh_token": old["refresh_token"]}, fake, EVENING + moment)

    early = refresh(first, timedelta(days=6))
    assert (early["access_token"], early["expires_in"]) == (first["access_token"], 86400)
    second = refresh(first, timedelta(days=6, hours=23, minutes=30))
    assert second["access_token"] != first["access_token"]
    fake.tokens.check(first["access_token"], EVENING + timedelta(days=7))  # the old one works for one more hour
    third = refresh(second, timedelta(days=15))
    assert third["access_token"] not in (first["access_token"], second["access_token"])
    assert refresh(second, timedelta(days=15))["sub_code"] == "dop.token-generate-failed:token-invalid"
    assert refresh(third, timedelta(days=40))["sub_code"] == "dop.token-generate-failed:token-expired"
    assert token("create", own | {"shop_id": "1"}, fake, EVENING)["code"] == 50001


def test_it_does_not_grow_for_ever():
    fake = FakeDouyin("app", "s3cret", seed=1, kept=300)
    numbers = [fake.sell([(DANGSHEN, 1)])[0].number for _ in range(200)]
    for number in numbers:
        fake.refund(number)
    for _ in range(2000):
        fake.complete_order(fake.sell([(DANGSHEN, 1)])[0].number)

    assert len(fake.orders) <= 400
    assert all(after_sale.order.number in fake.orders for after_sale in fake.after_sales.values())
    assert (fake.totals().orders, fake.totals().units) == (2200, 2200)
    assert fake.totals().refunded_fen > 0

    unfinished = FakeDouyin("app", "s3cret", seed=1, kept=10)
    for _ in range(300):
        unfinished.sell([(DANGSHEN, 1)])
    assert (len(unfinished.orders) <= 130, unfinished.totals().orders) == (True, 300)


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
