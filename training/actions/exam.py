"""Every write of tests and their marks. What was entered and changed, by whom, is in the audit log row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.rules.errors import NotAllowed
from training.models import Exam, ExamResult

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from livestream.models import User
    from training.models import Cohort
    from training.rules.exam import ExamKind

CODES = {"exam_once_per_cohort": "exam_there"}


class ExamFacts(NamedTuple):
    title: str
    kind: ExamKind
    on: date
    pass_marks: int


@transaction.atomic
def make_exam(cohort: Cohort, facts: ExamFacts) -> Exam:
    """Raises NotAllowed(`exam_there`)."""
    with refusing(CODES):
        return Exam.objects.create(cohort=cohort, **facts._asdict())


@transaction.atomic
def change_exam(exam: Exam, facts: ExamFacts) -> Exam:
    """Raises NotAllowed(`exam_there`)."""
    exam.title, exam.kind, exam.on, exam.pass_marks = facts
    with refusing(CODES):
        exam.save(update_fields=list(facts._fields))
    return exam


@transaction.atomic
def drop_exam(exam: Exam) -> None:
    """One that was made by mistake. Raises NotAllowed(`exam_has_marks`)."""
    Exam.objects.select_for_update().get(pk=exam.pk)
    if number := exam.results.count():
        raise NotAllowed("exam_has_marks", n=number)
    exam.delete()


@transaction.atomic
def enter_marks(exam: Exam, marks: Mapping[UUID, int | None], *, by: User) -> int:
    """Writes what is different from what stands, by enrolment; None takes a result away: he was absent. Returns how many
    changed. Whoever has no seat in the cohort is left out."""
    Exam.objects.select_for_update(no_key=True).get(pk=exam.pk)
    seated = set(exam.cohort.enrolments.seated().values_list("pk", flat=True))
    there = {one.enrolment_id: one for one in exam.results.all()}
    changed = 0
    for enrolment in sorted(seated & marks.keys()):
        changed += _enter(exam, enrolment, marks[enrolment], there.get(enrolment), by)
    return changed


def _enter(exam: Exam, enrolment: UUID, marks: int | None, there: ExamResult | None, by: User) -> bool:
    if marks == (there.marks if there else None):
        return False
    if marks is None:
        exam.results.filter(enrolment=enrolment).delete()
    elif there is None:
        ExamResult.objects.create(exam=exam, enrolment_id=enrolment, marks=marks, noted_by=by)
    else:
        there.marks, there.noted_by = marks, by
        there.save(update_fields=["marks", "noted_by", "noted_at"])
    return True
