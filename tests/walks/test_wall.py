"""The wall: the number on it is the number in the database, through pushes, a dead server, a strange client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from livestream.actions.board import county_scope, session_scope
from livestream.actions.session import end_session
from livestream.models import BoardVersion, Incident, Pitch, Supplier
from livestream.views.desk import first_moment
from orders.actions.intake import receive
from orders.models import Alert, BoardEpoch, DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_place, make_product, make_session


def sell(shop, *numbers, **kwargs):
    bodies = (make_order_body(no, **kwargs) for no in numbers)
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=datetime.now(UTC))


def numbers(prefix, count):
    return [f"{prefix}{n}" for n in range(count)]


def newer(*scopes):
    """What every verb does that changes a board."""
    for scope in scopes:
        version, _ = BoardVersion.objects.get_or_create(scope=scope, defaults={"county_id": "140425"})
        BoardVersion.objects.filter(pk=version.pk).update(version=version.version + 1)


@pytest.fixture
def busy(county, host, shop, staff):
    """A county head on air for half an hour: three goods pitched, one oversold, an incident, forty orders."""
    now = datetime.now(UTC).replace(microsecond=0)
    # The wall tells what began today: right after midnight the half hour is as short as the day.
    minute = min(timedelta(minutes=30), now - first_moment(now)) / 30
    village = make_place("140425102201", "岳家寨村")
    household = Supplier.objects.create(county=county, place=village, kind="household", name="社一")
    goods = [
        make_product(county, sku, title=title, supplier=household)
        for sku, title in [("LDS-500", "潞党参 500g"), ("HJ-250", "大红袍花椒 250g"), ("XM-5", "黑小米 5斤")]
    ]
    session = make_session(
        county, host, kind="county_head", went_live_at=now - 30 * minute, goal_fen=10_000_000,
        line_up=[(good, 5980, stock) for good, stock in zip(goods, [500, 3, None], strict=True)],
    )  # fmt: skip
    for place, good in enumerate(goods):
        began = now - (25 - 8 * place) * minute
        Pitch.objects.create(session=session, product=good, started_at=began, ended_at=began + 8 * minute if place < 2 else None)
    Incident.objects.create(session=session, kind="price_changed", happened_at=now - 5 * minute, note="改回 29.8", noted_by=staff)
    sell(shop, *numbers("B", 40))
    sell(shop, *numbers("H", 4), lines=((1, "HJ-250", 1, 2980),))
    Alert.objects.create(
        county=county, scope=session_scope(session.pk), kind="oversold", subject="HJ-250",
        detail={"title": "大红袍花椒 250g", "number": 1}, raised_at=now,
    )  # fmt: skip
    newer(session_scope(session.pk), county_scope(county.pk))
    return session


@pytest.mark.browser
def test_wall_shows_what_the_database_holds(page, sign_in, session, shop, staff):
    sign_in(staff)
    page.goto("/board/county/140425/")
    big = page.locator("[data-n='totals.orders']")
    expect(big).to_have_text("0")

    for wave in range(4):
        sell(shop, *numbers(f"W{wave}-", 321))

    counted = DayTally.objects.get(scope="county:140425")
    expect(big).to_have_text("1,284")
    assert counted.orders == 1284
    expect(page.locator("[data-n='totals.paid_fen']")).to_have_text("¥\u2009153,566")
    expect(page.locator(".onair [data-orders]")).to_have_text(["1,284"])
    expect(page.locator(".hot [data-units]")).to_have_text(["2,568"])
    expect(page.locator("[data-list='weights'] [data-jin]")).to_have_count(0)
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [1080, 1920]
    assert page.locator("[data-plot] canvas").count() == 1


@pytest.mark.browser
def test_wall_says_that_the_line_is_down_and_is_right_again_afterwards(page, server, sign_in, session, shop, staff):
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")
    sell(shop, "T1")
    expect(page.locator("[data-n='totals.orders']")).to_have_text("1")

    server.stop()

    expect(page.locator(".lost [data-age-text]")).to_contain_text("断线，数据停在")
    expect(page.locator("[data-n='totals.orders']")).to_have_text("1")
    sell(shop, "T2", "T3")
    server.start()
    expect(page.locator("[data-n='totals.orders']")).to_have_text("3", timeout=20_000)
    expect(page.locator("[data-age-text]")).to_contain_text("秒前")
    expect(page.locator(".lost")).to_have_count(0)


@pytest.mark.browser
def test_board_takes_titles_as_text_and_follows_the_session_to_its_end(page, sign_in, county, host, shop, staff):
    title = "<img src=x onerror=alert(1)>{{7*7}}"
    product = make_product(county, "LDS-500", title=title)
    session = make_session(county, host, went_live_at=datetime.now(UTC), line_up=[(product, 5980, 3)], title=title)
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")
    sell(shop, "T1", "T2")
    sell(shop, "T3", lines=((1, "<script>", 1, 100),))

    expect(page.locator(".items [data-title]")).to_have_text([title, "<script>"])
    expect(page.locator(".items [data-left]")).to_have_text(["超卖 1", "—"])
    end_session(session, at=datetime.now(UTC))
    expect(page.locator("[data-state-chip]")).to_have_text("已下播")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_boards_of_any_size_have_no_scrollbar_and_no_card_that_is_cut(page, live_url, sign_in, busy, staff, language):
    sign_in(staff)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_url}])
    cut = "[...document.querySelectorAll('.card')].filter(card => card.scrollHeight > card.clientHeight + 2).map(card => card.innerText)"
    for address in ("/board/county/140425/", f"/board/session/{busy.pk}/"):
        page.goto(address)
        for width, height in [(1280, 720), (1440, 900), (1920, 1080), (3840, 2160)]:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(100)
            assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
                width,
                height,
            ]
            assert page.evaluate(cut) == []


@pytest.mark.browser
def test_board_on_a_phone_stacks_and_is_not_wider_than_the_phone(page, sign_in, session, shop, staff):
    page.set_viewport_size({"width": 390, "height": 844})
    sell(shop, *numbers("T", 5))
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("[data-n='totals.orders']")).to_have_text("5")


@pytest.mark.browser
def test_county_wall_draws_its_details(page, sign_in, busy, shop, staff):
    sign_in(staff)
    page.goto("/board/county/140425/")

    expect(page.locator("[data-list='weights'] [data-jin]")).to_have_text(["80 斤", "4 斤"])
    expect(page.locator(".village")).to_have_text(["岳家寨村84"])
    expect(page.locator("[data-d='households']")).to_have_text("1")
    expect(page.locator("[data-d='leaders.wanted']")).to_have_text("12")
    expect(page.locator(".source [data-shop]")).to_have_text([shop.name])
    expect(page.locator(".source [data-heard]")).to_contain_text("秒前")
    expect(page.locator(".moment [data-text]")).to_contain_text(["开播：潞党参专场"])
    expect(page.locator(".onair [data-pitch]")).to_have_text(["讲解中：黑小米 5斤"])
    expect(page.locator(".onair [data-alarm]")).to_have_text(["超卖"])
    expect(page.locator(".alert")).to_have_text(["超卖多卖 1 件大红袍花椒 250g"])

    Alert.objects.update(cleared_at=datetime.now(UTC))
    newer(county_scope("140425"))
    expect(page.locator(".alert")).to_have_count(0)
    expect(page.locator("[data-none='alerts']")).to_be_visible()


@pytest.mark.browser
def test_session_board_marks_pitches_and_incidents_on_the_curve(page, sign_in, busy, staff):
    sign_in(staff)
    page.goto(f"/board/session/{busy.pk}/")

    expect(page.locator(".u-over .pitch")).to_have_text(["潞党参 500g", "大红袍花椒 250g", "黑小米 5斤"])
    expect(page.locator(".u-over .pitch.open")).to_have_text(["黑小米 5斤"])
    expect(page.locator(".u-over .incident")).to_have_text(["改价"])
    lefts = page.locator(".u-over .pitch").evaluate_all("marks => marks.map(mark => mark.offsetLeft)")
    minute = (lefts[1] - lefts[0]) / 8
    assert lefts[0] > 0
    assert lefts[2] - lefts[1] == pytest.approx(8 * minute, abs=2)
    expect(page.locator("[data-told]")).to_contain_text("改价 改回 29.8")
    expect(page.locator("[data-d='pitching']")).to_have_text("黑小米 5斤")
    expect(page.locator(".latest .late")).to_have_count(5)
    expect(page.locator("[data-list='platforms'] [data-orders]")).to_have_text(["44"])
    expect(page.locator(".items .oversold")).to_have_text(["超卖 1"])

    page.reload()  # nothing piles up, whatever is drawn again
    page.locator("[data-theme-button]").dispatch_event("click")
    expect(page.locator("html")).to_have_attribute("data-theme", "day")
    expect(page.locator(".u-over .pitch")).to_have_count(3)
    expect(page.locator("[data-plot] canvas")).to_have_count(1)


@pytest.mark.browser
def test_theme_is_kept_by_the_screen_and_an_address_may_ask_for_one(page, sign_in, busy, staff):
    sign_in(staff)
    page.goto("/board/county/140425/")
    expect(page.locator("html")).to_have_attribute("data-theme", "night")

    page.keyboard.press("F4")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "day")
    page.goto("/board/county/140425/?theme=night")
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    page.keyboard.press("F4")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "day")


@pytest.mark.browser
def test_privacy_hides_every_yuan_at_once_and_stays(page, sign_in, busy, shop, staff):
    sign_in(staff)
    for address in ("/board/county/140425/", f"/board/session/{busy.pk}/"):
        page.goto(address)
        page.evaluate("localStorage.clear()")
        page.reload()
        text = page.locator(".board")
        expect(text).to_contain_text("¥")
        page.keyboard.press("F2")
        expect(page.locator("[data-hidden-money]")).to_be_visible()
        expect(text).not_to_contain_text("¥")  # not even where nobody sees it
        sell(shop, f"P{address[7]}")
        expect(page.locator("[data-n='totals.orders']")).not_to_have_text("44")
        expect(text).not_to_contain_text("¥")
        page.reload()
        expect(page.locator("[data-hidden-money]")).to_be_visible()
        expect(text).not_to_contain_text("¥")
        page.keyboard.press("F2")
        expect(text).to_contain_text("¥")


@pytest.mark.browser
def test_board_without_a_socket_asks_by_get_and_says_that_it_is_late(page, sign_in, session, shop, staff):
    page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 }), 20); } close() {} };"
    )
    sign_in(staff)
    page.goto("/board/county/140425/")
    expect(page.locator(".silent [data-age-text]")).to_contain_text("延迟模式", timeout=20_000)

    sell(shop, "T1", "T2", "T3")

    expect(page.locator("[data-n='totals.orders']")).to_have_text("3")
    age = page.locator("[data-age-text]").inner_text().split()
    assert age[0] == "延迟模式，数据"
    assert float(age[1]) < 10


@pytest.mark.browser
def test_board_takes_no_older_version_but_a_new_epoch(page, sign_in, session, shop, staff):
    sell(shop, "T1", "T2")
    sign_in(staff)
    page.add_init_script("""
        const Real = WebSocket;
        window.WebSocket = class extends Real { constructor(address) { super(address); window.board = this; } };
    """)
    page.goto("/board/county/140425/")
    big = page.locator("[data-n='totals.orders']")
    expect(big).to_have_text("2")
    told = """changes => {
        const state = JSON.parse(document.getElementById("board-state").textContent).frame;
        const frame = { ...state, ...changes, totals: { ...state.totals, orders: changes.orders } };
        window.hear ??= window.board.onmessage;
        window.board.onmessage = () => {};  // the real server keeps telling of its own epoch, and would be believed again
        window.hear({ data: JSON.stringify(frame) });
        return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    }"""
    version = BoardVersion.objects.get(scope="county:140425").version
    page.evaluate("async () => { while (!window.board?.onmessage) await new Promise(requestAnimationFrame); }")

    page.evaluate(told, {"version": version - 1, "orders": 7, "as_of": "2099-01-01T00:00:00.000Z"})
    expect(big).to_have_text("2")
    page.evaluate(told, {"version": version + 1, "orders": 8})
    expect(big).to_have_text("8")
    page.evaluate(told, {"version": 1, "orders": 9, "epoch": "another"})
    expect(big).to_have_text("9")
    assert BoardEpoch.objects.count() == 1


@pytest.mark.browser
def test_waiting_before_the_next_try_is_full_jitter_and_short_after_a_restart(page, sign_in, session, staff):
    sign_in(staff)
    page.goto("/board/county/140425/")
    ask = "() => import('/static/config/js/socket.js').then(({ pause }) => [0, 1, 5, 50].map(n => pause(1006, n, () => 1)).concat(pause(1012, 9, () => 1), pause(1006, 3, () => 0)))"

    assert page.evaluate(ask) == [1000, 2000, 30000, 30000, 5000, 0]


@pytest.mark.browser
def test_board_loads_itself_anew_when_another_release_runs(page, live_url, sign_in, session, staff):
    page.clock.install()
    sign_in(staff)
    page.goto("/board/county/140425/")
    page.route("**/release", lambda route: route.fulfill(body="another"))
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))

    page.clock.run_for(70 * 60 * 1000)
    for _ in range(60):
        page.wait_for_timeout(50)
        if loads:
            break
        page.clock.run_for(3000)

    assert loads == [f"{live_url}/board/county/140425/"]


@pytest.mark.browser
def test_summary_tells_the_board_in_a_sentence(page, sign_in, busy, staff):
    sign_in(staff)
    page.goto("/board/county/140425/")

    expect(page.locator("[data-summary]")).to_contain_text("支付订单 44 单，净额 ¥")
    expect(page.locator("[data-summary]")).to_contain_text("提醒 1 条")


def cookie(user) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_client_that_nobody_here_wrote_reads_the_frames(live_url, session, shop, staff):
    address = f"{live_url.replace('http', 'ws')}/ws/board/session/{session.pk}/"
    with connect(address, origin=live_url, additional_headers={"Cookie": cookie(staff)}) as socket:
        first = json.loads(socket.recv(timeout=3))
        sell(shop, "T1", "T2")
        second = json.loads(socket.recv(timeout=3))

    assert (first["totals"]["orders"], second["totals"]["orders"]) == (0, 2)
    assert (second["epoch"], second["version"]) == (first["epoch"], first["version"] + 1)


def test_client_without_a_right_is_refused_in_the_handshake(live_url, session, stranger, staff):
    address = f"{live_url.replace('http', 'ws')}/ws/board/session/{session.pk}/"
    tries = [
        {"origin": live_url},
        {"origin": live_url, "additional_headers": {"Cookie": cookie(stranger)}},
        {"additional_headers": {"Cookie": cookie(staff)}},
        {"origin": "http://evil.example", "additional_headers": {"Cookie": cookie(staff)}},
    ]
    statuses = []
    for options in tries:
        with pytest.raises(InvalidStatus) as refused:
            connect(address, **options)
        statuses.append(refused.value.response.status_code)

    assert statuses == [403, 403, 403, 403]
