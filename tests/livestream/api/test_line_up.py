"""The REST API of line-up sheets: computed prices, two editors, the order, copies and versions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import make_product, make_session, make_supplier
from tests.goods import make_offer
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(county, host, now):
    goods = [make_product(county, sku=sku, title=title) for sku, title in (("DHP", "花椒"), ("HXM", "小米"), ("TFM", "蜂蜜"))]
    return make_session(county, host, planned_start_at=now + timedelta(days=2), line_up=[(one, 2990, 86) for one in goods])


@pytest.fixture
def ask(staff, session):
    client = with_token(token_text(staff, "read:sessions", "write:goods"))

    def ask(path="", body=None):
        path, mark, query = path.partition("?")
        address = f"/api/v1/sessions/{session.pk}/line-up/{path}{mark}{query}"
        return client.get(address) if body is None else client.post(address, body, content_type="application/json")

    return ask


def refused(answer):
    return answer.status_code, answer.json()["code"]


def test_an_item_is_read_with_its_price_changed_and_the_second_editor_is_told(ask, session):
    make_offer(session.line_up.first(), 800)
    first = ask().json()["items"][0]
    path = f"items/{first['id']}/"
    body = first["facts"] | {"seen": first["mark"], "note": "先讲", "floor_price_fen": 2000}
    changed = ask(path, body)

    assert (first["price"]["final_fen"], first["price"]["seller_receives_fen"], first["facts"]["offers"][0]["amount_fen"]) == (
        2190, 2190, 800,
    )  # fmt: skip
    assert changed.status_code == 200, changed.json()
    assert (changed.json()["facts"]["note"], changed.json()["price"]["floor_fen"]) == ("先讲", 2000)
    assert refused(ask(path, body)) == (409, "line_up_changed")
    below = ask(path, body | {"seen": changed.json()["mark"], "live_price_fen": 2700})
    assert refused(below) == (409, "below_floor")
    assert ask(f"{path}?live_price_fen=2700").json()["price"]["missing_fen"] == 100


def test_items_are_added_moved_put_in_order_and_removed(ask, county, session):
    make_product(county, sku="HT", title="核桃")
    supplier = make_supplier(county, name="核桃社")
    promise = {"supplier": supplier.pk, "units": 40, "promised_on": "2026-11-20"}
    added = ask(
        body={"sku": "HT", "live_price_fen": 1990, "promises": [promise], "links": [{"platform": "douyin", "number": "1"}]}
    )
    assert (added.status_code, added.json()["position"], added.json()["facts"]["committed_stock"]) == (201, 4, 40)
    moved = ask(f"items/{added.json()['id']}/move/", {"steps": -3}).json()
    assert [item["sku"] for item in moved["items"]] == ["HT", "DHP", "HXM", "TFM"]
    order = [item["id"] for item in reversed(moved["items"])]
    ordered = ask("order/", {"order": order, "seen": moved["order_mark"]}).json()
    assert [item["sku"] for item in ordered["items"]] == ["TFM", "HXM", "DHP", "HT"]
    assert refused(ask("order/", {"order": order, "seen": moved["order_mark"]})) == (409, "line_up_changed")
    gone = ordered["items"][0]
    removed = ask(f"items/{gone['id']}/remove/", {"seen": gone["mark"]}).json()
    assert [item["sku"] for item in removed["items"]] == ["HXM", "DHP", "HT"]
    assert ask(f"items/{gone['id']}/").status_code == 404
    assert refused(ask(body={"sku": "XX", "live_price_fen": 1})) == (409, "item_not_in_use")
    versions = ask("versions/").json()["results"]
    assert [row["number"] for row in versions] == [5, 4, 3, 2, 1]
    assert [item["sku"] for item in ask(f"versions/{versions[-1]['id']}/").json()["items"]] == ["DHP", "HXM", "TFM"]
    back = ask(f"versions/{versions[-1]['id']}/return/", {"seen": 5}).json()
    assert [item["sku"] for item in back["items"]] == ["DHP", "HXM", "TFM"]
    assert refused(ask(f"versions/{versions[-1]['id']}/return/", {"seen": 5})) == (409, "line_up_changed")


def test_the_goods_of_the_hosts_last_session_are_copied(ask, county, host, session, now):
    good = make_product(county, sku="LZ", title="梨")
    last = make_session(county, host, room="R7", account="A7", planned_start_at=now - timedelta(days=3), line_up=[(good, 990, 5)])

    for body in ({}, {"session": str(last.pk)}):
        copied = ask("copy/", body)
        assert copied.status_code == 200, copied.json()
        assert [item["sku"] for item in copied.json()["line_up"]["items"]] == ["DHP", "HXM", "TFM", "LZ"]
    assert ask("copy/", {"session": "11111111-1111-4111-8111-111111111111"}).status_code == 404


def test_what_is_wrong_is_said_by_field(ask):
    wrong = {"live_price_fen": -1, "committed_stock": -3, "floor_per": "x", "offers": [{"kind": "coupon"}], "points": "字" * 301}
    answer = ask(body=wrong)

    fields = ["committed_stock", "floor_per", "live_price_fen", "offers", "points", "sku"]
    assert (answer.status_code, sorted(answer.json()["fields"])) == (400, fields)


def test_who_may_read_and_who_may_write(client, session, host, trainer, stranger):
    address, made = f"/api/v1/sessions/{session.pk}/line-up/", {}
    for name, person in {"host": host, "trainer": trainer, "stranger": stranger}.items():
        client.force_login(person)
        made[name] = (client.get(address).status_code, client.post(address, {}, content_type="application/json").status_code)

    assert made == {"host": (200, 403), "trainer": (200, 403), "stranger": (404, 404)}
