"""The register's pages: who keeps it, what is refused in words, what happens to what was typed."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest

from livestream.models import Guest, Leader
from tests.factories import make_leader, make_place, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
LIST = "/plan/leaders/"
TYPED = {"name": "武㛃", "title": "县长", "unit": "平顺县人民政府", "department": "government", "rank": "top"}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


def kept():
    return list(Leader.objects.order_by("pk").values_list("name", "title", "unit", "department", "rank", "is_in_office"))


def test_staff_register_a_leader(county, staff):
    client = signed_in(staff)

    answer = client.post(f"{LIST}new/?county={county.pk}", TYPED | {"name": " 武 㛃 ", "title": "县\x00长"})

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert kept() == [("武㛃", "县 长", "平顺县人民政府", "government", "top", True)]
    assert "武㛃登记好了。" in text_of(client.get(LIST))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "请填写。"),
        ({"name": "武" * 41}, "最多写 40 个字，现在是 41 个。"),
        ({"unit": "x" * 1_000_000}, "最多写 60 个字，现在是 1000000 个。"),
        ({"department": ""}, "请选一个。"),
        ({"rank": "king"}, "请从列表里选。"),
        ({"unit": "县市场监督管理局"}, "单位或职务里有“市场监督”，单位类别请选它所在的那一类。"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(county, staff, typed, said):
    answer = signed_in(staff).post(f"{LIST}new/", TYPED | typed)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="县长"' in answer.content.decode()
    assert kept() == []


def test_a_namesake_is_asked_about(county, staff):
    make_leader(county, "武㛃", unit="县政协")
    client = signed_in(staff)

    asked = client.post(f"{LIST}new/", TYPED)

    assert asked.status_code == 422
    assert "登记里已经有一位武㛃（县政协）。是同一个人，就改原来那一行" in text_of(asked)
    assert 'name="is_namesake"' in asked.content.decode()
    assert client.post(f"{LIST}new/", TYPED | {"is_namesake": "on"}).status_code == 302
    assert Leader.objects.count() == 2


def test_a_row_is_changed_and_put_out_of_office(county, staff):
    leader, client = make_leader(county, "武㛃"), signed_in(staff)

    assert client.post(f"{LIST}{leader.pk}/", TYPED | {"title": "县委书记"}).status_code == 302
    assert client.post(f"{LIST}{leader.pk}/office/", {"in_office": "no"}).status_code == 302

    assert kept() == [("武㛃", "县委书记", "平顺县人民政府", "government", "top", False)]
    assert "不在任" in text_of(client.get(LIST))
    client.post(f"{LIST}{leader.pk}/office/", {"in_office": "yes"})
    assert Leader.objects.in_office().exists()


def test_guests_who_are_not_in_the_register_are_named_and_linked(county, session, staff):
    Guest.objects.create(session=session, name="武㛃", title="县长", rank="top")
    Guest.objects.create(session=session, name="申喆", title="种植能手", rank="other")
    client = signed_in(staff)

    page = client.get(LIST).content.decode()
    address = html.unescape(re.search(r'href="(/plan/leaders/new/\?[^"]*name=[^"]+)"', page).group(1))

    assert "申喆" not in page
    assert 'value="武㛃"' in client.get(address).content.decode()
    Leader.objects.create(county=county, name="武㛃", title="县长", rank="top", department="government", unit="x")
    assert client.post(f"{LIST}link/", follow=True).content.decode().count("认出了 1 位嘉宾。") == 1
    assert Guest.objects.get(name="武㛃").leader == Leader.objects.get()


def test_a_merge_that_is_refused_says_why(county, staff):
    rows = [make_leader(county, name) for name in ("武㛃", "武洁")]
    for leader, room in zip(rows, "AB", strict=True):
        session = make_session(county, planned_start_at=datetime(2030, 1, 5, 8, tzinfo=UTC), room=room, account=room)
        Guest.objects.create(session=session, name=leader.name, title="县长", rank="top", leader=leader)

    answer = signed_in(staff).post(f"{LIST}{rows[0].pk}/merge/", {"other": rows[1].pk})

    assert answer.status_code == 422
    assert "这位领导会同时出现在两场里" in text_of(answer)


def test_another_countys_leader_is_not_there(county, staff, stranger):
    leader, client = make_leader(county, "武㛃"), signed_in(stranger)
    own = make_leader(stranger.place, "解县长")

    for path in (f"{LIST}{leader.pk}/", f"{LIST}{leader.pk}/merge/"):
        assert (client.get(path).status_code, client.post(path, TYPED).status_code) == (404, 404)
    assert client.post(f"{LIST}{own.pk}/merge/", {"other": leader.pk}).status_code == 422
    assert "武㛃" not in client.get(LIST, {"county": county.pk}).content.decode()
    assert signed_in(staff).get(f"{LIST}{leader.pk}/").status_code == 200


@pytest.mark.parametrize(("role", "reads", "keeps"), [("approver", 200, 403), ("auditor", 200, 403), ("trainer", 200, 403), ("host", 403, 403)])  # fmt: skip
def test_others_read_the_register_at_most(county, role, reads, keeps):
    leader, client = make_leader(county), signed_in(make_user(role, county))

    assert client.get(LIST).status_code == reads
    assert [client.get(f"{LIST}{leader.pk}/").status_code, client.post(f"{LIST}link/").status_code] == [keeps, keeps]


def test_whoever_has_many_counties_chooses_one(county):
    make_leader(county, "武㛃")
    make_leader(make_place("140427", "壶关县"), "和秋实")
    client = signed_in(make_user("staff", make_place("1404", "长治市")))

    assert "请先选一个县" in text_of(client.get(LIST))
    assert "和秋实" in text_of(client.get(LIST, {"county": "140427"}))
    assert "武㛃" not in text_of(client.get(LIST, {"county": "140427"}))


@pytest.mark.parametrize("times", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(county, staff, times, django_assert_num_queries):
    for _ in range(times):
        make_leader(county)
    client = signed_in(staff)
    client.get(LIST)

    with django_assert_num_queries(9):
        client.get(LIST)
