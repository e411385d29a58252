from __future__ import annotations

import uuid
from datetime import date

import pytest

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from tests.school import make_cohort, make_enrolment
from tests.study import make_exam
from training.actions.exam import ExamFacts, change_exam, drop_exam, enter_marks
from training.actions.exam import make_exam as set_exam
from training.models import Exam
from training.rules.exam import ExamKind

FACTS = ExamFacts("理论", ExamKind.THEORY, date(2026, 11, 20), 60)


@pytest.fixture
def cohort(county):
    return make_cohort(county)


def test_marks_are_written_changed_and_taken_away_and_the_log_knows(cohort, trainer):
    exam, one, two, away = (
        make_exam(cohort),
        make_enrolment(cohort),
        make_enrolment(cohort),
        make_enrolment(cohort, state="withdrawn"),
    )

    assert enter_marks(exam, {one.pk: 59, two.pk: 80, away.pk: 70, uuid.uuid4(): 50}, by=trainer) == 2
    assert enter_marks(exam, {one.pk: 60, two.pk: 80}, by=trainer) == 1
    assert enter_marks(exam, {two.pk: None}, by=trainer) == 1
    assert enter_marks(exam, {two.pk: None}, by=trainer) == 0

    assert list(exam.results.values_list("enrolment", "marks", "noted_by")) == [(one.pk, 60, trainer.pk)]
    deeds = AuditEntry.objects.filter(kind="training.ExamResult").order_by("pk").values_list("deed", flat=True)
    assert sorted(deeds) == ["row_added", "row_added", "row_changed", "row_removed"]


def test_exam_once_by_name_and_kept_while_it_has_marks(cohort, trainer):
    exam = set_exam(cohort, FACTS)
    with pytest.raises(NotAllowed) as refused:
        set_exam(cohort, FACTS)
    assert refused.value.code == "exam_there"

    other = set_exam(cohort, FACTS._replace(title="技能"))
    with pytest.raises(NotAllowed) as refused:
        change_exam(other, FACTS)
    assert refused.value.code == "exam_there"

    enter_marks(exam, {make_enrolment(cohort).pk: 0}, by=trainer)
    with pytest.raises(NotAllowed) as refused:
        drop_exam(exam)
    assert (refused.value.code, refused.value.facts) == ("exam_has_marks", {"n": 1})
    drop_exam(Exam.objects.get(pk=other.pk))
    assert list(cohort.exams.values_list("title", flat=True)) == ["理论"]
