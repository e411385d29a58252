"""The desk of complaints: what people said on the public pages, how it was answered, and how well a county answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.complaint import answer_complaint, handled, reveal_contact, set_service_line
from livestream.complaint_forms import AnswerForm, ComplaintFilter, ServiceLineForm
from livestream.models import Complaint, Place, ServiceLine
from livestream.rules.audience import age_words
from livestream.rules.complaint import ANSWER_WITHIN, ComplaintState, rates_of
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import EVERYWHERE, Action, holds
from livestream.rules.vault import RevealReason
from livestream.typed_fields import say, typed
from livestream.vault_forms import RevealForm
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

ON_A_PAGE = 50
RATES_FOR = timedelta(days=365)
FIELDS = {"complaint_answer_missing": "answer", "complaint_answer_long": "answer"}


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def complaints(request: SignedInRequest) -> HttpResponse:
    """What waits comes first, the oldest of it on top. What was said is only for those who answer."""
    now = timezone.now()
    asked = ComplaintFilter(request.GET)
    asked.is_valid()
    reached = Complaint.objects.visible_to(request.user)
    found = reached.filter(state=asked.said("state")) if asked.said("state") else reached
    is_settled = Case(When(state=ComplaintState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = found.select_related("session__place", "product", "county").defer("words", "contact")
    page = Paginator(rows.annotate(is_settled=is_settled).order_by("is_settled", "-said_at", "-pk"), ON_A_PAGE)
    keeps = request.user.reach(Action.KEEP_GOODS)
    context = {
        "asked": asked,
        "page": page.get_page(request.GET.get("page")),
        "rows": [
            (one, age_words(now - one.said_at), is_late(one, now), holds(keeps, county=one.county_id, place=one.session.place_id))
            for one in page.get_page(request.GET.get("page"))
        ],
        "rates": rates_of(handled(reached.filter(said_at__gte=now - RATES_FOR)), at=now),
        "states": ComplaintState,
        "lines": lines_kept(request.user),
    }
    return render(request, "livestream/complaints.html", context)


def is_late(complaint: Complaint, now: datetime) -> bool:
    return complaint.state == ComplaintState.OPEN and now - complaint.said_at > ANSWER_WITHIN


def lines_kept(user: User) -> list[tuple[Place, ServiceLine | None]]:
    """The counties whose service phone this person writes, each with what stands there; an administrator's are too many."""
    codes = [code for code in user.reach(Action.KEEP_GOODS) if code != EVERYWHERE and len(code) == COUNTY_DIGITS]
    counties = list(Place.objects.counties().in_reach(codes)) if codes else []
    lines = ServiceLine.objects.in_bulk([county.pk for county in counties])
    return [(county, lines.get(county.pk)) for county in counties]


def complaint_reached(request: SignedInRequest, pk: int) -> Complaint:
    """Raises Http404."""
    found = Complaint.objects.visible_to(request.user, Action.KEEP_GOODS)
    return get_object_or_404(found.select_related("session__place", "product", "county", "answered_by"), pk=pk)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def complaint(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of them. POST: the answer; with `close` it is settled."""
    found = complaint_reached(request, pk)
    form = AnswerForm(typed(request), initial={"answer": found.answer, "seen": found.state})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        is_closed = "close" in request.POST
        try:
            answer_complaint(
                found, answer=said["answer"], is_closed=is_closed, by=request.user, at=timezone.now(), seen=said["seen"]
            )
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("记下了：已解决。") if is_closed else _("记下了：已答复。对方凭查询码看得到。"))
            return redirect("livestream:complaints")
    context = {
        "complaint": found,
        "form": form,
        "age": age_words(timezone.now() - found.said_at),
        "is_late": is_late(found, timezone.now()),
        "has_contact": bool(found.contact),
    }
    return render(request, "livestream/complaint.html", context, status=422 if form.errors else 200)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def contact(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks for a reason; the answer to the form shows how to reach whoever said it, this once."""
    found = complaint_reached(request, pk)
    form = RevealForm(typed(request), initial={"reason": RevealReason.CONTACT})
    context = {"complaint": found, "form": form, "field": _("联系方式")}
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            plain = reveal_contact(found, reason=RevealReason(said["reason"]), words=said["words"], by=request.user)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "livestream/complaint_contact.html", context | {"plain": plain})
    return render(request, "livestream/complaint_contact.html", context, status=422 if form.is_bound else 200)


@needs(Action.KEEP_GOODS)
@require_POST
def service_line(request: SignedInRequest, code: str) -> HttpResponse:
    """The county's service phone, from now on on all its public pages."""
    county = get_object_or_404(Place.objects.counties().visible_to(request.user, Action.KEEP_GOODS), pk=code)
    form = ServiceLineForm(request.POST)
    if form.is_valid():
        set_service_line(county, **form.cleaned_data)
        messages.success(request, _("记下了，公开页上就是这个电话。"))
    else:
        messages.error(request, str(next(error for errors in form.errors.values() for error in errors)))
    return redirect("livestream:complaints")
