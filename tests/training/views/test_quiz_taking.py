from __future__ import annotations

import re
import uuid

import pytest

from tests.sign_in import signed_in
from tests.study import make_learner, make_quiz
from training.models import QuizTry


@pytest.fixture
def quiz(county):
    quiz = make_quiz(questions=2)
    quiz.questions.filter(position=2).update(answers=[0, 2])
    return quiz


@pytest.fixture
def learner(county, host, quiz):
    return make_learner(county, user=host, course=quiz.course)


@pytest.fixture
def phone(learner):
    return signed_in(learner.trainee.user)


@pytest.fixture
def address(learner, quiz):
    return f"/my/school/study/{learner.pk}/quiz/{quiz.pk}/"


def shown(phone, address):
    page = phone.get(address).content.decode()
    fields = re.findall(r'name="(client_id|shown)" value="([^"]+)"', page)
    return page, dict(fields)


def right(quiz):
    one, two = quiz.questions.all()
    return {f"q{one.pk}": "0", f"q{two.pk}_0": "1", f"q{two.pk}_2": "1"}


def test_page_gives_no_answer_away_and_the_result_says_what_was_wrong(phone, address, quiz):
    page, fields = shown(phone, address)
    bare = page.replace(fields["shown"], "").replace(fields["client_id"], "")
    assert page.count("对的") == 2  # only as the words of a choice
    assert not re.search(r"answer|right|correct|checked", bare)

    wrong = right(quiz)
    del wrong[f"q{quiz.questions.last().pk}_2"]
    answer = phone.post(address, fields | wrong)

    assert answer["Location"] == f"{address}result/"
    result = phone.get(answer["Location"]).content.decode()
    assert "答错了" in result
    assert "还没及格" in result
    assert QuizTry.objects.get().marks == 50


def test_sent_twice_is_one_try_by_form_and_by_tap(phone, address, quiz):
    _page, fields = shown(phone, address)
    for _ in range(2):
        phone.post(address, fields | right(quiz))
    tap = uuid.uuid4().hex
    answers = [phone.post(address, fields | right(quiz) | {"tap": tap}).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert [one.marks for one in QuizTry.objects.all()] == [100, 100]
    assert "答了 2 次，最好 100 分" in phone.get(f"{address}result/").content.decode()


def test_nobody_leaves_out_what_he_does_not_know(phone, address, quiz):
    _page, fields = shown(phone, address)
    first = quiz.questions.first()

    assert phone.post(address, fields | {"shown": f"[{quiz.pk},{first.pk}]", f"q{first.pk}": "0"}).status_code == 400
    assert phone.post(address, fields | {f"q{first.pk}": "0"}).status_code == 302
    assert QuizTry.objects.get().marks == 50


@pytest.mark.parametrize("choice", ["9", "-1", "x", "\0", "0" * 10_000, ""])
def test_odd_answers_are_none(phone, address, quiz, choice):
    _page, fields = shown(phone, address)

    answer = phone.post(address, fields | {f"q{quiz.questions.first().pk}": choice})

    assert answer["Location"] == address
    assert "一道题也没有答" in phone.get(address).content.decode()
    assert not QuizTry.objects.exists()


def test_all_questions_were_changed_meanwhile(phone, address, quiz):
    _page, fields = shown(phone, address)
    given = fields | right(quiz) | {"tap": uuid.uuid4().hex}
    quiz.questions.all().delete()
    quiz.questions.create(position=1, text="新题", choices=["一", "二"], answers=[1])

    assert phone.post(address, given).status_code == 409
    assert "换了题" in phone.get(address).content.decode()


def test_quiz_of_nobody_or_not_in_use_is_not_there(phone, address, quiz, learner):
    assert phone.post(address, {"client_id": "x"}).status_code == 400
    quiz.is_in_use = False
    quiz.save()
    assert phone.get(address).status_code == 404
    assert "还没有收到" in phone.get(f"{address}result/").content.decode()
    foreign = make_quiz()
    assert phone.get(f"/my/school/study/{learner.pk}/quiz/{foreign.pk}/").status_code == 404
