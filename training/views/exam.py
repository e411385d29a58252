"""Tests of a cohort: which there are, and the marks of everybody on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.exam import change_exam, drop_exam, enter_marks, make_exam
from training.exam_forms import ExamForm, MarksSheet
from training.views.results import cohort_to
from training.views.school import posted, status_of, tried

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.models import Exam

AT = {"exam_there": "title"}  # the field that a refusal belongs to


def exam_to_keep(request: SignedInRequest, pk: UUID, exam: int) -> Exam:
    """Raises Http404."""
    cohort = cohort_to(request, pk, Action.KEEP_SCHOOL)
    found: Exam = get_object_or_404(cohort.exams.select_related("cohort"), pk=exam)
    return found


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def exam_new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    cohort = cohort_to(request, pk, Action.KEEP_SCHOOL)
    form = ExamForm(posted(request))
    if (made := tried(form, lambda: make_exam(cohort, form.facts), AT)) is not None:
        messages.success(request, _("建好了，可以录成绩了。"))
        return redirect("training:exam", pk, made.pk)
    context = {"cohort": cohort, "form": form}
    return render(request, "training/exam_edit.html", context, status=status_of(form))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def exam_edit(request: SignedInRequest, pk: UUID, exam: int) -> HttpResponse:
    found = exam_to_keep(request, pk, exam)
    form = ExamForm(posted(request), exam=found)
    if tried(form, lambda: change_exam(found, form.facts), AT) is not None:
        messages.success(request, _("改好了。"))
        return redirect("training:exam", pk, exam)
    context = {"cohort": found.cohort, "exam": found, "form": form}
    return render(request, "training/exam_edit.html", context, status=status_of(form))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def exam(request: SignedInRequest, pk: UUID, exam: int) -> HttpResponse:
    """The marks; nothing is written while a cell is not understood, and everything typed stays."""
    found = exam_to_keep(request, pk, exam)
    sheet = MarksSheet(found, posted(request))
    if request.method == "POST" and sheet.is_valid:
        changed = enter_marks(found, sheet.marks, by=request.user)
        said = ngettext("记下了 {n} 个人的成绩。", "记下了 {n} 个人的成绩。", changed) if changed else _("没有改动。")
        messages.success(request, said.format(n=changed))
        return redirect("training:results", pk)
    context = {"cohort": found.cohort, "exam": found, "sheet": sheet}
    return render(request, "training/exam.html", context, status=422 if request.method == "POST" else 200)


@needs(Action.KEEP_SCHOOL)
@require_POST
def exam_drop(request: SignedInRequest, pk: UUID, exam: int) -> HttpResponse:
    found = exam_to_keep(request, pk, exam)
    try:
        drop_exam(found)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("training:exam", pk, exam)
    messages.success(request, _("删掉了。"))
    return redirect("training:results", pk)
