"""The trainer's pages of cohorts: what they show, whom they take, who may not."""

from __future__ import annotations

import pytest

from tests.factories import make_place, make_user
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from tests.sign_in import signed_in
from training.models import Cohort, Enrolment, Trainee
from training.rules.cohort import TeachingDuty

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(trainer):
    return signed_in(trainer)


@pytest.fixture
def cohort(county):
    return make_cohort(county, title="第3期", seats=2)


@pytest.fixture
def plan(county):
    return {
        "title": "第36期", "form": "month", "place": county.full_name, "starts_on": "2026-12-01", "ends_on": "2026-12-29",
        "seats": "40", "funding": "county", "budget_fen": "2 万", "aims": "农户",
    }  # fmt: skip


def words(answer):
    return answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_whatever_its_length(desk, county, rows, django_assert_num_queries):
    for _n in range(rows):
        make_enrolment(make_cohort(county))
    desk.get("/school/cohorts/")

    with django_assert_num_queries(9):
        said = words(desk.get("/school/cohorts/"))

    assert said.count("1 / 40 人") == rows


def test_list_is_narrowed_and_says_when_nothing_is_there(desk, county, other_county):
    assert "还没有开过班" in words(desk.get("/school/cohorts/"))
    make_cohort(other_county, title="外县的班")
    make_cohort(county, title="去年的班", year=2025, state="closed")
    make_cohort(county, title="今年的班")

    assert "外县的班" not in words(desk.get("/school/cohorts/"))
    assert "今年的班" not in words(desk.get("/school/cohorts/?year=2025"))
    assert "去年的班" not in words(desk.get("/school/cohorts/?state=open"))
    assert "没有这样的班" in words(desk.get("/school/cohorts/?q=没有"))
    assert "今年的班" in words(desk.get("/school/cohorts/?year=\0&state=x&page=99&q=今年"))


def test_cohort_is_made_with_trainers_and_courses(desk, trainer, county, plan):
    course = make_course(county)
    helper = make_user("trainer", county)
    typed = plan | {"courses": [course.pk], f"duty_{trainer.pk}": "lead", f"duty_{helper.pk}": "assistant"}

    answer = desk.post("/school/cohorts/new/", typed)

    made = Cohort.objects.get()
    assert answer.headers["Location"] == f"/school/cohorts/{made.pk}/"
    assert (made.title, made.budget_fen, made.seats, made.place, made.made_by) == ("第36期", 2_000_000, 40, county, trainer)
    assert list(made.trainers.order_by("pk").values_list("user", "duty")) == [
        (trainer.pk, TeachingDuty.LEAD), (helper.pk, TeachingDuty.ASSISTANT),
    ]  # fmt: skip
    assert list(made.courses.all()) == [course]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"seats": "41"}, "1 到 40 个名额"),
        ({"seats": "x"}, "1 到 40 个名额"),
        ({"ends_on": "2026-11-01"}, "不能早于开班的日期"),
        ({"ends_on": "2036-11-01"}, "最长三年"),
        ({"starts_on": "明天"}, "请按 2026-01-31 这样填日期"),
        ({"title": ""}, "请填写"),
        ({"title": "字" * 61}, "最多写 60 个字"),
        ({"place": "没有的村"}, "没有找到“没有的村”"),
        ({"budget_fen": "许多"}, "请填金额"),
        ({"budget_fen": "20000 万"}, "这个数太大了"),
        ({"form": "x"}, "请从列表里选"),
        ({"courses": ["9999999"]}, "9999999"),
        ({"courses": ["\0"]}, "班名"),
    ],
)
def test_what_is_not_understood_is_said_and_nothing_is_stored(desk, plan, said, told):
    answer = desk.post("/school/cohorts/new/", plan | said)

    assert (answer.status_code, Cohort.objects.count()) == (422, 0)
    assert told in words(answer)


def test_second_editor_is_told_and_keeps_what_he_typed(desk, cohort, plan):
    first = desk.post(f"/school/cohorts/{cohort.pk}/edit/", plan | {"version": "1", "title": "甲班"})
    second = desk.post(f"/school/cohorts/{cohort.pk}/edit/", plan | {"version": "1", "title": "乙班"})

    assert (first.status_code, second.status_code) == (302, 422)
    assert all(each in words(second) for each in ("别人刚改过这个班", "甲班", 'value="乙班"', 'name="version" value="2"'))
    assert desk.post(f"/school/cohorts/{cohort.pk}/edit/", plan | {"version": "2", "title": "乙班"}).status_code == 302


def test_page_shows_seats_roster_queue_and_who_left(desk, county, cohort):
    for name in ("张秀兰", "王建军"):
        make_enrolment(cohort, make_trainee(county, name=name))
    make_enrolment(cohort, make_trainee(county, name="李小敏"), state="waiting")
    make_enrolment(cohort, make_trainee(county, name="赵志强"), state="withdrawn", left_because="外出打工")
    make_lesson(cohort)

    said = words(desk.get(f"/school/cohorts/{cohort.pk}/"))

    assert all(each in said for each in ("张秀兰", "王建军", "李小敏", "赵志强", "外出打工", "1 人退出了"))
    assert "101****" in said


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_whatever_its_roster(desk, county, rows, django_assert_num_queries):
    cohort = make_cohort(county)
    for _n in range(rows):
        make_enrolment(cohort)
    desk.get(f"/school/cohorts/{cohort.pk}/")

    with django_assert_num_queries(13):
        desk.get(f"/school/cohorts/{cohort.pk}/")


def test_link_is_opened_shown_and_closed(desk, cohort):
    there = f"/school/cohorts/{cohort.pk}/"
    assert "/join/" not in words(desk.get(there))

    desk.post(f"{there}link/")
    cohort.refresh_from_db()
    assert f"/join/{cohort.join_code}/" in words(desk.get(there))
    desk.post(f"{there}link/", {"close": "1"})

    cohort.refresh_from_db()
    assert cohort.join_code is None


def test_somebody_new_is_written_down_and_in(desk, cohort, county, trainer):
    make_place("140425100201", "东寺头村")
    typed = {"name": "李二妮", "phone": "13800000000", "place": "东寺头村", "category": "farmer"}

    said = words(desk.post(f"/school/cohorts/{cohort.pk}/add/", typed, follow=True))

    made = Enrolment.objects.select_related("trainee").get()
    assert (made.seat, made.way, made.enrolled_by, made.trainee.made_by) == (1, "trainer", trainer, trainer)
    assert "李二妮报上了，1 号座位。" in said
    again = words(desk.post(f"/school/cohorts/{cohort.pk}/add/", typed, follow=True))
    assert "李二妮早就在这个班了。" in again


def test_who_cannot_come_in_is_not_written_down(desk, county):
    make_place("140425100201", "东寺头村")
    closed = make_cohort(county, state="closed")

    answer = desk.post(
        f"/school/cohorts/{closed.pk}/add/", {"name": "李二妮", "phone": "13800000000", "place": "东寺头村", "category": "farmer"}
    )

    assert (answer.status_code, Trainee.objects.count()) == (422, 0)
    assert "这个班现在不收人" in words(answer)


def test_somebody_known_is_found_and_enrolled_and_warned_of_another_class(desk, cohort, county, other_county):
    known = make_trainee(county, name="张秀兰")
    stranger = make_trainee(other_county, name="张三")
    other = make_cohort(county, title="第2期")
    make_enrolment(other, known)
    there = f"/school/cohorts/{cohort.pk}/add/"

    found = words(desk.get(f"{there}?q=张"))
    assert ("张秀兰" in found, "张三" in found) == (True, False)
    said = words(desk.post(there, {"trainee": known.pk}, follow=True))

    assert "张秀兰报上了，1 号座位。" in said
    assert "张秀兰这几天还在“第2期”上课" in said
    for wrong in (stranger.pk, "x", "9" * 40, "\0"):
        assert desk.post(there, {"trainee": wrong}).status_code == 404


def test_other_class_whose_hours_do_not_meet_is_no_matter(desk, cohort, county):
    known = make_trainee(county, name="张秀兰")
    other = make_cohort(county, title="第2期")
    make_enrolment(other, known)
    first, second = make_lesson(cohort), make_lesson(other)
    assert "还在“第2期”上课" in words(desk.post(f"/school/cohorts/{cohort.pk}/add/", {"trainee": known.pk}, follow=True))
    Enrolment.objects.filter(cohort=cohort).delete()

    type(first).objects.filter(pk=second.pk).update(
        starts_at=first.ends_at, ends_at=first.ends_at + (first.ends_at - first.starts_at)
    )

    assert "还在“第2期”上课" not in words(desk.post(f"/school/cohorts/{cohort.pk}/add/", {"trainee": known.pk}, follow=True))


def test_one_leaves_with_a_reason_and_the_first_who_waits_is_in(desk, county):
    cohort = make_cohort(county, seats=1)
    mine, waiting = make_enrolment(cohort), make_enrolment(cohort, state="waiting")

    assert "请写一句为什么退出" in words(desk.post(f"/school/enrolments/{mine.pk}/out/", {}, follow=True))
    desk.post(f"/school/enrolments/{mine.pk}/out/", {"because": "外出打工"})

    waiting.refresh_from_db()
    assert waiting.seat == 1


def test_cohort_begins_and_closes_or_is_called_off(desk, county, cohort):
    there = f"/school/cohorts/{cohort.pk}/"
    assert "请写一句为什么不办了" in words(desk.post(f"{there}cancel/", {"because": "\0"}, follow=True))
    desk.post(f"{there}begin/")
    desk.post(f"{there}close/")
    cohort.refresh_from_db()
    assert cohort.state == "closed"
    assert "不能改成" in words(desk.post(f"{there}cancel/", {"because": "下雪"}, follow=True))
    other = make_cohort(county)
    desk.post(f"/school/cohorts/{other.pk}/cancel/", {"because": "下雪"})
    other.refresh_from_db()
    assert other.state == "cancelled"


def test_who_may_not(county, other_county, cohort):
    there = f"/school/cohorts/{cohort.pk}/"
    auditor, stranger = signed_in(make_user("auditor", county)), signed_in(make_user("trainer", other_county))
    host, nobody_above = signed_in(make_user("host", county)), signed_in(make_user("admin", make_place("1404", "长治市")))

    assert [each.get(there).status_code for each in (auditor, stranger, host)] == [200, 404, 403]
    assert [each.post(f"{there}link/").status_code for each in (auditor, stranger, host)] == [403, 404, 403]
    assert "打开手机报名" not in words(auditor.get(there))
    assert nobody_above.get("/school/cohorts/new/").headers["Location"] == "/school/cohorts/"


def test_who_teaches_it_sees_it_from_another_place(county, cohort):
    """A trainer of a village who is asked to help elsewhere: he sees the class, and changes nothing of it."""
    helper = make_user("trainer", make_place("140425100201", "东寺头村"))
    desk = signed_in(helper)
    assert desk.get(f"/school/cohorts/{cohort.pk}/").status_code == 404
    cohort.trainers.create(user=helper)

    assert desk.get(f"/school/cohorts/{cohort.pk}/").status_code == 200
    assert desk.get(f"/school/cohorts/{cohort.pk}/edit/").status_code == 403
