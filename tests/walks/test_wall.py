"""The wall: the number on it is the number in the database, through pushes, a dead server, a strange client."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from livestream.actions.session import end_session
from orders.actions.intake import receive
from orders.models import DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session


def sell(shop, *numbers, **kwargs):
    bodies = (make_order_body(no, **kwargs) for no in numbers)
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=datetime.now(UTC))


def numbers(prefix, count):
    return [f"{prefix}{n}" for n in range(count)]


@pytest.mark.browser
def test_wall_shows_what_the_database_holds(page, sign_in, session, shop, staff):
    sign_in(staff)
    page.goto("/board/county/140425/")
    big = page.locator("[data-n='totals.orders']")
    expect(big).to_have_text("0")

    for wave in range(4):
        sell(shop, *numbers(f"W{wave}-", 321))

    counted = DayTally.objects.get(scope="county:140425")
    expect(big).to_have_text("1,284")
    assert counted.orders == 1284
    expect(page.locator("[data-n='totals.paid_fen']")).to_have_text("¥\u2009153,566")
    expect(page.locator(".onair [data-orders]")).to_have_text(["1,284"])
    expect(page.locator(".hot [data-units]")).to_have_text(["2,568"])
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [1080, 1920]
    assert page.locator("[data-plot] canvas").count() == 1


@pytest.mark.browser
def test_wall_says_that_the_line_is_down_and_is_right_again_afterwards(page, server, sign_in, session, shop, staff):
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")
    sell(shop, "T1")
    expect(page.locator("[data-n='totals.orders']")).to_have_text("1")

    server.stop()

    expect(page.locator(".lost [data-age-text]")).to_contain_text("断线，数据停在")
    expect(page.locator("[data-n='totals.orders']")).to_have_text("1")
    sell(shop, "T2", "T3")
    server.start()
    expect(page.locator("[data-n='totals.orders']")).to_have_text("3", timeout=20_000)
    expect(page.locator("[data-age-text]")).to_contain_text("秒前")
    expect(page.locator(".lost")).to_have_count(0)


@pytest.mark.browser
def test_board_takes_titles_as_text_and_follows_the_session_to_its_end(page, sign_in, county, host, shop, staff):
    title = "<img src=x onerror=alert(1)>{{7*7}}"
    product = make_product(county, "LDS-500", title=title)
    session = make_session(county, host, went_live_at=datetime.now(UTC), line_up=[(product, 5980, 3)], title=title)
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")
    sell(shop, "T1", "T2")
    sell(shop, "T3", lines=((1, "<script>", 1, 100),))

    expect(page.locator(".items [data-title]")).to_have_text([title, "<script>"])
    expect(page.locator(".items [data-left]")).to_have_text(["-1", "—"])
    expect(page.locator("[data-scarce-text]")).to_have_text(f"{title} · 超卖 1")
    end_session(session, at=datetime.now(UTC))
    expect(page.locator("[data-state-chip]")).to_have_text("已下播")


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (3840, 2160)])
def test_wall_of_any_size_has_no_scrollbar(page, sign_in, session, shop, staff, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(staff)
    page.goto("/board/county/140425/")

    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == list(size)


@pytest.mark.browser
def test_board_on_a_phone_stacks_and_is_not_wider_than_the_phone(page, sign_in, session, shop, staff):
    page.set_viewport_size({"width": 390, "height": 844})
    sell(shop, *numbers("T", 5))
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("[data-n='totals.orders']")).to_have_text("5")


def cookie(user) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_client_that_nobody_here_wrote_reads_the_frames(live_url, session, shop, staff):
    address = f"{live_url.replace('http', 'ws')}/ws/board/session/{session.pk}/"
    with connect(address, origin=live_url, additional_headers={"Cookie": cookie(staff)}) as socket:
        first = json.loads(socket.recv(timeout=3))
        sell(shop, "T1", "T2")
        second = json.loads(socket.recv(timeout=3))

    assert (first["totals"]["orders"], second["totals"]["orders"]) == (0, 2)
    assert (second["epoch"], second["version"]) == (first["epoch"], first["version"] + 1)


def test_client_without_a_right_is_refused_in_the_handshake(live_url, session, stranger, staff):
    address = f"{live_url.replace('http', 'ws')}/ws/board/session/{session.pk}/"
    tries = [
        {"origin": live_url},
        {"origin": live_url, "additional_headers": {"Cookie": cookie(stranger)}},
        {"additional_headers": {"Cookie": cookie(staff)}},
        {"origin": "http://evil.example", "additional_headers": {"Cookie": cookie(staff)}},
    ]
    statuses = []
    for options in tries:
        with pytest.raises(InvalidStatus) as refused:
            connect(address, **options)
        statuses.append(refused.value.response.status_code)

    assert statuses == [403, 403, 403, 403]
