"""Signing in as people do: a host on the phone by password and by code, an exporter at a desk who sets up the second factor."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from livestream.actions.sms import send_code
from livestream.models import SignIn, SmsCode
from tests.factories import make_user
from tests.livestream.login.conftest import sms  # noqa: F401  the messages that were sent
from tests.livestream.login.doors import ANDROID, PASSWORD, code_at, sms_to
from tests.walks.test_axe import RUN

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def faults_of(page) -> list[str]:
    """What axe finds serious, and whether the page is wider than the screen."""
    page.evaluate(AXE)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return page.evaluate(RUN) + (["wider than the screen"] if wide else [])


def test_host_signs_in_on_the_phone_and_signs_another_device_out(page, live_url, host, sms):  # noqa: F811
    phone = page.context.browser.new_context(
        base_url=live_url, viewport={"width": 390, "height": 844}, user_agent=ANDROID
    ).new_page()
    phone.goto("/login/")
    faults = faults_of(phone)
    phone.fill("[name=username]", f"+86 {host.phone[:3]} {host.phone[3:]}")
    phone.fill("[name=password]", PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    expect(phone.locator(".bar")).to_contain_text("我的直播")

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/login/")
    page.get_by_role("link", name="用短信验证码登录").click()
    faults += faults_of(page)
    page.fill("[name=username]", host.phone)
    page.get_by_role("button", name="发验证码").click()
    send_code(SmsCode.objects.get().pk, at=datetime.now(UTC))
    faults += faults_of(page)
    page.fill("[name=code]", sms_to(sms, host.phone))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("link", name=host.name).click()
    page.get_by_role("link", name="我登录的设备").click()
    expect(page.locator(".device")).to_have_count(2)
    faults += faults_of(page)
    page.get_by_role("button", name="退出这台").click()
    expect(page.locator("main")).to_contain_text("已在那台设备上退出。")
    phone.goto("/my/")

    assert phone.url.endswith("/login/?next=/my/")
    assert [one.kind for one in SignIn.objects.order_by("pk")] == [
        "own_phone",
        "desk",
    ]  # a desk's browser was not asked whose it is
    assert faults == []


def test_exporter_sets_up_the_second_factor_at_a_desk_and_is_asked_for_it(page, county):
    exporter = make_user("exporter", county)

    def sign_in():
        page.goto("/login/")
        page.fill("[name=username]", exporter.phone)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()

    sign_in()
    faults = faults_of(page)
    expect(page.locator(".qr")).to_be_visible()
    key = page.inner_text(".key").replace(" ", "")
    page.fill("[name=code]", code_at(key))
    page.get_by_role("button", name="设好了").click()
    codes = page.locator(".codes li").all_inner_texts()
    faults += faults_of(page)
    page.get_by_role("link", name="抄好了，继续").click()
    page.get_by_role("button", name="退出").click()
    sign_in()
    assert re.search(r"/login/second/\?next=", page.url)
    faults += faults_of(page)
    page.fill("[name=code]", codes[0])
    page.get_by_role("button", name="继续").click()
    page.goto("/me/second/")

    expect(page.locator("main")).to_contain_text("还剩 9 个。")
    assert faults == []
