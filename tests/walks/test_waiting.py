"""Staff look after what waits: with the script, and without it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from orders.actions.arrival import Arrival, ShopRef
from orders.actions.hints import dismiss_hint
from orders.actions.intake import receive
from orders.models import Hint
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from tests.factories import make_shop, make_user


def given_up(shop, *numbers):
    now = datetime.now(UTC)
    facts = tuple(HintFact("order", number) for number in numbers)
    receive([Arrival(ShopRef(shop.pk, shop.county_id), hints=facts)], cause=Cause.PUSH, at=now - timedelta(hours=1))
    Hint.objects.update(given_up_at=now, reason="missing", attempts=8)


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_a_hint_is_retried_another_let_rest_and_a_third_settled_by_a_colleague(page, sign_in, county, staff, width):
    colleague = make_user("staff", county, name="王芳")
    given_up(make_shop(county, "douyin"), "A1", "A2", "A3")
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(staff)
    page.goto("/desk/")
    page.locator(".stats a.stat", has_text="等待处理").click()
    row = page.locator(".item")
    expect(row).to_have_count(3)
    page.evaluate("window.stayed = true")

    row.filter(has_text="A1").get_by_role("button", name="重试").click()
    expect(page.get_by_text("A1 排到最前面了，马上再去取。")).to_be_visible()
    expect(row).to_have_count(2)
    resting = row.filter(has_text="A2")
    resting.get_by_text("不再处理…").click()
    resting.get_by_role("button", name="不再处理").click()  # the browser itself asks for the note
    note = resting.get_by_label("为什么？写给同事看")
    note.evaluate("field => field.required = false")
    note.fill(" ")
    resting.get_by_role("button", name="不再处理").click()
    expect(page.get_by_text("请写一句为什么不再处理")).to_be_visible()
    note.fill("平台后台查不到")
    resting.get_by_role("button", name="不再处理").click()
    expect(row).to_have_count(1)
    dismiss_hint(Hint.objects.get(number="A3"), by=colleague, note="我来", at=datetime.now(UTC))
    row.get_by_role("button", name="重试").click()
    expect(page.get_by_text("王芳已经处理过这一条：不再处理。")).to_be_visible()
    expect(page.get_by_text("没有取不到的订单")).to_be_visible()

    assert page.evaluate("[window.stayed, document.documentElement.scrollWidth]") == [True, width]
    assert dict(Hint.objects.values_list("number", "note")) == {"A1": "", "A2": "平台后台查不到", "A3": "我来"}


@pytest.mark.browser
def test_without_a_network_the_page_says_that_nothing_changed(page, sign_in, server, county, staff):
    given_up(make_shop(county, "douyin"), "A1")
    sign_in(staff)
    page.goto("/waiting/")
    server.stop()

    page.get_by_role("button", name="重试").click()

    expect(page.get_by_text("没有发出去，网络可能断了。")).to_be_visible()
    assert Hint.objects.given_up().count() == 1


@pytest.mark.browser
def test_signed_out_meanwhile_leads_to_the_login(page, sign_in, county, staff):
    given_up(make_shop(county, "douyin"), "A1")
    sign_in(staff)
    page.goto("/waiting/")
    page.context.clear_cookies()

    page.get_by_role("button", name="重试").click()

    page.wait_for_url("**/login/?next=**")
    assert Hint.objects.given_up().count() == 1
