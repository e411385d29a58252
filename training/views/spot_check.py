"""抽查: a sample drawn by a seed, its call list, what people say, and how sure the rate is."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.audit import note
from livestream.rules.cell import csv_cell
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs, to_second_factor
from training.actions.spot_check import (
    draw_sample,
    earlier_results,
    note_result,
    person_of,
    population_of,
    reveal_for,
)
from training.models import Cohort, Lesson, SpotCall, SpotCheck
from training.rules.lesson import LessonState
from training.rules.spot_check import SpotResult, digest_of, outcome_of
from training.spot_check_forms import SpotCheckForm, SpotResultForm
from training.views.school import counties_taught, of_county, posted, status_of, tried

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from livestream.models import Place
    from livestream.views.signed_in import SignedInRequest
    from training.models import Trainee
    from training.rules.spot_check import Outcome

COHORTS_OFFERED, MONTHS_OFFERED = 60, 36
FIELDS = {"spot_seed": "seed", "spot_size": "size", "spot_nobody": "cohorts"}
BOM = "\ufeff"


class CheckRow(NamedTuple):
    check: SpotCheck
    outcome: Outcome


class CallRow(NamedTuple):
    """One person to call; `earlier`: what was noted before it was changed."""

    call: SpotCall
    person: Trainee
    earlier: list[dict[str, object]]


# --- all checks of a county ---------------------------------------------------------------------------------------------------


@never_cache
@of_county(Action.AUDIT_SCHOOL)
@require_http_methods(["GET", "POST"])
def spot_checks(request: SignedInRequest, county: Place) -> HttpResponse:
    """Every check that was ever drawn, and drawing another one: with status 422 and what was typed where something is wrong."""
    counted = Cohort.objects.that_count().filter(county=county)
    offered = counted.filter(pk__in=counted.values("pk")[:COHORTS_OFFERED])
    form = SpotCheckForm(posted(request), cohorts=offered, months=months_of(counted))
    if made := tried(form, lambda: draw_sample(form.draw, county=county, by=request.user, at=timezone.now()), FIELDS):
        messages.success(request, _("抽好了。名单定了，不会再变。"))
        return redirect("training:spot_check", made.pk)
    checks = SpotCheck.objects.filter(county=county).select_related("drawn_by").prefetch_related("calls")
    rows = [CheckRow(one, outcome_of(call.result for call in one.calls.all())) for one in checks.order_by("-drawn_at", "-pk")]
    context = {
        "county": county,
        "counties": counties_taught(request.user, Action.AUDIT_SCHOOL),
        "form": form,
        "rows": rows,
    }
    return render(request, "training/spot_checks.html", context, status=status_of(form))


def months_of(cohorts: QuerySet[Cohort]) -> dict[str, list[Cohort]]:
    """The classes that had a lesson in each month, the newest month first. Two queries."""
    known = {cohort.pk: cohort for cohort in cohorts}
    found: dict[str, dict[Cohort, None]] = defaultdict(dict)
    held = Lesson.objects.filter(cohort__in=cohorts, state=LessonState.HELD).order_by("-starts_at")
    for cohort, starts_at in held.values_list("cohort", "starts_at"):
        found[f"{timezone.localtime(starts_at):%Y-%m}"][known[cohort]] = None
    return {month: list(its) for month, its in list(found.items())[:MONTHS_OFFERED]}


# --- one --------------------------------------------------------------------------------------------------------------------


def check_for(request: SignedInRequest, pk: int) -> SpotCheck:
    """Raises Http404."""
    return get_object_or_404(SpotCheck.objects.visible_to(request.user), pk=pk)


def calls_of(check: SpotCheck) -> list[CallRow]:
    people = ("enrolment__trainee__place__parent", "enrolment__trainee__merged_into__place__parent")
    calls = check.calls.select_related("enrolment__cohort", "called_by", *people).order_by("position")
    earlier = earlier_results(check)
    return [CallRow(call, person_of(call), earlier.get(call.pk, [])) for call in calls]


@never_cache
@needs(Action.AUDIT_SCHOOL)
@require_GET
def spot_check(request: SignedInRequest, pk: int) -> HttpResponse:
    check = check_for(request, pk)
    rows, cohorts = calls_of(check), list(check.cohorts.all())
    now = population_of(cohorts)
    context = {
        "check": check,
        "rows": rows,
        "cohorts": cohorts,
        "outcome": outcome_of(row.call.result for row in rows),
        "counts": counts_of(rows),
        "is_unchanged": digest_of(now) == check.population_sha256,
        "people_now": len(now),
        "others": SpotCheck.objects.filter(county=check.county_id).exclude(pk=pk).count(),
    }
    return render(request, "training/spot_check.html", context)


def counts_of(rows: Iterable[CallRow]) -> list[tuple[SpotResult, int]]:
    found = [row.call.result for row in rows]
    return [(result, found.count(result)) for result in SpotResult]


@never_cache
@needs(Action.AUDIT_SCHOOL)
@require_http_methods(["GET", "POST"])
def spot_call(request: SignedInRequest, pk: int, call: int) -> HttpResponse:
    """One person: what to ask, and what he says. 422 with what was typed where something is wrong."""
    check = check_for(request, pk)
    row = call_in(check, call)
    form = SpotResultForm(
        posted(request), initial={"result": row.call.result, "words": row.call.words, "before": row.call.result}
    )
    if tried(form, lambda: kept(request, row.call, form), {"spot_words": "words", "too_long": "words"}):
        messages.success(request, _("记好了。"))
        return redirect("training:spot_check", pk)
    return call_page(request, check, row, form, status=status_of(form))


def kept(request: SignedInRequest, call: SpotCall, form: SpotResultForm) -> SpotCall:
    said = form.cleaned_data
    result = SpotResult(said["result"])
    return note_result(call, result, said["words"], before=said["before"], by=request.user, at=timezone.now())


def call_in(check: SpotCheck, pk: int) -> CallRow:
    """Raises Http404."""
    rows = SpotCall.objects.filter(check_run=check).select_related(
        "check_run", "enrolment__cohort", "called_by", "enrolment__trainee__place__parent",
        "enrolment__trainee__merged_into__place__parent",
    )  # fmt: skip
    found = get_object_or_404(rows, pk=pk)
    return CallRow(found, person_of(found), earlier_results(check).get(found.pk, []))


def call_page(
    request: SignedInRequest, check: SpotCheck, row: CallRow, form: SpotResultForm, *, number: str = "", status: int = 200
) -> HttpResponse:
    context = {"check": check, "row": row, "call": row.call, "form": form, "number": number, "error": ""}
    context["next"] = check.calls.filter(result="").exclude(pk=row.call.pk).order_by("position").first()
    return render(request, "training/spot_call.html", context, status=status)


@never_cache
@needs(Action.AUDIT_SCHOOL)
@require_POST
def spot_call_phone(request: SignedInRequest, pk: int, call: int) -> HttpResponse:
    """The number, this once, for the inspection; with the second factor and written down, like every other."""
    row = call_in(check := check_for(request, pk), call)
    if not request.user.is_verified():
        return to_second_factor(request, reverse("training:spot_call", args=[pk, call]))
    form = SpotResultForm(initial={"result": row.call.result, "words": row.call.words, "before": row.call.result})
    try:
        number = reveal_for(row.call, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("training:spot_call", pk, call)
    return call_page(request, check, row, form, number=number)


@never_cache
@needs(Action.AUDIT_SCHOOL)
@require_POST
def spot_check_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The call list with its results, phones masked, as CSV; `what=population`: all registrations, to draw again."""
    check = check_for(request, pk)
    what = "population" if request.POST.get("what") == "population" else "sample"
    rows = population_rows(check) if what == "population" else sample_rows(check)
    note(Deed.SPOT_CHECK_TAKEN, place=check.county_id, by=request.user, about=check, what=what, rows=len(rows) - 1)
    out = io.StringIO(newline="")
    out.write(BOM)
    csv.writer(out, lineterminator="\r\n").writerows([csv_cell(cell) for cell in row] for row in rows)
    answer = HttpResponse(out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    name = f"{_('总体') if what == 'population' else _('抽查名单')}-{check.title}.csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer


def population_rows(check: SpotCheck) -> list[list[str]]:
    return [[_("报名编号")], *([str(one)] for one in sorted(population_of(check.cohorts.all())))]


def sample_rows(check: SpotCheck) -> list[list[str]]:
    head = [
        _("序号"),
        _("报名编号"),
        _("姓名"),
        _("手机号"),
        _("村或社区"),
        _("培训班"),
        _("结果"),
        _("说明"),
        _("时间"),
        _("谁打的"),
    ]
    return [
        head,
        *(
            [
                str(call.position),
                str(call.enrolment_id),
                person.name,
                person.masked_phone,
                person.place.full_name,
                call.enrolment.cohort.title,
                call.get_result_display(),
                call.words,
                f"{timezone.localtime(call.called_at):%Y-%m-%d %H:%M}" if call.called_at else "",
                call.called_by.name if call.called_by else "",
            ]
            for call, person, _earlier in calls_of(check)
        ),
    ]
