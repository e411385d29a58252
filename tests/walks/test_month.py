"""The way of a relay of three county heads, as somebody who is new would go it: planned, approved, released, confirmed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from livestream.models import Confirmation, LiveSession, Notice, Segment
from livestream.rules.day import SHANGHAI
from tests.factories import make_leader, make_place, make_product, make_user

pytestmark = pytest.mark.browser
# A field behind the mountain: 50 kbit/s, and more than half a second there and back.
SLOW = {"offline": False, "latency": 600, "downloadThroughput": 6_250, "uploadThroughput": 3_000}
HEADS = (("县长甲", "平顺县", "19:00", "19:40"), ("县长乙", "黎城县", "19:40", "20:20"), ("县长丙", "壶关县", "20:20", "21:00"))


def plan_relay(page, day):
    page.goto("/plan/")
    page.get_by_role("link", name=re.compile("排一场")).first.click()
    page.select_option("[name=kind]", "relay")
    for name, text in {
        "title": "三县县长接力",
        "day": f"{day:%Y-%m-%d}",
        "start": "晚7点",
        "end": "21:00",
        "host": "王小红",
    }.items():
        page.fill(f"[name={name}]", text)
    summary = page.locator("summary", has_text="接力")
    if summary.count():
        summary.first.click()
    for number, (leader, county, begins, ends) in enumerate(HEADS):
        if not page.locator(f"[name=segments-{number}-title]").count():
            page.locator("button[data-add=segments]").click()
        row = {"title": f"{county}的山货", "guest": leader, "place": "东寺头村", "begins": begins, "ends": ends}
        for name, text in row.items():
            page.fill(f"[name=segments-{number}-{name}]", text)
    goods = page.locator("[name=goods-0-product]")
    if not goods.is_visible():
        page.locator("summary", has_text="货").first.click()
    goods.fill("花椒")
    page.fill("[name=goods-0-price]", "29.9")
    page.get_by_role("button", name="存成草稿").click()
    expect(page.get_by_text("排好了，是草稿。")).to_be_visible()


def ask_for_it(page):
    page.get_by_role("link", name=re.compile("县长直播申请")).click()
    page.fill("[name=organiser]", "平顺县电商中心")
    page.fill("[name=goods_reason]", "花椒刚下树，三县都种。")
    page.fill("[name=quality_promise]", "坏果包赔，48 小时内发货。")
    for tick in page.locator("[name=discipline]").all():
        tick.check()
    page.get_by_role("button", name="送审").click()


def answer_on_the_phone(page, link):
    """A link in a text message, no login, on a bad line."""
    browser = page.context.browser
    context = browser.new_context(
        base_url=re.match(r"https?://[^/]+", page.url)[0], viewport={"width": 390, "height": 844}, locale="zh-CN"
    )
    phone = context.new_page()
    phone.set_default_timeout(30_000)
    line = context.new_cdp_session(phone)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    phone.goto(link, wait_until="commit")
    expect(phone.get_by_text("三县县长接力")).to_be_visible(timeout=30_000)
    phone.wait_for_load_state("load")  # the words are there before the colours
    button = phone.get_by_role("button", name="能来", exact=True)
    assert button.bounding_box()["height"] >= 44
    assert phone.locator("html").evaluate("html => html.scrollWidth") <= 390
    button.click()
    expect(phone.get_by_text("您说了：能来")).to_be_visible(timeout=30_000)
    context.close()


@pytest.mark.slow
def test_a_relay_goes_from_the_plan_to_the_hosts_answer(page, county, staff, sign_in):
    village = make_place("140425100201", "东寺头村委会")
    host = make_user("host", village, name="王小红")
    approver = make_user("approver", county)
    make_product(county, "HJ", title="花椒")
    for name, unit, *_hours in HEADS:
        make_leader(county, name, unit=f"{unit}人民政府")
    day = (datetime.now(SHANGHAI) + timedelta(days=3)).date()

    sign_in(staff)
    plan_relay(page, day)
    session = LiveSession.objects.get(title="三县县长接力")
    assert list(Segment.objects.filter(session=session).values_list("guests__name", flat=True)) == [head[0] for head in HEADS]
    assert session.is_public_interest
    ask_for_it(page)
    sign_in(approver)
    page.goto(f"/plan/{session.pk}/request/")
    page.get_by_role("button", name="批准").click()
    session.refresh_from_db()
    assert session.state == "approved"

    sign_in(staff)
    page.goto(f"/plan/release/?from={day}&until={day}")
    expect(page.get_by_text("三县县长接力")).to_be_visible()
    page.get_by_role("button", name=re.compile("^发布，通知")).click()
    link = Notice.objects.filter(person=host, kind="planned").first().link
    answer_on_the_phone(page, link)

    told = Confirmation.objects.get(person=host)
    assert (told.can_come, told.read_at is not None) == (True, True)
    page.reload()
    expect(page.get_by_text("王小红").first).to_be_visible()
    expect(page.get_by_text("能来").first).to_be_visible()
