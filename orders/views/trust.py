"""What in a county's sessions is worth a second look: all of the last ninety days on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from orders.actions.trust import SHOWN, trust_lines

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.SEE_ORDERS)
@require_GET
def trust(request: SignedInRequest) -> HttpResponse:
    """Those with most to look at first."""
    lines = trust_lines(request.user, timezone.now())
    context = {
        "lines": lines,
        "settled_fen": sum(line.settled_fen or 0 for line in lines),
        "settled": sum(line.settled_fen is not None for line in lines),
        "shown": SHOWN,
    }
    return render(request, "orders/trust.html", context)
