"""The board pages and the newest frame by GET."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from orders.actions.intake import receive
from orders.board.frame import session_frame
from orders.models import BoardEpoch
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user
from tests.sign_in import enter

NOBODY = "00000000-0000-0000-0000-000000000000"


def sell(shop, *orders, at=None):
    receive([make_arrival(shop, *orders)], cause=Cause.PUSH, at=at or datetime.now(UTC))


def figures(html: str) -> dict[str, str]:
    """What stands on the page where the script would write."""
    return dict(re.findall(r'data-n="([\w.]+)"[^>]*>([^<]*)<', html))


def test_county_board_is_right_before_any_script(client, session, shop, staff):
    at = datetime.now(UTC)
    for wave in "ABC":
        sell(shop, *(make_order_body(f"{wave}{n}", lines=((1, "LDS-500", 2, 1_196_050),)) for n in range(400)), at=at)
    client.force_login(staff)

    response = client.get("/board/county/140425/")

    html = response.content.decode()
    shown = figures(html)
    for name in ("last_order_at", "rate.peak_at", "rate.s1", "rate.s10", "rate.s60"):  # by the clock
        del shown[name]
    assert shown == {
        "totals.orders": "1,200",
        "rate.peak_s1": "1,200",
        "totals.paid_fen": "¥\u200914,352,600",
        "totals.refunded_fen": "¥\u20090",
        "totals.net_fen": "¥\u200914,352,600",
        "counts.live": "1",
        "counts.planned": "0",
        "counts.ended": "0",
        "totals.units": "2,400",
        "unattributed.orders": "0",
    }
    state = json.loads(re.search(r'<script id="board-state" type="application/json">(.*?)</script>', html)[1])
    assert (state["frame"]["scope"], state["frame"]["totals"]["orders"]) == ("county:140425", 1200)
    assert 'data-socket="/ws/board/county/140425/"' in html
    assert "no-store" in response.headers["Cache-Control"]


def test_session_board_shows_its_goods_and_what_is_left(client, county, host, shop, staff):
    product = make_product(county, "LDS-500", title="<b>潞党参</b>")
    session = make_session(county, host, went_live_at=datetime.now(UTC), line_up=[(product, 5980, 20)], goal_fen=1_196_000)
    sell(shop, *(make_order_body(f"T{n}") for n in range(9)))
    client.force_login(host)

    html = client.get(f"/board/session/{session.pk}/").content.decode()

    goods = html.partition('data-list="slots"')[2].partition("</ol>")[0]
    assert re.findall(r"<span data-title>([^<]*)</span>", goods) == ["&lt;b&gt;潞党参&lt;/b&gt;"]
    assert re.findall(r"data-left>([^<]*)<", goods) == ["2"]
    assert re.search(r"data-goal-percent>([^<]*)<", html)[1] == "9%"


def test_county_without_anything_says_what_will_be_here(client, county, staff):
    client.force_login(staff)

    html = client.get("/board/county/140425/").content.decode()

    shown = re.findall(r'class="none" data-none="(\w+)"( hidden)?', html)
    lists = ["moments", "sessions", "items", "weights", "alerts", "villages", "sources"]
    assert shown == [(name, "") for name in lists]
    assert "今天还没有场次" in html


@pytest.fixture
def people(host, staff, trainer, stranger, county):
    return {
        "host": host,
        "other host": make_user("host", county),
        "staff": staff,
        "trainer": trainer,
        "stranger": stranger,
        "admin": make_user("admin", county),
    }


@pytest.mark.parametrize(
    ("path", "seen_by"),
    [
        ("board/session/{session}/", {"host", "staff", "trainer", "admin"}),
        ("board/county/140425/", {"staff", "trainer", "admin"}),
        ("board/county/130529/", {"stranger", "admin"}),
        (f"board/session/{NOBODY}/", set()),
        ("board/county/14/", set()),
    ],
)
@pytest.mark.parametrize("prefix", ["/", "/api/v1/"])
def test_board_and_frame_are_404_to_everybody_else(client, session, people, path, seen_by, prefix):
    address = prefix + path.format(session=session.pk)
    statuses = {}
    for name, user in people.items():
        enter(client, user)
        statuses[name] = client.get(address).status_code

    assert statuses == {name: 200 if name in seen_by else 404 for name in people}


def test_nobody_sees_a_board_without_signing_in(client, session):
    page = client.get(f"/board/session/{session.pk}/")
    frame = client.get(f"/api/v1/board/session/{session.pk}/")

    assert (page.status_code, page.headers["Location"]) == (302, f"/login/?next=/board/session/{session.pk}/")
    assert frame.status_code == 401


def test_frame_by_get_is_the_frame(client, session, shop, staff):
    sell(shop, make_order_body("T1"))
    client.force_login(staff)

    response = client.get(f"/api/v1/board/session/{session.pk}/")

    frame = session_frame(session)
    assert response.json() | {"as_of": "", "rate": {}} == frame | {"as_of": "", "rate": {}}
    assert response.headers["ETag"] == f'W/"{BoardEpoch.objects.get().epoch}-{frame["version"]}"'
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_county_frame_by_get_holds_every_key_of_the_frame(client, session, shop, staff, django_assert_num_queries):
    sell(shop, make_order_body("T1"))
    client.force_login(staff)
    client.get("/api/v1/board/county/140425/")  # the first frame of all makes the epoch

    with django_assert_num_queries(
        8
    ):  # session, user, posts, county (its right, its frame), version, sessions of the day, figures
        frame = client.get("/api/v1/board/county/140425/").json()

    assert sorted(frame) == sorted([
        "epoch", "scope", "version", "as_of", "state", "checking", "totals", "rate", "last_order_at", "title", "counts", "sessions",
        "unattributed", "items", "minutes",
    ])  # fmt: skip
    assert frame["sessions"][0]["totals"] == frame["totals"]


def test_frame_that_is_known_is_not_sent_again(client, session, shop, staff):
    address = f"/api/v1/board/session/{session.pk}/"
    client.force_login(staff)
    etag = client.get(address).headers["ETag"]

    known = client.get(address, headers={"If-None-Match": etag})

    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", etag)
    sell(shop, make_order_body("T1"))
    newer = client.get(address, headers={"If-None-Match": etag})
    assert (newer.status_code, newer.json()["totals"]["orders"]) == (200, 1)
    assert newer.headers["ETag"] != etag


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_board_is_only_to_be_looked_at(client, session, staff, method):
    client.force_login(staff)

    assert getattr(client, method)(f"/board/session/{session.pk}/").status_code == 405
    assert getattr(client, method)(f"/api/v1/board/session/{session.pk}/").status_code == 405
