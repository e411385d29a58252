"""The REST API of goods, suppliers, papers, the gate and the selection."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from livestream.models import GateOverride, Paper
from tests.factories import make_place, make_product, make_session, make_supplier, make_user
from tests.goods import make_papers, make_selection
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def ask(staff):
    return asking(staff)


def asking(person):
    client = with_token(token_text(person, "read:sessions", "write:goods"))

    def ask(path, body=None):
        path, mark, query = path.partition("?")
        address = f"/api/v1/{path}/{mark}{query}"
        return client.get(address) if body is None else client.post(address, body, content_type="application/json")

    return ask


def refused(answer):
    return answer.status_code, answer.json()["code"]


def test_a_supplier_and_a_product_are_written_and_the_second_editor_is_told(ask, county):
    village = make_place("140425100201", "东寺头村")
    supplier = ask("suppliers", {"name": "李家", "kind": "household", "place": village.pk, "registration": "exempt"})
    body = {
        "sku": "PG-5",
        "title": "苹果 5 斤",
        "supplier": supplier.json()["id"],
        "net_weight_grams": 2500,
        "list_price_fen": 3990,
    }
    made = ask(
        "products",
        body | {"selling_points": ["脆", "甜"], "product_class": "primary", "floor_price_fen": 450, "floor_per": "jin"},
    )
    path = f"products/{made.json()['id']}"
    changed = ask(path, body | {"version": 1, "brand": "平顺"})

    assert (supplier.status_code, made.status_code, changed.status_code) == (201, 201, 200), made.json()
    assert (made.json()["selling_points"], made.json()["floor_per"], changed.json()["version"]) == ("脆\n甜", "jin", 2)
    assert refused(ask(path, body | {"version": 1})) == (409, "goods_changed")
    assert refused(ask("products", body)) == (409, "sku_taken")
    assert ask("products", body | {"supplier": 999, "sku": "x"}).json()["fields"].keys() == {"supplier"}
    assert (
        ask(f"suppliers/{supplier.json()['id']}", {"name": "李家", "kind": "farm", "place": village.pk, "version": 1}).json()[
            "kind"
        ]
        == "farm"
    )


def test_a_paper_comes_with_its_file_is_checked_and_fetched(ask, county):
    product = make_product(county)
    file = {"name": "检验报告.pdf", "base64": base64.b64encode(PDF).decode()}
    body = {
        "supplier": product.supplier_id,
        "product": product.pk,
        "kind": "test",
        "number": "Z1",
        "valid_until_on": "2099-01-01",
    }
    made = ask("papers", body | {"file": file})
    path = f"papers/{made.json()['id']}"
    checked = ask(f"{path}/check", {"is_accepted": True, "seen": "waiting"})

    assert (made.status_code, made.json()["state"], made.json()["file_bytes"]) == (201, "waiting", len(PDF))
    assert (checked.json()["state"], ask(f"{path}/file").content) == ("accepted", PDF)
    assert refused(ask(f"{path}/check", {"is_accepted": False, "seen": "waiting"})) == (409, "paper_meanwhile")
    assert refused(ask("papers", body | {"file": file | {"base64": "eHh4"}})) == (409, "paper_file_kind")
    assert ask("papers", body | {"file": file | {"base64": "eHh4e"}}).json()["fields"].keys() == {"file"}
    assert [row["id"] for row in ask(f"papers?product={product.pk}&state=accepted").json()["results"]] == [made.json()["id"]]
    assert Paper.objects.count() == 1


def test_the_gate_is_passed_by_an_approver_alone(ask, county, host, now):
    lacking, whole = (
        make_product(county, sku="A", product_class="primary"),
        make_product(county, sku="B", product_class="primary"),
    )
    make_papers(whole)
    session = make_session(county, host, planned_start_at=now + timedelta(days=1), line_up=[(lacking, 990, 1), (whole, 990, 1)])
    approver = make_user("staff", county, name="赵批")
    approver.appointments.create(role="approver", place=county, from_on="2026-01-01")
    path, body = f"sessions/{session.pk}/gate", {"sku": "A", "reason": "检验报告明天到"}

    rows = ask(path).json()["items"]
    assert [(row["sku"], row["is_open"], bool(row["missing"])) for row in rows] == [("A", False, True), ("B", True, False)]
    assert ask(f"{path}/pass", body).status_code == 403
    assert asking(approver)(f"{path}/pass", body).status_code == 201
    assert refused(asking(approver)(f"{path}/pass", body | {"sku": "B"})) == (409, "nothing_missing")
    assert (ask(path).json()["items"][0]["override"]["by"]["name"], GateOverride.objects.count()) == ("赵批", 1)


def test_a_candidate_goes_its_way(ask, county):
    product = make_product(county)
    made = ask("selections", {"product": product.pk, "why": "本地特产"})
    path = f"selections/{made.json()['id']}"
    tasted = ask(f"{path}/step", {"stage": "tasting", "seen": "candidate", "score": 86})

    assert refused(ask("selections", {"product": product.pk})) == (409, "selection_open")
    assert refused(ask(f"{path}/step", {"stage": "chosen", "seen": "candidate"})) == (409, "selection_meanwhile")
    assert refused(ask(f"{path}/step", {"stage": "chosen", "seen": "tasting"})) == (409, "selection_reason")
    chosen = ask(f"{path}/step", {"stage": "chosen", "seen": "tasting", "words": "口感好"}).json()
    assert (tasted.json()["score"], chosen["reason"], [step["stage"] for step in chosen["steps"]]) == (
        86, "口感好", ["candidate", "tasting", "chosen"],
    )  # fmt: skip


def test_what_is_another_countys_is_not_there(ask):
    other = make_place("130529", "乙县")
    product = make_product(other, supplier=make_supplier(other))
    paper, case = make_papers(make_product(other, product_class="primary"))[0], make_selection(product)
    paths = (f"products/{product.pk}", f"papers/{paper.pk}", f"papers/{paper.pk}/file", f"selections/{case.pk}")

    assert [ask(path).status_code for path in paths] == [404] * 4
    assert ask(f"papers/{paper.pk}/check", {"is_accepted": False, "seen": "accepted"}).status_code == 404
    assert ask(f"selections/{case.pk}/step", {"stage": "papers", "seen": "candidate"}).status_code == 404
