"""The page of a replay, and its states by GET: who may see them, and what they say before there is anything to play."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from livestream.models import Incident, LiveSession, Pitch, ViewerReading
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user

NOBODY = "00000000-0000-0000-0000-000000000000"
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai


@pytest.fixture
def over(county, host, shop, staff):
    """An hour on air, three orders at 20:05, one refunded at 20:07 and one the next day."""
    product = make_product(county, "LDS-500", title="<b>潞党参</b>")
    session = make_session(
        county, host, went_live_at=START, ended_at=START + timedelta(hours=1), line_up=[(product, 5980, 5)], title="<i>专场</i>"
    )

    def tell(*bodies, at):
        receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)

    at = START + timedelta(minutes=5)
    tell(*(make_order_body(f"T{n}", at=at) for n in range(3)), at=at)
    for no, moment in (("T0", START + timedelta(minutes=7)), ("T1", START + timedelta(days=1))):
        tell(make_order_body(no, at=at, version=2, refunds=(("R1", 1, 5980),)), at=moment)
    Pitch.objects.create(session=session, product=product, started_at=at, ended_at=at + timedelta(minutes=4))
    Incident.objects.create(
        session=session, kind="stream_lost", happened_at=at + timedelta(minutes=6), note="<s>", noted_by=staff
    )
    return session


def cells(html):
    """The table of the minutes, as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)[1]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def test_page_tells_the_evening_without_a_script(client, over, host):
    client.force_login(host)

    response = client.get(f"/board/session/{over.pk}/replay/")

    html = response.content.decode()
    assert response.status_code == 200
    assert cells(html) == [
        ["20:06", "+3", "3", "¥\u2009359", "¥\u20090", "¥\u2009359", "20:05 讲解 &lt;b&gt;潞党参&lt;/b&gt;"],
        ["20:08", "0", "3", "¥\u2009359", "¥\u200960", "¥\u2009299", ""],
        ["20:12", "0", "3", "¥\u2009359", "¥\u200960", "¥\u2009299", "20:11 断播 &lt;s&gt;"],
        ["下播以后", "0", "3", "¥\u2009359", "¥\u2009120", "¥\u2009239", ""],
    ]
    assert dict(re.findall(r'data-n="(\w+)"[^>]*>([^<]*)<', html)) == {
        "orders": "3", "paid_fen": "¥\u2009359", "refunded_fen": "¥\u2009120", "net_fen": "¥\u2009239", "units": "6",
    }  # fmt: skip
    assert re.search(r"data-left>(.*?)<", html)[1] == "-1"
    assert "<b>回放</b> 不是实时" in html
    assert "<i>专场" not in html
    head = json.loads(re.search(r'<script id="replay-head" type="application/json">(.*?)</script>', html)[1])
    assert (head["last"], head["items"]) == (91, [{"id": "LDS-500", "title": "<b>潞党参</b>", "stock": 5}])
    assert "no-store" in response.headers["Cache-Control"]
    assert (head["online"], head["stale_s"], "data-crowd>这一场没有观众数据<" in html) == ([], 600, True)


def test_page_plays_viewers_as_they_were_read_by_platform(client, over, host):
    began = over.went_live_at
    for platform, minutes, counts in (
        ("douyin", 2, {"online_now": 90}),
        ("douyin", 1, {"online_now": 40}),
        ("wechat", 2, {"online_now": 7}),
    ):
        ViewerReading.objects.create(
            session=over, platform=platform, source="tap", read_at=began + timedelta(minutes=minutes), view_pv=500, **counts
        )
    client.force_login(host)

    html = client.get(f"/board/session/{over.pk}/replay/").content.decode()

    head = json.loads(re.search(r'<script id="replay-head" type="application/json">(.*?)</script>', html)[1])
    second = int(began.timestamp())
    assert head["online"] == [[[second + 60, 40], [second + 120, 90]], [[second + 120, 7]]]
    assert "data-crowd>最高一间 90 · 观看 1,000 人次<" in html


def test_curve_is_as_high_as_its_highest_minute(client, over, staff):
    client.force_login(staff)

    html = client.get(f"/board/session/{over.pk}/replay/").content.decode()

    flat = "".join(f"V100H{n}" for n in range(1, 6))
    assert f'd="M0 100{flat}V8H6V100H7' in html
    assert 'class="pitch" x="5.00" y="0" width="4.00"' in html


@pytest.mark.parametrize(
    ("state", "said", "link"),
    [("approved", "还没有开播", False), ("live", "还没有下播", True), ("cancelled", "这一场已取消", False)],
)
def test_page_before_the_end_says_when_there_will_be_something(client, county, host, staff, state, said, link):
    session = make_session(county, host, went_live_at=START if state == "live" else None)
    LiveSession.objects.filter(pk=session.pk).update(state=state)
    client.force_login(staff)

    response = client.get(f"/board/session/{session.pk}/replay/")

    html = response.content.decode()
    assert (response.status_code, said in html, "看实时大屏" in html) == (200, True, link)
    assert "replay.js" not in html


def test_a_session_that_sold_nothing_has_a_replay_all_the_same(client, county, host, staff):
    session = make_session(county, host, went_live_at=START, ended_at=START + timedelta(minutes=1))
    client.force_login(staff)

    html = client.get(f"/board/session/{session.pk}/replay/").content.decode()

    assert cells(html) == [["下播以后", "0", "0", "¥\u20090", "¥\u20090", "¥\u20090", ""]]
    assert "这一场没有排品，也没有卖出商品。" in html


def test_rights_are_those_of_the_board(client, over, county, host, staff, trainer, stranger):
    other_host = make_user("host", county)
    pages = f"/board/session/{over.pk}/replay/", f"/api/v1/board/session/{over.pk}/replay/"
    assert [client.get(page).status_code for page in pages] == [302, 401]
    statuses = {}
    for name, user in {"host": host, "staff": staff, "trainer": trainer, "other host": other_host, "stranger": stranger}.items():
        client.force_login(user)
        statuses[name] = [client.get(page).status_code for page in pages]

    assert statuses == {
        "host": [200, 200], "staff": [200, 200], "trainer": [200, 200], "other host": [404, 404], "stranger": [404, 404],
    }  # fmt: skip
    assert client.get(f"/board/session/{NOBODY}/replay/").status_code == 404
    assert client.get(f"/api/v1/board/session/{NOBODY}/replay/").status_code == 404


def test_states_by_get(client, over, staff):
    client.force_login(staff)
    address = f"/api/v1/board/session/{over.pk}/replay/"

    first = client.get(address)
    part = client.get(f"{address}?from=6&count=2")
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert [len(first.json()["states"]), first.json()["next"]] == [60, 60]
    assert part.json()["states"] == first.json()["states"][6:8]
    assert (part.json()["from"], part.json()["next"], "minutes" in part.json()) == (6, 8, False)
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_states_refuse_what_is_no_position(client, over, staff):
    client.force_login(staff)
    address = f"/api/v1/board/session/{over.pk}/replay/"
    asked = ["from=-1", "from=x", "count=0", "count=601", "from=99999999999999999999", "from=1&from=zwei"]

    assert [client.get(f"{address}?{query}").status_code for query in asked] == [400] * len(asked)
    assert client.get(f"{address}?from=9999").json()["states"] == []


def test_states_before_the_end_are_refused_with_a_word(client, session, staff):
    client.force_login(staff)

    response = client.get(f"/api/v1/board/session/{session.pk}/replay/")

    said = response.json()
    assert (response.status_code, said["code"], said["detail"]) == (409, "not_ended", "这一场还没有下播，下播以后才能回放。")
