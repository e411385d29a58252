from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest
import time_machine

from tests.sign_in import signed_in
from tests.study import make_learner
from training.models import Feedback
from training.rules.feedback import ITEMS

ADDRESS = "/my/school/feedback/"
FACES = {item.key: "5" for item in ITEMS["satisfaction"]}


@pytest.fixture(autouse=True)
def last_day():
    with time_machine.travel(datetime(2026, 11, 29, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def learner(county, host):
    return make_learner(county, user=host)


@pytest.fixture
def phone(learner):
    return signed_in(learner.trainee.user)


def test_the_forms_that_are_due_and_then_thanks(phone, learner):
    page = phone.get(ADDRESS).content.decode()
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["after", "satisfaction"]

    said = FACES | {"kind": "satisfaction", "enrolment": str(learner.pk), "words": " 老师\0好 ", "tap": uuid.uuid4().hex}
    answers = [phone.post(ADDRESS, said).status_code for _ in range(2)]

    assert answers == [204, 204]
    one = Feedback.objects.get()
    assert (one.answers, one.words) == ({item.key: 5 for item in ITEMS["satisfaction"]}, "老师 好")
    page = phone.get(ADDRESS).content.decode()
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["after"]
    assert "已经交了" in page


def test_line_left_out_is_asked_for_and_the_rest_stays(phone, learner):
    said = FACES | {"kind": "satisfaction", "enrolment": str(learner.pk), "words": "留着", "client_id": str(uuid.uuid4())}
    del said["time"]

    answer = phone.post(ADDRESS, said)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“上课的时间和地点方便”还没有选" in page
    assert (page.count(" checked"), "留着" in page) == (4, True)


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"enrolment": "x"}, {"client_id": "x"}])
def test_what_is_no_form_of_ours(phone, learner, wrong):
    said = FACES | {"kind": "satisfaction", "enrolment": str(learner.pk), "client_id": str(uuid.uuid4())} | wrong

    assert phone.post(ADDRESS, said).status_code == 400
    assert not Feedback.objects.exists()


def test_for_somebody_elses_seat_nobody_speaks(phone, county):
    said = FACES | {"kind": "satisfaction", "enrolment": str(make_learner(county).pk), "client_id": str(uuid.uuid4())}

    assert phone.post(ADDRESS, said).status_code == 404
