"""A line-up as a spreadsheet: downloaded, looked at when it comes back, the good rows kept. What was uploaded is never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.line_up_sheet import apply_rows, look_at
from livestream.actions.line_up_version import Kept, facts_of, items_of, mark_of_item
from livestream.line_up_words import label_of, names_in, shown_of
from livestream.models import LineUpItem, SubsidyRule
from livestream.rules.errors import NotAllowed
from livestream.rules.line_up_sheet import CHOICES, MONEY, Column, Row
from livestream.rules.plan import Platform
from livestream.rules.plan_sheet import Verdict
from livestream.rules.rights import Action
from livestream.sheets.line_up_book import LineUpBook
from livestream.sheets.line_up_file import Refused, read
from livestream.sheets.sheet_book import Line
from livestream.typed_fields import plain_yuan
from livestream.views.carried import TOO_LATE, carried_in, carry
from livestream.views.desk import session_reached
from livestream.views.plan_sheet import SheetForm as PlanSheetForm
from livestream.views.plan_sheet import as_file
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.actions.line_up_sheet import Look, Outcome
    from livestream.models import LiveSession
    from livestream.rules.line_up_item import ItemFacts
    from livestream.views.signed_in import SignedInRequest

SORTS = (Verdict.WRONG, Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED)


class SheetForm(PlanSheetForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].label = gettext_lazy("排品表")


class KeepForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def sheet(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """A download, a file to upload; after it, what would come of each row."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data["file"]
            try:
                return looked(request, session, read(given, given.name).rows)
            except Refused as refused:
                form.add_error("file", str(refused))
    return render(request, "livestream/line_up_sheet.html", {"session": session, "form": form}, status=status)


def looked(request: SignedInRequest, session: LiveSession, rows: list[Row], refused: str = "") -> HttpResponse:
    """What would come of each row; with status 409 and why, when it could not be kept."""
    look = look_at(session, rows, by=request.user, at=timezone.now())
    carried = [[row.number, {column.value: text for column, text in row.cells.items()}] for row in rows]
    context = {
        "session": session,
        "look": look,
        "sorts": sorts_of(look),
        "refused": refused or look.refused,
        "carried": carry([str(session.pk), carried], request.user),
    }
    return render(request, "livestream/line_up_sheet_look.html", context, status=409 if refused or look.refused else 200)


def sorts_of(look: Look) -> list[tuple[Verdict, list[tuple[Outcome, str]]]]:
    words = {
        verdict: [(one, "、".join(map(label_of, one.fields))) for one in look.outcomes if one.verdict == verdict]
        for verdict in SORTS
    }
    return list(words.items())


@never_cache
@needs(Action.KEEP_GOODS)
@require_POST
def sheet_keep(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Keeps the good rows; where somebody changed the line-up meanwhile, nothing: the look again, as it is now."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    form, carried = KeepForm(request.POST), carried_in(request)
    if not form.is_valid() or not carried or carried[0] != str(session.pk):
        messages.error(request, TOO_LATE)
        return redirect("livestream:line_up_sheet", session.pk)
    rows = [Row(number, {Column(name): text for name, text in cells.items()}) for number, cells in carried[1]]
    try:
        done = apply_rows(session, rows, seen=form.cleaned_data["seen"], by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return looked(request, session, rows, str(refused))
    number = sum(one.verdict in {Verdict.NEW, Verdict.CHANGED} for one in done)
    messages.success(request, ngettext("存了 {number} 行。", "存了 {number} 行。", number).format(number=number))
    for one in done:
        for problem in one.problems:
            messages.warning(request, _("第 {row} 行没有存：{problem}").format(row=one.row.number, problem=problem))
    return redirect("livestream:line_up", session.pk)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def sheet_file(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The line-up of the session as it is."""
    session = session_reached(request, session_id, Action.SEE_PLAN)
    subsidies = SubsidyRule.objects.filter(county=session.county_id, is_active=True).values_list("name", flat=True)
    made = LineUpBook().made(lines_of(session), list(subsidies))
    return as_file(made, _("排品表") + f"-{session.title}.xlsx")


def lines_of(session: LiveSession) -> list[Line]:
    items = items_of(session)
    facts = [facts_of(item) for item in items]
    names = names_in(Kept(item.product_id, "", "", each) for item, each in zip(items, facts, strict=True))
    return [Line(cells_of(item, each, names)) for item, each in zip(items, facts, strict=True)]


def cells_of(item: LineUpItem, facts: ItemFacts, names: Mapping[tuple[str, int], str]) -> dict[Column, str]:
    """Every cell as it is read in again."""
    shown = {column: _shown(column, facts) for column in Column if hasattr(facts, column.value)}
    return shown | {
        Column.PLACE: str(item.position),
        Column.SKU: item.product.sku,
        Column.TITLE: item.product.title,
        Column.SUBSIDY: names.get(("subsidy", facts.subsidy_id or 0), ""),
        Column.COMMISSION: item.commission_words.removesuffix("%") if facts.commission_basis_points else "",
        Column.LINKS: "、".join(f"{Platform(n.platform).label} {n.number} {_fen(n.price_fen)}".strip() for n in facts.links),
        Column.OFFERS: shown_of("offers", facts, names).replace("—", ""),
        Column.PROMISES: shown_of("promises", facts, names).replace("—", ""),
        Column.SEEN: mark_of_item(item),
    }


def _shown(column: Column, facts: ItemFacts) -> str:
    value = getattr(facts, column.value)
    if value in {None, ""} or column == Column.SLOT_FEE and not value:
        return ""
    if column in MONEY:
        return plain_yuan(value)
    if column in CHOICES:
        return str(CHOICES[column](value).label)
    if column == Column.CUT_OFF:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)


def _fen(fen: int | None) -> str:
    return "" if fen is None else plain_yuan(fen)
