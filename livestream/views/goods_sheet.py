"""The register of goods as a spreadsheet: downloaded, looked at when it comes back, read in, and the rows that could not be.

What was uploaded is never stored: between the look and the reading it travels in the page, encrypted under FIELD_KEYS, for an
hour and for this person alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.goods_sheet import Register, apply_sheet, lines_of, look_at
from livestream.models import Product
from livestream.rules.errors import NotAllowed
from livestream.rules.goods_sheet import Column, Row, Verdict
from livestream.rules.rights import Action
from livestream.sheets.goods_book import goods_book
from livestream.sheets.goods_file import Refused, read
from livestream.sheets.sheet_book import Line
from livestream.views.carried import TOO_LATE, carried_in, carry
from livestream.views.plan_sheet import SheetForm, as_file
from livestream.views.product import county_kept
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from livestream.actions.goods_sheet import Look
    from livestream.models import Place
    from livestream.rules.goods_sheet import Grid
    from livestream.views.signed_in import SignedInRequest

SHOWN_AT_MOST = 300
UNCHANGED_SHOWN = 20
SORTS = (Verdict.WRONG, Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED)


class GoodsSheetForm(SheetForm):
    """A spreadsheet of goods."""

    field_order = ["file"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].label = gettext_lazy("货品表")


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def sheet(request: SignedInRequest) -> HttpResponse:
    """Downloads, and a file to upload; after it, what would come of each row."""
    county = county_kept(request.user)
    form = GoodsSheetForm(request.POST, request.FILES) if request.method == "POST" else GoodsSheetForm()
    if request.method == "POST" and county is not None and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            grid = read(given, given.name)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return looked(request, county, grid.rows, grid)
    context = {"form": form, "county": county}
    return render(request, "livestream/goods_sheet.html", context, status=422 if request.method == "POST" else 200)


def looked(
    request: SignedInRequest, county: Place, rows: Sequence[Row], grid: Grid | None = None, refusal: str = ""
) -> HttpResponse:
    """What would come of each row."""
    look = look_at(rows, county=county, by=request.user)
    context = look_context(look) | {"county": county, "grid": grid, "refusal": refusal, "digest": look.digest}
    packed = [[row.number, {column.value: text for column, text in row.cells.items()}] for row in rows]
    context["carried"] = carry([county.pk, packed], request.user)
    return render(request, "livestream/goods_sheet_look.html", context, status=409 if refusal else 200)


def look_context(look: Look) -> dict[str, object]:
    sorts = [(verdict, look.counts[verdict], [one for one in look.rows if one.verdict == verdict]) for verdict in SORTS]
    shown = {Verdict.UNCHANGED: UNCHANGED_SHOWN}
    return {
        "sorts": [(verdict, number, those[: shown.get(verdict, SHOWN_AT_MOST)]) for verdict, number, those in sorts],
        "taken": len(look.taken),
        "wrong": len(look.wrong),
    }


def carried_by(request: SignedInRequest) -> tuple[list[Row], Place | None]:
    """The sheet that the page carries, of the county that this person keeps; None where it is gone."""
    code, rows = carried_in(request) or ("", [])
    county = county_kept(request.user)
    if county is None or county.pk != code:
        return [], None
    return [Row(number, {Column(key): text for key, text in cells.items()}) for number, cells in rows], county


@never_cache
@needs(Action.KEEP_GOODS)
@require_POST
def sheet_keep(request: SignedInRequest) -> HttpResponse:
    """Keeps the good rows; where the register changed meanwhile, nothing: the look again, as it is now."""
    rows, county = carried_by(request)
    if county is None:
        return too_late(request)
    try:
        look = apply_sheet(rows, county=county, by=request.user, digest=request.POST.get("digest", ""))
    except NotAllowed as refused:
        return looked(request, county, rows, refusal=str(refused))
    context = look_context(look) | {"county": county, "carried": request.POST["carried"], "is_kept": True}
    return render(request, "livestream/goods_sheet_look.html", context)


@never_cache
@needs(Action.KEEP_GOODS)
@require_POST
def sheet_wrong(request: SignedInRequest) -> HttpResponse:
    """The rows that are wrong, as they were typed, with what is wrong behind each."""
    rows, county = carried_by(request)
    if county is None:
        return too_late(request)
    look = look_at(rows, county=county, by=request.user)
    lines = [Line(one.row.cells, problem=" ".join(str(problem) for problem in one.problems)) for one in look.wrong]
    return as_file(book(Register(county, request.user), lines, with_problems=True), _("要改的货品") + f"-{county.name}.xlsx")


@never_cache
@needs(Action.KEEP_GOODS)
@require_GET
def sheet_file(request: SignedInRequest) -> HttpResponse:
    """The goods in use that this person keeps; or an empty sheet (`?empty=1`)."""
    county = county_kept(request.user)
    if county is None:
        return redirect("livestream:goods_sheet")
    register = Register(county, request.user)
    if request.GET.get("empty"):
        return as_file(book(register, []), _("货品空表") + f"-{county.name}.xlsx")
    mine = Product.objects.visible_to(request.user, Action.KEEP_GOODS).filter(county=county, is_in_use=True)
    found = list(mine.select_related("supplier__place", "geo_indication").order_by("title", "pk"))
    lines = [Line(cells) for cells in lines_of(found, register, on=timezone.localdate())]
    return as_file(book(register, lines), _("货品") + f"-{county.name}.xlsx")


def book(register: Register, lines: Sequence[Line], *, with_problems: bool = False) -> bytes:
    suppliers = [register.label(one) for one in register.suppliers]
    return goods_book(lines, suppliers, list(register.geos), with_problems=with_problems)


def too_late(request: SignedInRequest) -> HttpResponse:
    messages.error(request, TOO_LATE)
    return redirect("livestream:goods_sheet")
