"""The monthly school as who is new would go it: a trainer's month from the empty desk to a certificate, and a trainee's on a phone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from livestream.rules.day import SHANGHAI
from tests.factories import make_place
from tests.livestream.login.doors import PASSWORD
from tests.school import make_cohort, make_course, make_lesson
from training.actions.certificate import RuleFacts, change_rule
from training.actions.cohort import close_cohort, open_link
from training.actions.quiz import QuizFacts, add_questions, make_quiz
from training.actions.sign_in_code import shown_code
from training.models import Attendance, Certificate, Cohort, Enrolment, QuizTry
from training.rules.quiz import QuestionFacts

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
SLOW = {"offline": False, "latency": 600, "downloadThroughput": 6_250, "uploadThroughput": 6_250}  # 50 kbit/s
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村委会")


@pytest.fixture
def by_attendance(county, staff):
    """A county that gives certificates to who came."""
    change_rule(county.pk, RuleFacts(needs_exam=False, needs_practical=False), by=staff)


def sign_in_by_hand(page, person):
    page.goto("/login/")
    page.fill("[name=username]", person.phone)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def make_class(page, trainer, today):
    page.get_by_role("link", name="班级", exact=True).first.click()
    page.get_by_role("link", name="开新班").first.click()
    page.fill("[name=title]", "花椒直播班")
    page.fill("[name=starts_on]", f"{today - timedelta(days=1):%Y-%m-%d}")
    page.fill("[name=ends_on]", f"{today + timedelta(days=20):%Y-%m-%d}")
    page.get_by_label("零基础直播带货").check()
    page.get_by_label(trainer.name, exact=True).select_option("lead")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name=re.compile("花椒直播班"))).to_be_visible()


def plan_lesson(page, trainer, now):
    """It began ten minutes ago."""
    begins = (now - timedelta(minutes=10)).astimezone(SHANGHAI)
    ends = min(begins + timedelta(hours=1), begins.replace(hour=23, minute=59))
    page.get_by_role("link", name="课表", exact=True).click()
    page.get_by_role("link", name="加一节课").first.click()
    page.fill("[name=title]", "对着镜头讲花椒")
    page.fill("[name=day]", f"{begins:%Y-%m-%d}")
    page.fill("[name=start]", f"{begins:%H:%M}")
    page.fill("[name=end]", f"{ends:%H:%M}")
    page.select_option("[name=trainer]", str(trainer.pk))
    page.fill("[name=room_note]", "村委会二楼")
    page.get_by_role("button", name="保存").last.click()
    expect(page.get_by_text("对着镜头讲花椒").first).to_be_visible()


def enrol(page, cohort, name, phone):
    page.goto(f"/school/cohorts/{cohort.pk}/add/")
    page.fill("[name=name]", name)
    page.fill("[name=phone]", phone)
    page.fill("[name=place]", "东寺头村")
    for box in page.locator("[name=has_consented]").all():
        box.check()
    page.get_by_role("button", name="登记并报名").click()
    expect(page.get_by_text(name).first).to_be_visible()


def close(page, cohort):
    """With the keyboard alone."""
    page.goto(f"/school/cohorts/{cohort.pk}/")
    page.locator("summary", has_text="结班").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="确定结班").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已结班").first).to_be_visible()


def test_a_trainers_month_from_the_empty_desk_to_a_certificate(page, county, village, trainer, by_attendance):
    page.set_viewport_size({"width": 1280, "height": 800})
    now = datetime.now(UTC)
    make_course(county, title="零基础直播带货")
    sign_in_by_hand(page, trainer)
    page.goto("/school/")
    expect(page.get_by_role("heading", name=re.compile(f"{now.astimezone(SHANGHAI).month}月")).first).to_be_visible()
    make_class(page, trainer, now.astimezone(SHANGHAI).date())
    plan_lesson(page, trainer, now)
    cohort = Cohort.objects.get()
    enrol(page, cohort, "张桂英", "10013800001")
    enrol(page, cohort, "秦㛃", "10013800002")
    page.goto(f"/school/cohorts/{cohort.pk}/")
    page.get_by_role("button", name="开班").click()
    expect(page.get_by_text("上课中").first).to_be_visible()

    lesson = cohort.lessons.get()
    page.goto(f"/school/lessons/{lesson.pk}/")
    page.get_by_role("link", name="签到和点名").click()
    page.get_by_role("link", name="大屏签到码").click()
    expect(page.locator(".code-screen svg, .code-screen img").first).to_be_visible()
    expect(page.get_by_text("已签到")).to_be_visible()
    page.get_by_role("link", name="回到这一课").click()
    page.get_by_role("link", name="手机点名").click()
    for name in ("张桂英", "秦㛃"):
        page.get_by_role("group", name=name).get_by_role("button", name="到", exact=True).click()
    expect(page.locator("button[aria-pressed=true]")).to_have_count(2)
    expect(page.locator("[data-waits]:visible")).to_have_count(0)

    close(page, cohort)
    assert list(Enrolment.objects.values_list("state", flat=True)) == ["completed", "completed"]
    page.get_by_role("navigation", name="这个班").get_by_role("link", name="证书").click()
    page.get_by_role("link", name=re.compile(r"^140425-")).first.click()
    page.get_by_role("link", name="别人扫码看到的").click()
    expect(page.get_by_role("heading", name="证书有效")).to_be_visible()
    expect(page.get_by_text("张**")).to_be_visible()
    expect(page.get_by_text("张桂英")).to_have_count(0)


def on_a_phone(page):
    """A field behind the mountain; the line of it."""
    page.set_viewport_size(PHONE)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.set_default_timeout(30_000)
    return line


def join(page, cohort):
    """By the keyboard alone, field after field."""
    page.goto(f"/join/{open_link(cohort)}/", wait_until="commit")
    page.wait_for_load_state("load")
    expect(page.get_by_text("40 个座位空着")).to_be_visible(timeout=30_000)
    page.locator("[name=name]").focus()
    for text in ("刘峧生", "10013800003", "东寺头村"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.locator("[name=has_consented]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("刘峧生，报上了！")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("1 号座位")).to_be_visible()
    is_fit(page)


def is_fit(page):
    """Nothing is wider than the phone, and a thumb hits every button."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    low = "all => all.filter(one => one.offsetHeight && one.offsetHeight < 44).map(one => one.innerText)"
    assert page.locator("main .btn").evaluate_all(low) == []


def test_a_trainee_comes_by_a_link_signs_in_learns_and_has_a_certificate(page, county, village, trainer, by_attendance):
    now = datetime.now(UTC)
    course = make_course(county, title="零基础直播带货")
    quiz = make_quiz(course, QuizFacts("开播前考一考", 60))
    add_questions(quiz, [QuestionFacts("开播前先做哪一件事？", ("试声音", "喊最低价"), (0,))])
    today = now.astimezone(SHANGHAI).date()
    cohort = make_cohort(county, title="花椒直播班", made_by=trainer, starts_on=today, ends_on=today + timedelta(days=9))
    cohort.courses.add(course)
    lesson = make_lesson(cohort, title="对着镜头讲花椒", starts_at=now - timedelta(minutes=3), trainer=trainer)
    line = on_a_phone(page)
    join(page, cohort)

    line.send("Network.emulateNetworkConditions", FAST)
    page.get_by_role("link", name="看我的班").click()
    expect(page.get_by_role("heading", name="花椒直播班")).to_be_visible()
    is_fit(page)
    page.goto(f"/s/{shown_code(lesson, at=datetime.now(UTC)).code}/")
    page.get_by_role("button", name="签到", exact=True).click()
    expect(page.get_by_text(re.compile("^已签到"))).to_be_visible()
    assert list(Attendance.objects.values_list("presence", "way")) == [("present", "qr")]
    page.get_by_role("link", name="我的到课").click()
    expect(page.get_by_text("对着镜头讲花椒")).to_be_visible()
    is_fit(page)

    page.goto("/my/school/")
    page.get_by_role("link", name="课件和练习").click()
    page.get_by_role("link", name=re.compile("开播前考一考")).click()
    page.get_by_label("试声音").check()
    is_fit(page)
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_text(re.compile("100")).first).to_be_visible()
    assert QuizTry.objects.get().marks == 100

    close_cohort(Cohort.objects.get(), by=trainer, at=datetime.now(UTC))
    page.goto("/my/school/")
    page.get_by_role("link", name="我的证书").click()
    expect(page.get_by_text(Certificate.objects.get().number)).to_be_visible()
    is_fit(page)
    page.get_by_role("link", name="给别人核验的网页").click()
    expect(page.get_by_role("heading", name="证书有效")).to_be_visible()
