"""The practice room on a host's phone: begun in one tap, with the screens of every other session, and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.actions.practice import (
    done_in_practice,
    goods_for,
    last_line_up,
    own_goods,
    practice_now,
    sold_in_practice,
    start_practice,
)
from livestream.models import LiveSession
from livestream.practice_forms import PracticeForm
from livestream.rules.errors import NotAllowed
from livestream.rules.practice_hints import hints_for
from livestream.rules.session import AIRED, SessionKind
from livestream.typed_fields import typed

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

OFFERED = 100
PAST_SHOWN = 10


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def practice(request: SignedInRequest) -> HttpResponse:
    """One button, and the goods to choose from. POST: it begins, or, where one lasts, that one goes on."""
    goods = list(goods_for(request.user).values_list("pk", "title")[:OFFERED])
    last = [item.product for item in last_line_up(request.user)]
    offered = dict(goods) | {product.pk: product.title for product in last}
    form = PracticeForm(typed(request), goods=offered.items(), initial={"products": [product.pk for product in last]})
    if request.method == "POST" and form.is_valid():
        try:
            session = start_practice(request.user, form.cleaned_data["products"], at=timezone.now())
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("livestream:my_session", session.pk)
    mine = LiveSession.objects.filter(host=request.user, kind=SessionKind.PRACTICE)
    context = {
        "form": form,
        "last": last,
        "has_goods": bool(offered),
        "are_lent": bool(goods) and not own_goods(request.user).exists(),
        "now": practice_now(request.user),
        "past": mine.filter(state__in=AIRED, ended_at__isnull=False).order_by("-ended_at")[:PAST_SHOWN],
    }
    return render(request, "livestream/practice.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_GET
def result(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """What the host did, what the made-up audience bought, and three hints. While it lasts, the room itself."""
    found = LiveSession.objects.filter(host=request.user, kind=SessionKind.PRACTICE, went_live_at__isnull=False)
    session = get_object_or_404(found, pk=session_id)
    if session.is_live:
        return redirect("livestream:my_session", session.pk)
    at = timezone.now()
    done, sold = done_in_practice(session, at=at), sold_in_practice(session, at=at)
    items = [(item, sold.of(item.product_id)) for item in session.line_up.select_related("product").order_by("position")]
    context = {"session": session, "done": done, "sold": sold, "items": items, "hints": hints_for(done)}
    return render(request, "livestream/practice_result.html", context)
