"""The rubric of a county: what practicals are marked by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.text import one_line
from livestream.views.signed_in import needs
from training.actions.rubric import change_rubric, rubric_of
from training.rules.rubric import LINES_AT_MOST, TITLE_AT_MOST, Line, Rubric

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def rubric(request: SignedInRequest, code: str) -> HttpResponse:
    """With status 422 and what was typed, when it was refused; a change is a new version."""
    if not code.isdecimal():
        raise Http404
    county = get_object_or_404(Place.objects.counties().visible_to(request.user, Action.KEEP_SCHOOL), pk=code)
    now = rubric_of(county.pk)
    if request.method == "GET":
        return rubric_page(request, county, now, [(line.key, line.title, line.points) for line in now.lines])
    typed = lines_typed(request.POST, now)
    seen = request.POST.get("version", "")
    try:
        made = change_rubric(
            county.pk, [Line(*one) for one in numbered(typed)], seen_version=now.version if seen == str(now.version) else 0
        )
    except NotAllowed as refused:
        return rubric_page(request, county, now, typed, str(refused))
    messages.success(request, _("评分表存好了，现在是第 {version} 版。").format(version=made.version))
    return redirect("training:rubric", code)


def rubric_page(
    request: SignedInRequest, county: Place, now: Rubric, typed: list[tuple[str, str, Any]], error: str = ""
) -> HttpResponse:
    blank = [(new_key(now, number), "", "") for number in range(len(typed), LINES_AT_MOST)]
    context = {"county": county, "rubric": now, "lines": typed + blank, "error": error, "title_at_most": TITLE_AT_MOST}
    return render(request, "training/rubric.html", context, status=422 if error else 200)


def new_key(now: Rubric, number: int) -> str:
    """Of a line that the next version adds: no older line has it."""
    return f"v{now.version + 1}-{number + 1}"


def lines_typed(data: Any, now: Rubric) -> list[tuple[str, str, str]]:
    """The lines that say something, as they were typed; a line keeps its key while it stays."""
    known = {line.key for line in now.lines}
    found = []
    for number in range(LINES_AT_MOST):
        title = one_line(data.get(f"title_{number}", "")[: TITLE_AT_MOST * 4])[:TITLE_AT_MOST]
        points = data.get(f"points_{number}", "").strip()[:8]
        key = data.get(f"key_{number}", "")
        if title or points:
            found.append((key if key in known else new_key(now, number), title, points))
    return found


def numbered(typed: list[tuple[str, str, str]]) -> list[tuple[str, str, int]]:
    """What is no whole number is no points: the rule says so."""
    return [(key, title, int(points) if points.isascii() and points.isdecimal() else 0) for key, title, points in typed]
