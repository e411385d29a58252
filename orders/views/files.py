"""Order files: upload, preview, import, result."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, cast

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from orders.actions.file import KEPT_FOR, queue_import, take_in
from orders.actions.file_reading import returned_lines
from orders.forms import UploadForm
from orders.models import OrderFile, OrderFileState, PullCursor
from orders.sheets import SHEETS
from orders.sheets.contract import Problem, Refused, note

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    from livestream.views.signed_in import SignedInRequest

FILES_SHOWN = 50
PULLS_SHOWN = 100
PROBLEMS_IN_PREVIEW = 20
LINES_AT_ONCE = 500


@never_cache
@needs(Action.SEE_FILES)
@require_GET
def file_list(request: SignedInRequest) -> HttpResponse:
    files = OrderFile.objects.visible_to(request.user).select_related("shop", "uploaded_by").order_by("-uploaded_at")
    return render(request, "orders/files.html", {"files": files[:FILES_SHOWN], "pulls": pulls_shown(request)})


def pulls_shown(request: SignedInRequest) -> list[tuple[PullCursor, bool]]:
    """How far each list of each shop is reconciled, and whether that is too long ago."""
    at = timezone.now()
    cursors = PullCursor.objects.visible_to(request.user).active().select_related("shop").order_by("shop__name", "-kind")
    return [(cursor, cursor.is_behind(at)) for cursor in cursors[:PULLS_SHOWN]]


@never_cache
@needs(Action.KEEP_ORDERS)
@require_http_methods(["GET", "POST"])
def upload(request: SignedInRequest) -> HttpResponse:
    """Keeps the file; one that is no order file is refused at its field, and the choices stay."""
    if request.method == "GET":
        return render(request, "orders/file_upload.html", {"form": UploadForm(user=request.user)})
    form = UploadForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        given = form.cleaned_data["file"]
        try:
            file = take_in(form.cleaned_data["shop"], given, name=given.name, by=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("orders:file", file.pk)
    return render(request, "orders/file_upload.html", {"form": form}, status=422)


@never_cache
@needs(Action.SEE_FILES)
@require_GET
def file_detail(request: SignedInRequest, file_id: UUID) -> HttpResponse:
    """The preview, the progress or the result; htmx asks for the progress alone, and for the page once it has ended."""
    file = visible_file(request, file_id)
    is_under_way = file.state in {OrderFileState.READING, OrderFileState.IMPORTING}
    if request.htmx:  # type: ignore[attr-defined]
        if not is_under_way or request.GET.get("state") != file.state:
            return HttpResponseClientRefresh()
        return render(request, "orders/_file_progress.html", {"file": file})
    context = {
        "file": file,
        "may_import": request.user.may(Action.KEEP_ORDERS, file.shop.county_id),
        "is_under_way": is_under_way,
        "is_known": file.state not in {OrderFileState.READING, OrderFileState.REFUSED},
        "sheet": SHEETS[file.sheet].LABEL if file.sheet else "",
        "error": str(Refused(file.error, **file.survey.get("refused", {}))) if file.error else "",
        "days_kept": KEPT_FOR.days,
    }
    return render(request, "orders/file.html", context | preview(request, file))


def preview(request: SignedInRequest, file: OrderFile) -> dict[str, object]:
    """What reading the file has shown; a file that was not read shows zeros nowhere, its page asks for none of it."""
    problems = [(line, str(Problem(code, column))) for line, code, column in file.survey.get("problems", [])]
    return {
        "first_at": moment(file.survey.get("first_at")),
        "last_at": moment(file.survey.get("last_at")),
        "problems": problems if file.state == OrderFileState.DONE else problems[:PROBLEMS_IN_PREVIEW],
        "kinds": [(str(Problem(code, column)), count) for code, column, count in file.survey.get("kinds", [])],
        "readable": file.rows_total - file.survey.get("problem_count", 0),
        "notes": [note(code) for code in file.survey.get("notes", [])],
        "earlier": earlier(request, file),
    }


@needs(Action.KEEP_ORDERS)
@require_POST
def start_import(request: SignedInRequest, file_id: UUID) -> HttpResponse:
    """Once is enough: a second tap finds the import under way."""
    queue_import(visible_file(request, file_id, Action.KEEP_ORDERS), at=timezone.now())
    return redirect("orders:file", file_id)


@never_cache
@needs(Action.SEE_FILES)
@require_GET
def rejected_rows(request: SignedInRequest, file_id: UUID) -> HttpResponse:
    """The sender's own rows with the reason behind each, made from the stored file while it goes out."""
    file = visible_file(request, file_id)
    if not file.survey.get("problem_count"):
        raise Http404
    try:
        lines = returned_lines(file)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("orders:file", file.pk)
    answer = StreamingHttpResponse(streamed(request, lines), content_type="text/csv; charset=utf-8")
    name = _("退回的行") + "-" + file.name.rsplit(".", 1)[0] + ".csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return cast("HttpResponse", answer)


def streamed(request: SignedInRequest, lines: Iterator[str]) -> Iterator[str] | AsyncIterator[str]:
    """The lines in pieces, as the server in use likes them, in the reader's language: middleware has left by then."""
    language = get_language() or ""

    def pieces() -> Iterator[str]:
        while True:
            with override(language):
                piece = "".join(islice(lines, LINES_AT_ONCE))
            if not piece:
                return
            yield piece

    async def awaited() -> AsyncIterator[str]:
        found = pieces()
        while piece := await sync_to_async(lambda: next(found, ""))():
            yield piece

    return awaited() if isinstance(request, ASGIRequest) else pieces()


def visible_file(request: SignedInRequest, file_id: UUID, action: Action = Action.SEE_FILES) -> OrderFile:
    files = OrderFile.objects.visible_to(request.user, action).select_related("shop", "uploaded_by")
    return get_object_or_404(files, pk=file_id)


def earlier(request: SignedInRequest, file: OrderFile) -> OrderFile | None:
    """The same bytes for the same shop, imported before."""
    same = OrderFile.objects.visible_to(request.user).filter(shop=file.shop, digest=file.digest, state=OrderFileState.DONE)
    return same.filter(uploaded_at__lt=file.uploaded_at).order_by("-uploaded_at").first()


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
