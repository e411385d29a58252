"""Texts that try to be code, sent in by every door and looked at on every page: shown as texts, never run. As a browser is on
every page here, axe judges each of them too."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from csp.decorators import csp_exempt, csp_replace
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_exempt

from config.urls import urlpatterns as ours
from livestream.models import BlockedLoad
from orders.actions.kiosk import create_kiosk_link
from orders.rules.kiosk import KioskTerm
from tests.security.payloads import ALL, SHEET, XSS, plain
from tests.security.planting import plant, push_titles
from tests.security.watching import LEFT_BEHIND, SAID, Watched
from tests.sign_in import signed_in
from tests.walks.pages import PAGES
from tests.walks.test_axe import addresses, is_page, judged, judged_here, looks, world

__all__ = ["world"]
PLAIN = [plain(text) for text in ALL]
A_ROUND = 5  # the latest orders that a board has room for, with whole titles
# Where every one of the texts must stand, because every one was sent there: by push, by API, by form, as a row.
WHOLE = {
    "orders:figures",
    "orders:county_figures",
    "orders:kiosk_links",
    "livestream:desk",
    "livestream:session",
    "livestream:my_sessions",
}
ADMIN = [
    "", "livestream/user/", "livestream/product/", "livestream/supplier/", "livestream/place/", "livestream/livesession/", "orders/shop/",
    "orders/order/", "orders/hint/", "orders/orderfile/", "orders/pullcursor/",
]  # fmt: skip


def shown(pieces):
    """The numbers of the texts that stand literally in a page."""
    whole = {plain(piece) for piece in pieces}
    return {number for number, text in enumerate(PLAIN) if any(text in piece for piece in whole)}


def test_there_are_enough():
    assert len(set(XSS)) >= 60
    assert len(set(SHEET)) >= 15


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_that_was_sent_in_runs_on_any_page(page, live_url, sign_in, world):
    now = datetime.now(UTC)
    plant(live_url, world, now)
    watched = Watched(page, urlsplit(live_url).netloc)
    page.emulate_media(reduced_motion="reduce")
    seen, looked_at, judged_before, serious = {}, set(), set(), {}

    for role, user in {"nobody": None, **world["people"]}.items():
        asker = signed_in(user) if user else Client()
        if user:
            sign_in(user)
        wanted = [*addresses(world), *(("admin", f"/admin/{name}") for name in (ADMIN if role == "admin" else ()))]
        for name, address in wanted:
            if address in judged_before or not is_page(
                asker.get(address)
            ):  # what one may see is judged with the first who sees it
                continue
            judged_before.add(address)
            looked_at.add(name)
            first, *others = looks(name, role)
            page.set_viewport_size({"width": first[0][0], "height": first[0][1]})
            seen.setdefault(name, set()).update(shown(watched.look(address)))
            if name != "admin":
                serious[f"{role} {address}"] = judged_here(page) + [
                    rule for look in others for rule in judged(page, address, *look)
                ]

    assert (watched.happened, watched.elsewhere) == ([], [])
    assert {where: rules for where, rules in serious.items() if rules} == {}
    assert {name: len(ALL) - len(seen[name]) for name in WHOLE} == dict.fromkeys(WHOLE, 0)
    assert set(PAGES) - looked_at == set()
    assert BlockedLoad.objects.count() == 0


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_runs_on_boards_while_frames_arrive(page, live_url, sign_in, session, staff, shop):
    """With a login and by a kiosk link: each text is among the latest orders, in some frame."""
    type(shop).objects.update(name="自有商城")
    now = datetime.now(UTC)
    _link, token = create_kiosk_link(session, name="大厅", term=KioskTerm.DAY, hides_money=False, by=staff, at=now)
    sign_in(staff)
    screen = Watched(page, urlsplit(live_url).netloc)
    stranger = page.context.browser.new_context(base_url=live_url, viewport={"width": 1920, "height": 1080})
    kiosk = Watched(stranger.new_page(), screen.own)
    screen.look(f"/board/session/{session.pk}/")
    kiosk.look(f"/board/session/{session.pk}/?kiosk={token}")

    seen = {"screen": set(), "kiosk": set()}
    for round_, first in enumerate(range(0, len(ALL), A_ROUND)):
        numbers = range(first, min(first + A_ROUND, len(ALL)))
        push_titles(live_url, now, "R1", numbers, round_)
        for name, tab in (("screen", screen), ("kiosk", kiosk)):
            tab.page.evaluate(HAVE_COME, [plain(ALL[number]) for number in numbers])
            seen[name] |= shown(tab.read())

    assert (screen.happened, screen.elsewhere, kiosk.happened, kiosk.elsewhere) == ([], [], [], [])
    assert seen == {"screen": set(range(len(ALL))), "kiosk": set(range(len(ALL)))}
    assert BlockedLoad.objects.count() == 0
    stranger.close()


# What waits in the page itself: `wait_for_function` would evaluate a text there, which the policy refuses when it does so again.
HAVE_COME = """async (texts) => {
  const blank = /[^\\S ]|[\\u200b\\u202e\\u2028\\ufeff]/g;
  const said = () => document.body.textContent.replace(blank, " ").replace(/ +/g, " ");
  while (!texts.every((text) => said().includes(text))) await new Promise(requestAnimationFrame);
}"""


# --- the control ------------------------------------------------------------------------------------------------------------

NAIVE = "<!doctype html><meta charset=utf-8><title>x</title><p>{{ text|safe }}</p><input value={{ text|safe }}><script src=/pwn.js></script>"
FRAMES = "<!doctype html><title>x</title>{% for n in numbers %}<iframe src='/{{ kind }}/{{ n }}/'></iframe>{% endfor %}"


def rendered(template, **context):
    return HttpResponse(engines["django"].from_string(template).render(context))


@xframe_options_exempt
@csp_exempt()
def naive(_request, number):
    return rendered(NAIVE, text=ALL[number])


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["'self'"], "report-to": None})  # `report-to` waits a minute, `report-uri` does not
def guarded(_request, number):
    return rendered(NAIVE, text=ALL[number])


@csp_exempt()
def all_of(_request, kind):
    return rendered(FRAMES, kind=kind, numbers=range(len(ALL)))


urlpatterns = [
    *ours, path("naive/<int:number>/", naive), path("guarded/<int:number>/", guarded), path("all/<str:kind>/", all_of)
]  # fmt: skip


@pytest.mark.browser
@pytest.mark.slow
def test_control_without_escaping_the_net_catches(control_page, live_url, settings):
    """The same texts in a template with |safe: without the policy they run and load, with it they are stopped and reported."""
    settings.ROOT_URLCONF = __name__
    watched = Watched(control_page, urlsplit(live_url).netloc)

    control_page.goto("/all/naive/", wait_until="load")
    ran = {what for what in watched.happened if what.startswith("RAN")}
    left = watched.page.frames[1].evaluate(LEFT_BEHIND)
    loaded = {url for url in watched.elsewhere if "x.invalid" in url}
    assert (len(ran) >= 25, len(loaded) >= 3, len(left) >= 1) == (True, True, True), (ran, loaded, left)

    watched.happened.clear()
    control_page.goto("/all/guarded/", wait_until="load")
    assert [what for what in watched.happened if what.startswith("RAN")] == []
    assert len([what for what in watched.happened if what.startswith("BLOCKED script-src")]) >= 25
    deadline = time.monotonic() + 5
    while not BlockedLoad.objects.filter(blocked="inline").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert BlockedLoad.objects.filter(blocked="inline", directive__startswith="script-src").exists()
    assert not shown(control_page.frames[1].evaluate(SAID)) & {0}  # run or stopped, it does not stand there as a text


@pytest.mark.browser
def test_html_that_a_script_puts_into_a_page_is_looked_at(control_page, live_url, sign_in, staff, session):
    """Trusted Types: on a page with htmx only what holds no code, on a board nothing at all."""
    sign_in(staff)
    put = """(html) => {
      const box = document.createElement("div");
      try { box.innerHTML = html; } catch (error) { return error.name; }
      return box.innerHTML;
    }"""
    control_page.goto("/desk/")
    assert control_page.evaluate(put, '<b data-x="1">潞党参</b>') == '<b data-x="1">潞党参</b>'
    assert control_page.evaluate(put, '<img src="data:image/svg+xml;utf8,<svg/>">').startswith("<img")
    for code in [
        "<img src=x onerror=pwn(1)>", "<script>pwn(1)</script>", "<a href='java\tscript:pwn(1)'>x</a>", "<iframe src=/></iframe>",
        "<template><b onclick=pwn(1)></b></template>", "<form action=' javascript:pwn(1)'></form>", "<base href=/>",
        "<svg><a xlink:href=javascript:pwn(1)>x</a></svg>", "<p srcdoc=x>",
    ]:  # fmt: skip
        assert control_page.evaluate(put, code) == "TypeError", code

    control_page.goto(f"/board/session/{session.pk}/")
    assert control_page.evaluate(put, "<b>潞党参</b>") == "TypeError"
