"""The host's next item on a phone: with and without network, with and without script; and the desk beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.actions.pitch import start_pitch
from livestream.models import Incident, Pitch
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
TITLES = ["大红袍花椒 250g", "黑小米 5斤", "带霜柿饼 2斤", "土蜂蜜 500g"]


@pytest.fixture
def products(county):
    return [
        make_product(county, sku=f"SKU-{n}", title=title, selling_points="今年新货\n麻味足\n坏一赔一")
        for n, title in enumerate(TITLES)
    ]


@pytest.fixture
def session(county, host, products, now):
    line_up = [(product, 2990, 10 if n == 0 else None) for n, product in enumerate(products)]
    return make_session(county, host, went_live_at=now - timedelta(minutes=5), line_up=line_up)


@pytest.fixture
def phone(page, host, session, sign_in):
    page.set_viewport_size(PHONE)
    sign_in(host)
    page.goto(f"/my/{session.pk}/")
    page.locator(".big").wait_for()
    return page


def press(phone, words):
    """The one big button; and the moment in which a second tap would be a slip."""
    phone.locator("#stage .btn:visible", has_text=words).click()
    phone.wait_for_timeout(700)


def kept_taps(phone):
    return phone.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('cunbo-outbox'))")


def presented():
    return list(Pitch.objects.values_list("product__title", flat=True))


def wait_for(condition, phone):
    for _ in range(300):
        if condition():
            return
        phone.wait_for_timeout(100)
    raise AssertionError("it did not come about in 30 s")


def test_three_taps_without_network_arrive_in_order_and_once(phone):
    press(phone, "开讲：大红袍花椒")
    wait_for(lambda: presented() == TITLES[:1], phone)
    phone.context.set_offline(True)
    before = datetime.now(UTC)
    for title in TITLES[1:]:
        press(phone, f"下一个：{title}")

    phone.get_by_text("3 步已存在手机里，有网就送出，一步也不会丢。").wait_for()
    phone.locator("#stage h2:visible", has_text="土蜂蜜").wait_for()
    phone.get_by_text("已记 3 步").wait_for()
    assert presented() == TITLES[:1]

    phone.wait_for_timeout(1000)
    reconnected = datetime.now(UTC)
    phone.context.set_offline(False)
    wait_for(lambda: kept_taps(phone) == [], phone)
    pitches = list(Pitch.objects.all())
    assert presented() == TITLES
    assert [pitch.ended_at for pitch in pitches] == [*(pitch.started_at for pitch in pitches[1:]), None]
    assert all(before - timedelta(seconds=1) <= pitch.started_at < reconnected for pitch in pitches[1:])
    assert phone.locator("#stage article h2:visible").inner_text() == "土蜂蜜 500g"


def test_taps_that_wait_are_shown_again_when_the_page_comes_back(phone, server):
    server.stop()
    press(phone, "开讲：大红袍花椒")
    press(phone, "下一个：黑小米")
    phone.get_by_text("2 步已存在手机里").wait_for()

    server.start()
    phone.reload()

    phone.locator("#stage h2:visible", has_text="黑小米").wait_for()
    wait_for(lambda: presented() == TITLES[:2], phone)


def test_a_thumb_that_slips_skips_nothing(phone):
    button = phone.locator(".dock .btn.primary:visible")
    button.dblclick()
    phone.wait_for_timeout(700)

    phone.locator("#stage h2:visible", has_text="大红袍").wait_for()
    wait_for(lambda: presented() == TITLES[:1], phone)


def test_another_item_is_chosen_from_the_list(phone):
    phone.locator(".slot", has_text="带霜柿饼").click()

    phone.locator("#stage h2:visible", has_text="带霜柿饼").wait_for()
    phone.locator("#stage .btn:visible", has_text="下一个：土蜂蜜").wait_for()
    wait_for(lambda: presented() == ["带霜柿饼 2斤"], phone)
    assert phone.locator(".slot:disabled").count() == 1


def test_the_phone_follows_what_the_desk_starts_and_what_is_sold(phone, session, products, shop, now):
    start_pitch(session, products[0], at=now)
    receive([make_arrival(shop, make_order_body("T1", at=now, lines=[(1, "SKU-0", 9, 100)]))], cause=Cause.PUSH, at=now)
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.locator("#stage article .chip.warn:visible", has_text="快卖完 · 还剩 1").wait_for()

    receive([make_arrival(shop, make_order_body("T2", at=now, lines=[(1, "SKU-0", 3, 100)]))], cause=Cause.PUSH, at=now)
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.locator("#stage article .chip.bad:visible", has_text="⚠ 超卖 2").wait_for()
    phone.locator("#stage h2:visible", has_text="大红袍").wait_for()


def test_a_refused_tap_says_why(phone, session, products):
    session.line_up.filter(product=products[1]).delete()

    phone.locator(".slot", has_text="黑小米").click()

    phone.get_by_text("“黑小米 5斤”不在这一场的排品里，请先排品再讲。").wait_for()
    assert presented() == []


def test_everything_works_without_script(page, server, host, session):
    context = page.context.browser.new_context(base_url=server.url, java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"/my/{session.pk}/")
    plain.get_by_label("手机号").fill(host.phone)
    plain.get_by_label("密码").fill("correct horse battery")
    plain.get_by_role("button", name="登录").click()
    plain.get_by_role("button", name="开讲：大红袍花椒 250g").click()
    plain.get_by_role("button", name="下一个：黑小米 5斤").click()
    plain.get_by_role("button", name="4 土蜂蜜").click()

    plain.get_by_role("button", name="下一个：大红袍花椒 250g").wait_for()
    assert presented() == ["大红袍花椒 250g", "黑小米 5斤", "土蜂蜜 500g"]
    context.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_long_titles_fit_and_thumbs_meet_44_pixels(page, county, host, session, products, now, sign_in, language):
    long = "平顺县神龙湾道地潞党参特级条粗皮紧不熏硫礼盒装五百克送礼自用两相宜 Codonopsis-pilosula-premium"
    for product in products:
        product.title = long[: 80 if product == products[0] else 60]
        product.save(update_fields=["title"])
    start_pitch(session, products[0], at=now)
    sign_in(host)
    page.set_extra_http_headers({"Accept-Language": language})
    page.set_viewport_size(PHONE)
    page.goto(f"/my/{session.pk}/")
    page.locator(".big").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = page.eval_on_selector_all(".btn, .slot, .back, summary", "all => all.map(one => one.offsetHeight)")
    assert [height for height in heights if 0 < height < 44] == []
    assert page.locator("#stage .btn.primary:visible").evaluate("one => one.offsetHeight") >= 64


def test_a_slow_line_is_asked_more_rarely_and_a_dead_one_ever_more_rarely(page, host, session, sign_in):
    asked = []
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true, effectiveType: '4g' } })")
    page.clock.install()
    sign_in(host)
    page.on("request", lambda request: asked.append(request.url) if "figures" in request.url else None)
    page.goto(f"/my/{session.pk}/")
    page.locator(".big").wait_for()
    asked.clear()
    page.clock.run_for(12_000)
    page.wait_for_timeout(200)
    sparing = len(asked)
    page.clock.run_for(6_000)
    page.wait_for_timeout(500)

    assert (sparing, len(asked)) == (0, 1)


def test_the_desk_keeps_what_is_typed_while_its_page_moves(page, staff, session, products, now, sign_in):
    sign_in(staff)
    page.goto(f"/sessions/{session.pk}/desk/")
    page.locator("[data-slot=stock-1] .chip").wait_for()
    page.get_by_role("heading", name="记一笔").click()
    page.get_by_label("说明", exact=True).fill("花椒改 27.90")
    start_pitch(session, products[1], at=now)

    page.locator(".goods-row.on", has_text="黑小米 5斤").wait_for()
    assert page.get_by_label("说明", exact=True).input_value() == "花椒改 27.90"
    assert page.locator("[data-slot=stock-1] .chip").count() == 1, "what the figures put there stays"

    page.get_by_label("类别").select_option("price_changed")
    page.get_by_role("button", name="记下", exact=True).click()
    page.locator("#log", has_text="花椒改 27.90").wait_for()
    page.goto(f"/sessions/{session.pk}/desk/")
    page.locator(f"[value='pitch:{products[2].pk}']").last.click()
    page.locator(".goods-row.on", has_text=products[2].title).wait_for()
    assert (Incident.objects.count(), Pitch.objects.open().get().product) == (1, products[2])
