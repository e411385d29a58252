"""The photos of a class: sent in, shown by lesson, given back to those who may see the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from orders.sheets.contract import Refused
from training.actions.photo import add_photo, jpeg_of, small_jpeg_of
from training.mark_forms import PhotosForm
from training.models import Cohort, Photo
from training.views.attendance import may_keep

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.views.signed_in import SignedInRequest

AT_ONCE = 20


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def photos(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    return gallery(request, get_object_or_404(Cohort.objects.visible_to(request.user), pk=cohort_id))


def form_for(cohort: Cohort, data: object = None) -> PhotosForm:
    lessons = cohort.lessons.standing().order_by("starts_at", "pk")
    named = [(str(one.pk), f"{timezone.localtime(one.starts_at):%m-%d} {one.title}") for one in lessons]
    return PhotosForm(data, lessons=named)


def gallery(request: SignedInRequest, cohort: Cohort, form: PhotosForm | None = None) -> HttpResponse:
    """By lesson as they were held, what belongs to none of them first; in each, as they were taken."""
    lessons = {lesson.pk: lesson for lesson in cohort.lessons.order_by("starts_at", "pk")}
    by_lesson: dict[UUID | None, list[Photo]] = {pk: [] for pk in [None, *lessons]}
    for one in cohort.photos.select_related("added_by").order_by("taken_at", "added_at", "pk"):
        by_lesson[one.lesson_id].append(one)
    shelves = [(lessons[pk] if pk else None, found) for pk, found in by_lesson.items() if found]
    context = {
        "cohort": cohort,
        "shelves": shelves,
        "count": sum(len(found) for _lesson, found in shelves),
        "form": form or form_for(cohort),
        "may_keep": may_keep(request.user, cohort),
    }
    return render(request, "training/photos.html", context, status=422 if form else 200)


@needs(Action.KEEP_SCHOOL)
@require_POST
def photo_add(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Each file by itself: one that is no photo keeps none of the others out."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user, Action.KEEP_SCHOOL), pk=cohort_id)
    form = form_for(cohort, request.POST)
    files = request.FILES.getlist("photos")[:AT_ONCE]
    if not files:
        form.add_error(None, str(NotAllowed("photo_missing")))
    if not form.is_valid():
        return gallery(request, cohort, form)
    wanted = form.cleaned_data["lesson"]
    lesson = cohort.lessons.filter(pk=wanted).first() if wanted else None
    stored = 0
    for file in files:
        try:
            add_photo(
                cohort, file, lesson=lesson, caption=form.cleaned_data["caption"], by=request.user, at=timezone.now()
            )  # fmt: skip
            stored += 1
        except NotAllowed as refused:
            messages.error(request, _("{name}：{why}").format(name=(file.name or "")[:60], why=refused))
    if stored:
        messages.success(request, ngettext("传好了 {n} 张。", "传好了 {n} 张。", stored).format(n=stored))
    return redirect("training:photos", cohort.pk)


@needs(Action.SEE_SCHOOL)
@require_GET
def photo(request: SignedInRequest, photo_id: int) -> HttpResponse:
    """The picture; `?size=small` for lists. It never changes, and only this person's browser keeps it."""
    seen = Photo.objects.filter(cohort__in=Cohort.objects.visible_to(request.user))
    found = get_object_or_404(seen, pk=photo_id)
    try:
        content = small_jpeg_of(found) if request.GET.get("size") == "small" else jpeg_of(found)
    except Refused as gone:
        raise Http404 from gone
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Content-Disposition"] = f'inline; filename="photo-{found.pk}.jpg"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
