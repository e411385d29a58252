"""Calls after a class: today's list on the caller's phone, one call, and all of a cohort with what its mentors did."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.vault import RevealReason
from livestream.typed_fields import say
from livestream.views.signed_in import needs
from training.actions.follow_up import mentors_of, note_call, note_step
from training.actions.trainee import reveal_phone
from training.follow_up_forms import ResultForm, StepForm
from training.models import Call, Enclosure, Enrolment, FollowUp, IncubationStep
from training.rules.follow_up import AFTER_MONTHS, CallResult, StepKind
from training.views.results import cohort_to, may_keep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest
    from training.models import Cohort, Trainee

ON_A_PAGE = 20
RESULTS = [(result.value, result.label) for result in CallResult if result != CallResult.REACHED]


class Due(NamedTuple):
    """A call of today's list, how many days it is late, and whether this person may make it."""

    call: FollowUp
    days: int
    is_mine: bool


def with_all(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """With everything that a card shows: the person, his class, the tries so far."""
    tries = Prefetch("calls", Call.objects.select_related("by").order_by("at", "pk"), to_attr="tries")
    people = ("enrolment__cohort", "enrolment__trainee__place", "enrolment__trainee__merged_into__place")
    return rows.select_related(*people, "done_by").prefetch_related(tries)


def person_of(enrolment: Enrolment) -> Trainee:
    """Whom to call: who was found to be somebody else is that one."""
    return enrolment.trainee.merged_into or enrolment.trainee


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def follow_ups(request: SignedInRequest) -> HttpResponse:
    """Whom to call today, who waits longest first."""
    today = timezone.localdate()
    seen = FollowUp.objects.visible_to(request.user)
    due = seen.to_call(today)
    page = Paginator(with_all(due).order_by("due_on", "enrolment__cohort", "enrolment__seat", "pk"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    mine = mine_of(request.user, page)
    begins = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    tried = Call.objects.filter(follow_up__in=seen, at__gte=begins).aggregate(
        all=Count("pk"), reached=Count("pk", filter=Q(result=CallResult.REACHED))
    )
    context = {
        "page": page,
        "rows": [Due(call, (today - call.due_on).days, call.pk in mine) for call in page],
        "overdue": due.filter(due_on__lt=today).count(),
        "tried": tried,
        "next_due_on": seen.open().filter(due_on__gt=today).order_by("due_on").values_list("due_on", flat=True).first(),
    }
    return render(request, "training/follow_ups.html", context)


def mine_of(user: User, page: Iterable[FollowUp]) -> set[int]:
    """Those of them that this person may make."""
    if not user.reach(Action.KEEP_SCHOOL):
        return set()
    kept = FollowUp.objects.visible_to(user, Action.KEEP_SCHOOL).filter(pk__in=[call.pk for call in page])
    return set(kept.values_list("pk", flat=True))


def follow_up_kept(request: SignedInRequest, pk: int) -> FollowUp:
    """Raises Http404."""
    return get_object_or_404(with_all(FollowUp.objects.visible_to(request.user, Action.KEEP_SCHOOL)), pk=pk)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_GET
def follow_up(request: SignedInRequest, pk: int) -> HttpResponse:
    found = follow_up_kept(request, pk)
    return call_page(request, found, ResultForm(initial={"seen": found.calls.count()}))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def follow_up_call(request: SignedInRequest, pk: int) -> HttpResponse:
    """The number, this once: who saw it is in the audit log, and nobody sees more than some in an hour."""
    found = follow_up_kept(request, pk)
    words = _("回访（结业后 {months} 个月）").format(months=found.after_months)
    try:
        phone = reveal_phone(person_of(found.enrolment), reason=RevealReason.CONTACT, words=words, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("training:follow_up", pk)
    return call_page(request, found, ResultForm(initial={"seen": found.calls.count()}), phone=phone)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def follow_up_result(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back to the list; with status 422 and what was typed, when something was not understood or refused."""
    found, form = follow_up_kept(request, pk), ResultForm(request.POST)
    if form.is_valid():
        try:
            note_call(found, form.tried, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, {"work_missing": "work"})
        else:
            messages.success(request, _("{name}的回访记好了。").format(name=person_of(found.enrolment).name))
            return redirect("training:follow_ups")
    return call_page(request, found, form, status=422)


def call_page(request: SignedInRequest, found: FollowUp, form: ResultForm, *, phone: str = "", status: int = 200) -> HttpResponse:
    of_same = with_all(FollowUp.objects.filter(enrolment=found.enrolment).exclude(pk=found.pk))
    context = {
        "found": found,
        "person": person_of(found.enrolment),
        "cohort": found.enrolment.cohort,
        "form": form,
        "phone": phone,
        "results": RESULTS,
        "enclosures": found.enclosures.order_by("pk"),
        "may_open": True,
        "earlier": of_same.exclude(done_at=None).order_by("-after_months"),
        "today": timezone.localdate(),
    }
    return render(request, "training/follow_up.html", context, status=status)


# --- a cohort -------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def cohort_follow_ups(request: SignedInRequest, pk: UUID) -> HttpResponse:
    return cohort_page(request, cohort_to(request, pk), None)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def incubation_add(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What a mentor did; with status 422 and what was typed, when something was not understood."""
    cohort = cohort_to(request, pk, Action.KEEP_SCHOOL)
    form = step_form(request, cohort, graduates_of(cohort), request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            note_step(form.graduate, StepKind(said["kind"]), said["on"], mentor=form.who, words=said["words"])
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("记好了。"))
            return redirect("training:cohort_follow_ups", pk)
    return cohort_page(request, cohort, form, status=422)


def graduates_of(cohort: Cohort) -> list[Enrolment]:
    """By seat, each with the person and his four calls, the tries included."""
    calls = Prefetch("follow_ups", with_calls(FollowUp.objects.order_by("after_months")))
    steps = Prefetch("steps", IncubationStep.objects.select_related("mentor").order_by("on", "pk"))
    done = cohort.enrolments.completed().select_related("trainee__merged_into").prefetch_related(calls, steps)
    return list(done.order_by("seat"))


def with_calls(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("done_by").prefetch_related(
        Prefetch("calls", Call.objects.select_related("by").order_by("at", "pk"), to_attr="tries")
    )


def step_form(request: SignedInRequest, cohort: Cohort, graduates: list[Enrolment], data: object = None) -> StepForm:
    mentors = mentors_of(cohort, request.user)
    return StepForm(data, graduates=graduates, mentors=mentors, first_on=cohort.starts_on)


def cohort_page(request: SignedInRequest, cohort: Cohort, form: StepForm | None, status: int = 200) -> HttpResponse:
    graduates, today = graduates_of(cohort), timezone.localdate()
    keeps = may_keep(request, cohort)
    if form is None and keeps:
        form = step_form(request, cohort, graduates)
    rows = [(one, cells_of(one, today)) for one in graduates]
    states = [state for _one, cells in rows for state, _call in cells]
    of_calls = Enclosure.objects.filter(enrolment__cohort=cohort).exclude(follow_up=None)
    enclosures = of_calls.select_related("enrolment__trainee", "follow_up")
    context = {
        "cohort": cohort,
        "rows": rows,
        "months": AFTER_MONTHS,
        "stats": {state: states.count(state) for state in ("reached", "tried", "due", "missed", "later")},
        "steps": [(one, step) for one in graduates for step in one.steps.all()],
        "enclosures": enclosures.order_by("enrolment__seat", "follow_up__after_months", "pk"),
        "may_open": keeps or request.user.may(Action.AUDIT_SCHOOL, cohort.county_id),
        "form": form,
        "may_keep": keeps,
        "today": today,
    }
    return render(request, "training/cohort_follow_ups.html", context, status=status)


def cells_of(enrolment: Enrolment, today: date) -> list[tuple[str, FollowUp]]:
    """Each call with what became of it: `reached`, `tried` (done with, without an answer), `due`, `missed` (the next one is due
    too), `later`."""
    calls = list(enrolment.follow_ups.all())
    last_due = max((call.after_months for call in calls if call.due_on <= today), default=0)
    return [(state_of(call, today, last_due), call) for call in calls]


def state_of(call: FollowUp, today: date, last_due: int) -> str:
    if call.done_at is not None:
        return "reached" if call.work else "tried"
    if call.due_on > today:
        return "later"
    return "due" if call.after_months == last_due else "missed"
