"""选品: the board with its columns, one candidate with its steps and samples, and the minutes of what was decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.gate import lacks_of
from livestream.actions.selection import Move, Step, add_sample, move_sample, open_case, take_step
from livestream.actions.selection_minutes import minutes_of
from livestream.models import Product, Sample, SelectionCase
from livestream.rules.errors import NotAllowed
from livestream.rules.goods import SampleFate, SelectionStage
from livestream.rules.rights import Action, holds
from livestream.rules.selection import DECIDED, GONE, OPEN, following
from livestream.selection_forms import CandidateForm, MoveForm, SampleForm, StepForm
from livestream.sheets.paper import paper as printed
from livestream.typed_fields import YEARS, say, typed
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from livestream.models import User
    from livestream.rules.gate import Lack
    from livestream.views.signed_in import SignedInRequest

DECIDED_SHOWN = 20
DECIDED_WITHIN = timedelta(days=60)
FIELDS = {
    "selection_open": "product", "selection_reason": "words", "selection_step": "stage", "selection_score": "score",
    "sample_day": "on", "sample_number": "quantity", "sample_move": "fate",
}  # fmt: skip


class Card(NamedTuple):
    """A candidate on the board."""

    case: SelectionCase
    lacks: tuple[Lack, ...]
    here: int  # pieces of samples that are here or lent


class Column(NamedTuple):
    stage: SelectionStage
    cards: list[Card]


class Shown(NamedTuple):
    """A sample with the form that moves it, where it may still move."""

    sample: Sample
    form: MoveForm | None


def may_keep(user: User, product: Product) -> bool:
    return holds(user.reach(Action.KEEP_GOODS), county=product.county_id, place=product.supplier.place_id)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def board(request: SignedInRequest) -> HttpResponse:
    """Open cases by their step, the longest waiting first; what was decided in the last two months with its reason."""
    now = timezone.now()
    visible = SelectionCase.objects.visible_to(request.user).select_related("product__supplier__place", "campaign", "opened_by")
    cases = list(visible.open().prefetch_related("samples").order_by("opened_at", "pk"))
    lacks = lacks_of([case.product for case in cases], on=timezone.localdate(now))
    cards = [Card(case, lacks[case.product_id], pieces_of(case)) for case in cases]
    decided = visible.filter(stage__in=DECIDED, decided_at__gte=now - DECIDED_WITHIN).order_by("-decided_at", "-pk")
    context = {
        "columns": [Column(stage, [card for card in cards if card.case.stage == stage]) for stage in OPEN],
        "decided": decided[:DECIDED_SHOWN],
        "open": len(cards),
        "until_on": timezone.localdate(now),
        "from_on": timezone.localdate(now - timedelta(days=30)),
        "may_keep": bool(request.user.reach(Action.KEEP_GOODS)),
    }
    return render(request, "livestream/selection.html", context)


def pieces_of(case: SelectionCase) -> int:
    return sum(sample.quantity for sample in case.samples.all() if sample.fate not in GONE)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    form = CandidateForm(typed(request), by=request.user, initial={"product": request.GET.get("product", "")[:80]})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = open_case(
                said["goods"], why=said["why"], campaign=form.campaigns.get(said["campaign"]), by=request.user, at=timezone.now()
            )  # fmt: skip
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("提上来了。"))
            return redirect("livestream:selection_case", made.pk)
    return render(request, "livestream/selection_new.html", {"form": form}, status=422 if form.is_bound else 200)


def case_reached(request: SignedInRequest, pk: int, action: Action) -> SelectionCase:
    """Raises Http404."""
    found = SelectionCase.objects.visible_to(request.user, action)
    return get_object_or_404(found.select_related("product__supplier__place", "campaign", "opened_by"), pk=pk)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    return case_page(request, case_reached(request, pk, Action.SEE_PLAN))


def case_page(
    request: SignedInRequest,
    found: SelectionCase,
    form: StepForm | None = None,
    sample_form: SampleForm | None = None,
    move_form: tuple[int, MoveForm] | None = None,
) -> HttpResponse:
    """With status 422 and what was typed, where one of its forms was not understood or refused."""
    today = timezone.localdate()
    keeps, is_open = may_keep(request.user, found.product), found.stage not in DECIDED
    context = {
        "case": found,
        "product": found.product,
        "lacks": lacks_of([found.product], on=today)[found.product_id],
        "steps": found.steps.select_related("by"),
        "stages": OPEN,
        "following": following(SelectionStage(found.stage)),
        "form": form or (StepForm(case=found) if keeps and is_open else None),
        "samples": samples_of(found, move_form, today, keeps=keeps),
        "sample_form": sample_form or (SampleForm(initial={"came_on": today, "quantity": 1}) if keeps and is_open else None),
        "may_keep": keeps,
    }
    is_wrong = any((form, sample_form, move_form))
    return render(request, "livestream/selection_case.html", context, status=422 if is_wrong else 200)


def samples_of(found: SelectionCase, wrong: tuple[int, MoveForm] | None, today: date, *, keeps: bool) -> list[Shown]:
    shown = []
    for sample in found.samples.select_related("noted_by"):
        form = MoveForm(sample=sample, initial={"quantity": sample.quantity, "on": today})
        form = wrong[1] if wrong and wrong[0] == sample.pk else form
        shown.append(Shown(sample, form if keeps and SampleFate(sample.fate) not in GONE else None))
    return shown


@needs(Action.KEEP_GOODS)
@require_POST
def step(request: SignedInRequest, pk: int) -> HttpResponse:
    found = case_reached(request, pk, Action.KEEP_GOODS)
    form = StepForm(request.POST, case=found)
    if form.is_valid():
        said = form.cleaned_data
        wanted = Step(SelectionStage(said["stage"]), said["words"], said["score"])
        try:
            take_step(found, wanted, seen=said["seen"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("记下了：{stage}。").format(stage=wanted.stage.label))
            return redirect("livestream:selection_case", pk)
    return case_page(request, found, form)


@needs(Action.KEEP_GOODS)
@require_POST
def sample(request: SignedInRequest, pk: int) -> HttpResponse:
    """Samples came."""
    found = case_reached(request, pk, Action.KEEP_GOODS)
    form = SampleForm(request.POST)
    if form.is_valid():
        try:
            add_sample(found, by=request.user, today=timezone.localdate(), **form.cleaned_data)
        except NotAllowed as refused:
            form.add_error("came_on", str(refused))
        else:
            messages.success(request, _("样品收好了。"))
            return redirect("livestream:selection_case", pk)
    return case_page(request, found, sample_form=form)


@needs(Action.KEEP_GOODS)
@require_POST
def sample_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """What became of a sample."""
    visible = SelectionCase.objects.visible_to(request.user, Action.KEEP_GOODS)
    found = get_object_or_404(Sample.objects.filter(case__in=visible), pk=pk)
    form = MoveForm(request.POST, sample=found)
    if form.is_valid():
        said = form.cleaned_data
        move = Move(SampleFate(said["fate"]), said["quantity"], said["on"], note=said["note"])
        try:
            move_sample(found, move, by=request.user, today=timezone.localdate())
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("记下了：{fate}。").format(fate=move.fate.label))
            return redirect("livestream:selection_case", found.case_id)
    return case_page(request, case_reached(request, found.case_id, Action.KEEP_GOODS), move_form=(found.pk, form))


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def minutes(request: SignedInRequest) -> HttpResponse:
    """The minutes of what was decided in these days (`from`, `until`), as a PDF to be signed."""
    today = timezone.localdate()
    until_on = day_in(request.GET.get("until", ""), today)
    from_on = min(day_in(request.GET.get("from", ""), until_on), until_on)
    content = printed("selection_minutes", minutes_of(request.user, from_on, until_on, at=timezone.now()))
    answer = HttpResponse(content, content_type="application/pdf")
    name = _("选品会议纪要") + f"-{until_on:%Y-%m-%d}.pdf"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer


def day_in(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if day.year in YEARS else otherwise
