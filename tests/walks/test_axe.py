"""Every page that people see, for everybody who may see it, as axe judges it (`make axe`): nothing serious, nothing critical.
In the run of every test each page is judged once, where a browser is on it anyhow: `tests/security/test_payloads.py`.

The addresses come from the URL conf: a page without an entry in `PAGES` or `NO_PAGES` fails. axe is evaluated by the test's own
browser; the pages and their Content Security Policy stay as they are.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import axe_playwright_python
import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import expect

from orders.actions.kiosk import create_kiosk_link
from orders.rules.kiosk import KioskTerm
from tests.sign_in import signed_in
from tests.walks.pages import BOARDS, NO_PAGES, PAGES, PHONES
from tests.walks.pages_world import make_world

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.filter((rule) => ["serious", "critical"].includes(rule.impact))
    .map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(" | ")}`);
}"""
JUDGES_ALL = bool(os.environ.get("CUNBO_AXE_ALL"))
SCREEN, DESK, PHONE = (1920, 1080), (1440, 900), (390, 844)


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
    return make_world(settings, tmp_path)


def addresses(world):
    """(name, address) of every page."""
    for name, asked in PAGES.items():
        for thing in asked or (None,):
            found = world[thing] if thing else ()
            address = reverse(name, args=found if isinstance(found, tuple) else [found])
            yield name, address + world["asked with"].get(name, "")


def is_page(answer):
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")


def looks(name, role):
    """(width and height, theme) in which a page is judged: of staff one at a desk's width, the next at a phone's (`make axe`: each
    at both). A board says the same to everybody who may see it."""
    if name in BOARDS:
        return [(SCREEN, "night"), (SCREEN, "day"), (PHONE, "night")]
    if name in PHONES or role == "host":
        return [(PHONE, None)]
    if role != "staff":
        return [(DESK, None)]
    both = [(DESK, None), (PHONE, None)]
    return both if JUDGES_ALL else [both[crc32(name.encode()) % 2]]


def judged(page, address, size, theme):
    """What axe finds serious or critical."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}?theme={theme}" if theme else address)
    return judged_here(page)


def judged_here(page):
    page.evaluate(AXE)
    return page.evaluate(RUN)


def every_page(page, sign_in, world):
    """What axe finds on all pages, for everybody who sees them, and the names of the pages."""
    found, seen = {}, set()
    page.emulate_media(reduced_motion="reduce")
    mine = list(addresses(world))
    for role, user in {"nobody": None, **world["people"]}.items():
        asker = Client()
        if user:
            asker = signed_in(user)
            sign_in(user)
        for name, address in mine:
            if not is_page(asker.get(address)):
                continue
            seen.add(name)
            for size, theme in looks(name, role):
                if rules := judged(page, address, size, theme):
                    found[f"{role} {address} {size[0]} {theme or ''}"] = rules
    return found, seen


if JUDGES_ALL:

    @pytest.mark.browser
    @pytest.mark.slow
    @pytest.mark.timeout(3600)
    def test_axe_finds_nothing_serious_on_any_page(page, sign_in, world):
        found, seen = every_page(page, sign_in, world)

        assert json.dumps(found, ensure_ascii=False, indent=1) == "{}"
        assert seen == {name for name, _address in addresses(world)}


@pytest.mark.browser
def test_axe_finds_nothing_serious_when_a_board_is_cut_off_or_a_page_is_missing(page, server, sign_in, session, staff):
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")
    page.evaluate(AXE)
    server.stop()
    expect(page.locator("[data-age-text]")).to_contain_text("断线")
    assert page.evaluate(RUN) == []

    server.start()
    link, token = create_kiosk_link(session, name="大厅", term=KioskTerm.DAY, hides_money=True, by=staff, at=datetime.now(UTC))
    board = f"/board/session/{session.pk}/"
    # a page that is missing, one that is not for staff, a replay before the end, a screen without a login, a link that is no more
    for address in (
        "/nowhere/",
        "/my/",
        f"{board}replay/",
        f"{board}?kiosk={token}",
        f"{board}?kiosk={'x' * 43}",
        f"/join/{'x' * 43}/",
    ):
        page.goto(address)
        page.evaluate(AXE)
        assert (address, page.evaluate(RUN)) == (address, [])

    page.goto("/board/links/")
    page.fill("[name=name]", "一楼大厅")
    page.click("#new button")
    expect(page.locator("main")).to_contain_text("kiosk=")
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
