"""From the staff's desk to a host's phone: an invitation by its square code, a password, the desk; and a helper's half hour."""

from __future__ import annotations

import json
import logging

import pytest
from playwright.sync_api import expect

from livestream.models import AuditEntry, User
from tests.factories import make_place
from tests.walks.test_axe import AXE, RUN

pytestmark = pytest.mark.browser
PASSWORD = "核桃花椒和一只黑山羊不怕冷"


@pytest.fixture
def phone(page):
    """A phone of its own; what it asks the server for is in `asked`, as (method, address, referrer, origin)."""
    context = page.context.browser.new_context(
        base_url=page.url or None, viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(10_000)
    phone = context.new_page()
    phone.asked, phone.broken = [], []
    phone.on(
        "request", lambda one: phone.asked.append((one.method, one.url, one.headers.get("referer"), one.headers.get("origin")))
    )
    phone.on("pageerror", lambda error: phone.broken.append(str(error)))
    phone.on("console", lambda said: phone.broken.append(said.text) if "Content Security Policy" in said.text else None)
    yield phone
    context.close()
    assert phone.broken == []


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def judged(page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(RUN)


def invite(page) -> str:
    """Through the page, as staff does; the address that it tells."""
    page.goto("/people/")
    page.get_by_role("link", name="邀请新人").click()
    page.get_by_label("手机号").fill("100 9999 0001")
    page.get_by_label("姓名", exact=True).fill("岳小麦")
    page.get_by_label("地方").fill("石城")
    page.get_by_role("button", name="邀请").click()
    expect(page.get_by_text("不止一个地方，请选一个")).to_be_visible()
    assert (page.get_by_label("姓名", exact=True).input_value(), judged(page)) == ("岳小麦", [])
    page.get_by_label("石城村（石城镇）").check()
    page.get_by_role("button", name="邀请").click()
    expect(page.get_by_role("heading", name="请岳小麦加入")).to_be_visible()
    assert judged(page) == []
    return page.locator("[data-address]").input_value()


def test_staff_invite_a_host_who_sets_a_password_on_the_phone(page, sign_in, phone, staff, caplog):
    caplog.set_level(logging.DEBUG)
    make_place("140425102", "石城镇")
    make_place("140425102200", "石城村村委会")
    sign_in(staff)
    page.set_viewport_size({"width": 390, "height": 844})

    address = invite(page)
    assert fits(page)
    assert page.locator("img.qr").evaluate("image => [image.complete, image.naturalWidth > 0]") == [True, True]

    phone.goto(address)
    expect(phone.get_by_role("heading", name="岳小麦，您好！")).to_be_visible()
    field = phone.get_by_label("设一个密码")
    field.fill("123456")
    phone.get_by_role("button", name="好了，进去").click()
    assert (phone.locator(".error").count() >= 1, field.input_value(), fits(phone), judged(phone)) == (True, "123456", True, [])
    phone.get_by_role("button", name="看一看密码").click()
    assert field.get_attribute("type") == "text"
    phone.get_by_role("button", name="遮住密码").click()
    assert field.get_attribute("type") == "password"
    field.fill(PASSWORD)
    phone.get_by_role("button", name="好了，进去").click()
    expect(phone.get_by_text("还没有排好的场次")).to_be_visible()

    before_the_desk = phone.asked[: next(n for n, one in enumerate(phone.asked) if one[1].endswith("/my/"))]
    assert [url for _, url, referrer, _ in before_the_desk if referrer] == []
    assert {origin for method, _, _, origin in before_the_desk if method == "POST"} == {"null"}  # so the page forgives that one
    phone.goto(address)
    expect(phone.get_by_role("heading", name="这个链接不能用了")).to_be_visible()
    said = json.dumps([[str(record.msg), str(record.args), record.getMessage()] for record in caplog.records], ensure_ascii=False)
    token = address.rstrip("/").rpartition("/")[2]
    assert token not in str(list(AuditEntry.objects.values()))
    assert PASSWORD not in said


def test_page_of_a_link_needs_no_script(page, sign_in, staff, live_url):
    make_place("140425102", "石城镇")
    make_place("140425102200", "石城村村委会")
    sign_in(staff)
    address = invite(page)
    context = page.context.browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    bare = context.new_page()

    bare.goto(address)
    bare.get_by_label("设一个密码").fill(PASSWORD)
    bare.get_by_role("button", name="看一看密码").click()
    assert bare.get_by_label("设一个密码").get_attribute("type") == "text"
    bare.get_by_role("button", name="好了，进去").click()

    expect(bare.get_by_text("还没有排好的场次")).to_be_visible()
    assert User.objects.get(phone="10099990001").check_password(PASSWORD)
    context.close()


def test_a_helper_acts_for_a_host_under_a_bar_and_ends_it(page, sign_in, staff, host, session):
    sign_in(staff)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/people/{host.pk}/")

    page.get_by_label("为什么").fill("手机没电，替他换品")
    page.get_by_role("button", name=f"代{host.name}操作").click()
    expect(page.get_by_role("link", name="回到直播")).to_be_visible()
    bar = page.locator("form.acting")
    expect(bar).to_contain_text(f"{staff.name}，您在代 {host.name} 操作")
    assert (fits(page), judged(page)) == (True, [])
    page.goto("/people/")
    expect(page.get_by_role("heading", name="代操作的时候不能做")).to_be_visible()
    assert (fits(page), judged(page)) == (True, [])
    bar.get_by_role("button", name="结束代操作").click()

    expect(page.get_by_text(f"代{host.name}操作结束了。")).to_be_visible()
    expect(page.locator("form.acting")).to_have_count(0)
