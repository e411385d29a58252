"""The files of a course: taken in, sent out, taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from orders.views.stream import streamed
from training.actions.material import add_material, material_pieces, remove_material
from training.course_forms import MaterialForm
from training.models import Course, Material
from training.rules.material import KINDS, byte_range, suffix_of
from training.views.course import course_page, course_reached
from training.views.school import tried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from livestream.views.signed_in import SignedInRequest

FIELDS = dict.fromkeys(
    ("material_kind", "material_not_what_it_says", "material_too_big", "material_empty", "material_there", "material_too_many"),
    "file",
)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more file of a course; its page with status 422 and why, when it was not taken."""
    found = course_reached(request, pk, Action.KEEP_SCHOOL)
    form = MaterialForm(request.POST, request.FILES)

    def kept() -> Material:
        said = form.cleaned_data
        return add_material(found, said["file"], name=said["file"].name, title=said["title"], by=request.user)

    if tried(form, kept, FIELDS):
        messages.success(request, _("传好了。"))
        return redirect("training:course", pk)
    return course_page(request, found, form)


@needs(Action.SEE_SCHOOL)
@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file, to whoever sees the course; its address tells nobody else anything."""
    return material_answer(request, material_reached(request, pk))


def material_reached(request: SignedInRequest, pk: int, action: Action = Action.SEE_SCHOOL) -> Material:
    """Raises Http404."""
    return get_object_or_404(Material.objects.filter(course__in=Course.objects.visible_to(request.user, action)), pk=pk)


def material_answer(request: HttpRequest, found: Material) -> HttpResponse:
    """Decrypted while it goes out, all of it or what a player asks for. Nothing in it runs here: its type is ours, not the
    file's, and it stands in no page of ours. Status 410 where the file is gone."""
    try:
        pieces = material_pieces(found)
    except NotAllowed as refused:
        return HttpResponse(str(refused), content_type="text/plain; charset=utf-8", status=410)
    kind = KINDS[suffix_of(found.name)]
    asked = byte_range(request.headers.get("Range", ""), found.bytes)
    first, last = asked or (0, found.bytes)
    answer = streamed(request, part(pieces, first, last), content_type=kind.content_type)
    answer.status_code = 206 if asked else 200
    if asked:
        answer["Content-Range"] = f"bytes {first}-{last - 1}/{found.bytes}"
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Length"] = str(last - first)
    answer["Content-Disposition"] = content_disposition_header(not kind.is_shown, found.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, max-age=86400"  # a phone loads it once; its name is its digest's, it never changes
    return answer


def part(pieces: Iterator[bytes], first: int, last: int) -> Iterator[bytes]:
    """The bytes from `first` up to `last`; no piece is empty."""
    position = 0
    for piece in pieces:
        wanted = piece[max(first - position, 0) : max(last - position, 0)]
        position += len(piece)
        if wanted:
            yield wanted
        if position >= last:
            return


@needs(Action.KEEP_SCHOOL)
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    found = material_reached(request, pk, Action.KEEP_SCHOOL)
    remove_material(found)
    messages.success(request, _("删掉了。"))
    return redirect("training:course", found.course_id)
