"""The plan on a desk and on a phone: a session is dragged, moved by keys, refused by a clash; a host reads what comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.models import LiveSession
from livestream.rules.calendar import days_of, midnight
from livestream.rules.day import shanghai_day
from tests.factories import make_session, make_user

WIDE = {"width": 1280, "height": 1600}  # the whole sheet: a mouse finds only what is seen


@pytest.fixture
def monday(now):
    """Of next week: all of it lies ahead."""
    return days_of("week", shanghai_day(now) + timedelta(days=7)).first


def clock(session):
    session.refresh_from_db()
    return f"{timezone.localtime(session.planned_start_at):%m-%d %H:%M}"


def centre(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def dragged(page, session, x, y):
    left, top = centre(page, f'[data-id="{session.pk}"]')
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + x / 2, top + y / 2)
    page.mouse.move(left + x, top + y)
    page.mouse.up()


@pytest.mark.browser
def test_a_plan_is_moved_by_hand_and_by_keys_and_read_on_a_phone(page, sign_in, county, host, staff, monday):
    page.set_viewport_size(WIDE)
    sign_in(staff)
    other = make_user("host", county, name="乙")
    evening = midnight(monday) + timedelta(hours=19)
    session = make_session(county, host, planned_start_at=evening, title="花椒", account="")
    rival = make_session(county, other, planned_start_at=evening, title="小米", room="R2", account="")
    block, on = page.locator(f'[data-id="{session.pk}"]'), page.locator("#said .banner")

    # a month: dragged to the next day
    page.goto(f"/plan/?on={monday}")
    tomorrow = page.locator(f'td[data-day="{monday + timedelta(days=1)}"]')
    x, y = centre(page, f'td[data-day="{monday + timedelta(days=1)}"]')
    from_x, from_y = centre(page, f'[data-id="{session.pk}"]')
    dragged(page, session, x - from_x, y - from_y)
    expect(tomorrow.locator(f'[data-id="{session.pk}"]')).to_be_visible()
    expect(on).to_contain_text("“花椒”移到了")
    assert clock(session) == f"{monday + timedelta(days=1):%m-%d} 19:00"

    # taken back
    on.get_by_role("button", name="撤销").click()
    expect(page.locator(f'td[data-day="{monday}"] [data-id="{session.pk}"]')).to_be_visible()
    assert clock(session) == f"{monday:%m-%d} 19:00"

    # a day: dragged by an hour, then by keys by a quarter; the bar says where to
    page.goto(f"/plan/?view=day&on={monday}")
    hour = page.locator(".hours .axis > span").first.bounding_box()["width"]
    dragged(page, session, -hour, 0)
    expect(on).to_contain_text("18:00")
    assert clock(session) == f"{monday:%m-%d} 18:00"
    expect(block).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#mover [data-when]")).to_contain_text("17:30")
    page.keyboard.press("Escape")
    expect(page.locator("#mover [data-when]")).to_contain_text("18:00")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(on).to_contain_text("18:15")
    assert clock(session) == f"{monday:%m-%d} 18:15"

    # to the other host, who is on air then: it lies where it was, and a free time is offered
    names = page.locator(".line > h3").all_text_contents()
    up_or_down = "ArrowDown" if names.index(host.name) < names.index("乙") else "ArrowUp"
    block.focus()
    page.keyboard.press(up_or_down)
    page.keyboard.press("Enter")
    expect(on).to_contain_text("没有移")
    expect(on).to_contain_text("小米")
    assert (clock(session), session.host) == (f"{monday:%m-%d} 18:15", host)
    free = on.locator("button.num").first
    offered = free.text_content().split()[-1]
    free.click()
    expect(page.locator(".banner.good")).to_contain_text(offered)
    session.refresh_from_db()
    assert session.host == other

    # somebody else was faster: said, and the newest is there
    page.goto(f"/plan/?view=day&on={monday}")
    early = evening - timedelta(hours=9)
    LiveSession.objects.filter(pk=rival.pk).update(
        plan_version=5, planned_start_at=early, planned_end_at=early + timedelta(hours=1)
    )
    page.locator(f'[data-id="{rival.pk}"]').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(on).to_contain_text("改过这一场")
    expect(page.locator(f'[data-id="{rival.pk}"] time')).to_have_text("10:00–11:00")

    # the phone of the host, once it is released: what he comes to, by day
    release_plan(Scope(county, monday, monday + timedelta(days=6)), by=staff, at=datetime.now(UTC))
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(other)
    page.goto("/my/")
    expect(page.locator("h2", has_text="花椒").or_(page.locator(".agenda .what", has_text="花椒"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sign_in(staff)
    page.goto(f"/plan/?on={monday}")
    expect(page.locator(".month .ev", has_text="花椒")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
