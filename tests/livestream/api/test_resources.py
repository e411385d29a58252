"""Places, people, goods and sessions by REST: what they say, to whom, in pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.models import LiveSession
from tests.factories import make_place, make_product, make_session, make_supplier, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def client(staff):
    return signed_in(staff)


def rows(client, path, **query):
    answer = client.get(f"/api/v1/{path}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def walked(client, path, key="id", **query):
    """All pages, one after the other."""
    found, cursor = [], {}
    while True:
        said = client.get(f"/api/v1/{path}/", query | cursor).json()
        found.append([row[key] for row in said["results"]])
        if said["next_cursor"] is None:
            return found
        cursor = {"cursor": said["next_cursor"]}


def test_places_are_the_own_ones_by_code(client, county, other_county):
    make_place("140425100", "青羊镇")
    make_place("140425100201", "东寺头村委会")

    assert rows(client, "places") == [
        {"code": "140425", "name": "平顺县", "level": "county", "parent": "1404"},
        {"code": "140425100", "name": "青羊镇", "level": "township", "parent": "140425"},
        {"code": "140425100201", "name": "东寺头村委会", "level": "village", "parent": "140425100"},
    ]
    assert [row["code"] for row in rows(client, "places", level="village")] == ["140425100201"]
    assert [row["code"] for row in rows(client, "places", within="140425100")] == ["140425100", "140425100201"]
    assert rows(client, "places", within="130529") == []
    assert client.get("/api/v1/places/140425/").json()["name"] == "平顺县"


def test_people_are_masked(client, staff, county, stranger):
    host = make_user("host", county, name="张小花", live_name="花花家")

    assert [row["id"] for row in rows(client, "people")] == [staff.pk, host.pk]
    assert rows(client, "people", role="host") == [
        {
            "id": host.pk, "name": "张**", "live_name": "花花家", "phone": f"{host.phone[:3]}****{host.phone[-4:]}", "role": "host",
            "place": "140425", "is_active": True,
        }
    ]  # fmt: skip
    assert client.get(f"/api/v1/people/{stranger.pk}/").status_code == 404


def test_goods_and_suppliers_are_the_countys(client, county, other_county):
    village = make_place("140425100201", "东寺头村委会")
    supplier = make_supplier(county, name="东寺头合作社", place=village)
    good = make_product(county, sku="LDS-500", title="潞党参", supplier=supplier, selling_points="三年参\n手工")
    make_product(other_county)

    assert rows(client, "suppliers") == [
        {
            "id": supplier.pk, "county": "140425", "name": "东寺头合作社", "kind": "cooperative", "place": "140425100201",
            "registration": "", "licence_no": "", "address": "", "is_in_use": True, "version": 1,
        }
    ]  # fmt: skip
    assert rows(client, "products", supplier=supplier.pk) == [
        {
            "id": good.pk, "county": "140425", "sku": "LDS-500", "title": "潞党参", "supplier": supplier.pk, "net_weight_grams": 500,
            "list_price_fen": 5980, "selling_points": "三年参\n手工", "product_class": "craft", "spec": "", "sale_unit": "piece",
            "grade": None, "geo_indication": None, "brand": "", "storage": "room", "shelf_life_days": None,
            "return_policy": "seven_days", "actual_seller": "", "floor_price_fen": None, "floor_per": "piece", "is_in_use": True,
            "version": 1,
        }
    ]  # fmt: skip
    assert rows(client, "products", county="130529") == []
    assert rows(client, "suppliers", kind="household") == []


def test_a_session_says_its_plan_and_what_became_of_it(client, county):
    host = make_user("host", county, name="张小花", live_name="花花家")
    good = make_product(county, sku="LDS-500", title="潞党参")
    session = make_session(county, host, title="潞党参专场", planned_start_at=AT, line_up=[(good, 5980, 50)])
    session.guests.create(name="武㛃", title="县长", rank="top")
    told = {
        "id": str(session.pk), "county": "140425", "kind": "village_host", "state": "draft", "title": "潞党参专场",
        "host": {"id": host.pk, "name": "花花家"}, "place": "140425", "planned_start_at": "2026-11-20T20:00:00+08:00",
        "planned_end_at": "2026-11-20T22:00:00+08:00", "went_live_at": None, "ended_at": None, "goal_fen": None,
        "is_public_interest": False, "campaign": None, "series": None, "series_on": None, "note": "", "plan_version": 1,
        "released_version": None,
    }  # fmt: skip

    assert rows(client, "sessions") == [told]
    assert client.get(f"/api/v1/sessions/{session.pk}/").json() == told | {
        "rooms": [{"platform": "douyin", "room_id": "R1", "account": "A1"}],
        "guests": [{"name": "武㛃", "title": "县长", "rank": "top", "leader": None, "segment": None}],
        "line_up": [
            {"position": 1, "sku": "LDS-500", "title": "潞党参", "live_price_fen": 5980, "committed_stock": 50, "segment": None}
        ],
        "segments": [], "crew": [], "resources": [],
    }  # fmt: skip


def test_a_hosts_name_is_told_only_as_he_consents(client, county):
    quiet = make_user("host", county, name="张小花", shows_name=False)
    make_session(county, quiet, planned_start_at=AT)

    assert rows(client, "sessions")[0]["host"]["name"] == "主播"


def test_sessions_are_filtered_by_state_kind_and_day(client, county, host):
    days = [make_session(county, host, room=f"R{n}", planned_start_at=AT + timedelta(days=n)) for n in range(3)]
    LiveSession.objects.filter(pk=days[1].pk).update(kind="special", state="approved")

    assert [row["id"] for row in rows(client, "sessions", day="2026-11-21")] == [str(days[1].pk)]
    assert [row["id"] for row in rows(client, "sessions", kind="special")] == [str(days[1].pk)]
    assert [row["id"] for row in rows(client, "sessions", state="approved")] == [str(days[1].pk)]
    assert [row["id"] for row in rows(client, "sessions", ordering="planned_start_at")] == [str(day.pk) for day in days]
    assert [row["id"] for row in rows(client, "sessions")] == [str(day.pk) for day in reversed(days)]


@pytest.mark.parametrize("ordering", ["planned_start_at", "-planned_start_at"])
def test_pages_hold_each_row_once_also_where_many_begin_at_once(client, county, ordering):
    made = [make_session(county, room=f"R{n}", planned_start_at=AT + timedelta(days=n // 4)) for n in range(11)]

    pages = walked(client, "sessions", page_size=3, ordering=ordering)

    seen = [key for page in pages for key in page]
    assert [len(page) for page in pages] == [3, 3, 3, 2]
    assert sorted(seen) == sorted(str(session.pk) for session in made)
    assert seen == [row["id"] for row in rows(client, "sessions", page_size=200, ordering=ordering)]


def test_what_comes_in_between_moves_no_page(client, county):
    goods = [make_product(county) for _ in range(4)]
    first = client.get("/api/v1/products/", {"page_size": 2}).json()
    late = make_product(county)
    goods[0].delete()

    second = client.get("/api/v1/products/", {"page_size": 2, "cursor": first["next_cursor"]}).json()
    third = client.get("/api/v1/products/", {"page_size": 2, "cursor": second["next_cursor"]}).json()

    assert [[row["id"] for row in page["results"]] for page in (first, second, third)] == [
        [goods[0].pk or first["results"][0]["id"], goods[1].pk], [goods[2].pk, goods[3].pk], [late.pk],
    ]  # fmt: skip


def test_a_cursor_of_another_list_or_of_nobody_is_refused(client, county):
    for _ in range(3):
        make_product(county)
    cursor = client.get("/api/v1/products/", {"page_size": 1}).json()["next_cursor"]

    for path, text in (("suppliers", cursor), ("products", cursor[:-1]), ("products", "x"), ("people", cursor)):
        answer = client.get(f"/api/v1/{path}/", {"cursor": text})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["cursor"])


@pytest.mark.parametrize(
    ("size", "status"), [(1, 200), (200, 200), (0, 400), (201, 400), ("-1", 400), ("1.5", 400), ("１", 400), ("", 400)]
)
def test_pages_have_a_most(client, county, size, status):
    assert client.get("/api/v1/products/", {"page_size": size}).status_code == status


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("host", {"places": 200, "sessions": 200, "products": 403, "people": 403}),
        ("trainer", {"places": 200, "sessions": 200, "products": 200, "people": 200}),
        ("exporter", {"places": 200, "sessions": 200, "products": 403, "people": 403}),
        ("auditor", {"places": 200, "sessions": 200, "products": 200, "people": 200}),
    ],
)
def test_rights(county, session, role, seen):
    client = signed_in(make_user(role, county))

    assert {path: client.get(f"/api/v1/{path}/").status_code for path in seen} == seen


def test_a_host_reads_his_own_sessions(county, host, session):
    make_session(county, make_user("host", county), room="R2")

    assert [row["id"] for row in rows(signed_in(host), "sessions")] == [str(session.pk)]


@pytest.mark.parametrize("path", ["places", "people", "products", "suppliers", "sessions"])
def test_a_list_costs_the_same_whatever_its_length(client, county, host, path, django_assert_max_num_queries):
    for n in range(3):
        make_session(county, host, room=f"R{n}")
        make_product(county)
    client.get(f"/api/v1/{path}/")

    with django_assert_max_num_queries(6):  # session, user, second factor, appointments; the rows
        assert rows(client, path)
