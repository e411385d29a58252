from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_arrival, make_order_body, make_session, make_shop, make_user
from tests.school import make_cohort, make_course, make_enrolment
from tests.sign_in import signed_in
from tests.study import make_exam, make_learner, make_quiz
from training.models import Exam, ExamResult, Practical, Question, Quiz, StudyEntry
from training.rules.rubric import DEFAULT


@pytest.fixture
def cohort(county):
    return make_cohort(county)


@pytest.fixture
def desk(trainer):
    return signed_in(trainer)


@pytest.fixture
def foreign(other_county):
    return make_cohort(other_county)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- the page of results --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 4])
def test_results_of_a_class_cost_the_same_whatever_its_size(desk, cohort, county, trainer, people, django_assert_num_queries):
    quiz = make_quiz(make_course(county, trade="seller", trade_level=5))
    cohort.courses.add(quiz.course)
    exam = make_exam(cohort, title="理论")
    for marks in (59, 60, 100, None)[:people]:
        one = make_enrolment(cohort)
        if marks:
            ExamResult.objects.create(exam=exam, enrolment=one, marks=marks, noted_by=trainer)
    desk.get(f"/school/cohorts/{cohort.pk}/results/")

    with django_assert_num_queries(26):
        page = text_of(desk.get(f"/school/cohorts/{cohort.pk}/results/"))

    assert "59 不及格" in page
    assert ("缺考" in page) is (people == 4)
    assert f"考试都及格 {2 if people == 4 else 0} " in page
    assert "直播销售员 0 / 120" in page


def test_results_of_another_county_are_not_there(desk, foreign, stranger, cohort):
    for address in ("results", "practicals", "study", "exams/new"):
        assert desk.get(f"/school/cohorts/{foreign.pk}/{address}/").status_code == 404
        assert signed_in(stranger).get(f"/school/cohorts/{cohort.pk}/{address}/").status_code == 404


def test_host_without_a_post_is_not_for_it(host, cohort):
    assert signed_in(host).get(f"/school/cohorts/{cohort.pk}/results/").status_code == 403


def test_auditor_reads_and_writes_nothing(cohort, county):
    auditor = signed_in(make_user("auditor", county))

    assert auditor.get(f"/school/cohorts/{cohort.pk}/results/").status_code == 200
    assert auditor.get(f"/school/cohorts/{cohort.pk}/practicals/").status_code == 200
    assert auditor.get(f"/school/cohorts/{cohort.pk}/exams/new/").status_code == 403


# --- tests ----------------------------------------------------------------------------------------------------------------


def test_exam_is_made_and_forty_marks_are_entered_on_one_page(desk, cohort):
    made = desk.post(
        f"/school/cohorts/{cohort.pk}/exams/new/", {"title": "理论", "kind": "theory", "on": "2026-11-20", "pass_marks": "60"}
    )
    exam = Exam.objects.get()
    address = f"/school/cohorts/{cohort.pk}/exams/{exam.pk}/"
    assert (made["Location"], exam.on) == (address, date(2026, 11, 20))
    people = [make_enrolment(cohort) for _ in range(40)]

    page = desk.get(address).content.decode()
    assert page.count('name="marks_') == 40
    typed = {f"marks_{one.pk}": str(number + 60) for number, one in enumerate(people[:39])} | {f"marks_{people[39].pk}": ""}
    answer = desk.post(address, typed | {f"was_{one.pk}": "" for one in people})

    assert answer["Location"] == f"/school/cohorts/{cohort.pk}/results/"
    assert list(exam.results.order_by("enrolment__seat").values_list("marks", flat=True)) == list(range(60, 99))
    assert "缺考" in desk.get(address).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("101", "“101”不行"),
        ("-1", "“-1”不行"),
        ("60.5", "“60.5”有小数"),
        ("六十", "“六十”不是分数"),
        ("\0", "不是分数"),
        ("9" * 9000, "不行"),
    ],
)
def test_marks_that_are_none_are_refused_and_all_that_was_typed_stays(desk, cohort, typed, said):
    exam, one, two = make_exam(cohort), make_enrolment(cohort), make_enrolment(cohort)
    asked = {f"marks_{one.pk}": typed, f"was_{one.pk}": "", f"marks_{two.pk}": "88", f"was_{two.pk}": ""}

    answer = desk.post(f"/school/cohorts/{cohort.pk}/exams/{exam.pk}/", asked)

    page = answer.content.decode()
    assert (answer.status_code, exam.results.count()) == (422, 0)
    assert said in page
    assert 'value="88"' in page


def test_two_who_fill_in_one_class_do_not_undo_each_other(desk, cohort, trainer):
    exam, one, two = make_exam(cohort), make_enrolment(cohort), make_enrolment(cohort)
    ExamResult.objects.create(exam=exam, enrolment=one, marks=70, noted_by=trainer)  # by the other, since the page was opened

    desk.post(
        f"/school/cohorts/{cohort.pk}/exams/{exam.pk}/",
        {f"marks_{one.pk}": "", f"was_{one.pk}": "", f"marks_{two.pk}": "80", f"was_{two.pk}": ""},
    )

    assert dict(exam.results.values_list("enrolment", "marks")) == {one.pk: 70, two.pk: 80}


def test_exam_is_renamed_and_dropped(desk, cohort, foreign):
    exam, other = make_exam(cohort, title="理论"), make_exam(cohort, title="技能")
    address = f"/school/cohorts/{cohort.pk}/exams/{exam.pk}/"
    facts = {"title": "技能", "kind": "skills", "on": "", "pass_marks": "160"}

    assert desk.post(f"{address}edit/", facts).status_code == 422
    refused = desk.post(f"{address}edit/", facts | {"on": "2026-11-21", "pass_marks": "60"})
    assert "已经有一场同名的考试" in refused.content.decode()
    assert desk.post(f"{address}edit/", facts | {"title": "补考", "on": "2026-11-21", "pass_marks": "60"}).status_code == 302
    assert desk.post(f"{address}drop/").status_code == 302
    assert list(Exam.objects.values_list("pk", flat=True)) == [other.pk]
    assert desk.get(f"/school/cohorts/{cohort.pk}/exams/{make_exam(foreign).pk}/").status_code == 404


# --- practicals -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def learner(county, host, cohort):
    cohort.starts_on = timezone.localdate() - timedelta(days=9)
    cohort.save(update_fields=["starts_on"])
    return make_learner(cohort=cohort, user=host, name="王大姐")


@pytest.fixture
def aired(learner, host, now):
    return make_session(host.place, host, went_live_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))


def points(session, **given):
    return {line.key: str(line.points) for line in DEFAULT.lines} | {"session": session.pk, "version": "1"} | given


def test_real_session_is_marked_beside_its_figures(desk, learner, aired, cohort, county, now):
    from orders.actions.intake import receive
    from orders.models.ledger import Cause

    order = make_order_body("T1", at=now - timedelta(minutes=90))
    receive([make_arrival(make_shop(county), order)], cause=Cause.PUSH, at=now)
    address = f"/school/cohorts/{cohort.pk}/practicals/{learner.pk}/"

    page = text_of(desk.get(f"{address}?session={aired.pk}"))
    answer = desk.post(f"{address}mark/", points(aired, goods="20", words="讲得清楚"))

    assert "播了 60 分钟" in page
    assert "订单 1 件数 2" in page
    assert answer["Location"] == f"{address}?session={aired.pk}"
    one = Practical.objects.get()
    assert (one.total, one.words, one.session_id) == (90, "讲得清楚", aired.pk)
    assert "最好 90 分" in text_of(desk.get(address))
    assert "90" in text_of(desk.get(f"/school/cohorts/{cohort.pk}/practicals/"))


def test_practice_session_shows_no_sales(desk, learner, host, cohort, now):
    session = make_session(host.place, host, kind="practice", went_live_at=now - timedelta(hours=2), ended_at=now)

    page = text_of(desk.get(f"/school/cohorts/{cohort.pk}/practicals/{learner.pk}/?session={session.pk}"))

    assert "不计入销售" in page
    assert "净额" not in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"goods": "31"}, "最多 30 分"),
        ({"goods": ""}, "还没有打分"),
        ({"goods": "2.5"}, "有小数"),
        ({"version": "9"}, "评分表刚刚改了"),
        ({"version": "\0"}, "评分表刚刚改了"),
    ],
)
def test_points_that_are_none_are_refused_and_what_was_typed_stays(desk, learner, aired, cohort, given, said):
    answer = desk.post(f"/school/cohorts/{cohort.pk}/practicals/{learner.pk}/mark/", points(aired, words="留着") | given)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "留着" in answer.content.decode()
    assert not Practical.objects.exists()


def test_session_of_somebody_else_or_another_county_is_not_there(desk, learner, cohort, county, other_county, now):
    address = f"/school/cohorts/{cohort.pk}/practicals/{learner.pk}/"
    times = {"went_live_at": now - timedelta(hours=2), "ended_at": now}
    for county_of in (county, other_county):
        other = make_session(county_of, make_user("host", county_of), room=f"R{county_of.pk}", account=county_of.pk, **times)
        assert desk.get(f"{address}?session={other.pk}").status_code == 404
        assert desk.post(f"{address}mark/", points(other)).status_code == 404
    for odd in ("x", "\0", "1" * 5000):
        assert desk.get(address, {"session": odd}).status_code == 404
    assert desk.post(f"{address}mark/", {}).status_code == 400


def test_rubric_is_changed_to_a_new_version(desk, county, other_county):
    address = f"/school/rubric/{county.pk}/"
    lines = {"title_0": "讲货", "points_0": "60", "key_0": "goods", "title_1": "收尾", "points_1": "39", "key_1": "x"}

    assert "加起来要正好是 100，现在是 99" in desk.post(address, lines | {"version": "1"}).content.decode()
    assert desk.post(address, lines | {"version": "1", "points_1": "40"})["Location"] == address
    assert "第 2 版" in text_of(desk.get(address))
    assert "刚刚改了" in desk.post(address, lines | {"version": "1", "points_1": "40"}).content.decode()
    assert "每一项的满分在 1 到 100" in desk.post(address, lines | {"version": "2", "points_1": "4.5"}).content.decode()
    for odd in (other_county.pk, "x", "%00", "14"):
        assert desk.get(f"/school/rubric/{odd}/").status_code == 404


# --- quizzes --------------------------------------------------------------------------------------------------------------


def test_quiz_is_made_pasted_changed(desk, county):
    course = make_course(county)
    address = f"/school/courses/{course.pk}/quizzes/"
    desk.post(address, {"title": "合规", "pass_marks": "80"})
    quiz = Quiz.objects.get()

    wrong = desk.post(f"{address}{quiz.pk}/paste/", {"pasted": "好的？\nA 一 *\nB 二\n\n坏的？\nA 一"})
    assert (wrong.status_code, quiz.questions.count()) == (422, 0)
    assert "第 5 行：只有一个选项" in text_of(wrong)
    assert "坏的？" in wrong.content.decode()

    desk.post(f"{address}{quiz.pk}/paste/", {"pasted": "好的？\nA 一 *\nB 二\n\n坏的？\nA 一\nB 二\n答案：B"})
    assert list(quiz.questions.values_list("text", "choices", "answers")) == [
        ("好的？", ["一", "二"], [0]),
        ("坏的？", ["一", "二"], [1]),
    ]

    first = quiz.questions.first()
    changed = {"text": "最好的？", "choice_0": "一", "choice_2": "三", "right_2": "on"}
    desk.post(f"{address}{quiz.pk}/questions/{first.pk}/", changed)
    desk.post(f"{address}{quiz.pk}/questions/new/", changed | {"text": "再一道"})
    desk.post(f"{address}{quiz.pk}/questions/{quiz.questions.get(position=2).pk}/drop/")
    assert list(quiz.questions.values_list("position", "text", "choices", "answers")) == [
        (1, "最好的？", ["一", "三"], [1]),
        (3, "再一道", ["一", "三"], [1]),
    ]

    desk.post(f"{address}{quiz.pk}/", {"title": "合规二", "pass_marks": "70"})
    quiz.refresh_from_db()
    assert (quiz.title, quiz.pass_marks, quiz.is_in_use) == ("合规二", 70, False)
    assert "停用" in desk.get(address).content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"choice_1": ""}, "只有一个选项"),
        ({"right_0": ""}, "没有写哪个对"),
        ({"choice_1": "一"}, "前面已经有了"),
        ({"text": ""}, "请填写"),
        ({"right_5": "on"}, "后面没有字"),
        ({"choice_1": "长" * 81}, "最多写 80 个字"),
    ],
)
def test_question_that_cannot_be_answered_is_refused(desk, county, given, said):
    quiz = make_quiz(make_course(county), questions=0)
    asked = {"text": "问？", "choice_0": "一", "choice_1": "二", "right_0": "on"} | given
    answer = desk.post(
        f"/school/courses/{quiz.course_id}/quizzes/{quiz.pk}/questions/new/", {k: v for k, v in asked.items() if v}
    )

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Question.objects.exists()


def test_quiz_of_another_county_or_course_is_not_there(desk, county, other_county):
    foreign, own = make_quiz(make_course(other_county)), make_quiz(make_course(county))
    own_course = f"/school/courses/{own.course_id}/quizzes/"

    for address in (
        f"/school/courses/{foreign.course_id}/quizzes/",
        f"{own_course}{foreign.pk}/",
        f"{own_course}{own.pk}/questions/{foreign.questions.get().pk}/",
    ):
        assert desk.get(address).status_code == 404


# --- a platform's list ----------------------------------------------------------------------------------------------------


def test_list_is_looked_at_first_and_then_entered(desk, cohort, county):
    course = make_course(county)
    make_learner(cohort=cohort, course=course, name="张三", phone="13800005678")
    address = f"/school/cohorts/{cohort.pk}/study/"
    asked = {"course": course.pk, "source": "钉钉课堂", "on": "2026-11-10", "pasted": "姓名\t分钟\n张三\t45\n王五\t30\n张三\t9"}

    looked = text_of(desk.post(address, asked))
    assert "1 行可以记，2 行有问题" in looked
    assert "这个班里没有这个人" in looked
    assert not StudyEntry.objects.exists()

    assert desk.post(address, asked | {"enter": "1"})["Location"] == f"/school/cohorts/{cohort.pk}/results/"
    assert StudyEntry.objects.get().minutes == 45


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pasted": ""}, "请先把名单贴进来"), ({"pasted": " \n "}, "没有读到人"), ({"pasted": ",,"}, "没有读到人"),
        ({"on": "2099-01-01"}, "还没到"), ({"on": "x"}, "请按 2026-01-31"), ({"course": "99"}, "请从列表里选"), ({"source": ""}, "请填写"),
        ({"pasted": "张三\0 4"}, "看不见的字符"), ({"pasted": "长" * 60_001}, "太长了"),
    ],
)  # fmt: skip
def test_list_that_is_none_is_refused_in_a_sentence(desk, cohort, county, given, said):
    course = make_course(county)
    cohort.courses.add(course)
    asked = {"course": course.pk, "source": "钉钉", "on": "2026-11-10", "pasted": f"张三 45 {uuid.uuid4()}"} | given

    answer = desk.post(f"/school/cohorts/{cohort.pk}/study/", asked)

    assert answer.status_code == 422
    assert said in answer.content.decode()
