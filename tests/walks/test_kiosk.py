"""A kiosk link from its making to its end: the staff's page, a screen without a login, a number that moves, and the last word."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from orders.actions.intake import receive
from orders.board import hub
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

pytestmark = pytest.mark.browser
ORDERS = '[data-n="totals.orders"]'
BIG = ".big" + ORDERS


@pytest.fixture
def screen(page):
    """A browser where nobody is signed in; what it asks the server for is in `asked`, as (address, referrer)."""
    context = page.context.browser.new_context(
        base_url=page.url or None, viewport={"width": 1920, "height": 1080}, locale="zh-CN"
    )
    context.set_default_timeout(10_000)
    screen = context.new_page()
    screen.asked, screen.broken = [], []
    screen.on("request", lambda request: screen.asked.append((request.url, request.headers.get("referer"))))
    screen.on("pageerror", lambda error: screen.broken.append(str(error)))
    screen.on("console", lambda said: screen.broken.append(said.text) if "Content Security Policy" in said.text else None)
    yield screen
    context.close()
    assert screen.broken == []


def sell(shop, *numbers):
    bodies = (make_order_body(no, lines=((1, "LDS-500", 1, 73_519_753),)) for no in numbers)
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=datetime.now(UTC))


def make_link(page, **choices) -> str:
    """Through the page, as staff does; the address that it tells."""
    page.goto("/board/links/")
    page.get_by_label("哪块屏").fill("一楼大厅")
    page.get_by_label("显示什么").select_option(label=choices["board"])
    if choices.get("hides_money"):
        page.get_by_label("不显示金额").check()
    page.get_by_role("button", name="建链接").click()
    expect(page.get_by_text("地址只显示这一次")).to_be_visible()
    return page.locator("[data-address]").input_value()


def check_rights_every(seconds):
    """The pace of the hub that serves the screen."""
    for one in hub._hubs.values():
        one.pace = one.pace._replace(rights=seconds)


def test_link_is_made_opened_and_taken_back(page, sign_in, screen, session, shop, staff, caplog):
    caplog.set_level(logging.DEBUG)
    sign_in(staff)
    address = make_link(page, board="平顺县：今日直播")
    token = address.partition("kiosk=")[2]
    assert page.locator("img.qr").evaluate("image => [image.complete, image.naturalWidth > 0]") == [True, True]

    screen.goto(address)
    expect(screen.locator(BIG)).to_have_text("0")
    sell(shop, "T1", "T2")
    expect(screen.locator(BIG)).to_have_text("2")
    page.goto("/board/links/")
    expect(page.get_by_text("正在用")).to_be_visible()

    page.get_by_text("收回…").click()
    page.get_by_role("button", name="收回这条链接").click()
    expect(page.get_by_text("“一楼大厅”的链接收回了。")).to_be_visible()
    check_rights_every(0.2)

    expect(screen.get_by_role("heading", name="这个链接打不开大屏")).to_be_visible()
    expect(screen.get_by_text("请找给您链接的人（县电商中心），再要一个新的。")).to_be_visible()
    screen.wait_for_load_state("networkidle")
    asked = len(screen.asked)
    screen.wait_for_timeout(1500)
    assert len(screen.asked) == asked  # it says so and rests
    assert [url for url, referrer in screen.asked if referrer] == []
    assert screen.context.cookies() == []
    said = json.dumps([[str(record.msg), str(record.args), record.getMessage()] for record in caplog.records], ensure_ascii=False)
    assert "[accepted]" in said  # what uvicorn says of sockets was heard
    assert token not in said


def test_screen_without_money_never_had_any(page, sign_in, screen, session, shop, staff):
    sign_in(staff)
    heard, answers = [], []
    screen.on("websocket", lambda socket: socket.on("framereceived", lambda payload: heard.append(payload)))
    screen.on("response", lambda answer: answers.append(answer))
    page.goto("/board/links/")
    label = page.locator(f'select[name="board"] option:has-text("{session.title}")').inner_text()

    screen.goto(make_link(page, board=label, hides_money=True))
    until = time.monotonic() + 5
    while len(heard) < 2 and time.monotonic() < until:  # a frame and a detail
        screen.wait_for_timeout(20)
    sell(shop, "T1", "T2")
    expect(screen.locator(BIG)).to_have_text("2")

    assert len(heard) > 2
    heard += [answer.text() for answer in answers if answer.request.resource_type == "document"]
    assert [text for text in heard if any(money in text for money in ("73519753", "147039506", "735,198", "1,470,395"))] == []
    expect(screen.get_by_text("金额已隐藏")).to_be_visible()


def test_page_of_links_fits_a_phone_and_copies(page, sign_in, session, staff):
    sign_in(staff)
    page.context.grant_permissions(["clipboard-write"])
    address = make_link(page, board="平顺县：今日直播")

    page.get_by_role("button", name="复制地址").click()

    expect(page.get_by_text("复制好了")).to_be_visible()
    page.evaluate("document.querySelector('main').append(Object.assign(document.createElement('textarea'), { id: 'pasted' }))")
    page.focus("#pasted")
    page.keyboard.press("Control+V")  # no page of ours may read the clipboard; a person may paste
    assert page.input_value("#pasted") == address
    page.evaluate("document.getElementById('pasted').remove()")
    page.set_viewport_size({"width": 390, "height": 844})
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    page.goto("/board/links/")
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    page.get_by_text("收回…").click()
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    assert widths == [390, 390, 390]
