"""A line-up sheet over time and on paper: its versions, one compared with another, returned to; copied; printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.line_up import OPEN
from livestream.actions.line_up_copy import copy_line_up, last_of_host, return_to
from livestream.actions.line_up_version import differences, kept_in, newest
from livestream.line_up_words import label_of, names_in, shown_of
from livestream.models import LineUpVersion
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.sheets.paper import paper
from livestream.views.desk import session_reached
from livestream.views.line_up import line_up_page
from livestream.views.line_up_paper import paper_of
from livestream.views.line_up_rows import rows_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from livestream.actions.line_up_version import Difference
    from livestream.models import LiveSession
    from livestream.views.signed_in import SignedInRequest

SHOWN_AT_MOST = 200


class Changed(NamedTuple):
    """One field of an item that is not the same: its name, what it was, what it is."""

    label: str
    old: str
    new: str


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def versions(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Every save of the sheet, the newest first."""
    session = session_reached(request, session_id, Action.SEE_PLAN)
    found = session.line_up_versions.select_related("made_by").defer("body")[:SHOWN_AT_MOST]
    return render(request, "livestream/line_up_versions.html", {"session": session, "versions": found})


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def version(request: SignedInRequest, session_id: UUID, pk: int) -> HttpResponse:
    """The sheet as it was, and what of it is not the same now (or in version `with`)."""
    session = session_reached(request, session_id, Action.SEE_PLAN)
    return version_page(request, version_reached(session, pk))


def version_reached(session: LiveSession, pk: int) -> LineUpVersion:
    """Raises Http404."""
    return get_object_or_404(session.line_up_versions.select_related("made_by", "session"), pk=pk)


def version_page(request: SignedInRequest, found: LineUpVersion, refused: str = "") -> HttpResponse:
    session, asked = found.session, request.GET.get("with", "")
    last = newest(session)
    others = session.line_up_versions.exclude(pk=found.pk).defer("body")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    other = others.filter(number=asked).first() if is_number else last
    kept = kept_in(found)
    differ = differences(kept, kept_in(other)) if other else []
    names = names_in([*kept, *(kept_in(other) if other else [])])
    may_keep = session.state in OPEN and session.lies_in(request.user.reach(Action.KEEP_GOODS))
    context = {
        "session": session,
        "version": found,
        "other": other,
        "last": last,
        "others": others[:SHOWN_AT_MOST],
        "kept": [(place, each, shown_of("live_price_fen", each.facts, names)) for place, each in enumerate(kept, start=1)],
        "differences": [(each, changed_of(each, names)) for each in differ],
        "may_return": may_keep and last is not None and last.pk != found.pk,
        "refused": refused,
    }
    return render(request, "livestream/line_up_version.html", context, status=409 if refused else 200)


def changed_of(difference: Difference, names: Mapping[tuple[str, int], str]) -> list[Changed]:
    if not (difference.old and difference.new):
        return []
    old, new = difference.old.facts, difference.new.facts
    return [Changed(label_of(name), shown_of(name, old, names), shown_of(name, new, names)) for name in difference.fields]


@needs(Action.KEEP_GOODS)
@require_POST
def version_return(request: SignedInRequest, session_id: UUID, pk: int) -> HttpResponse:
    """The sheet is as it was then, unless somebody has changed it meanwhile."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    found = version_reached(session, pk)
    seen = request.POST.get("seen", "")
    try:
        return_to(found, seen=int(seen) if seen.isascii() and seen.isdigit() else 0, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return version_page(request, found, str(refused))
    messages.success(request, _("退回到第 {number} 版了。").format(number=found.number))
    return redirect("livestream:line_up", session.pk)


@needs(Action.KEEP_GOODS)
@require_POST
def copy(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The goods of the host's last session, behind those that are there."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    try:
        source = last_of_host(session)
        if source is None:
            raise NotAllowed("nothing_to_copy")
        copied = copy_line_up(session, source, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return line_up_page(request, session, str(refused))
    sentence = ngettext("照抄了 {number} 样货。价钱、库存请再核对。", "照抄了 {number} 样货。价钱、库存请再核对。", copied.added)
    messages.success(request, sentence.format(number=copied.added))
    for title, why in copied.left_out:
        messages.warning(request, _("没有抄“{title}”：{why}").format(title=title, why=why))
    return redirect("livestream:line_up", session.pk)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def printed(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """For the wall of the studio: a page to print, or a PDF (`as=pdf`)."""
    session = session_reached(request, session_id, Action.SEE_PLAN)
    now = timezone.now()
    rows = rows_of(session, at=now)
    if request.GET.get("as") != "pdf":
        context = {"session": session, "rows": rows, "version": newest(session), "now": now}
        return render(request, "livestream/line_up_print.html", context)
    made = paper("line_up", paper_of(session, rows, newest(session), at=now))
    answer = HttpResponse(made, content_type="application/pdf")
    name = _("排品表") + f"-{session.title}.pdf"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    return answer
