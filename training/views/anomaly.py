"""What looks odd in a county's school, each with what was seen and what was found out about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from training.actions.anomaly import anomalies as found_in
from training.actions.anomaly import kinds_in, note_anomaly, notes_of, period
from training.rules.anomaly import Oddity
from training.spot_check_forms import AnomalyNoteForm
from training.views.school import at, counties_taught, of_county

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from livestream.models import Place
    from livestream.views.signed_in import SignedInRequest
    from training.models import AnomalyNote
    from training.rules.anomaly import Finding

PERIODS = {
    "30": gettext_lazy("近 30 天"),
    "90": gettext_lazy("近 90 天"),
    "366": gettext_lazy("近一年"),
    "1100": gettext_lazy("近三年"),
}
USUAL = "90"
SHOWN, ROWS_SHOWN = 200, 12


class Row(NamedTuple):
    """A finding, what was written about it, and the form to write more."""

    finding: Finding
    notes: Sequence[AnomalyNote]
    form: AnomalyNoteForm

    @property
    def label(self) -> str:
        return str(self.finding.kind.label)

    @property
    def is_explained(self) -> bool:
        """By the last word about it."""
        return bool(self.notes) and self.notes[-1].is_explained

    @property
    def seen(self) -> list[str]:
        return self.finding.rows[:ROWS_SHOWN]

    @property
    def left_out(self) -> int:
        return max(0, len(self.finding.rows) - ROWS_SHOWN)


@never_cache
@of_county(Action.SEE_SCHOOL)
@require_http_methods(["GET", "POST"])
def anomalies(request: SignedInRequest, county: Place) -> HttpResponse:
    """With status 422 and what was typed, where an explanation lacks its words. Whoever audits the school explains, and whoever
    keeps it."""
    chosen = request.GET.get("days", USUAL)
    days = chosen if chosen in PERIODS else USUAL
    found = found_in(county.pk, *period(int(days)))
    may_note = any(request.user.may(action, county.pk) for action in (Action.KEEP_SCHOOL, Action.AUDIT_SCHOOL))
    form = AnomalyNoteForm(request.POST) if request.method == "POST" and may_note else None
    if form is not None and kept(form, found, county, request):
        messages.success(request, _("写在旁边了。异常本身还在，不会被删。"))
        return redirect(f"{at('anomalies', county)}&days={days}")
    notes = notes_of(county.pk)
    rows = [row_of(one, notes, form) for one in found[:SHOWN]]
    counts = kinds_in(found)
    context = {
        "county": county,
        "counties": counties_taught(request.user, Action.SEE_SCHOOL),
        "rows": rows,
        "open": sum(not (notes.get(one.key) and notes[one.key][-1].is_explained) for one in found),
        "all": len(found),
        "counts": [(kind, counts[kind]) for kind in Oddity if counts[kind]],
        "left_out": len(found) - len(rows),
        "periods": PERIODS.items(),
        "days": days,
        "may_note": may_note,
    }
    return render(request, "training/anomalies.html", context, status=422 if form else 200)


def kept(form: AnomalyNoteForm, found: Sequence[Finding], county: Place, request: SignedInRequest) -> bool:
    """Whether it was written; the form says why not."""
    if not form.is_valid():
        return False
    one = next((one for one in found if one.key == form.cleaned_data["key"]), None)
    if one is None:
        form.add_error("words", _("这一条现在没有了：有人改过资料，或者不在这段日子里。"))
        return False
    said = form.cleaned_data
    try:
        note_anomaly(county, one, said["words"], is_explained=said["is_explained"], by=request.user)
    except NotAllowed as refused:
        form.add_error("words", str(refused))
        return False
    return True


def row_of(one: Finding, notes: dict[str, list[AnomalyNote]], faulty: AnomalyNoteForm | None) -> Row:
    is_faulty = faulty is not None and faulty.data.get("key") == one.key
    form = faulty if is_faulty and faulty is not None else AnomalyNoteForm(initial={"key": one.key}, auto_id=False)
    return Row(one, notes.get(one.key, ()), form)
