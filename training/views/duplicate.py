"""People who may stand in the list twice: side by side, with the reasons in words; made one, or said to be two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.duplicate import find_duplicates, merge_trainees, say_different
from training.actions.merge_undo import undo_merge, undoing_of
from training.models import Trainee
from training.rules.duplicate import Family, Pair, Reason
from training.trainee_forms import MergeForm
from training.views.trainee import counties_kept, trainee_to_keep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from livestream.models import Place
    from livestream.views.signed_in import SignedInRequest
    from training.rules.duplicate import Found

ON_A_PAGE = 20
FAMILIES_SHOWN = 30
NAMES_SHOWN = 12
FOUND_AT_MOST = 20


class Shown(NamedTuple):
    """A pair as the page shows it."""

    one: Trainee
    other: Trainee
    reasons: list[str]
    is_sure: bool


class ShownFamily(NamedTuple):
    """A phone with the first of those who share it, and how many more there are."""

    people: list[Trainee]
    others: int


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_GET
def duplicates(request: SignedInRequest) -> HttpResponse:
    """Of one county, the surest first; phones that many share stand apart."""
    counties = counties_kept(request.user)
    county = next((each for each in counties if each.pk == request.GET.get("county")), counties[0] if counties else None)
    if county is None:
        return redirect("training:trainees")
    return page_of(request, county, find_duplicates(county, by=request.user), counties)


def page_of(request: SignedInRequest, county: Place, found: Found, counties: list[Place]) -> HttpResponse:
    page = Paginator(found.pairs, ON_A_PAGE).get_page(request.GET.get("page"))
    families = found.families[:FAMILIES_SHOWN]
    wanted = {pk for pair in page for pk in pair[:2]} | {pk for family in families for pk in family.people[:NAMES_SHOWN]}
    rows = {row.pk: row for row in Trainee.objects.filter(pk__in=wanted).select_related("place__parent")}
    context = {
        "county": county,
        "counties": counties if len(counties) > 1 else [],
        "page": page,
        "pairs": [shown(pair, rows) for pair in page],
        "families": [shown_family(family, rows) for family in families],
    }
    return render(request, "training/duplicates.html", context)


def shown(pair: Pair, rows: dict[int, Trainee]) -> Shown:
    return Shown(rows[pair.one], rows[pair.other], [str(why.label) for why in pair.reasons], Reason.IDENTITY in pair.reasons)


def shown_family(family: Family, rows: dict[int, Trainee]) -> ShownFamily:
    people = [rows[pk] for pk in family.people[:NAMES_SHOWN]]
    return ShownFamily(people, len(family.people) - len(people))


@needs(Action.KEEP_SCHOOL)
@require_POST
def apart(request: SignedInRequest, pk: int) -> HttpResponse:
    """They are two people."""
    one, form = trainee_to_keep(request, pk), MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请先找到另一位。"))
        return redirect("training:trainee_merge", one.pk)
    other = trainee_to_keep(request, form.cleaned_data["other"])
    try:
        say_different(one, other, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("记下了：{one}和{other}是两个人，以后不再问。").format(one=one.name, other=other.name))
    return redirect(f"{reverse('training:duplicates')}?county={one.county_id}")


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another row is this person: found by name or phone, looked at side by side, made one. 422 when it was refused."""
    found = trainee_to_keep(request, pk)
    asked = MergeForm(request.POST if request.method == "POST" else {"other": request.GET.get("other", "")})
    others = Trainee.objects.reached_by(request.user, Action.KEEP_SCHOOL).unique().filter(county=found.county_id, erased_at=None)
    others = others.exclude(pk=pk).select_related("place__parent")
    gone = get_object_or_404(others, pk=asked.cleaned_data["other"]) if asked.is_valid() else None
    refusal = ""
    if request.method == "POST" and gone:
        try:
            moved = merge_trainees(gone, found, by=request.user, at=timezone.now()).enrolments
        except NotAllowed as refused:
            refusal = str(refused)
        else:
            said = ngettext("合并好了，移过来 {count} 个班。", "合并好了，移过来 {count} 个班。", moved)
            messages.success(request, said.format(count=moved))
            return redirect("training:trainee", pk)
    words = request.GET.get("q", "")[:40].strip()
    context = {
        "trainee": found,
        "gone": gone,
        "refusal": refusal or (_("请先找到另一位。") if request.method == "POST" and not gone else ""),
        "words": words,
        "found": look_for(others, words) if words and not gone else [],
    }
    return render(request, "training/trainee_merge.html", context, status=422 if context["refusal"] else 200)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """What goes back to the row that was merged, and what stays, to be looked at first; then two rows again. 422 when it was
    refused."""
    gone = trainee_to_keep(request, pk)
    context: dict[str, Any] = {"trainee": gone, "refusal": ""}
    try:
        if request.method == "POST":
            undone = undo_merge(gone, by=request.user)
            said = _("撤销好了：{one}和{other}又是两行。").format(one=undone.gone.name, other=undone.kept.name)
            messages.success(request, said)
            return redirect("training:trainee", pk)
        undoing = undoing_of(gone)
        context |= {"undoing": undoing, "changed": columns_in_words(undoing.changed), "kept": undoing.kept}
        context |= {"cleared": columns_in_words(undoing.cleared)}
    except NotAllowed as refused:
        context["refusal"] = str(refused)
    return render(request, "training/merge_undo.html", context, status=422 if request.method == "POST" else 200)


def columns_in_words(names: Iterable[str]) -> list[str]:
    said = {
        "sex": _("性别"),
        "birth": _("出生日期"),
        "identity_digest": _("身份证号"),
        "birth_year": _("出生日期"),
        "education": _("学历"),
        "support": _("帮扶情况"),
        "guardian_evidence": _("监护人同意书存放处"),
        "is_returnee": _("返乡"),
        "consented_at": _("本人的同意"),
    }
    return list(dict.fromkeys(said[name] for name in names))


def look_for(others: Iterable[Trainee], words: str) -> list[Trainee]:
    return list(others.called(words).order_by("name", "pk")[:FOUND_AT_MOST])  # type: ignore[attr-defined]
