"""What was learnt in a cohort, on one page: tests, practicals, minutes, quizzes, hours, and what trainees say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.feedback import summaries_of
from training.actions.results import hours_of, results_of
from training.models import Cohort
from training.rules.exam import PASS_MARKS
from training.rules.results import Results
from training.rules.study import Hours

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


def cohort_to(request: SignedInRequest, pk: UUID, action: Action = Action.SEE_SCHOOL) -> Cohort:
    """One that this person may do that with. Raises Http404."""
    return get_object_or_404(Cohort.objects.visible_to(request.user, action).select_related("county", "place"), pk=pk)


def may_keep(request: SignedInRequest, cohort: Cohort) -> bool:
    return Cohort.objects.visible_to(request.user, Action.KEEP_SCHOOL).filter(pk=cohort.pk).exists()


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def results(request: SignedInRequest, pk: UUID) -> HttpResponse:
    cohort = cohort_to(request, pk)
    found, hours = results_of(cohort), hours_of(cohort)
    seated = list(cohort.enrolments.seated().select_related("trainee__place").order_by("seat"))
    rows = [(one, found.get(one.pk, Results()), hours.get(one.pk, Hours())) for one in seated]
    exams = list(cohort.exams.order_by("on", "pk"))
    begun = {mark.exam for _one, result, _hours in rows for mark in result.exams if mark.marks is not None}
    practicals = [result.practical for _one, result, _hours in rows if result.practical is not None]
    context = {
        "cohort": cohort,
        "rows": rows,
        "exams": exams,
        "begun": begun,
        "stats": {
            "people": len(rows),
            "passed": sum(bool(result.exams) and all(mark.has_passed for mark in result.exams) for _, result, _h in rows),
            "practicals": len(practicals),
            "practicals_passed": sum(total >= PASS_MARKS for total in practicals),
            "minutes": sum(result.study_minutes for _one, result, _hours in rows),
        },
        "quizzes": max((len(result.quizzes) for _one, result, _hours in rows), default=0),
        "pass_marks": PASS_MARKS,
        "summaries": summaries_of(cohort),
        "may_keep": may_keep(request, cohort),
    }
    return render(request, "training/results.html", context)
