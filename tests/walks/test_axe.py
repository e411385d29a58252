"""Every page that people see, for everybody who may see it, as axe judges it: nothing serious, nothing critical.

The addresses come from the URL conf: a page without an entry in `PAGES` or `NO_PAGES` fails. axe is evaluated by the test's own
browser; the pages and their Content Security Policy stay as they are.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import axe_playwright_python
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import expect

from config.demo.load import load_demo
from livestream.actions.session import end_session, go_live
from livestream.models import Incident, LiveSession, Pitch, User
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.file import begin_import, import_file, read_file, store_file
from orders.actions.intake import receive
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from tests.factories import make_arrival, make_order_body, make_user
from tests.orders.sheets.exports import make_file, make_row

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.filter((rule) => ["serious", "critical"].includes(rule.impact))
    .map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(" | ")}`);
}"""
SCREEN, DESK, PHONE = (1920, 1080), (1440, 900), (390, 844)
SESSIONS = ("live", "planned", "over", "empty")
# What an address needs: `None` nothing, else the names of the things in the world that it is asked with.
PAGES = {
    "login": None,
    "api_docs": None,
    "training:desk": None,
    "livestream:desk": None,
    "livestream:session": SESSIONS,
    "livestream:my_sessions": None,
    "livestream:my_session": SESSIONS,
    "orders:county_board": ("county",),
    "orders:session_board": SESSIONS,
    "orders:session_replay": SESSIONS,
    "orders:figures": ("live", "planned"),
    "orders:county_figures": None,
    "orders:files": None,
    "orders:file_upload": None,
    "orders:file": ("read file", "imported file", "waiting file"),
    "orders:waiting": None,
}
BOARDS = {"orders:county_board", "orders:session_board", "orders:session_replay"}
PHONES = {"livestream:my_sessions", "livestream:my_session", "login"}
# Addresses that never answer a GET with a page: redirects, verbs, files, JSON, plain text.
NO_PAGES = {
    "home", "logout", "set_language", "healthz", "readyz", "metrics", "schema", "livestream:session_event",
    "livestream:my_session_event", "orders:county_frame", "orders:session_frame", "orders:session_replay_states",
    "orders:file_import", "orders:file_rejected", "orders:hint_retry", "orders:hint_dismiss", "orders:message_retry",
    "orders:message_dismiss",
}  # fmt: skip


def names(patterns, prefix=""):
    """Every name in the URL conf but those of Django's own admin."""
    for pattern in patterns:
        if not hasattr(pattern, "url_patterns"):
            yield prefix + (pattern.name or str(pattern.pattern))
        elif pattern.app_name != "admin":
            yield from names(pattern.url_patterns, f"{pattern.app_name}:" if pattern.app_name else prefix)


def test_every_address_is_judged_or_is_no_page():
    assert set(names(get_resolver().url_patterns)) == set(PAGES) | NO_PAGES
    assert set(PAGES) & NO_PAGES == set()


def test_what_is_no_page_is_no_page(client, staff, session):
    """Asked for something that is there or not: never a page of ours."""
    client.force_login(staff)
    pages = []
    for name in sorted(NO_PAGES):
        for args in ([], [session.pk], [1], ["140425"]):
            try:
                address = reverse(name, args=args)
            except NoReverseMatch:
                continue
            answer = client.get(address)
            pages += [name] if is_page(answer) else []
            break
    assert pages == []


@pytest.fixture
def world(transactional_db, settings, tmp_path):
    """The demo county with orders, a session that is over, files in three states, work that waits."""
    settings.UPLOADS = tmp_path
    now = datetime.now(UTC)
    demo = load_demo(now=now)
    staff = User.objects.get(phone="10014042502")
    live, _gorge, _cliff, planned, over = demo.sessions
    shop = demo.shops[0]
    room = live.rooms.order_by("pk").first().room_id
    skus = list(live.line_up.values_list("product__sku", flat=True))
    bodies = [make_order_body(f"A{n}", at=now, room=room, lines=((1, skus[n % len(skus)], 1, 5980 + n),)) for n in range(40)]
    receive([make_arrival(shop, *bodies, make_order_body("U1", at=now, room=None))], cause=Cause.PUSH, at=now)
    product_id = live.line_up.first().product_id
    for session in (live, over):
        start = session.went_live_at
        Pitch.objects.create(session=session, product_id=product_id, started_at=start, ended_at=start + timedelta(minutes=5))
        Incident.objects.create(session=session, kind="stream_lost", happened_at=start, note="停电", noted_by=staff)
    douyin = next(shop for shop in demo.shops if shop.platform == "douyin")
    receive(
        [Arrival(ShopRef(douyin.pk, douyin.county_id), hints=(HintFact("order", "1"),))],
        cause=Cause.PUSH,
        at=now - timedelta(days=1),
    )
    read, imported, waiting = (
        store_file(douyin, SimpleUploadedFile("订单.csv", data), name="订单.csv", by=staff, at=now)
        for data in (make_file([make_row(1)]), make_file([make_row(2), make_row(3, 商品数量="x")]), make_file([make_row(4)]))
    )
    for file in (read, imported):
        read_file(file.pk)
    begin_import(imported, at=now)
    import_file(imported.pk)
    empty = LiveSession.objects.create(
        county=demo.county, kind="practice", title="练习", host=live.host, place=demo.county,
        planned_start_at=now + timedelta(days=2), planned_end_at=now + timedelta(days=2, hours=1), state="rehearsed",
    )  # fmt: skip
    go_live(empty, at=now - timedelta(minutes=2))
    end_session(empty, at=now - timedelta(minutes=1))
    return {
        "county": demo.county.pk, "live": live.pk, "planned": planned.pk, "over": over.pk,
        "empty": empty.pk, "read file": read.pk, "imported file": imported.pk, "waiting file": waiting.pk,
        "people": {
            "host": live.host, "staff": staff, "trainer": User.objects.get(phone="10014042503"),
            "admin": make_user("admin", demo.county),
        },
    }  # fmt: skip


def addresses(world):
    """(name, address) of every page."""
    for name, asked in PAGES.items():
        for thing in asked or (None,):
            yield name, reverse(name, args=[world[thing]] if thing else [])


def is_page(answer):
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")


def looks(name, role):
    """(width and height, theme) in which a page is judged: all of them for those who use it, one for the others."""
    if name in BOARDS:
        return [(SCREEN, "night"), (SCREEN, "day"), (PHONE, "night")] if role == "staff" else [(SCREEN, "night")]
    if name in PHONES or role == "host":
        return [(PHONE, None)]
    return [(DESK, None), (PHONE, None)] if role == "staff" else [(DESK, None)]


def judged(page, address, size, theme):
    """What axe finds serious or critical."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}?theme={theme}" if theme else address)
    page.evaluate(AXE)
    return page.evaluate(RUN)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_axe_finds_nothing_serious_on_any_page(page, sign_in, world):
    found, seen = {}, set()
    page.emulate_media(reduced_motion="reduce")
    for role, user in {"nobody": None, **world["people"]}.items():
        asker = Client()
        if user:
            asker.force_login(user)
            sign_in(user)
        for name, address in addresses(world):
            if is_page(asker.get(address)):
                seen.add(name)
                for size, theme in looks(name, role):
                    if rules := judged(page, address, size, theme):
                        found[f"{role} {address.replace(str(world['over']), 'OVER')} {size[0]} {theme or ''}"] = rules

    assert json.dumps(found, ensure_ascii=False, indent=1) == "{}"
    assert seen == set(PAGES)


@pytest.mark.browser
def test_axe_finds_nothing_serious_when_a_board_is_cut_off_or_a_page_is_missing(page, server, sign_in, session, staff):
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")
    page.evaluate(AXE)
    server.stop()
    expect(page.locator("[data-age-text]")).to_contain_text("断线")
    assert page.evaluate(RUN) == []

    server.start()
    for address in ("/nowhere/", "/my/"):  # 404; not for staff
        page.goto(address)
        page.evaluate(AXE)
        assert page.evaluate(RUN) == []


@pytest.mark.browser
def test_axe_would_find_what_is_serious(page, sign_in, staff):
    """The control: the same page with a button that nobody can name, and text that nobody can read."""
    sign_in(staff)
    page.goto("/desk/")
    page.evaluate(
        """() => {
          const button = document.createElement("button");
          const text = Object.assign(document.createElement("p"), { textContent: "12,486" });
          text.style.color = "#eeeeee";
          text.style.background = "#ffffff";
          document.querySelector("main").append(button, text);
        }"""
    )
    page.evaluate(AXE)

    assert [rule.split(":")[0] for rule in page.evaluate(RUN)] == ["button-name", "color-contrast"]
