"""The REST API of posters with the openings of their codes, of the public page, and of a practice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.poster import open_poster
from livestream.actions.practice import start_practice
from livestream.actions.session import end_session
from livestream.models import Poster
from livestream.rules.day import shanghai_day
from tests.factories import make_session, make_supplier
from tests.goods import make_goods
from tests.livestream.api.asking import asking, refused, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(county, host, now):
    farmer = make_supplier(county, name="欧阳槿柒", kind="household", registration="exempt")
    good = make_goods(county, sku="DHP", title="花椒", supplier=farmer, list_price_fen=3990)
    made = make_session(county, host, went_live_at=now - timedelta(hours=1), line_up=[(good, 2990, 86)])
    made.guests.create(name="王建国", title="平顺县县长", rank="county")
    return made


def test_a_poster_is_made_and_its_openings_are_counted(staff, session, now):
    ask = asking(staff, session)
    body = {"kind": "item", "headline": "石城花椒", "sku": "DHP", "shows_price": True}
    made = said(ask("posters", body, idempotency_key="p"), 201)
    said(ask("posters", body, idempotency_key="p"), 201)
    code, today = Poster.objects.get().code, shanghai_day(now)
    for on in (today, today, today - timedelta(days=1)):
        open_poster(code, on=on)
    (row,) = said(ask("posters"))["results"]

    assert (made["visits"], made["days"], made["is_advertisement"]) == (0, [], True)
    assert made["address"].rstrip("/").endswith(code)
    assert (row["visits"], [day["visits"] for day in row["days"]]) == (3, [1, 2])
    assert refused(ask("posters", body | {"headline": "花椒治胃病"})) == (409, "words_forbidden")
    assert refused(ask("posters", body | {"headline": "王建国推荐"})) == (409, "poster_leader_price")
    assert refused(ask("posters", {"kind": "item", "headline": "好货"})) == (409, "poster_needs_goods")
    assert refused(ask("posters", {"kind": "leader", "headline": "平顺好物"})) == (409, "poster_leader_none")
    assert (Poster.objects.count(), asking(staff, session, scopes=["read:sessions"])("posters", body).status_code) == (1, 403)


def test_a_poster_is_taken_back_once(staff, session, now):
    ask = asking(staff, session)
    made = said(ask("posters", {"kind": "session", "headline": "石城花椒"}), 201)
    path = f"posters/{made['id']}/withdraw"

    assert ask(path, {"why": ""}).status_code == 400
    taken = said(ask(path, {"why": "日期印错了"}))
    assert taken["withdrawn_at"] is not None
    assert said(ask(path, {"why": "再撤一次"})) == taken
    assert ask(f"posters/{made['id'] + 1}/withdraw", {"why": "别的"}).status_code == 404


def test_the_public_page_is_told_without_a_name_that_nobody_agreed_to(staff, county, host, session, stranger, now):
    page = said(asking(staff, session)("public"))
    draft = make_session(county, host, room="R9", planned_start_at=now + timedelta(days=1))

    assert (page["phase"], page["consumer_line"], page["address"]) == (
        "on_air", "12315", f"http://testserver/s/{session.pk}/",
    )  # fmt: skip
    (item,) = page["items"]
    assert (item["title"], item["supplier"], item["price"]) == ("花椒", "一户农户", "¥\u200929.90 一件")
    assert {"name": "净重", "words": item["facts"][0]["words"]} in item["facts"]
    assert "欧阳槿柒" not in str(page)
    assert asking(staff, draft)("public").status_code == 404
    assert asking(stranger, session, scopes=())("public").status_code == 404


def test_a_practice_is_told_to_its_host_alone(host, staff, session, now):
    end_session(session, at=now)
    room = start_practice(host, [session.line_up.get().product_id], at=now - timedelta(minutes=20))
    ask = asking(host, room, scopes=())
    told = said(ask("practice"))

    assert (told["is_over"], told["goods"], told["presented"], len(told["hints"])) == (False, 1, 0, 3)
    assert told["sold"] == {name: sum(item[name] for item in told["items"]) for name in told["sold"]}
    end_session(room, at=now)
    assert said(ask("practice"))["is_over"] is True
    assert asking(staff, room)("practice").status_code == asking(host, session, scopes=())("practice").status_code == 404
