"""The roster of a class as a spreadsheet: an empty one, what would come of one that is filled in, reading it in, what was wrong,
and the class as it is.

What was uploaded is never stored: between the look and the reading it travels in the page, encrypted under FIELD_KEYS, for an
hour and for this person alone; without identity numbers, of which only digests are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.sheets.sheet_book import Line
from livestream.views.carried import TOO_LATE, carried_in, carry
from livestream.views.plan_sheet import SheetForm, as_file
from livestream.views.signed_in import needs
from training.actions.roster import import_roster, look_at, without_numbers
from training.actions.roster_file import take_roster
from training.actions.roster_places import Villages
from training.models import Cohort
from training.rules.cohort import TAKES_PEOPLE
from training.rules.enrolment import SEATED
from training.rules.roster import Column, Row, Verdict
from training.sheets.roster_book import class_book, roster_book
from training.sheets.roster_file import Refused, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.actions.roster import Look
    from training.rules.roster import Grid

SHOWN_AT_MOST = 300  # of each sort; the file that is given back has all
SORTS = (Verdict.WRONG, Verdict.NEW, Verdict.KNOWN, Verdict.WAITS, Verdict.ALREADY)


class RosterForm(SheetForm):
    """A spreadsheet of people."""

    field_order = ["file"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].label = gettext_lazy("名册")


def cohort_of(request: SignedInRequest, pk: UUID) -> Cohort:
    """A class of his places, or one that he teaches. Raises Http404."""
    found = Cohort.objects.visible_to(request.user, Action.KEEP_SCHOOL).select_related("county", "place")
    return get_object_or_404(found, pk=pk)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def roster(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Downloads, and a file to upload; after it, what would come of each row."""
    cohort = cohort_of(request, pk)
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    takes = cohort.state in TAKES_PEOPLE
    if request.method == "POST" and takes and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            grid = read(given, given.name)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return looked(request, cohort, without_numbers(grid.rows, at=timezone.now()), grid)
    seated = cohort.enrolments.filter(state__in=sorted(SEATED)).count()
    context = {
        "cohort": cohort,
        "form": form,
        "takes": takes,
        "seated": seated,
        "free": max(0, cohort.seats - seated),
        "waiting": cohort.enrolments.waiting().count(),
    }
    return render(request, "training/roster.html", context, status=422 if request.method == "POST" else 200)


def looked(
    request: SignedInRequest, cohort: Cohort, rows: Sequence[Row], grid: Grid | None = None, refusal: str = ""
) -> HttpResponse:
    """What would come of each row."""
    look = look_at(rows, cohort, at=timezone.now())
    context = look_context(look) | {"cohort": cohort, "grid": grid, "refusal": refusal, "digest": look.digest}
    context["carried"] = carry([str(cohort.pk), [packed(row) for row in rows]], request.user)
    return render(request, "training/roster_look.html", context, status=409 if refusal else 200)


def look_context(look: Look) -> dict[str, object]:
    sorts = [(verdict, look.counts[verdict], [one for one in look.rows if one.verdict == verdict]) for verdict in SORTS]
    return {
        "sorts": [(verdict, number, those[:SHOWN_AT_MOST]) for verdict, number, those in sorts],
        "taken": len(look.taken),
        "wrong": len(look.wrong),
    }


def packed(row: Row) -> list[object]:
    return [row.number, row.sheet, {column.value: text for column, text in row.cells.items()}]


def carried_by(request: SignedInRequest, cohort: Cohort) -> list[Row] | None:
    """The rows that the page carries, if they are of this class."""
    code, rows = carried_in(request) or ("", [])
    if code != str(cohort.pk):
        return None
    return [Row(number, {Column(key): text for key, text in cells.items()}, sheet) for number, sheet, cells in rows]


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def roster_keep(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Takes the good rows; where the class changed meanwhile, nothing: the look again, as it is now."""
    cohort = cohort_of(request, pk)
    rows = carried_by(request, cohort)
    if rows is None:
        return too_late(request, cohort)
    try:
        look = import_roster(rows, cohort, by=request.user, at=timezone.now(), digest=request.POST.get("digest", ""))
    except NotAllowed as refused:
        return looked(request, cohort, rows, refusal=str(refused))
    context = look_context(look) | {"cohort": cohort, "carried": request.POST["carried"], "is_kept": True}
    return render(request, "training/roster_look.html", context)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def roster_wrong(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The rows that are wrong, as they were typed, with what is wrong behind each."""
    cohort = cohort_of(request, pk)
    rows = carried_by(request, cohort)
    if rows is None:
        return too_late(request, cohort)
    look = look_at(rows, cohort, at=timezone.now())
    lines = [Line(one.row.cells, problem=" ".join(str(problem) for problem in one.problems)) for one in look.wrong]
    made = roster_book(lines, Villages(cohort.county_id).names(), with_problems=True)
    return as_file(made, _("要改的名册") + f"-{cohort.title}.xlsx")


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_GET
def roster_template(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """An empty sheet with the county's villages to choose from."""
    cohort = cohort_of(request, pk)
    return as_file(roster_book([], Villages(cohort.county_id).names()), _("名册空表") + f"-{cohort.county.name}.xlsx")


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_GET
def roster_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The class as it is, masked; that it was taken is in the audit log."""
    cohort = cohort_of(request, pk)
    return as_file(class_book(take_roster(cohort, by=request.user, at=timezone.now())), _("名册") + f"-{cohort.title}.xlsx")


def too_late(request: SignedInRequest, cohort: Cohort) -> HttpResponse:
    messages.error(request, TOO_LATE)
    return redirect("training:roster", cohort.pk)
