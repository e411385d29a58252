"""Posters of a session: made, printed, looked at on a phone, and how often their codes were opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.approval import is_asked_for
from livestream.actions.poster import make_poster, open_poster, withdraw_poster
from livestream.actions.poster_paper import poster_paper
from livestream.models import LiveSession, Poster
from livestream.rules.errors import NotAllowed
from livestream.rules.poster import is_advertisement, kept_until
from livestream.rules.rights import Action
from livestream.rules.script import PosterKind
from livestream.rules.session import SessionState
from livestream.script_forms import PosterForm, WithdrawForm
from livestream.typed_fields import say, typed
from livestream.views.desk import session_reached
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.http import HttpRequest

    from livestream.models import PosterVisit
    from livestream.views.signed_in import SignedInRequest

AT = {"poster_needs_goods": "product", "poster_leader_goods": "headline", "words_forbidden": "headline"}
TYPES = {"pdf": "application/pdf", "png": "image/png"}


class Shown(NamedTuple):
    poster: Poster
    visits: int
    days: list[PosterVisit]
    is_ad: bool
    kept_until_on: date


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def posters(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    session = session_reached(request, session_id, Action.SEE_PLAN)
    rows = (
        session.posters.select_related("product", "made_by", "withdrawn_by")
        .annotate(visits=Sum("days__visits"))
        .prefetch_related("days")
    )
    context = {
        "session": session,
        "posters": [_shown(row, session) for row in rows],
        "visits": sum(row.visits or 0 for row in rows),
        "may_keep": _may_make(request, session),
        "may_withdraw": session.lies_in(request.user.reach(Action.KEEP_GOODS)),
    }
    return render(request, "livestream/posters.html", context)


def _shown(row: Poster, session: LiveSession) -> Shown:
    days = sorted(row.days.all(), key=lambda day: day.on)
    is_ad = is_advertisement(row.kind, is_public_interest=session.is_public_interest)
    return Shown(row, sum(day.visits for day in days), days, is_ad, kept_until(timezone.localdate(row.made_at)))


def _may_make(request: SignedInRequest, session: LiveSession) -> bool:
    return session.state != SessionState.CANCELLED and session.lies_in(request.user.reach(Action.KEEP_GOODS))


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    has_leaders = is_asked_for(session)
    kinds = [(kind.value, kind.label) for kind in PosterKind if kind != PosterKind.LEADER or has_leaders]
    first = PosterKind.LEADER if has_leaders else PosterKind.SESSION
    form = PosterForm(typed(request), session=session, kinds=kinds, initial={"kind": first, "headline": session.title[:30]})
    if form.is_bound and form.is_valid():
        try:
            make_poster(session, form.plan, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("海报做好了。"))
            return redirect("livestream:posters", session.pk)
    context = {"session": session, "form": form, "has_leaders": has_leaders}
    return render(request, "livestream/poster_new.html", context, status=422 if form.errors else 200)


@needs(Action.SEE_PLAN)
@require_GET
def poster_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    return _file(request, pk, "pdf")


@needs(Action.SEE_PLAN)
@require_GET
def poster_png(request: SignedInRequest, pk: int) -> HttpResponse:
    return _file(request, pk, "png")


def _file(request: SignedInRequest, pk: int, form: str) -> HttpResponse:
    reached = LiveSession.objects.reached_by(request.user)
    found = get_object_or_404(
        Poster.objects.filter(session__in=reached).select_related(
            "session__county", "session__place", "session__host", "product"
        ),
        pk=pk,
    )
    address = request.build_absolute_uri(reverse("livestream:poster_link", args=[found.code]))
    answer = HttpResponse(poster_paper(found, address, form=form, at=timezone.now()), content_type=TYPES[form])
    answer["Content-Disposition"] = f'inline; filename="poster-{found.pk}.{form}"'
    answer["Cache-Control"] = "private, max-age=60"
    return answer


@needs(Action.KEEP_GOODS)
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Taken back with a word why; back to the posters either way."""
    reached = LiveSession.objects.reached_by(request.user, Action.KEEP_GOODS)
    found = get_object_or_404(Poster.objects.filter(session__in=reached), pk=pk)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        withdraw_poster(found, why=form.cleaned_data["why"], by=request.user, at=timezone.now())
        messages.success(request, _("撤回了。扫这张海报的人会看到“已撤回”。"))
    else:
        messages.error(request, str(form.errors["why"][0]))
    return redirect("livestream:posters", found.session_id)


@never_cache
@require_GET
def link(request: HttpRequest, short: str) -> HttpResponse:
    """Where a poster's code leads: the public page of its session. Every opening is counted, nobody who opens it. Of one that was
    taken back: 410, and a plain page that says so."""
    found = open_poster(short, on=timezone.localdate())
    if found is None:
        raise Http404
    if found.withdrawn_at:
        return render(request, "livestream/poster_withdrawn.html", {"county": found.session.county}, status=410)
    return redirect("livestream:public_session", found.session_id)
