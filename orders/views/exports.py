"""Exports: the list, asking for one, approving it, fetching its file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from livestream.models import Place
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs, needs_one_of, own_account, to_second_factor
from orders.actions.export import (
    approve_export,
    ask_export,
    check_decider,
    download_export,
    measure,
    reject_export,
    withdraw_export,
)
from orders.forms import ExportForm
from orders.models import Export, Shop
from orders.rules.export import DOORS, NEEDS, WITHDRAWABLE, ExportFormat, ExportKind, ExportState, may_export
from orders.views.stream import streamed

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest
    from orders.actions.export import Size

ROWS = 20
CARRIES = (Action.EXPORT, Action.READ_AUDIT)  # one of them takes something out
FIELD_OF = {"period_backwards": "until_on", "period_outside": "until_on", "period_too_long": "until_on"}
SUFFIX = {ExportFormat.XLSX: "xlsx", ExportFormat.CSV: "zip", ExportFormat.JSON: "zip"}
TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "application/zip",
    ExportFormat.JSON: "application/zip",
}


@never_cache
@needs_one_of(*DOORS)
@require_GET
def export_list(request: SignedInRequest) -> HttpResponse:
    """What waits for the reader first, then everything he may see, the newest first."""
    seen = Export.objects.visible_to(request.user).select_related("place", "asked_by")
    to_approve = seen.to_approve(request.user)
    others = seen.exclude(pk__in=to_approve.values("pk")).order_by("-asked_at", "-pk")
    number = request.GET.get("page", "")
    context = {
        "to_approve": to_approve.order_by("asked_at")[:ROWS],
        "page": Paginator(others, ROWS).get_page(number if number.isascii() and len(number) < 9 else 1),
        "may_ask": bool(kinds_of(request.user)),
        "free": settings.EXPORT_ROWS_WITHOUT_APPROVAL,
    }
    return render(request, "orders/exports.html", context)


# --- asking ---------------------------------------------------------------------------------------------------------------


@never_cache
@needs_one_of(*CARRIES)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """First how many rows it would be, then asking for it; whatever is wrong is said at its field and the rest stays."""
    if not request.user.is_verified():
        return to_second_factor(request)
    at = timezone.now()
    today = shanghai_day(at)
    offered = {"kinds": kinds_of(request.user), "places": places_of(request.user)}
    if request.method == "GET":
        first = {"key": uuid.uuid4(), "from_on": today.replace(day=1), "until_on": today}
        return new_page(request, ExportForm(initial=first, **offered))
    form = ExportForm(request.POST, **offered)
    if not form.is_valid():
        return new_page(request, form, status=422)
    try:
        if "ask" in request.POST:
            return redirect("orders:export", ask_export(form.wish, by=request.user, at=at).pk)
        return new_page(request, form, size=measure(form.wish, by=request.user, at=at))
    except NotAllowed as refused:
        form.add_error(FIELD_OF.get(refused.code), str(refused))
        return new_page(request, form, status=422)


def new_page(request: SignedInRequest, form: ExportForm, size: Size | None = None, status: int = 200) -> HttpResponse:
    limits = {"free": settings.EXPORT_ROWS_WITHOUT_APPROVAL, "days": settings.EXPORT_DAYS_KEPT}
    return render(request, "orders/export_new.html", {"form": form, "size": size, **limits}, status=status)


def kinds_of(user: User) -> list[tuple[str, Any]]:
    """What this person may take out somewhere."""
    return [(kind.value, kind.label) for kind in ExportKind if all(user.reach(action) for action in NEEDS[kind])]


def places_of(user: User) -> list[tuple[str, str]]:
    """The places out of which this person may take something: where he holds the post, and the counties below that sell."""
    codes = {code for action in CARRIES for code in user.reach(action)}
    named = Q(pk__in=codes)
    if any(len(code) < 6 for code in codes):
        selling = Q(pk__in=Shop.objects.values("county"))
        for code in codes:
            named |= selling & Q(code__startswith=code)
    return [(place.pk, f"{place.name}（{place.pk}）") for place in Place.objects.filter(named)]


# --- one export -----------------------------------------------------------------------------------------------------------


@never_cache
@own_account
@require_GET
def detail(request: SignedInRequest, export_id: UUID) -> HttpResponse:
    """What was asked for and what became of it; htmx asks for the progress alone, and for the page once the state has changed."""
    export = visible_export(request, export_id)
    if request.htmx:  # type: ignore[attr-defined]
        if not export.is_under_way or request.GET.get("state") != export.state:
            return HttpResponseClientRefresh()
        return render(request, "orders/_export_progress.html", {"export": export})
    return export_page(request, export)


def export_page(request: SignedInRequest, export: Export, error: str = "", words: str = "") -> HttpResponse:
    is_mine = export.asked_by_id == request.user.pk
    is_waiting = export.state == ExportState.WAITING
    context = {
        "export": export,
        "is_mine": is_mine,
        "may_decide": is_waiting and may_decide(export, request.user),
        "may_withdraw": is_mine and export.state in WITHDRAWABLE,
        "may_fetch": is_mine and export.state == ExportState.READY and is_allowed(export, request.user),
        "days": settings.EXPORT_DAYS_KEPT,
        "error": error,
        "words": words,
    }
    return render(request, "orders/export.html", context, status=422 if error else 200)


def may_decide(export: Export, user: User) -> bool:
    try:
        check_decider(export, user)
    except NotAllowed:
        return False
    return True


def is_allowed(export: Export, user: User) -> bool:
    return may_export(ExportKind(export.kind), lambda action: user.may(action, export.place_id))


@needs(Action.APPROVE_EXPORT)
@require_POST
def decide(request: SignedInRequest, export_id: UUID) -> HttpResponse:
    """Approved or rejected, with words; what was refused is said beside the words, which stay."""
    export = visible_export(request, export_id)
    words = request.POST.get("words", "")
    shown = request.POST.get("rows", "")
    verb = approve_export if request.POST.get("decision") == "approve" else reject_export
    try:
        if shown != str(export.rows_expected):
            raise NotAllowed("export_decided")
        verb(export, words=words, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return export_page(request, visible_export(request, export_id), error=str(refused), words=words)
    messages.success(request, _("批准了，文件马上生成。") if verb is approve_export else _("没有批准，申请人会看到您写的原因。"))
    return redirect("orders:exports")


@own_account
@require_POST
def withdraw(request: SignedInRequest, export_id: UUID) -> HttpResponse:
    export = own_export(request, export_id)
    try:
        withdraw_export(export, by=request.user)
        messages.success(request, _("撤回了。"))
    except NotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("orders:export", export.pk)


@never_cache
@own_account
@require_POST
def download(request: SignedInRequest, export_id: UUID) -> HttpResponse:
    """The file, decrypted while it goes out; every time is one more line in the audit log."""
    export = own_export(request, export_id)
    if not request.user.is_verified():
        return to_second_factor(request, reverse("orders:export", args=[export.pk]))
    try:
        pieces = download_export(export, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("orders:export", export.pk)
    answer = streamed(request, pieces, content_type=TYPES[ExportFormat(export.format)])
    name = f"{export.get_kind_display()}-{export.place.name}-{export.number}.{SUFFIX[ExportFormat(export.format)]}"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Content-Length"] = str(export.bytes)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def own_export(request: SignedInRequest, export_id: UUID) -> Export:
    """Of the person who asked for it: nobody else takes it away, or takes it back."""
    return get_object_or_404(Export.objects.filter(asked_by=request.user).select_related("place"), pk=export_id)


def visible_export(request: SignedInRequest, export_id: UUID) -> Export:
    named = Export.objects.visible_to(request.user).select_related("place", "asked_by", "decided_by")
    return get_object_or_404(named, pk=export_id)
