"""Planning with the keyboard alone, on a phone, and without JavaScript."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from livestream.models import LiveSession, Resource
from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_product, make_session, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def village(county, staff):
    """A host who has a session in three days from 20:00, a studio, goods."""
    village = make_place("140425100201", "东寺头村委会")
    host = make_user("host", village, name="王小红")
    Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间")
    make_product(county, "HJ", title="花椒")
    day = (datetime.now(SHANGHAI) + timedelta(days=3)).replace(hour=20, minute=0, second=0, microsecond=0)
    make_session(county, host, planned_start_at=day, title="老排期")
    return day


def focused(page):
    return page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")


def tab_to(page, name, at_most=90):
    """By the Tab key alone, with the focus visible where it stands."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if focused(page) == name:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"the focus on {name} is not seen"
            return
    raise AssertionError(f"Tab never came to {name}; it stands on {focused(page)}")


def test_a_session_is_planned_with_the_keyboard_alone(page, staff, village, sign_in):
    """Clashes appear by themselves; a free time fills the form; rows come and go; Enter saves."""
    sign_in(staff)
    page.goto(f"/plan/new/?on={village:%Y-%m-%d}")
    for name, text in (("start", "晚8点"), ("end", "22:00"), ("host", "王小红"), ("title", "花椒专场")):
        tab_to(page, name)
        page.keyboard.type(text)
    tab_to(page, "resources")
    page.keyboard.press("Space")
    clashes = page.locator("#clashes")
    expect(clashes).to_contain_text("老排期")
    tab_to(page, "take")
    page.keyboard.press("Enter")
    expect(page.locator("#id_start")).not_to_have_value("晚8点")
    assert page.locator("#id_title").input_value() == "花椒专场"
    tab_to(page, "goods-0-product")
    page.keyboard.type("花椒")
    page.keyboard.press("Tab")
    page.keyboard.type("29.9")
    tab_to(page, "add")
    page.keyboard.press("Enter")
    assert focused(page).endswith("-person") or focused(page) == "goods-1-product"
    tab_to(page, "do")
    page.keyboard.press("Enter")

    expect(page.get_by_text("排好了，是草稿。")).to_be_visible()
    session = LiveSession.objects.get(title="花椒专场")
    assert session.planned_end_at - session.planned_start_at == timedelta(hours=2)
    assert list(session.line_up.values_list("product__title", "live_price_fen")) == [("花椒", 2990)]
    assert session.bookings.filter(resource__name="一号直播间").exists()
    page.get_by_role("button", name="撤销").press("Enter")
    expect(page.get_by_text("撤销了。")).to_be_visible()
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_a_phone_plans_without_javascript(page, staff, village, sign_in):
    """390 px wide, every button a form's own: rows, the check, a free time."""
    sign_in(staff)
    context = page.context.browser.new_context(
        base_url=page.url if page.url.startswith("http") else None, viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False,
        storage_state=page.context.storage_state(),
    )  # fmt: skip
    page.goto("/plan/new/")
    phone = context.new_page()
    phone.goto(page.url)
    phone.fill("[name=day]", f"{village:%Y-%m-%d}")
    for name, text in (("start", "20:00"), ("end", "22:00"), ("host", "王小红"), ("title", "花椒专场")):
        phone.fill(f"[name={name}]", text)
    phone.locator("summary", has_text="分工").click()
    phone.get_by_role("button", name="加一个人").click()
    assert phone.input_value("[name=host]") == "王小红"
    phone.fill("[name=crew-0-person]", "王小红")
    phone.select_option("[name=crew-0-duty]", "controller")
    phone.get_by_role("button", name="检查").click()
    expect(phone.locator("#clashes")).to_contain_text("老排期")
    phone.locator("#clashes [name=take]").first.click()
    phone.get_by_role("button", name="存成草稿").click()

    expect(phone.get_by_text("排好了，是草稿。")).to_be_visible()
    assert phone.locator("html").evaluate("html => html.scrollWidth") <= 390
    session = LiveSession.objects.get(title="花椒专场")
    assert sorted(session.bookings.values_list("duty", flat=True)) == ["controller", "host"]
    context.close()
