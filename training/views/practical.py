"""Practicals of a cohort (以战代训): whose session is marked, its real figures beside the rubric, the marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.board import session_scope
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.session import SessionKind
from livestream.rules.text import one_line
from livestream.views.signed_in import needs
from orders.views.figures import totals
from training.actions.practical import Marking, mark_practical, sessions_to_mark
from training.actions.rubric import rubric_of, rubrics_of
from training.rules.exam import PASS_MARKS
from training.views.results import cohort_to, may_keep

if TYPE_CHECKING:
    from livestream.models import LiveSession
    from livestream.views.signed_in import SignedInRequest
    from training.models import Enrolment, Practical
    from training.rules.rubric import Line, Rubric

WORDS_AT_MOST = 300


class Funnel(NamedTuple):
    """A session from going on air to what was kept: minutes, items shown of those in the line-up, and its sales. Those of a
    practice session are shown to nobody: they are none."""

    minutes: int
    listed: int
    pitched: int
    is_practice: bool
    totals: dict[str, int]


def funnel_of(session: LiveSession) -> Funnel:
    until = session.ended_at or timezone.now()
    assert session.went_live_at is not None
    is_practice = session.kind == SessionKind.PRACTICE
    return Funnel(
        int((until - session.went_live_at).total_seconds()) // 60,
        session.line_up.count(),
        session.pitches.values("product").distinct().count(),
        is_practice,
        {} if is_practice else totals(Q(scope=session_scope(session.pk))),
    )


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def practicals(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Everybody of the cohort with his best mark; who still has none stands first."""
    cohort = cohort_to(request, pk)
    rows = (
        cohort.enrolments.seated()
        .select_related("trainee__place", "trainee__user")
        .annotate(best=Max("practicals__total"), marked=Count("practicals"))
        .order_by("seat")
    )
    context = {"cohort": cohort, "rows": rows, "pass_marks": PASS_MARKS, "may_keep": may_keep(request, cohort)}
    return render(request, "training/practicals.html", context)


def learner_to(request: SignedInRequest, pk: UUID, enrolment: UUID, action: Action = Action.SEE_SCHOOL) -> Enrolment:
    """Raises Http404."""
    seated = cohort_to(request, pk, action).enrolments.seated().select_related("cohort__county", "trainee__user")
    found: Enrolment = get_object_or_404(seated, pk=enrolment)
    return found


def session_chosen(enrolment: Enrolment, said: str) -> LiveSession | None:
    """The one of his sessions that is named; None where none is. Raises Http404 for any other."""
    if not said:
        return None
    try:
        return get_object_or_404(sessions_to_mark(enrolment), pk=UUID(said))
    except ValueError as error:
        raise Http404 from error


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def practical(request: SignedInRequest, pk: UUID, enrolment: UUID) -> HttpResponse:
    """His sessions to choose from (`session`); of the one that is chosen its figures, its marks and the rubric."""
    found = learner_to(request, pk, enrolment)
    return practical_page(request, found, session_chosen(found, request.GET.get("session", "")))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def practical_mark(request: SignedInRequest, pk: UUID, enrolment: UUID) -> HttpResponse:
    """With status 422 and what was typed, when it was refused."""
    found = learner_to(request, pk, enrolment, Action.KEEP_SCHOOL)
    session = session_chosen(found, request.POST.get("session", ""))
    if session is None:
        return HttpResponseBadRequest()
    words = one_line(request.POST.get("words", "")[: WORDS_AT_MOST * 4])[:WORDS_AT_MOST]
    seen = request.POST.get("version", "")
    marking = Marking(int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 6 else 0, request.POST.dict(), words)
    try:
        made = mark_practical(found, session, marking, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return practical_page(request, found, session, typed=request.POST.dict(), error=str(refused))
    messages.success(request, _("记下了：{name}，{total} 分。").format(name=found.trainee.name, total=made.total))
    return redirect(f"{reverse('training:practical', args=[pk, enrolment])}?session={session.pk}")


def practical_page(
    request: SignedInRequest, enrolment: Enrolment, session: LiveSession | None, *, typed: Any = None, error: str = ""
) -> HttpResponse:
    """With status 422 and what was typed, when it was refused."""
    cohort = enrolment.cohort
    context: dict[str, object] = {
        "cohort": cohort,
        "enrolment": enrolment,
        "trainee": enrolment.trainee,
        "sessions": sessions_to_mark(enrolment).select_related("place")[:50],
        "best": enrolment.practicals.aggregate(best=Max("total"))["best"],
        "pass_marks": PASS_MARKS,
        "may_mark": may_keep(request, cohort) and request.user.pk != enrolment.trainee.user_id,
    }
    if session:
        given = list(enrolment.practicals.filter(session=session).select_related("marked_by").order_by("marked_at"))
        mine = next((one for one in given if one.marked_by_id == request.user.pk), None)
        context |= {
            "session": session,
            "funnel": funnel_of(session),
            "given": told(given, rubrics_of(cohort.county_id)),
            **marking_of(rubric_of(cohort.county_id), mine, typed),
            "error": error,
            "words_at_most": WORDS_AT_MOST,
        }
    return render(request, "training/practical.html", context, status=422 if error else 200)


def marking_of(rubric: Rubric, mine: Practical | None, typed: Any) -> dict[str, object]:
    """What stands in the form: what was typed just now, else what this marker gave before by the same rubric."""
    before = mine.marks if mine and mine.rubric_version == rubric.version else {}
    lines = [(line, typed.get(line.key, "") if typed else before.get(line.key, "")) for line in rubric.lines]
    return {"rubric": rubric, "lines": lines, "words": typed.get("words", "") if typed else (mine.words if mine else "")}


def told(given: list[Practical], rubrics: dict[int, Rubric]) -> list[tuple[Practical, list[tuple[Line, int]]]]:
    """Each marking with the lines of the rubric that it was made by."""
    return [
        (one, [(line, one.marks.get(line.key, 0)) for line in rubrics[one.rubric_version].lines])
        for one in given
        if one.rubric_version in rubrics
    ]
