"""The plan as a spreadsheet: downloaded, looked at when it comes back, read in, and the rows that could not be given back.

What was uploaded is never stored: between the look and the reading it travels in the page, encrypted under FIELD_KEYS, for an
hour and for this person alone."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.plan_cells import lines_of
from livestream.actions.plan_names import Names
from livestream.actions.plan_sheet import apply_sheet, look_at
from livestream.models import LiveSession, Place
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.plan_sheet import Column, Row, Verdict
from livestream.rules.rights import Action
from livestream.rules.when import Clock, moment
from livestream.sheets.plan_book import PlanBook
from livestream.sheets.plan_file import Refused, read
from livestream.sheets.sheet_book import Line
from livestream.views.carried import TOO_LATE, carried_in
from livestream.views.carried import carry as packed
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.actions.plan_sheet import Look
    from livestream.models import User
    from livestream.rules.plan_sheet import Grid
    from livestream.views.signed_in import SignedInRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNCHANGED_SHOWN = 20
SHOWN_AT_MOST = 300  # of each sort; the file that is given back has all


class SheetForm(forms.Form):
    """A spreadsheet of the plan."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("排期表"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": gettext_lazy("请先选一个文件。"), "invalid": gettext_lazy("请先选一个文件。"),
            "empty": gettext_lazy("这个文件是空的。"), "missing": gettext_lazy("请先选一个文件。"),
        },
    )  # fmt: skip


class Carried(NamedTuple):
    """What a page carries from the look to the reading."""

    county: str
    rows: list[Row]


def county_of(user: User, wanted: str) -> tuple[Place | None, list[Place]]:
    """The county whose month it is, and those to choose from where there are several."""
    codes = user.reach(Action.PLAN_SESSION)
    counties = list(
        Place.objects.counties().filter(pk__in={code[:COUNTY_DIGITS] for code in codes})
        if "" not in codes
        else Place.objects.counties()
    )
    chosen = next((county for county in counties if county.pk == wanted), None)
    return chosen or (counties[0] if len(counties) == 1 else None), counties


def month_of(text: str) -> tuple[datetime, datetime]:
    """The first moment of a month (`2026-12`) and of the next; of this one where nothing else is said."""
    today = timezone.localdate()
    try:
        year, month = (int(part) for part in text.split("-"))
        first = today.replace(year=year, month=month, day=1)
    except ValueError:
        first = today.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1) if first.year < 9999 else first
    midnight = Clock(time(0))
    return moment(first, midnight), moment(following, midnight)


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def sheet(request: SignedInRequest) -> HttpResponse:
    """Downloads to choose, a file to upload; after it, what would come of each row."""
    county, counties = county_of(request.user, (request.POST if request.method == "POST" else request.GET).get("county", ""))
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    context: dict[str, object] = {"form": form, "county": county, "counties": counties if len(counties) > 1 else []}
    context["month"] = f"{month_of(request.GET.get('month', ''))[0]:%Y-%m}"
    if request.method == "GET" or county is None or not form.is_valid():
        return render(request, "livestream/plan_sheet.html", context, status=200 if request.method == "GET" else 422)
    given = form.cleaned_data["file"]
    try:
        grid = read(given, given.name)
    except Refused as refused:
        form.add_error("file", str(refused))
        return render(request, "livestream/plan_sheet.html", context, status=422)
    return looked(request, county, grid.rows, grid)


def looked(request: SignedInRequest, county: Place, rows: list[Row], grid: Grid | None = None, refusal: str = "") -> HttpResponse:
    """What would come of each row."""
    look = look_at(rows, county=county, by=request.user, at=timezone.now())
    context = look_context(look) | {"county": county, "grid": grid, "refusal": refusal, "rows": len(rows)}
    context |= {"carried": carry(Carried(county.pk, rows), request.user), "digest": look.digest}
    return render(request, "livestream/plan_sheet_look.html", context, status=409 if refusal else 200)


def look_context(look: Look) -> dict[str, object]:
    sorts = [(verdict, look.counts[verdict], [one for one in look.rows if one.verdict == verdict]) for verdict in SORTS]
    shown = {Verdict.UNCHANGED: UNCHANGED_SHOWN}
    return {
        "sorts": [(verdict, number, those[: shown.get(verdict, SHOWN_AT_MOST)]) for verdict, number, those in sorts],
        "kept": len(look.applied),
        "wrong": len(look.wrong),
    }


SORTS = (Verdict.WRONG, Verdict.NEW, Verdict.CHANGED, Verdict.CANCELLED, Verdict.UNCHANGED)


@never_cache
@needs(Action.PLAN_SESSION)
@require_POST
def sheet_keep(request: SignedInRequest) -> HttpResponse:
    """Reads the good rows in; where somebody planned meanwhile, nothing: the look again, as it is now."""
    carried, county = carried_by(request)
    if carried is None or county is None:
        return too_late(request)
    digest = request.POST.get("digest", "")
    try:
        look, steps = apply_sheet(carried.rows, county=county, by=request.user, at=timezone.now(), digest=digest)
    except NotAllowed as refused:
        return looked(request, county, carried.rows, refusal=str(refused))
    context = look_context(look) | {"county": county, "steps": steps, "carried": request.POST["carried"], "is_kept": True}
    return render(request, "livestream/plan_sheet_look.html", context)


@never_cache
@needs(Action.PLAN_SESSION)
@require_POST
def sheet_wrong(request: SignedInRequest) -> HttpResponse:
    """The rows that are wrong, as they were typed, with what is wrong behind each."""
    carried, county = carried_by(request)
    if carried is None or county is None:
        return too_late(request)
    look = look_at(carried.rows, county=county, by=request.user, at=timezone.now())
    lines = [Line(one.row.cells, problem=" ".join(str(problem) for problem in one.problems)) for one in look.wrong]
    made = PlanBook(with_problems=True).made(lines, Names(county, request.user).lists())
    return as_file(made, _("要改的排期") + f"-{county.name}.xlsx")


@never_cache
@needs(Action.PLAN_SESSION)
@require_GET
def sheet_file(request: SignedInRequest) -> HttpResponse:
    """The month of a county, or what of it is in this person's hands; or an empty sheet."""
    county, _counties = county_of(request.user, request.GET.get("county", ""))
    if county is None:
        return redirect("livestream:plan_sheet")
    first, following = month_of(request.GET.get("month", ""))
    lists = Names(county, request.user).lists()
    if request.GET.get("empty"):
        return as_file(PlanBook().made([], lists), _("排期空表") + f"-{county.name}.xlsx")
    mine = LiveSession.objects.reached_by(request.user, Action.PLAN_SESSION).filter(county=county)
    lines = lines_of(mine.filter(planned_start_at__gte=first, planned_start_at__lt=following))
    return as_file(PlanBook().made(lines, lists), _("排期") + f"-{county.name}-{first.astimezone(SHANGHAI):%Y-%m}.xlsx")


def as_file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer


def carry(carried: Carried, by: User) -> str:
    rows = [[row.number, {column.value: text for column, text in row.cells.items()}] for row in carried.rows]
    return packed([carried.county, rows], by)


def carried_by(request: SignedInRequest) -> tuple[Carried | None, Place | None]:
    """The sheet that the page carries; none where it is older than an hour, or somebody else's, or made up."""
    code, rows = carried_in(request) or ("", [])
    county = county_of(request.user, code)[0]
    if county is None or county.pk != code:
        return None, None
    read_rows = [Row(number, {Column(key): text for key, text in cells.items()}) for number, cells in rows]
    return Carried(code, read_rows), county


def too_late(request: SignedInRequest) -> HttpResponse:
    messages.error(request, TOO_LATE)
    return redirect("livestream:plan_sheet")
