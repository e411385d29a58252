"""The panel of an item at the control desk: what is typed there is neither lost nor taken for another item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from livestream.models import ControlEvent
from tests.factories import make_product, make_session
from tests.walks.test_pitches import wait_for

pytestmark = pytest.mark.browser
PEPPER, MILLET = "大红袍花椒 250g", "黑小米 5斤"


@pytest.fixture
def desk(page, county, host, staff, sign_in, now):
    """The desk of a session on air; the first item's panel is open. `desk.late`: answers that wait to come."""
    goods = [make_product(county, title=title) for title in (PEPPER, MILLET)]
    session = make_session(county, host, went_live_at=now - timedelta(minutes=5), line_up=[(one, 2990, 100) for one in goods])
    sign_in(staff)
    page.goto(f"/sessions/{session.pk}/desk/")
    page.locator("#panel h2", has_text=PEPPER).wait_for()
    page.late = []
    page.route("**/desk/?item=*", lambda route: page.late.append(route))
    return page


def more(desk, title):
    desk.get_by_role("link", name=f"改价、改库存、紧急下架：{title}").click()
    wait_for(lambda: desk.late, desk)


def test_a_panel_that_comes_late_leaves_what_was_typed_meanwhile(desk):
    more(desk, PEPPER)
    desk.locator("#price").fill("26.90")
    desk.locator("#price-words").fill("县长来了，让利")
    with desk.expect_response("**/desk/?item=*"):
        desk.late.pop().continue_()

    wait_for(lambda: "item=" in desk.url, desk)
    expect(desk.locator("#price")).to_have_value("26.90")
    expect(desk.locator("#price-words")).to_be_focused()
    desk.get_by_role("button", name="提出改价").click()
    wait_for(ControlEvent.objects.filter(kind="price_asked", new=2690, words="县长来了，让利").exists, desk)


def test_nothing_is_typed_for_one_item_while_another_is_on_its_way(desk):
    desk.locator("#price").fill("26.90")
    more(desk, MILLET)
    assert desk.locator("#panel").evaluate("panel => panel.inert")
    desk.late.pop().continue_()

    desk.locator("#panel h2", has_text=MILLET).wait_for()
    expect(desk.locator("#price")).to_have_value("")
    assert not desk.locator("#panel").evaluate("panel => panel.inert")
