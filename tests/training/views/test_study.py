from __future__ import annotations

import io
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import make_user
from tests.school import make_cohort, make_course
from tests.sign_in import signed_in
from tests.study import make_learner, make_material, make_quiz
from training.actions.material import add_material
from training.models import Cohort, StudyEntry

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NUMBER = int(NOW.timestamp()) // 60


@pytest.fixture
def course(county):
    return make_course(county, title="直播入门")


@pytest.fixture
def learner(county, host, course):
    return make_learner(county, user=host, course=course)


@pytest.fixture
def material(course):
    return make_material(course, title="怎么打光", bytes=345_000)


@pytest.fixture
def phone(learner):
    return signed_in(learner.trainee.user)


def page_of(learner, material):
    return f"/my/school/study/{learner.pk}/{material.pk}/"


def opened(phone, learner, material):
    """The proof that stands in the page."""
    return re.search(r'name="proof" value="([^"]+)"', phone.get(page_of(learner, material)).content.decode())[1]


@pytest.mark.parametrize("courses", [1, 3])
def test_my_courses_with_their_materials_and_sizes(phone, learner, material, courses, django_assert_num_queries):
    for _ in range(courses - 1):
        learner.cohort.courses.add(make_quiz(make_course(learner.cohort.county)).course)

    with django_assert_num_queries(11):
        page = phone.get("/my/school/study/").content.decode()

    assert "直播入门" in page
    assert "怎么打光" in page
    assert "336.9" in page
    assert page_of(learner, material) in page


def test_who_learns_nothing_here_is_told_so(county, client):
    assert client.get("/my/school/study/").status_code == 302
    trainee = make_learner(county, user=make_user("host", county), cohort=make_cohort(county))
    trainee.state, trainee.seat = "withdrawn", None
    trainee.save()

    assert "您还没有入班" in signed_in(trainee.trainee.user).get("/my/school/study/").content.decode()


def test_page_that_is_looked_at_tells_minutes_and_each_once(phone, learner, material):
    with time_machine.travel(NOW, tick=False):
        proof = opened(phone, learner, material)
    tap = {"proof": proof, "minute": str(NUMBER + 1), "tap": uuid.uuid4().hex}
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        answers = [phone.post(page_of(learner, material), tap).status_code for _ in range(2)]
        answers.append(phone.post(page_of(learner, material), tap | {"tap": uuid.uuid4().hex}).status_code)

    assert answers == [204, 204, 204]
    entry = StudyEntry.objects.get()
    assert (entry.minutes, entry.minute_at, entry.material_id, entry.course_id) == (
        1,
        NOW + timedelta(minutes=1),
        material.pk,
        material.course_id,
    )


@pytest.mark.parametrize(
    "said",
    [
        {"minute": "100000"},
        {"minute": "-1"},
        {"minute": "9" * 500},
        {"minute": "\0"},
        {"proof": "x"},
        {"tap": "x"},
        {"proof": "y" * 100_000},
    ],
)
def test_what_no_page_of_ours_tells_counts_nothing(phone, learner, material, said):
    with time_machine.travel(NOW, tick=False):
        told = {"proof": opened(phone, learner, material), "minute": str(NUMBER), "tap": uuid.uuid4().hex} | said
        answer = phone.post(page_of(learner, material), told)

    assert answer.status_code in {204, 400}
    assert not StudyEntry.objects.exists()


def test_proof_of_another_page_and_one_that_is_too_old_count_nothing(phone, learner, material, course):
    with time_machine.travel(NOW, tick=False):
        proof, other = opened(phone, learner, material), make_material(course)
        tap = {"proof": proof, "minute": str(NUMBER), "tap": uuid.uuid4().hex}
        assert phone.post(page_of(learner, other), tap).status_code == 400
    with time_machine.travel(NOW + timedelta(days=15), tick=False):
        phone = signed_in(learner.trainee.user)
        assert phone.post(page_of(learner, material), tap).status_code == 400
    assert not StudyEntry.objects.exists()


def test_without_javascript_the_button_says_that_it_is_learnt(phone, learner, material):
    proof = opened(phone, learner, material)

    answer = phone.post(page_of(learner, material), {"proof": proof, "client_id": str(uuid.uuid4()), "finished": "1"})

    assert (answer.status_code, answer["Location"]) == (302, "/my/school/study/")
    assert StudyEntry.objects.get().is_finished
    assert "学完了" in phone.get("/my/school/study/").content.decode()


def test_closed_class_keeps_its_materials_and_counts_no_more(phone, learner, material):
    proof = opened(phone, learner, material)
    Cohort.objects.update(closed_at=datetime(2026, 11, 1, tzinfo=UTC))

    assert "不再记时间" in phone.get(page_of(learner, material)).content.decode()
    answer = phone.post(page_of(learner, material), {"proof": proof, "tap": uuid.uuid4().hex, "finished": "1"})
    assert answer.status_code == 409
    assert "不再记时间" in phone.get("/my/school/study/").content.decode()


def test_material_of_another_class_or_person_is_not_there(phone, learner, material, county, other_county):
    foreign = make_learner(other_county, user=make_user("host", other_county), course=make_course(other_county))
    theirs = make_material(foreign.cohort.courses.get())

    for address in (
        page_of(foreign, theirs),
        page_of(learner, theirs),
        page_of(foreign, material),
        f"{page_of(learner, theirs)}file/",
    ):
        assert phone.get(address).status_code == 404


def test_file_is_given_to_who_learns_with_it(phone, learner, course, trainer, settings, tmp_path):
    settings.UPLOADS = tmp_path
    kept = add_material(course, io.BytesIO(b"%PDF-1.7 bytes"), name="检查表.pdf", title="检查表", by=trainer)

    answer = phone.get(f"{page_of(learner, kept)}file/")

    assert (answer.status_code, answer["Content-Type"], b"".join(answer.streaming_content)) == (
        200,
        "application/pdf",
        b"%PDF-1.7 bytes",
    )
    assert phone.get(f"{page_of(learner, make_material(course))}file/").status_code == 410


def test_picture_is_shown_in_the_page_and_others_are_opened(phone, learner, course):
    pages = [phone.get(page_of(learner, make_material(course, name=name))).content.decode() for name in ("灯.png", "a.pdf", "x")]

    assert ["<img" in page for page in pages] == [True, False, False]
    assert ["data-study-file" in page for page in pages] == [False, True, True]
