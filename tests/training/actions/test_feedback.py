from __future__ import annotations

import uuid

import pytest

from livestream.rules.errors import NotAllowed
from tests.school import make_cohort, make_enrolment
from tests.study import NOW
from training.actions.feedback import Said, give_feedback, summaries_of
from training.models import Feedback, SchoolRules
from training.rules.exam import FeedbackKind

FACES = {"clear": 5, "useful": 4, "practice": 3, "time": 2, "again": 1}
SAID = Said(FeedbackKind.SATISFACTION, FACES, "老师好")


@pytest.fixture
def cohort(county):
    return make_cohort(county)


def test_each_form_once_whatever_comes_later(cohort):
    one, tap = make_enrolment(cohort), uuid.uuid4()

    first = give_feedback(one, SAID, client_id=tap, at=NOW)
    again = give_feedback(one, SAID, client_id=tap, at=NOW)
    later = give_feedback(one, SAID._replace(words="改"), client_id=uuid.uuid4(), at=NOW)

    assert {first.pk, again.pk, later.pk} == {Feedback.objects.get().pk}
    with pytest.raises(NotAllowed) as refused:
        give_feedback(make_enrolment(cohort), SAID, client_id=tap, at=NOW)
    assert refused.value.code == "page_is_old"


def test_means_are_shown_from_the_countys_small_cell_on(cohort, county, django_assert_num_queries):
    SchoolRules.objects.create(county=county, small_cell=3)
    for _ in range(2):
        give_feedback(make_enrolment(cohort), SAID, client_id=uuid.uuid4(), at=NOW)
    make_enrolment(cohort)

    with django_assert_num_queries(3):
        few = summaries_of(cohort)[2]
    give_feedback(make_enrolment(cohort), SAID._replace(answers=FACES | {"clear": 4}), client_id=uuid.uuid4(), at=NOW)
    enough = summaries_of(cohort)[2]

    assert (few.answered, few.asked, few.is_shown, few.words) == (2, 3, False, ())
    assert (enough.answered, enough.asked) == (3, 4)
    assert [line.mean for line in enough.lines] == [4.7, 4.0, 3.0, 2.0, 1.0]
    assert enough.words == ("老师好",) * 3
