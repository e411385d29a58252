"""A replay in a browser: played, paused, moved by keys, and at its end what the database holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from livestream.models import Pitch
from orders.actions.intake import receive
from orders.models import DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai


def tell(shop, *bodies, at):
    receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)


@pytest.fixture
def over(county, host, shop):
    """An order every minute for two hours, one of them refunded the next day."""
    product = make_product(county, "LDS-500", title="潞党参")
    session = make_session(county, host, went_live_at=START, ended_at=START + timedelta(hours=2), line_up=[(product, 5980, 100)])
    for n in range(120):
        at = START + timedelta(minutes=n, seconds=20)
        tell(shop, make_order_body(f"T{n}", at=at, lines=((1, "LDS-500", 1, 5980),)), at=at)
    late = make_order_body("T7", at=START + timedelta(minutes=7), version=2, refunds=(("R1", 1, 5980),))
    tell(shop, {name: value for name, value in late.items() if name != "lines"}, at=START + timedelta(days=1))
    Pitch.objects.create(session=session, product=product, started_at=START, ended_at=START + timedelta(minutes=30))
    return session


@pytest.mark.browser
def test_a_replay_plays_pauses_and_ends_with_the_database(page, sign_in, over, staff):
    sign_in(staff)
    page.goto(f"/board/session/{over.pk}/replay/")
    orders, moment = page.locator("[data-n='orders']"), page.locator("[data-moment]")
    expect(moment).to_have_text("下播以后")
    expect(orders).to_have_text("120")

    page.keyboard.press(" ")
    expect(moment).to_have_text("20:02")
    expect(orders).to_have_text("2")
    expect(page.locator("[data-play]")).to_have_text("暂停")
    page.keyboard.press(" ")
    expect(page.locator("[data-play]")).to_have_text("播放")

    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(moment).to_have_text("20:05")
    expect(orders).to_have_text("5")
    expect(page.locator("[data-pitching]")).to_have_text("潞党参")
    expect(page.locator("[data-left]")).to_have_text("95")
    page.keyboard.press("ArrowLeft")
    expect(moment).to_have_text("20:04")
    page.keyboard.press("ArrowDown")
    assert page.locator("[data-speed][aria-pressed='true']").all_text_contents() == ["30×"]

    page.locator("[data-scrub]").evaluate("box => { box.value = 100; box.dispatchEvent(new Event('input')); }")
    expect(moment).to_have_text("21:40")
    expect(orders).to_have_text("100")
    assert page.locator("[data-scrub]").get_attribute("aria-valuetext") == "21:40，100 单"
    expect(page.locator("[data-n='refunded_fen']")).to_have_text("¥\u20090")

    page.keyboard.press("End")
    counted = DayTally.objects.get(scope=f"session:{over.pk}")
    expect(moment).to_have_text("下播以后")
    expect(orders).to_have_text(str(counted.orders))
    expect(page.locator("[data-n='refunded_fen']")).to_have_text("¥\u200960")
    assert (counted.orders, counted.refunded_fen) == (120, 5980)


@pytest.mark.browser
def test_a_replay_hides_money_fits_its_screen_and_waits_out_a_lost_network(page, sign_in, over, staff, server):
    sign_in(staff)
    page.goto(f"/board/session/{over.pk}/replay/#at30")
    expect(page.locator("[data-moment]")).to_have_text("20:30")
    assert page.evaluate("document.documentElement.scrollWidth") == 1920

    page.keyboard.press("F2")
    page.reload()
    money = page.locator(".money")
    seen = "all => all.map(cell => getComputedStyle(cell).visibility)"
    assert set(money.evaluate_all(seen)) == {"hidden"}
    assert money.count() > 3 * 120
    page.click("[data-privacy-button]")
    assert set(money.evaluate_all(seen)) == {"visible"}
    expect(page.locator("[data-n='paid_fen']")).to_have_text("¥\u20091,794")
    page.keyboard.press("F4")
    assert page.evaluate("document.documentElement.dataset.theme") == "day"

    page.context.set_offline(True)
    page.keyboard.press("End")
    page.locator("[data-scrub]").evaluate("box => { box.value = 130; box.dispatchEvent(new Event('input')); }")
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator("[data-moment]")).to_have_text("20:30")
    page.context.set_offline(False)
    expect(page.locator("[data-moment]")).to_have_text("22:10")
    expect(page.locator("[data-lost]")).to_be_hidden()

    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.browser
def test_a_replay_begins_anew_when_something_was_booked_meanwhile(page, sign_in, over, shop, staff):
    sign_in(staff)
    page.goto(f"/board/session/{over.pk}/replay/#at10")
    expect(page.locator("[data-n='orders']")).to_have_text("10")
    at = START + timedelta(minutes=3)
    receive(
        [make_arrival(shop, make_order_body("F1", at=at, lines=((1, "LDS-500", 1, 5980),)))],
        cause=Cause.FILE,
        at=datetime.now(UTC),
    )

    page.locator("[data-scrub]").evaluate("box => { box.value = 90; box.dispatchEvent(new Event('input')); }")

    expect(page.locator("[data-moment]")).to_have_text("21:30")
    expect(page.locator("[data-n='orders']")).to_have_text("91")
