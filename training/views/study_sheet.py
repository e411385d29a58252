"""A platform's list of minutes: pasted, looked at row by row, then entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.study import enter_list, look_at_list
from training.rules.study_sheet import SENTENCES
from training.study_forms import StudyListForm
from training.views.results import cohort_to

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.models import Cohort


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def study_sheet(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """First what would come of each row; with `enter` the good ones are written."""
    cohort = cohort_to(request, pk, Action.KEEP_SCHOOL)
    if request.method == "GET":
        return sheet_page(request, cohort, StudyListForm(cohort=cohort))
    form = StudyListForm(request.POST, cohort=cohort)
    if not form.is_valid():
        return sheet_page(request, cohort, form, status=422)
    if "enter" not in request.POST:
        return sheet_page(request, cohort, form, is_looked_at=True)
    try:
        entered = enter_list(cohort, form.rows, form.about, by=request.user)
    except NotAllowed as refused:
        form.add_error("pasted", str(refused))
        return sheet_page(request, cohort, form, is_looked_at=True, status=422)
    said = _("记下了：新的 {added} 人，改了 {changed} 人，{same} 人原来就一样。")
    messages.success(request, said.format(**entered._asdict()))
    return redirect("training:results", pk)


def sheet_page(
    request: SignedInRequest, cohort: Cohort, form: StudyListForm, *, is_looked_at: bool = False, status: int = 200
) -> HttpResponse:
    verdicts = look_at_list(cohort, form.rows, form.about) if is_looked_at else []
    context = {
        "cohort": cohort,
        "form": form,
        "verdicts": [(one, SENTENCES.get(one.code, "")) for one in verdicts],
        "is_looked_at": is_looked_at,
        "good": sum(not one.code and not one.is_nothing for one in verdicts),
        "bad": sum(bool(one.code) for one in verdicts),
    }
    return render(request, "training/study_sheet.html", context, status=status)
