"""The viewers of a session: how many are online, by a thumb or from a platform's file; with age, windows, peak and average."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.audience import newest_readings, note_reading
from livestream.actions.viewer_sheet import look_at_file, note_file
from livestream.audience_forms import ReadingForm, ViewerFileForm
from livestream.models import LiveSession, ViewerReading
from livestream.rules import chart
from livestream.rules.audience import Count, ReadingSource, age_words
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.viewer_sheet import Cells
from livestream.sheets.viewer_file import Refused, read
from livestream.views.carried import TOO_LATE, carried_in
from livestream.views.carried import carry as packed
from livestream.views.desk import session_reached
from livestream.views.phone_tap import mine
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from livestream.actions.audience import Newest
    from livestream.views.signed_in import SignedInRequest

READINGS_SHOWN = 30
ROWS_SHOWN = 200
TOTALS = [count for count in Count if count != Count.ONLINE_NOW]


class Shown(NamedTuple):
    """A platform's viewers as a page shows them."""

    newest: Newest
    age: str
    curve: str
    totals: list[tuple[str, int]]


def crowd(session: LiveSession, at: datetime) -> dict[str, Any]:
    """What the fragment of viewers needs: of each platform what is known, and the stamp by which a page asks for what is new."""
    found = newest_readings(session, at=at)
    readings = ViewerReading.objects.filter(session=session)
    return {
        "session": session,
        "platforms": [shown(session, one, at) for one in found],
        "is_several": len(found) > 1,
        "crowd_stamp": f"{readings.count()}-{at:%H%M}",
    }


def shown(session: LiveSession, newest: Newest, at: datetime) -> Shown:
    axis = chart.Axis(session.started_at, session.ended_at or at)
    most = newest.peak.online if newest.peak else 0
    totals = newest.totals
    counted = [(str(count.label), getattr(totals, count.value)) for count in TOTALS] if totals else []
    return Shown(
        newest,
        age_words(newest.age) if newest.age is not None else "",
        chart.line([(axis.x(point.at), point.online) for point in newest.points], most),
        [(label, number) for label, number in counted if number is not None],
    )


@never_cache
@needs(Action.SEE_PLAN)
@require_http_methods(["GET", "POST"])
def viewers(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The page; with `part` its figures alone, or 204 while they are the same. POST: a tap."""
    session = seen_or_run(request, session_id)
    if request.method == "POST":
        return tapped(request, session, "livestream:viewers")
    context = crowd(session, timezone.now())
    if "part" in request.GET:
        is_same = request.GET.get("since") == context["crowd_stamp"]
        return HttpResponse(status=204) if is_same else render(request, "livestream/_viewers_now.html", context)
    return viewers_page(request, session)


def seen_or_run(request: SignedInRequest, session_id: UUID) -> LiveSession:
    """A session to look at, or (POST) to write to. Raises PermissionDenied for who may that nowhere, Http404."""
    action = Action.RUN_SESSION if request.method == "POST" else Action.SEE_PLAN
    if not request.user.reach(action):
        raise PermissionDenied
    return session_reached(request, session_id, action)


def viewers_page(
    request: SignedInRequest, session: LiveSession, form: ReadingForm | None = None, file: ViewerFileForm | None = None
) -> HttpResponse:
    """With status 422 and what was typed, when a form of it was not understood."""
    readings = ViewerReading.objects.filter(session=session).select_related("by").order_by("-read_at", "-pk")
    context = crowd(session, timezone.now()) | {
        "may_run": session.lies_in(request.user.reach(Action.RUN_SESSION)),
        "form": form or ReadingForm(session=session),
        "file_form": file or ViewerFileForm(initial={"platform": ReadingForm(session=session).offered[0][0]}),
        "page_id": secrets.token_hex(8),
        "readings": readings[:READINGS_SHOWN],
        "has_aired": session.went_live_at is not None,
    }
    return render(request, "livestream/viewers.html", context, status=422 if form or file else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def my_viewers(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The host's own: one number, one big button."""
    session = get_object_or_404(mine(request.user), pk=session_id)
    if request.method == "POST":
        return tapped(request, session, "livestream:my_viewers")
    return my_page(request, session)


def my_page(request: SignedInRequest, session: LiveSession, form: ReadingForm | None = None) -> HttpResponse:
    context = crowd(session, timezone.now()) | {
        "form": form or ReadingForm(session=session),
        "page_id": secrets.token_hex(8),
    }
    return render(request, "livestream/my_viewers.html", context, status=422 if form else 200)


def tapped(request: SignedInRequest, session: LiveSession, page: str) -> HttpResponse:
    """A form gets its page; a tap that the phone kept (it has an id) gets 204, or 409 when it was refused."""
    form = ReadingForm(request.POST, session=session)
    was_kept = bool(request.POST.get("tap"))
    if not form.is_valid():
        if was_kept:
            return HttpResponse(status=400)
        return my_page(request, session, form) if page == "livestream:my_viewers" else viewers_page(request, session, form)
    said = form.cleaned_data
    began = session.went_live_at
    at = form.now if began and said["at"] < began else said["at"]  # a clock behind ours said that it was before the session
    try:
        note_reading(
            session, platform=said["platform"], source=ReadingSource.TAP, read_at=at, by=request.user, tap=form.tap_id,
            online_now=said["online_now"],
        )  # fmt: skip
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return HttpResponse(status=409) if was_kept else redirect(page, session.pk)
    if was_kept:
        return HttpResponse(status=204)
    messages.success(request, _("记下了：{n} 人在线。").format(n=f"{said['online_now']:,}"))
    return redirect(page, session.pk)


@never_cache
@needs(Action.RUN_SESSION)
@require_POST
def viewers_file(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """What would come of a platform's file; nothing is written."""
    session = session_reached(request, session_id, Action.RUN_SESSION)
    form = ViewerFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return viewers_page(request, session, file=form)
    platform, given = form.cleaned_data["platform"], form.cleaned_data["file"]
    try:
        sheet = read(given, given.name, platform)
        look = look_at_file(session, sheet.rows, platform=platform, at=timezone.now())
    except (Refused, NotAllowed) as refused:
        form.add_error("file", str(refused))
        return viewers_page(request, session, file=form)
    counts = [count for count in Count if any(count.value in row.counts for row, _read in look.good)]
    context = {
        "session": session,
        "platform": platform,
        "look": look,
        "others": sheet.others,
        "good": bool(look.good),
        "wrong": look.wrong[:ROWS_SHOWN],
        "counts": counts,
        "rows": [
            {"number": row.number, "read_at": row.read_at, "item": row.item, "numbers": [row.counts.get(c.value) for c in counts]}
            for row, _read in look.good[:ROWS_SHOWN]
        ],
        "carried": packed([str(session.pk), platform, [list(row) for row in sheet.rows]], request.user),
    }
    return render(request, "livestream/viewers_file.html", context)


@never_cache
@needs(Action.RUN_SESSION)
@require_POST
def viewers_file_keep(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Notes the good rows of the file that the page carries; sent twice, they are noted once."""
    session = session_reached(request, session_id, Action.RUN_SESSION)
    of_session, platform, rows = carried_in(request) or ("", "", [])
    if of_session != str(session.pk):
        messages.error(request, str(TOO_LATE))
        return redirect("livestream:viewers", session.pk)
    try:
        look = note_file(session, cells_of(rows), platform=platform, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("livestream:viewers", session.pk)
    new, wrong = look.new, len(look.wrong)
    said = ngettext("记下了 {n} 条。", "记下了 {n} 条。", new).format(n=new)
    if wrong:
        said += " " + ngettext("{n} 行没有记。", "{n} 行没有记。", wrong).format(n=wrong)
    messages.success(request, said)
    return redirect("livestream:viewers", session.pk)


def cells_of(rows: Sequence[Sequence[Any]]) -> list[Cells]:
    return [Cells(number, cells) for number, cells in rows]
