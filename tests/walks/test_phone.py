"""The network is cut while a host is on air: every tap is kept, shown as done, sent in order and once; the page opens all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.control import prompt_host
from livestream.models import ControlEvent, Pitch
from orders.actions.tally_by_hand import tallies_of
from tests.factories import make_product, make_session
from tests.walks.test_pitches import PHONE, TITLES, press, wait_for

KEPT = "async () => Boolean(navigator.serviceWorker.controller && await caches.match(location.pathname))"
SET_OFF = """async (path) => {
  const { worker, scope } = document.querySelector("[data-keep]").dataset;
  await (await navigator.serviceWorker.getRegistration()).unregister();
  location.href = path;
  navigator.serviceWorker.register(worker, { scope });
}"""  # the next page is asked for before there is a worker, and comes when it has long begun
pytestmark = pytest.mark.browser


@pytest.fixture
def session(county, host, now):
    goods = [make_product(county, title=title, selling_points="今年新货\n麻味足") for title in TITLES]
    return make_session(county, host, went_live_at=now - timedelta(minutes=5), line_up=[(one, 2990, 10) for one in goods])


def test_an_evening_with_a_cut_network_loses_nothing_and_doubles_nothing(page, session, host, staff, sign_in, now):
    page.set_viewport_size(PHONE)
    sign_in(host)
    page.goto(f"/my/{session.pk}/")
    wait_for(lambda: page.evaluate(KEPT), page)
    press(page, "开讲：大红袍花椒")
    prompt_host(session, by=staff, at=now, words="再报一次价格")
    page.get_by_text("再报一次价格").wait_for(timeout=3000)

    page.context.set_offline(True)
    page.get_by_role("button", name="看到了").click()
    press(page, "下一个：黑小米")
    page.locator(".dock .sell-out:visible").click()
    press(page, "下一个：带霜柿饼")
    for _ in range(2):
        page.get_by_role("link", name="记一单").click()
        page.get_by_role("button", name="记下").click()
    page.get_by_role("link", name="求助").click()
    page.get_by_role("button", name="缺货").click()
    page.get_by_text("7 步已存在手机里，有网就送出，一步也不会丢。").wait_for()
    page.reload()
    page.get_by_text("7 步已存在手机里，有网就送出，一步也不会丢。").wait_for()
    page.locator("#stage h2:visible", has_text="带霜柿饼").wait_for()
    assert (Pitch.objects.count(), tallies_of(session).count()) == (1, 0)

    second = page.context.new_page()  # of the same phone: both would send
    page.context.set_offline(False)
    second.goto(f"/my/{session.pk}/")
    wait_for(
        lambda: page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('cunbo-outbox')).length") == 0, page
    )

    assert [*Pitch.objects.values_list("product__title", flat=True)] == TITLES[:3]
    mine = ControlEvent.objects.filter(device="phone").in_order()
    assert [*mine.values_list("kind", "product__title")] == [("seen", None), ("sold_out", TITLES[1]), ("help", None)]
    assert [[line.title for line in order.lines.all()] for order in tallies_of(session)] == [[TITLES[2]]] * 2
    page.locator("#tallies li").nth(1).wait_for()


def test_a_page_that_was_on_its_way_when_the_worker_began_belongs_to_it_too(page, session, host, sign_in):
    page.set_viewport_size(PHONE)
    sign_in(host)
    page.goto(f"/my/{session.pk}/preflight/")
    wait_for(lambda: page.evaluate(KEPT), page)
    there = f"/my/{session.pk}/"

    def come_late(route):
        page.wait_for_timeout(2000)
        route.continue_()

    page.route(f"**{there}", come_late)
    page.evaluate(SET_OFF, there)
    page.wait_for_url(f"**{there}")
    page.unroute(f"**{there}")

    wait_for(lambda: page.evaluate(KEPT), page)
    page.context.set_offline(True)
    page.reload()
    page.locator("#stage .btn:visible", has_text="开讲：大红袍花椒").wait_for()
