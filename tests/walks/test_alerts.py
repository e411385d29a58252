"""An alarm appears by itself, somebody takes note of it, and it leaves the number in the menu: with the script, and without it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from orders.actions.alert import acknowledge, raise_alerts
from orders.actions.intake import receive
from orders.models import Alert
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user


@pytest.fixture
def on_air(county, host):
    now = datetime.now(UTC)
    goods = [(make_product(county, f"G{n}", title=title), 2980, 5) for n, title in enumerate(["潞党参 500g", "大红袍花椒 250g"])]
    return make_session(county, host, went_live_at=now - timedelta(minutes=3), line_up=goods)


def oversell(shop, n):
    now = datetime.now(UTC)
    body = make_order_body(f"T{n}{now:%H%M%S%f}", at=now, lines=((1, f"G{n}", 7, 2980 * 7),))
    receive([make_arrival(shop, body)], cause=Cause.PUSH, at=now)
    raise_alerts(now)


def ask_at_once(page):
    """As when the network comes back; without it the page asks every five seconds."""
    page.evaluate("dispatchEvent(new Event('online'))")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_an_alarm_appears_by_itself_and_leaves_the_menu_when_somebody_takes_note(page, sign_in, on_air, shop, staff, width):
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(staff)
    page.goto("/alerts/")
    menu, cards = page.locator("#unread-alerts"), page.locator(".alert")
    expect(page.get_by_text("一切正常")).to_be_visible()
    expect(menu).to_be_hidden()
    page.evaluate("window.stayed = true")

    oversell(shop, 0)
    expect(page.get_by_role("status").filter(has_text="有 1 条提醒还没有人看，其中 1 条紧急。")).to_be_visible(timeout=12_000)
    expect(menu).to_have_text("1")
    expect(cards).to_contain_text("卖出 7 件，承诺库存只有 5 件，多卖了 2 件。")
    page.get_by_role("button", name="知道了").focus()
    oversell(shop, 1)
    ask_at_once(page)
    expect(menu).to_have_text("2")
    assert page.evaluate("document.activeElement.id").startswith("note-")  # the keyboard is where it was

    cards.filter(has_text="超卖 · 潞党参").get_by_role("button", name="知道了").click()
    expect(menu).to_have_text("1")
    expect(page.get_by_text("有人知道了，还没有解除")).to_be_visible()
    expect(cards.filter(has_text="超卖 · 潞党参")).to_contain_text("知道了")

    colleague = make_user("staff", on_air.county, name="王芳")
    acknowledge(Alert.objects.unread().get(), by=colleague, at=datetime.now(UTC))
    ask_at_once(page)
    expect(menu).to_be_hidden()
    expect(page.get_by_text("现在没有要您处理的提醒。")).to_be_visible()
    assert page.evaluate("[window.stayed, document.documentElement.scrollWidth]") == [True, width]
    assert Alert.objects.unread().count() == 0


@pytest.mark.browser
def test_without_scripts_every_button_works(page, sign_in, on_air, shop, staff, live_url):
    oversell(shop, 0)
    sign_in(staff)
    plain = page.context.browser.new_context(base_url=live_url, java_script_enabled=False, locale="zh-CN")
    plain.add_cookies(page.context.cookies())
    still = plain.new_page()
    still.goto("/alerts/?kind=oversold")

    still.get_by_role("button", name="知道了").click()

    expect(still.get_by_text("有人知道了，还没有解除")).to_be_visible()
    assert still.url == f"{live_url}/alerts/?kind=oversold"
    still.get_by_label("看哪一类").select_option("no_orders")
    still.get_by_role("button", name="看", exact=True).click()
    expect(still.get_by_text("一切正常")).to_be_visible()
    plain.close()


@pytest.mark.browser
def test_without_a_network_the_page_says_that_nothing_changed(page, sign_in, server, on_air, shop, staff):
    oversell(shop, 0)
    sign_in(staff)
    page.goto("/alerts/")
    server.stop()

    page.get_by_role("button", name="知道了").click()

    expect(page.get_by_text("没有发出去，网络可能断了。")).to_be_visible()
    assert Alert.objects.unread().count() == 1
