"""Every page that people see, for everybody who may see it, as axe judges it: nothing serious, nothing critical.

The addresses come from the URL conf: a page without an entry in `PAGES` or `NO_PAGES` fails. axe is evaluated by the test's own
browser; the pages and their Content Security Policy stay as they are.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import axe_playwright_python
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import expect

from config.demo.load import load_demo
from livestream.actions.acting import begin_acting
from livestream.actions.invitation import make_link
from livestream.actions.session import end_session, go_live
from livestream.actions.subject_request import Answer, answer_request, ask
from livestream.actions.vault import PersonalFacts, record_data
from livestream.models import (
    Agreement,
    Campaign,
    Confirmation,
    Deliverable,
    Incident,
    Leader,
    LiveSession,
    Pitch,
    Place,
    Resource,
    RewardRule,
    Series,
    User,
)
from livestream.rules.subject_request import Outcome, RequestKind
from livestream.rules.token import digest_of
from orders.actions.alert import raise_alerts
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.export import ask_export
from orders.actions.file import begin_import, import_file, read_file, store_file
from orders.actions.intake import receive
from orders.actions.kiosk import create_kiosk_link
from orders.models import Export
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from orders.rules.kiosk import KioskTerm
from tests.campaigns import make_reward
from tests.factories import make_arrival, make_order_body, make_user
from tests.orders.exports import make_exporter, make_wish
from tests.orders.sheets.exports import make_file, make_row
from tests.sign_in import signed_in

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
    "livestream:login_code": None,
    "livestream:me": None,
    "livestream:notices": None,
    "livestream:notice_ways": None,
    "livestream:plan_notices": None,
    "livestream:robots": None,
    "livestream:my_password": None,
    "livestream:my_devices": None,
    "livestream:my_second": None,
    "api_docs": None,
    "livestream:api_tokens": None,
    "training:desk": None,
    "livestream:desk": None,
    "livestream:plan": None,
    "livestream:plan_move": ("planned",),
    "livestream:feeds": None,
    "livestream:my_feeds": None,
    "livestream:session": SESSIONS,
    "livestream:leaders": None,
    "livestream:leader_new": None,
    "livestream:leader": ("leader",),
    "livestream:leader_merge": ("leader",),
    "livestream:quota": None,
    "livestream:quota_promise": ("county",),
    "livestream:broadcasts": None,
    "livestream:broadcast": ("asked session", "approved session"),
    "livestream:plan_new": None,
    "livestream:plan_sheet": None,
    "livestream:plan_edit": ("planned", "approved session"),
    "livestream:plan_copy": ("approved session",),
    "livestream:plan_cancel": ("planned",),
    "livestream:people": None,
    "livestream:people_invite": None,
    "livestream:person": ("host person",),
    "livestream:person_edit": ("host person",),
    "livestream:person_appoint": ("host person",),
    "livestream:join": ("token",),
    "livestream:confirm": ("told",),
    "livestream:release": None,
    "livestream:releases": None,
    "livestream:release_made": ("release",),
    "livestream:release_restore": ("release",),
    "livestream:my_helped": None,
    "livestream:my_times": None,
    "livestream:person_times": ("host person",),
    "livestream:clashes": None,
    "livestream:plan_rules": None,
    "livestream:resources": None,
    "livestream:series": None,
    "livestream:series_new": None,
    "livestream:one_series": ("a series",),
    "livestream:resource_new": None,
    "livestream:resource": ("studio",),
    "livestream:resource_edit": ("studio",),
    "livestream:resource_times": ("studio",),
    "livestream:my_sessions": None,
    "livestream:my_session": SESSIONS,
    "livestream:my_data": None,
    "livestream:my_copy": None,
    "livestream:person_data": ("host person", "minors data"),
    "livestream:edit_data": ("host person",),
    "livestream:reveal_data": ("masked field",),
    "livestream:ages": None,
    "livestream:requests": None,
    "livestream:subject_request": ("open request", "answered request"),
    "orders:county_board": ("county", "quiet county"),
    "orders:city_board": ("city",),
    "orders:province_board": ("province",),
    "orders:session_board": ("live", "over"),
    "orders:session_replay": ("live", "over"),
    "orders:kiosk_links": None,
    "orders:figures": ("live", "planned"),
    "orders:county_figures": None,
    "orders:files": None,
    "orders:file_upload": None,
    "orders:file": ("read file", "imported file", "waiting file"),
    "orders:exports": None,
    "orders:export_new": None,
    "orders:export": ("waiting export", "making export", "ready export"),
    "orders:alerts": None,
    "orders:alert_thresholds": None,
    "orders:waiting": None,
    "livestream:campaigns": None,
    "livestream:campaign_new": None,
    "livestream:campaign": ("festival", "last festival"),
    "livestream:campaign_edit": ("festival",),
    "livestream:campaign_task_new": ("festival",),
    "livestream:campaign_reward_new": ("festival",),
    "livestream:session_task_new": ("planned",),
    "livestream:session_reward_new": ("planned",),
    "livestream:task": ("task",),
    "livestream:reward": ("drawn reward", "published reward"),
    "livestream:reward_edit": ("draft reward",),
    "livestream:reward_draw": ("published reward",),
    "livestream:agreements": None,
    "livestream:agreement_new": None,
    "livestream:agreement": ("agreement",),
    "livestream:agreement_edit": ("agreement",),
    "livestream:promise": ("promise",),
    "orders:campaign_figures": ("festival",),
    "livestream:audit": None,
    "selfcheck": None,
}
BOARDS = {name for name in PAGES if name.endswith(("_board", "_replay"))}
PHONES = {
    "livestream:my_sessions", "livestream:my_times", "livestream:my_session", "livestream:my_helped", "livestream:my_data", "livestream:my_copy",
    "livestream:join", "livestream:confirm", "login", "livestream:login_code",
    "livestream:reward",
}  # fmt: skip
# Addresses that never answer a GET with a page: redirects, verbs, files, JSON, plain text.
NO_PAGES = {
    "livestream:notice", "livestream:notices_read", "livestream:notice_retry", "livestream:robot_test", "livestream:robot_stop",
    "livestream:leaders_link", "livestream:leader_office", "livestream:broadcast_ask", "livestream:broadcast_decide", "livestream:broadcast_thaw",
    "livestream:session_room", "livestream:plan_check", "livestream:plan_undo",
    "livestream:plan_sheet_file", "livestream:plan_sheet_keep", "livestream:plan_sheet_wrong",
    "livestream:series_change", "livestream:series_cancel", "livestream:series_extend",
    "livestream:resource_retire", "livestream:resource_restore",
    "livestream:clash_allow", "livestream:plan_road", "livestream:plan_road_forget",
    "livestream:second", "livestream:login_code_enter", "livestream:my_device_end", "livestream:my_devices_end",
    "livestream:my_devices_end_all", "livestream:my_second_confirm", "livestream:my_second_codes", "livestream:my_second_remove",
    "livestream:person_logins_end", "livestream:person_second_remove",
    "home", "logout", "set_language", "healthz", "readyz", "metrics", "release", "schema", "csp_report",
    "livestream:person_stop", "livestream:person_restore", "livestream:person_link", "livestream:person_link_revoke",
    "livestream:appointment_end", "livestream:acting_begin", "livestream:acting_end",
    "livestream:session_event", "livestream:session_pitch", "livestream:session_pitch_end", "livestream:session_incident",
    "livestream:my_session_event", "livestream:my_session_pitch", "livestream:my_confirm",
    "livestream:my_consent", "livestream:my_request", "livestream:my_request_withdraw", "livestream:my_copy_json",
    "livestream:feed_revoke", "livestream:my_feed_revoke", "livestream:calendar_feed",
    "livestream:check_age", "livestream:note_consent", "livestream:request_erase", "livestream:request_restore",
    "livestream:task_done", "livestream:task_reopen", "livestream:task_drop", "livestream:my_task_done", "livestream:go",
    "livestream:reward_entries", "livestream:reward_publish", "livestream:agreement_promise", "livestream:promise_drop",
    "livestream:api_pitches", "livestream:api_pitch_end", "livestream:api_incidents", "livestream:api_places", "livestream:api_place",
    "livestream:api_people", "livestream:api_person", "livestream:api_products", "livestream:api_product", "livestream:api_suppliers",
    "livestream:api_supplier", "livestream:api_sessions", "livestream:api_session", "livestream:api_token_revoke",
    "livestream:api_token_known", "orders:api_shops", "orders:api_shop", "orders:api_orders", "orders:api_order",
    "orders:api_order_of_shop", "orders:api_day_figures",
    "orders:county_frame", "orders:county_detail", "orders:city_frame", "orders:city_detail", "orders:province_frame",
    "orders:province_detail", "orders:session_frame", "orders:session_detail", "orders:session_replay_states",
    "orders:export_decide", "orders:export_withdraw", "orders:export_download",
    "orders:kiosk_revoke", "orders:alert_list", "orders:alert_acknowledge", "orders:alert_acknowledgement",
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
    bodies.append(make_order_body("U1", at=now, room=None))
    bodies.append(make_order_body("O1", at=now, room=room, lines=((1, skus[0], 30_000, 1),)))  # more than there is
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)
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
    raise_alerts(now)
    create_kiosk_link(demo.county, name="一楼大厅", term=KioskTerm.MONTH, hides_money=False, by=staff, at=now)
    begin_acting(staff, live.host, reason="手机没电了")
    invited = User.objects.get(phone="10014042514")
    asked, copied = ask(live.host, RequestKind.ERASE), ask(live.host, RequestKind.COPY)
    answer_request(copied, Answer(Outcome.COPIED, "已经可以下载"), by=staff)
    minor = make_user("host", demo.county)
    record_data(minor, PersonalFacts(birth_on=now.date() - timedelta(days=6300)), by=staff)
    exporter = make_exporter(demo.county)
    exports = exports_of(exporter)
    festival = Campaign.objects.get(county=demo.county, follows__isnull=False)
    drawn, published = RewardRule.objects.of(campaign=festival.pk)
    return {
        "leader": Leader.objects.earliest("pk").pk,
        "asked session": LiveSession.objects.get(request__decision="waiting").pk,
        "approved session": LiveSession.objects.get(kind="relay").pk,
        "festival": festival.pk, "last festival": festival.follows_id, "drawn reward": drawn.pk, "published reward": published.pk,
        "draft reward": make_reward(festival, staff).pk, "task": festival.promotion.exclude(link="").first().pk,
        "agreement": Agreement.objects.get().pk, "promise": Deliverable.objects.first().pk,
        "minors data": minor.pk, "masked field": (live.host.pk, "birth"), "open request": asked.pk,
        "answered request": copied.pk,
        "county": demo.county.pk, "quiet county": "130529", "city": "1404", "province": "14", "live": live.pk, "planned": planned.pk, "over": over.pk,
        "empty": empty.pk, "read file": read.pk, "imported file": imported.pk, "waiting file": waiting.pk,
        "host person": live.host.pk, "a series": Series.objects.earliest("pk").pk,
        "studio": Resource.objects.filter(kind="studio").earliest("pk").pk,
        "token": make_link(invited, by=staff, at=now).token,
        **released(),
        **exports,
        "people": {
            "host": live.host, "staff": staff, "trainer": User.objects.get(phone="10014042503"),
            "province's staff": make_user("staff", Place.objects.get(pk="14")), "admin": make_user("admin", demo.county),
            "exporter": exporter,
        },
    }  # fmt: skip


def released():
    """The plan as the demo's county told it, and the link of a host who has not answered."""
    waiting = Confirmation.objects.unanswered().latest("due_at")
    Confirmation.objects.filter(pk=waiting.pk).update(digest=digest_of("x" * 43))
    return {"release": waiting.change.release_id, "told": "x" * 43}


def exports_of(exporter):
    """One that waits, one that is being made, one that is ready; their names and keys."""
    facts = {
        "waiting": {},
        "making": {"slot": 1, "rows": 2},
        "ready": {"sha256": "a" * 64, "stored_as": "x", "bytes": 3, "rows": 2},
    }
    found = {}
    for state, more in facts.items():
        now = datetime.now(UTC)
        export = ask_export(make_wish("orders"), by=exporter, at=now)
        Export.objects.filter(pk=export.pk).update(state=state, made_at=now, expires_at=now + timedelta(days=7), **more)
        found[f"{state} export"] = export.pk
    return found


def addresses(world):
    """(name, address) of every page."""
    for name, asked in PAGES.items():
        for thing in asked or (None,):
            found = world[thing] if thing else ()
            yield name, reverse(name, args=found if isinstance(found, tuple) else [found])


def is_page(answer):
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")


def said(answer):
    """What is on a page whoever looks at it and whenever. The menu around it differs by role alone: a page whose own part says
    what one said that was judged is not judged again."""
    text = answer.content.decode()
    text = text[max(text.find("<main"), 0) :]
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|<script id=.*?</script>', "", text, flags=re.DOTALL)
    return re.sub(r"\d", "", text.replace(str(answer.wsgi_request.user), ""))


def looks(name, role):
    """(width and height, theme) in which a page is judged. A board says the same to everybody who may see it."""
    if name in BOARDS:
        return [(SCREEN, "night"), (SCREEN, "day"), (PHONE, "night")]
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
    found, seen, judged_before = {}, set(), set()
    page.emulate_media(reduced_motion="reduce")
    for role, user in {"nobody": None, **world["people"]}.items():
        asker = Client()
        if user:
            asker = signed_in(user)
            sign_in(user)
            judged_before = {each for each in judged_before if each[0] != reverse("livestream:me")}  # his menu is judged there
        for name, address in addresses(world):
            answer = asker.get(address)
            if not is_page(answer):
                continue
            seen.add(name)
            fresh = {(address, said(answer), look) for look in looks(name, role)} - judged_before
            judged_before |= fresh
            for _, _, (size, theme) in sorted(fresh, key=lambda one: one[2][0]):
                if rules := judged(page, address, size, theme):
                    found[f"{role} {address} {size[0]} {theme or ''}"] = rules

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
