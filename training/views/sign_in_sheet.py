"""Paper: sheets that are printed with their codes, and entered back in one screen."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.photo import add_photo
from training.actions.sign_in_sheet import enter_sheet, entered_of, print_sheet, row_code
from training.mark_forms import DIGITS, SheetForm
from training.models import Enrolment, Lesson, SignInSheet
from training.views.attendance import lesson_for

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.models import Photo

EMPTY_LINES = 3  # at the foot of a sheet, for who came without being on the list


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def sign_in_sheets(request: SignedInRequest, lesson_id: UUID) -> HttpResponse:
    """The sheets of a lesson; a POST makes a new one and shows it for print."""
    lesson = lesson_for(request.user, lesson_id, Action.KEEP_SCHOOL)
    if request.method == "POST":
        try:
            return redirect("training:sign_in_sheet", print_sheet(lesson, by=request.user).pk)
        except NotAllowed as refused:
            messages.error(request, str(refused))
    sheets = lesson.sheets.select_related("printed_by", "entered_by", "photo").order_by("-printed_at", "-pk")
    return render(request, "training/sign_in_sheets.html", {"lesson": lesson, "cohort": lesson.cohort, "sheets": sheets})


def sheet_for(request: SignedInRequest, sheet_id: int) -> SignInSheet:
    """Raises Http404."""
    his = Lesson.objects.visible_to(request.user, Action.KEEP_SCHOOL)
    sheets = SignInSheet.objects.filter(lesson__in=his).select_related("lesson__cohort__place", "lesson__trainer", "photo")
    return get_object_or_404(sheets, pk=sheet_id)


def seated(sheet: SignInSheet) -> list[Enrolment]:
    return list(
        Enrolment.objects.filter(cohort=sheet.lesson.cohort_id).seated().select_related("trainee__place").order_by("seat")
    )


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_GET
def sign_in_sheet(request: SignedInRequest, sheet_id: int) -> HttpResponse:
    """For the printer: one page of A4 for forty."""
    sheet = sheet_for(request, sheet_id)
    rows = [(row_code(sheet, one), one) for one in seated(sheet)]
    context = {"sheet": sheet, "lesson": sheet.lesson, "cohort": sheet.lesson.cohort, "rows": rows, "empty": range(EMPTY_LINES)}
    return render(request, "training/sign_in_sheet.html", context)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def sign_in_sheet_enter(request: SignedInRequest, sheet_id: int) -> HttpResponse:
    """All lines in one screen, by keyboard; with status 422 and what was typed when something was not understood."""
    sheet = sheet_for(request, sheet_id)
    people = seated(sheet)
    if request.method == "POST":
        form = SheetForm(request.POST, request.FILES, enrolments=people)
        if form.is_valid() and enter(request, sheet, form):
            return redirect("training:lesson_attendance", sheet.lesson_id)
    else:
        digit_of = {presence: digit for digit, presence in DIGITS.items()}
        entered = {f"line-{enrolment}": digit_of[presence] for enrolment, presence in entered_of(sheet).items()}
        form = SheetForm(enrolments=people, initial={**entered, "page": uuid.uuid4().hex})
    rows = [(row_code(sheet, one), one, form[form.name_of(one)]) for one in people]
    lesson = sheet.lesson
    context = {"sheet": sheet, "lesson": lesson, "cohort": lesson.cohort, "form": form, "rows": rows, "digits": DIGITS.items()}
    return render(request, "training/sign_in_sheet_enter.html", context, status=422 if form.is_bound else 200)


def enter(request: SignedInRequest, sheet: SignInSheet, form: SheetForm) -> bool:
    """Whether it is stored; else the form says what was wrong."""
    now = timezone.now()
    photo: Photo | None = None
    if upload := form.cleaned_data["photo"]:
        caption = _("签到表 {code}").format(code=sheet.code)
        try:
            photo = add_photo(sheet.lesson.cohort, upload, lesson=sheet.lesson, caption=caption, by=request.user, at=now)
        except NotAllowed as refused:
            form.add_error("photo", str(refused))
            return False
    taken = enter_sheet(sheet, form.lines, page=form.page_id, photo=photo, by=request.user, at=now)
    for refused_mark in taken.refused:
        messages.error(request, refused_mark.words)
    messages.success(request, _("录好了：存了 {n} 行。").format(n=len(taken.stored)))
    return True
