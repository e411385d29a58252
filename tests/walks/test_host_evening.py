"""A host's evening on a phone: login, going live, orders coming in, the network going, ending; with and without script."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings

from livestream.actions.session import end_session
from livestream.models import LiveSession
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session
from tests.walks.test_pitches import kept_taps

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def tonight(county, host, now):
    """A session that may go live, with its goods."""
    pepper = make_product(county, title="大红袍花椒 250g", selling_points="今年新椒\n麻味足")
    session = make_session(county, host, planned_start_at=now, line_up=[(pepper, 2990, 86)], title="今晚花椒")
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    session.refresh_from_db()
    return session


def state_of(session):
    session.refresh_from_db()
    return session.state


def test_an_evening_from_login_to_the_end(page, host, tonight, shop):
    page.set_viewport_size(PHONE)
    page.goto("/")
    page.get_by_label("手机号").fill(f"+86 {host.phone}")
    page.get_by_label("密码").fill("correct horse battery")
    page.get_by_role("button", name="登录").click()

    page.get_by_role("button", name="开播").click()
    page.get_by_text("直播中 0:00").wait_for()
    assert state_of(tonight) == "live"

    page.locator(".big", has_text=re.compile(r"^0$")).wait_for()
    receive([make_arrival(shop, make_order_body("T1"))], cause=Cause.PUSH, at=tonight.went_live_at)
    page.evaluate("dispatchEvent(new Event('online'))")  # asks at once, as a phone does when its network returns
    page.locator(".big", has_text=re.compile(r"^1$")).wait_for()

    page.get_by_text("下播", exact=True).click()
    page.get_by_role("button", name="确定下播").click()
    page.get_by_text("复盘稍后").wait_for()
    assert state_of(tonight) == "ended"


def test_taps_without_network_wait_on_the_phone_and_are_sent_in_order_once(page, server, host, tonight, sign_in):
    sign_in(host)
    page.set_viewport_size(PHONE)
    page.goto("/my/")
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    page.context.set_offline(True)
    page.get_by_role("button", name="开播").click()
    page.get_by_role("button", name="开播").click()

    page.get_by_text("1 步已存在手机里，有网就送出，一步也不会丢。").wait_for()
    assert state_of(tonight) == "approved"

    page.context.set_offline(False)
    page.get_by_text("直播中 0:00").wait_for()
    kept = kept_taps(page)
    taps = {re.search(r"tap=(\w+)", body).group(1) for body in sent}
    assert (state_of(tonight), kept, len(taps)) == ("live", [], 1)


def test_a_tap_outlives_the_server_and_the_page(page, server, host, tonight, sign_in):
    sign_in(host)
    page.goto("/my/")
    server.stop()
    page.get_by_role("button", name="开播").click()
    page.get_by_text("1 步已存在手机里").wait_for()

    server.start()
    page.goto("/my/")

    page.get_by_text("直播中 0:00").wait_for()
    assert state_of(tonight) == "live"


def test_an_end_by_the_staff_reaches_the_hosts_page(page, host, tonight, sign_in, now):
    LiveSession.objects.filter(pk=tonight.pk).update(state="live", went_live_at=now - timedelta(minutes=74))
    sign_in(host)
    page.goto(f"/my/{tonight.pk}/")
    page.get_by_text("直播中 1:14").wait_for()
    page.locator(".big").wait_for()

    tonight.refresh_from_db()
    end_session(tonight, at=now)
    page.evaluate("dispatchEvent(new Event('online'))")

    page.get_by_text("复盘稍后").wait_for()


def test_every_step_works_without_script(page, server, host, tonight):
    context = page.context.browser.new_context(base_url=server.url, java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    plain = context.new_page()
    plain.goto("/")
    plain.get_by_label("手机号").fill(host.phone)
    plain.get_by_label("密码").fill("correct horse battery")
    plain.get_by_role("button", name="登录").click()
    plain.get_by_role("button", name="开播").click()
    plain.get_by_role("link", name="看我的订单").click()
    plain.get_by_text("我的订单").wait_for()
    plain.get_by_role("link", name="回到这一场").click()
    plain.get_by_text("下播", exact=True).click()
    plain.get_by_role("button", name="确定下播").click()

    plain.get_by_text("复盘稍后").wait_for()
    assert state_of(tonight) == "ended"
    context.close()


@pytest.mark.parametrize("width", [390, 1440, 1920])
def test_nothing_is_wider_than_the_page_and_thumbs_meet_44_pixels(page, host, staff, tonight, sign_in, width, now):
    LiveSession.objects.filter(pk=tonight.pk).update(state="live", went_live_at=now)
    pages = {host: ["/my/", f"/my/{tonight.pk}/"], staff: ["/desk/", f"/sessions/{tonight.pk}/", "/school/", "/api/docs/"]}
    page.set_viewport_size({"width": width, "height": 900})
    too_wide, too_small = [], []
    for person, paths in pages.items():
        sign_in(person)
        for path in paths:
            page.goto(path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                too_wide.append(path)
            heights = page.eval_on_selector_all(
                ".btn, .menu .links a, input:not([type=hidden]), summary", "all => all.map(one => one.offsetHeight)"
            )
            too_small += [(path, height) for height in heights if 0 < height < 44]

    assert (too_wide, too_small) == ([], [])


def test_first_view_of_the_phone_weighs_at_most_25_kilobytes(page, host, tonight, now, sign_in, shop):
    LiveSession.objects.filter(pk=tonight.pk).update(state="live", went_live_at=now)
    sign_in(host)
    bodies = []
    page.on("response", lambda response: bodies.append((response.url, response)))
    page.goto(f"/my/{tonight.pk}/")
    page.locator(".big").wait_for()

    # What the page's worker keeps afterwards, from the browser's own cache, is no part of the view.
    weights = {
        url: len(gzip.compress(response.body())) for url, response in bodies if response.status == 200 and "-worker.js" not in url
    }
    assert len(weights) >= 8
    assert sum(weights.values()) <= 25_000, weights
    assert not any("htmx" in url for url in weights)


@pytest.mark.parametrize("lost", [settings.SESSION_COOKIE_NAME, None])
def test_a_phone_that_was_signed_out_keeps_the_tap_until_the_login(page, host, tonight, sign_in, lost):
    sign_in(host)
    page.goto("/my/")
    page.context.clear_cookies(name=lost)
    page.get_by_role("button", name="开播").click()

    page.get_by_label("手机号").wait_for()
    assert state_of(tonight) == "approved"

    page.get_by_label("手机号").fill(host.phone)
    page.get_by_label("密码").fill("correct horse battery")
    page.get_by_role("button", name="登录").click()
    page.get_by_text("直播中 0:00").wait_for()
    assert state_of(tonight) == "live"


def test_staff_see_the_figures_of_each_lane_and_of_the_line_up_move(page, staff, tonight, sign_in, now, shop):
    LiveSession.objects.filter(pk=tonight.pk).update(state="live", went_live_at=now - timedelta(minutes=5))
    sign_in(staff)
    page.goto("/desk/")
    page.locator(f"#figures-{tonight.pk}", has_text="订单 0").wait_for()
    receive([make_arrival(shop, make_order_body("T1", at=now))], cause=Cause.PUSH, at=now)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(f"#figures-{tonight.pk}", has_text="订单 1").wait_for()

    page.goto(f"/sessions/{tonight.pk}/")
    page.locator("#line-up", has_text="已售（件）").wait_for()
