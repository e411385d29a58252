"""Orders, shops and days by REST."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from livestream.api import paging
from orders.actions.intake import receive
from orders.models import Order, Shop
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session, make_shop, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)  # 20:00 in Shanghai


@pytest.fixture
def session(county, host):
    return make_session(county, host, went_live_at=AT - timedelta(hours=1))


@pytest.fixture
def client(staff):
    return signed_in(staff)


def sell(shop, *bodies, at=AT):
    receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)


def asked(client, path, **query):
    answer = client.get(f"/api/v1/{path}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def numbers(client, **query):
    return [row["order_no"] for row in asked(client, "orders", **query)["results"]]


def test_an_order_says_everything_but_its_buyer(client, shop, session):
    sell(shop, make_order_body("T1", at=AT, refunds=(("R1", 1, 980),)))
    order = Order.objects.get()

    said = asked(client, f"orders/{order.pk}")

    assert said | {"changed_at": "", "counted_at": ""} == {
        "id": order.pk, "county": "140425", "shop": shop.pk, "order_no": "T1", "status": "paid", "status_at": "2026-11-21T20:00:00+08:00",
        "paid_at": "2026-11-21T20:00:00+08:00", "session": str(session.pk), "evidence": "room", "is_contested": False,
        "is_conflicting": False, "province": "北京市", "counted_at": "", "changed_at": "",
        "lines": [{"line_no": "1", "sku": "LDS-500", "title": "LDS-500", "quantity": 2, "paid_fen": 11960}],
        "after_sales": [
            {
                "after_sale_no": "R1", "line_no": "1", "status": "succeeded", "refund_fen": 980, "quantity": 1,
                "happened_at": "2026-11-21T20:00:00+08:00", "is_guess": False,
            }
        ],
    }  # fmt: skip
    assert asked(client, f"shops/{shop.pk}/orders/T1") == said
    assert client.get(f"/api/v1/shops/{shop.pk}/orders/T2/").status_code == 404


def test_orders_are_the_countys_paid_ones_the_newest_first(client, county, other_county, shop, session):
    sell(shop, *[make_order_body(f"T{n}", at=AT - timedelta(hours=n), room=None) for n in range(4)])
    sell(shop, make_order_body("open", status="created", at=AT, room=None))
    sell(make_shop(other_county), make_order_body("theirs", at=AT))
    sell(make_shop(county), make_order_body("day before", status="shipped", at=AT - timedelta(days=1), room=None))

    assert numbers(client) == ["T0", "T1", "T2", "T3", "day before"]
    assert numbers(client, day="2026-11-21") == ["T0", "T1", "T2", "T3"]
    assert numbers(client, day="2026-11-20") == numbers(client, status="shipped") == ["day before"]
    assert numbers(client, shop=shop.pk) == ["T0", "T1", "T2", "T3"]
    assert numbers(client, county="130529") == []
    first = asked(client, "orders", page_size=3)
    assert numbers(client, page_size=3, cursor=first["next_cursor"]) == ["T3", "day before"]


def test_orders_of_a_session_come_by_when_they_counted(client, shop, session, host):
    sell(shop, make_order_body("late paid", at=AT - timedelta(minutes=9)), at=AT)
    sell(shop, make_order_body("early paid", at=AT - timedelta(minutes=20)), at=AT + timedelta(seconds=9))
    sell(shop, make_order_body("elsewhere", at=AT, room=None))

    assert numbers(client, session=str(session.pk)) == ["early paid", "late paid"]
    assert numbers(signed_in(host), session=str(session.pk)) == ["early paid", "late paid"]


def test_who_sees_several_counties_names_one(county, other_county, shop, session):
    sell(shop, make_order_body("T1", at=AT))
    admin = signed_in(make_user("admin", county))

    refused = admin.get("/api/v1/orders/")

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["county"])
    assert numbers(admin, county="140425") == ["T1"]
    assert numbers(admin, county="130529") == []
    assert numbers(admin, session=str(session.pk)) == ["T1"]
    assert asked(admin, "figures/days", county="140425")["results"][0]["orders"] == 1
    assert admin.get("/api/v1/figures/days/").status_code == 400


def test_another_countys_orders_are_not_there(shop, session, stranger):
    sell(shop, make_order_body("T1", at=AT))
    client = signed_in(stranger)

    paths = [f"orders/{Order.objects.get().pk}", f"shops/{shop.pk}", f"shops/{shop.pk}/orders/T1"]

    assert [client.get(f"/api/v1/{path}/").status_code for path in paths] == [404] * 3
    assert numbers(client) == numbers(client, county="140425") == numbers(client, session=str(session.pk)) == []
    for query in ({}, {"county": "140425"}, {"session": str(session.pk)}):
        assert asked(client, "figures/days", **query)["results"] == []


def test_days_are_the_sums_of_the_ledger(client, shop, session, host):
    sell(shop, make_order_body("T1", at=AT), make_order_body("T2", at=AT, refunds=(("R1", 1, 980),)))
    sell(shop, make_order_body("T0", at=AT - timedelta(days=1), room=None))
    today = {"day": "2026-11-21", "orders": 2, "units": 4, "paid_fen": 23920, "refunded_fen": 980, "net_fen": 22940}
    before = {"day": "2026-11-20", "orders": 1, "units": 2, "paid_fen": 11960, "refunded_fen": 0, "net_fen": 11960}

    assert asked(client, "figures/days") == {"next_cursor": None, "results": [today, before]}
    assert asked(client, "figures/days", until="2026-11-20")["results"] == [before]
    assert asked(client, "figures/days", **{"from": "2026-11-21"})["results"] == [today]
    assert asked(signed_in(host), "figures/days", session=str(session.pk))["results"] == [today]


def test_a_shop_tells_no_secret(client, county, other_county):
    shop = make_shop(
        county, name="小程序", secret="whsec_planted", access_token="planted", refresh_token="planted", app_key="planted"
    )
    make_shop(other_county)
    told = {"id": shop.pk, "county": "140425", "platform": "standard", "name": "小程序", "is_practice": False, "is_active": True}

    assert asked(client, "shops")["results"] == [told]
    assert asked(client, f"shops/{shop.pk}") == told
    assert asked(client, "shops", platform="douyin")["results"] == []
    assert Shop.objects.get(pk=shop.pk).key not in client.get("/api/v1/shops/").content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [("host", 200), ("trainer", 200), ("exporter", 200), ("auditor", 200), ("staff", 200)]
)
def test_only_who_sees_figures_sees_orders(county, host, shop, session, role, status):
    """Others get an empty list of their own, and are asked to name whose."""
    sell(shop, make_order_body("T1", at=AT, room=None))
    client = signed_in(host if role == "host" else make_user(role, county))

    answer = client.get("/api/v1/orders/", {"county": "140425"})

    sees = role in {"exporter", "auditor", "staff"}
    assert (answer.status_code, len(answer.json()["results"])) == (status, int(sees))
    assert client.get("/api/v1/shops/").status_code == (200 if sees else 403)


MANY = """
INSERT INTO orders_order (county_id, shop_id, order_no, status, status_rank, paid_at, paid_rank, room_rank, account_rank, province_rank,
  lines_rank, session_id, evidence, is_contested, counted_at, changed_at)
SELECT '140425', %(shop)s, 'M' || n, 'paid', 1, %(at)s::timestamptz - n * interval '1 second', 1, 1, 1, 1, 1, %(session)s, 'room', false,
  %(at)s::timestamptz - n * interval '1 second', %(at)s
FROM generate_series(1, %(number)s) n
"""


def plan_of(rows):
    """What the database did: of each step its name, the table it reads, if any, and the number of rows read."""
    (document,) = (rows.explain(format="json", analyze=True, costs=False),)

    found, waiting = [], [json.loads(document)[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        found.append((node["Node Type"], node.get("Relation Name"), read))
        waiting += node.get("Plans", [])
    return found


def reads_too_much(step):
    """Shops and sessions are a row each here: one step reads them whole or by an index, as their statistics happen to be."""
    name, table, read = step
    return name == "Sort" or (name, table) == ("Seq Scan", Order._meta.db_table) or read > 200


@pytest.mark.parametrize("query", [{}, {"day": "2026-11-21"}, {"of": "session"}])
def test_a_page_of_many_orders_reads_that_page(client, shop, session, query, monkeypatch):
    """Also the hundredth: an index finds its first row, and nothing is sorted."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"shop": shop.pk, "session": session.pk, "at": AT, "number": 20_000})
        cursor.execute("ANALYZE orders_order")
    query = {"session": str(session.pk)} if "of" in query else query

    plans, cut = [], paging.cut

    def watched(rows, by, asked, of):
        found = cut(rows, by, asked, of)
        if asked.get("cursor"):
            names = [name.removeprefix("-") for name in by]
            values = paging._read(asked["cursor"], ":".join(["api.cursor", of, *by]), rows.model, names)
            plans.append(plan_of(rows.filter(paging._after(names, values, is_falling=True)).order_by(*by)[:51]))
        return found

    monkeypatch.setattr(paging, "cut", watched)
    cursor = ""
    for _page in range(3):
        said = asked(client, "orders", **query, **({"cursor": cursor} if cursor else {}))
        cursor = said["next_cursor"]

    assert [len(said["results"]), len(plans)] == [50, 2]
    for plan in plans:
        assert [step for step in plan if reads_too_much(step)] == []


def test_a_page_found_without_an_index_reads_too_much(shop, session):
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"shop": shop.pk, "session": session.pk, "at": AT, "number": 500})
        cursor.execute(
            "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off"
        )

    steps = plan_of(Order.objects.order_by("-counted_at", "-pk")[:51])

    assert {name for name, table, read in steps if reads_too_much((name, table, read))} == {"Sort", "Seq Scan"}
    assert all(reads_too_much(("Seq Scan", "orders_order", read)) for read in (0, 500))
    assert not reads_too_much(("Seq Scan", "orders_shop", 1))
