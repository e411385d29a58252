"""A class without network: the roll call and a trainee's own sign-in wait on the phone; and the code on the screen changes by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.factories import make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.actions.sign_in_code import shown_code
from training.models import Attendance, Mark, SchoolRules

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
NAMES = ["张桂英", "刘峧生", "秦㛃", "司马爱国"]


@pytest.fixture
def lesson(county, trainer):
    cohort = make_cohort(county, made_by=trainer)
    for name in NAMES:
        make_enrolment(cohort, make_trainee(county, name=name))
    return make_lesson(cohort, title="直播实操", starts_at=datetime.now(UTC) - timedelta(minutes=3), trainer=trainer)


def wait_for(condition, page):
    for _ in range(300):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about in 30 s")


def is_kept(page, path):
    """Whether the phone has this page for when there is no network."""
    return page.evaluate("async (path) => Boolean(await (await caches.open('cunbo-school-pages')).match(path))", path)


def press(page, name, word):
    page.get_by_role("group", name=name).get_by_role("button", name=word, exact=True).click()


def pressed(page):
    return [button.inner_text().removeprefix("✓ ") for button in page.locator("button[aria-pressed=true]").all()]


def marks():
    """In the order in which they came."""
    return list(Mark.objects.order_by("pk").values_list("enrolment__trainee__name", "presence"))


def tapped_at(page):
    """When the taps happened that wait on the phone, by its clock, which is ours."""
    taps = page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('cunbo-outbox')).sort().map((key) => JSON.parse(localStorage[key]))"
    )
    return [datetime.fromisoformat(tap["at"]) for tap in taps]


def test_a_roll_call_without_network_is_stored_once_when_there_is_one(page, server, lesson, trainer, sign_in):
    page.set_viewport_size(PHONE)
    sign_in(trainer)
    page.goto(f"/school/lessons/{lesson.pk}/roll/")
    press(page, "张桂英", "到")
    wait_for(lambda: marks() == [("张桂英", "present")], page)
    wait_for(lambda: is_kept(page, f"/school/lessons/{lesson.pk}/roll/"), page)

    server.stop()
    press(page, "刘峧生", "迟到")
    press(page, "秦㛃", "缺")
    page.get_by_text("没网也能点：2 个已存在手机里，有网就送出，一个也不会丢。").wait_for()
    page.reload()
    page.get_by_role("heading", name="直播实操").wait_for()
    press(page, "秦㛃", "到")
    press(page, "秦㛃", "到")
    press(page, "司马爱国", "请假")
    page.get_by_text("没网也能点：4 个已存在手机里").wait_for()
    assert page.locator("[data-waits]:visible").count() == 3
    assert pressed(page)[-3:] == ["迟到", "到", "请假"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".roll button").evaluate_all("all => Math.min(...all.map((one) => one.offsetHeight))") >= 44

    tapped = tapped_at(page)
    reconnected = datetime.now(UTC)
    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_for(lambda: Mark.objects.count() == 5, page)
    expect(page.locator("[data-waits]:visible")).to_have_count(0)  # a function that waits would be refused by the CSP
    assert marks()[1:] == [("刘峧生", "late"), ("秦㛃", "absent"), ("秦㛃", "present"), ("司马爱国", "excused")]
    kept = Mark.objects.order_by("pk")[1:]
    tick = timedelta(milliseconds=2)  # the time of a tap, and the way of its request at most
    for mark, at in zip(kept, tapped, strict=True):
        assert at - tick <= mark.at <= at + (mark.recorded_at - reconnected) + tick
    assert len({mark.device for mark in kept} - {""}) == 1
    page.reload()
    held = dict(Attendance.objects.values_list("enrolment__trainee__name", "presence"))
    assert held == {"张桂英": "present", "刘峧生": "late", "秦㛃": "present", "司马爱国": "excused"}
    assert pressed(page) == ["到", "迟到", "到", "请假"]


def test_a_trainee_signs_in_by_the_code_with_and_without_network(page, server, lesson, county, sign_in):
    host = make_user("host", county)
    one = lesson.cohort.enrolments.get(seat=1)
    one.trainee.user = host
    one.trainee.save(update_fields=["user"])
    page.set_viewport_size(PHONE)
    sign_in(host)
    page.goto("/my/school/attendance/")
    page.get_by_text("直播实操").wait_for()
    wait_for(lambda: is_kept(page, "/s/"), page)

    code = shown_code(lesson, at=datetime.now(UTC)).code
    server.stop()
    page.goto(f"/s/{code}/")
    page.get_by_role("heading", name="现在没有网，也能签到").wait_for()
    page.get_by_role("button", name="签到", exact=True).click()
    page.get_by_text("记下了，等网络").wait_for()
    assert Mark.objects.count() == 0

    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(".signed", has_text="已签到").wait_for()
    assert Mark.objects.get().way == "qr"
    assert abs(Mark.objects.get().skew_seconds) <= 1

    page.goto("/my/school/attendance/")
    page.locator(".my-lessons .chip", has_text="到").wait_for()


def test_the_code_on_the_screen_changes_by_itself_and_says_when_it_cannot(page, server, lesson, county, trainer, sign_in):
    SchoolRules.objects.create(county=county, qr_seconds=10)
    sign_in(trainer)
    page.goto(f"/school/lessons/{lesson.pk}/code/")
    first = page.locator(".code .qr").get_attribute("src")

    wait_for(lambda: page.locator(".code .qr").get_attribute("src") != first, page)

    assert 0 <= int(page.locator("[data-left]").inner_text()) <= 5
    box = page.locator(".code .qr").bounding_box()
    assert min(box["width"], box["height"]) >= 900  # of 1080: the last row reads it
    server.stop()
    page.clock.install()
    page.clock.run_for(40_000)
    page.get_by_text("断网了，码不再更新").wait_for()
