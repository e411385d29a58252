"""Every page that people see, for everybody who may see it, as axe judges it: nothing serious, nothing critical.

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
# Each page once in each size, for the first who sees it; `make axe` judges it for everybody who does.
JUDGES_ALL = bool(os.environ.get("CUNBO_AXE_ALL"))
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
    "training:trainees": None,
    "training:trainee_new": None,
    "training:trainee": ("graduate",),
    "training:trainee_edit": ("graduate",),
    "training:trainee_merge": ("graduate",),
    "training:trainee_phone": ("graduate",),
    "training:trainee_reveal": ("graduate field",),
    "training:trainee_erase": ("graduate",),
    "training:duplicates": None,
    "training:roster": ("learnt cohort",),
    "training:results": ("learnt cohort",),
    "training:study_sheet": ("learnt cohort",),
    "training:exam_new": ("learnt cohort",),
    "training:exam": ("exam",),
    "training:exam_edit": ("exam",),
    "training:practicals": ("learnt cohort",),
    "training:practical": ("learner",),
    "training:rubric": ("county",),
    "training:quizzes": ("learnt course",),
    "training:quiz": ("quiz",),
    "training:question_new": ("quiz",),
    "training:question": ("question",),
    "training:my_study": None,
    "training:my_material": ("my material",),
    "training:my_quiz": ("my quiz",),
    "training:my_quiz_result": ("my quiz",),
    "training:my_feedback": None,
    "training:follow_ups": None,
    "training:follow_up": ("due call",),
    "training:cohort_follow_ups": ("finished class",),
    "training:conversion": ("finished class",),
    "training:county_conversion": None,
    "training:conversion_rules": None,
    "training:graduate": ("graduate",),
    "training:class_packs": ("finished class",),
    "training:spot_checks": None,
    "training:spot_check": ("spot check",),
    "training:spot_call": ("spot call",),
    "training:anomalies": None,
    "training:cohorts": None,
    "training:cohort_new": None,
    "training:cohort": ("open cohort", "full cohort"),
    "training:cohort_edit": ("open cohort",),
    "training:enrolment_add": ("open cohort",),
    "training:join": ("join code",),
    "training:my_school_link": None,
    "training:my_school": None,
    "training:timetable": ("taught class",),
    "training:lesson_new": ("taught class",),
    "training:timetable_weekly": ("taught class",),
    "training:timetable_copy": ("taught class",),
    "training:lesson": ("held lesson", "planned lesson"),
    "training:lesson_edit": ("planned lesson",),
    "training:my_lessons": None,
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
    "training:my_study", "training:my_material", "training:my_quiz", "training:my_quiz_result", "training:my_feedback",
    "training:join", "training:my_school", "training:my_school_link",
}  # fmt: skip
# Addresses that never answer a GET with a page: redirects, verbs, files, JSON, plain text.
NO_PAGES = {
    "training:trainee_consent", "training:trainee_account", "training:trainee_seal", "training:duplicates_apart",
    "training:roster_keep", "training:roster_wrong", "training:roster_template", "training:roster_file",
    "training:my_lessons", "training:my_study", "training:my_material", "training:my_quiz", "training:my_quiz_result", "training:my_feedback",
}  # fmt: skip
# Addresses that never answer a GET with a page: redirects, verbs, files, JSON, plain text.
NO_PAGES = {
    "training:class_pack_new", "training:class_pack_file", "training:spot_check_file", "training:spot_call_phone",
    "training:lesson_move", "training:lesson_cancel", "training:lesson_restore", "training:lesson_hold", "training:lesson_unhold",
    "training:lesson_undo", "training:my_lesson_hold",
    "training:follow_up_call", "training:follow_up_result", "training:incubation_add", "training:evidence_add",
    "training:evidence_withdraw", "training:conversion_rule_change",
    "livestream:api_availability", "livestream:api_campaign", "livestream:api_campaigns", "livestream:api_clashes",
    "livestream:api_holidays", "livestream:api_leaders", "livestream:api_plan", "livestream:api_plan_cancel",
    "livestream:api_plan_check", "livestream:api_plan_move", "livestream:api_quota", "livestream:api_release",
    "livestream:api_releases", "livestream:api_resource", "livestream:api_resource_bookings", "livestream:api_resources",
    "livestream:api_series",
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
    "training:exam_drop", "training:practical_mark", "training:quiz_paste", "training:question_drop", "training:my_material_file",
    "training:cohort_link", "training:cohort_begin", "training:cohort_cancel", "training:cohort_close", "training:enrolment_out",
    "training:trainee_pass", "training:trainee_pass_new", "training:trainee_pass_forget", "training:my_school_leave",
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
    return make_world(settings, tmp_path)


def addresses(world):
    """(name, address) of every page."""
    for name, asked in PAGES.items():
        for thing in asked or (None,):
            found = world[thing] if thing else ()
            yield name, reverse(name, args=found if isinstance(found, tuple) else [found])


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
    page.evaluate(AXE)
    return page.evaluate(RUN)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(1800 if JUDGES_ALL else 300)
@pytest.mark.parametrize("half", [0, 1])
def test_axe_finds_nothing_serious_on_any_page(page, sign_in, world, half):
    found, seen, judged_before = {}, set(), set()
    page.emulate_media(reduced_motion="reduce")
    mine = list(addresses(world))[half::2]
    for role, user in {"nobody": None, **world["people"]}.items():
        asker = Client()
        if user:
            asker = signed_in(user)
            sign_in(user)
        for name, address in mine:
            fresh = {(address, look) for look in looks(name, role)}
            if not JUDGES_ALL and name != "livestream:me":  # his own menu is judged there
                fresh -= judged_before
            if not fresh or not is_page(asker.get(address)):
                continue
            seen.add(name)
            judged_before |= fresh
            for _, (size, theme) in sorted(fresh, key=lambda one: one[1][0]):
                if rules := judged(page, address, size, theme):
                    found[f"{role} {address} {size[0]} {theme or ''}"] = rules

    assert json.dumps(found, ensure_ascii=False, indent=1) == "{}"
    assert seen == {name for name, _address in mine}


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
