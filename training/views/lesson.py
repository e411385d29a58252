"""One lesson: its page, the form, and every tap on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.plan_forms import CLOCKS
from livestream.rules.clash import Clashing
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.lesson import (
    cancel_lesson,
    change_lesson,
    hold_lesson,
    move_lesson,
    plan_lesson,
    restore_lesson,
    unhold_lesson,
)
from training.actions.lesson_undo import kept, undo_lesson
from training.lesson_forms import CancelForm, LessonForm, WhenForm
from training.models import Cohort, Lesson
from training.rules.cohort import TAKES_PEOPLE
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django import forms
    from django.http import HttpResponse, QueryDict

    from livestream.views.signed_in import SignedInRequest

UNDO = "lesson_undo"  # in the session of the browser: the last change, as it was before
WHOLE = ("cohort__county", "cohort__place", "trainer", "assistant", "room", "course", "held_by")


def lesson_to_see(request: SignedInRequest, pk: UUID) -> Lesson:
    """Raises Http404."""
    return get_object_or_404(Lesson.objects.visible_to(request.user).select_related(*WHOLE), pk=pk)


def lesson_to_keep(request: SignedInRequest, pk: UUID) -> Lesson:
    """Raises Http404."""
    found = Lesson.objects.reached_by(request.user, Action.KEEP_SCHOOL).select_related(*WHOLE)
    return get_object_or_404(found, pk=pk)


# --- the last change, to take back -----------------------------------------------------------------------------------------


def remember(request: SignedInRequest, lesson: Lesson, before: dict[str, Any] | None, words: str) -> None:
    messages.success(request, words)
    request.session[UNDO] = {
        "lesson": str(lesson.pk), "cohort": str(lesson.cohort_id), "version": lesson.version, "before": before, "words": words,
    }  # fmt: skip


def undoable(request: SignedInRequest, cohort: UUID) -> dict[str, Any] | None:
    """The last change that this browser made, where it was one of this class."""
    found: dict[str, Any] | None = request.session.get(UNDO)
    return found if found and found["cohort"] == str(cohort) else None


@needs(Action.KEEP_SCHOOL)
@require_POST
def undo(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The change that this browser made last; once."""
    lesson = lesson_to_keep(request, pk)
    done = request.session.pop(UNDO, None)
    if done and done["lesson"] == str(lesson.pk):
        try:
            undo_lesson(lesson, done["before"], version=done["version"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("撤销了，和原来一样。"))
    return redirect("training:timetable", lesson.cohort_id)


# --- the page ------------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def lesson(request: SignedInRequest, pk: UUID) -> HttpResponse:
    return lesson_page(request, lesson_to_see(request, pk))


def lesson_page(request: SignedInRequest, found: Lesson, *, forms_: dict[str, forms.Form] | None = None) -> HttpResponse:
    """With the form that was not understood or refused, and status 422, where there is one."""
    may_keep = request.user.may(Action.KEEP_SCHOOL, found.cohort.place_id)
    context = {
        "lesson": found,
        "cohort": found.cohort,
        "may_keep": may_keep and found.cohort.state in TAKES_PEOPLE,
        "may_hold": may_keep,
        "is_mine": request.user in {found.trainer, found.assistant},
        "has_begun": found.starts_at <= timezone.now(),
        "move": WhenForm(initial=when_of(found)),
        "cancel": CancelForm(initial={"version": found.version}),
        "clocks": CLOCKS,
        "undo": undoable(request, found.cohort_id),
        "now": timezone.now(),
    } | (forms_ or {})
    return render(request, "training/lesson.html", context, status=422 if forms_ else 200)


def words_of(found: Lesson) -> dict[str, Any]:
    """The whole of it, as the form shows it."""
    keys = {"trainer": found.trainer_id, "assistant": found.assistant_id, "room": found.room_id, "course": found.course_id}
    plain = {name: getattr(found, name) for name in ("title", "room_note", "academic_hours", "mode", "note")}
    return plain | {name: "" if key is None else str(key) for name, key in keys.items()} | when_of(found)


def when_of(found: Lesson) -> dict[str, Any]:
    begins, ends = found.starts_at.astimezone(SHANGHAI), found.ends_at.astimezone(SHANGHAI)
    return {"day": f"{begins:%Y-%m-%d}", "start": f"{begins:%H:%M}", "end": f"{ends:%H:%M}", "version": found.version}


# --- the form ------------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With status 422 and what was typed, when that was not understood, refused, or clashes."""
    found = Cohort.objects.reached_by(request.user, Action.KEEP_SCHOOL).select_related("county", "place")
    cohort = get_object_or_404(found, pk=pk)
    initial = {"day": request.GET.get("on", "")[:10], "start": "09:00", "end": "10:30"}
    form = LessonForm(taken(request.POST) if request.method == "POST" else None, cohort=cohort, by=request.user, initial=initial)
    if not form.is_bound:
        return form_page(request, cohort, form)

    def store() -> HttpResponse:
        planned = plan_lesson(cohort, form.plan, by=request.user, at=timezone.now())
        remember(request, planned.lesson, None, _("排好了“{title}”。").format(title=planned.lesson.title))
        return warned(request, planned.warnings, cohort.pk)

    return stored(request, cohort, form, store)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The same for a lesson that is there."""
    found = lesson_to_keep(request, pk)
    initial = words_of(found)
    posted = taken(request.POST) if request.method == "POST" else None
    form = LessonForm(posted, cohort=found.cohort, by=request.user, lesson=found, initial=initial)
    if not form.is_bound:
        return form_page(request, found.cohort, form, found)

    def store() -> HttpResponse:
        before = kept(found)
        version = form.cleaned_data["version"]
        planned = change_lesson(found, form.plan, version=version, by=request.user, at=timezone.now())
        remember(request, planned.lesson, before, _("改好了“{title}”。").format(title=planned.lesson.title))
        return warned(request, planned.warnings, found.cohort_id)

    return stored(request, found.cohort, form, store, found)


def taken(posted: QueryDict) -> QueryDict:
    """With the free time or room that was tapped (`take`: two moments; `room_free`: a room) instead of what was typed."""
    data = posted.copy()
    begins, _bar, ends = data.get("take", "").partition("|")
    if ends:
        data.update({"day": begins[:10], "start": begins[11:16], "end": ends[11:16]})
    if room := data.get("room_free"):
        data.update({"room": room})
    return data


def stored(
    request: SignedInRequest, cohort: Cohort, form: LessonForm, store: Callable[[], HttpResponse], found: Lesson | None = None
) -> HttpResponse:
    if not form.is_valid():
        return form_page(request, cohort, form, found)
    try:
        return store()
    except Clashing as refused:
        return form_page(request, cohort, form, found, refused)
    except NotAllowed as refused:
        form.say(refused)
        return form_page(request, cohort, form, found)


def form_page(
    request: SignedInRequest, cohort: Cohort, form: LessonForm, found: Lesson | None = None, refused: Clashing | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"cohort": cohort, "form": form, "lesson": found, "clocks": CLOCKS}
    if refused:
        context |= {"clashes": refused.clashes, "free": free_of(form, refused.free), "rooms": refused.studios}
    return render(request, "training/lesson_edit.html", context, status=422 if form.is_bound else 200)


def clashing_page(request: SignedInRequest, found: Lesson, refused: Clashing) -> HttpResponse:
    """The whole form with the time that was wanted, what clashes, and what is free."""
    form = LessonForm(words_of(found) | request.POST.dict(), cohort=found.cohort, by=request.user, lesson=found)
    return form_page(request, found.cohort, form, found, refused if form.is_valid() else None)


def free_of(form: LessonForm, starts: list[datetime]) -> list[tuple[datetime, datetime]]:
    lasts = form.plan.ends_at - form.plan.starts_at
    return [(start.astimezone(SHANGHAI), (start + lasts).astimezone(SHANGHAI)) for start in starts]


def warned(request: SignedInRequest, warnings: list[Any], cohort: UUID) -> HttpResponse:
    for clash in warnings:
        messages.warning(request, clash.words)
    return redirect("training:timetable", cohort)


# --- taps ----------------------------------------------------------------------------------------------------------------------


@needs(Action.KEEP_SCHOOL)
@require_POST
def move(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Only another time; a refusal is said on the lesson's page."""
    found = lesson_to_keep(request, pk)
    form = WhenForm(request.POST)
    if form.is_valid():
        before = kept(found)
        try:
            version = form.cleaned_data["version"]
            planned = move_lesson(found, *form.hours, version=version, by=request.user, at=timezone.now())
        except Clashing as clashing:
            return clashing_page(request, found, clashing)
        except NotAllowed as refused:
            form.say(refused)
        else:
            remember(request, planned.lesson, before, _("“{title}”改了时间，讲师和学员都会收到通知。").format(title=found.title))
            return warned(request, planned.warnings, found.cohort_id)
    return lesson_page(request, found, forms_={"move": form})


@needs(Action.KEEP_SCHOOL)
@require_POST
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    found = lesson_to_keep(request, pk)
    form = CancelForm(request.POST)
    if form.is_valid():
        before, said = kept(found), form.cleaned_data
        try:
            done = cancel_lesson(
                found, because=said["because"], version=said["version"], by=request.user, at=timezone.now()
            )  # fmt: skip
        except NotAllowed as refused:
            form.say(refused)
        else:
            remember(request, done, before, _("“{title}”取消了，讲师和学员都会收到通知。").format(title=found.title))
            return redirect("training:timetable", found.cohort_id)
    return lesson_page(request, found, forms_={"cancel": form})


@needs(Action.KEEP_SCHOOL)
@require_POST
def restore(request: SignedInRequest, pk: UUID) -> HttpResponse:
    found = lesson_to_keep(request, pk)
    before = kept(found)
    try:
        planned = restore_lesson(found, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("training:lesson", found.pk)
    remember(request, planned.lesson, before, _("“{title}”照常上。").format(title=found.title))
    return warned(request, planned.warnings, found.cohort_id)


@needs(Action.KEEP_SCHOOL)
@require_POST
def hold(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One tap; a second finds it held. Who teaches it taps in `my_lessons`."""
    found = lesson_to_keep(request, pk)
    say(request, found, hold_lesson)
    return redirect("training:lesson", found.pk)


@needs(Action.KEEP_SCHOOL)
@require_POST
def unhold(request: SignedInRequest, pk: UUID) -> HttpResponse:
    found = lesson_to_keep(request, pk)
    say(request, found, unhold_lesson)
    return redirect("training:lesson", found.pk)


def say(request: SignedInRequest, found: Lesson, verb: Callable[..., Lesson]) -> None:
    """What became of a tap stands on the next page."""
    try:
        done = verb(found, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        held = done.state == LessonState.HELD
        words = _("登记好了：“{title}”上过了。") if held else _("“{title}”改回没上。")
        messages.success(request, words.format(title=found.title))
