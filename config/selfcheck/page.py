"""The self-check as a page, for platform administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from config.selfcheck import CHECKS
from config.selfcheck.contract import Group, State, run
from livestream.rules.rights import Action
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

URGENT = {State.RED, State.AMBER}


@never_cache
@needs(Action.ADMINISTER)
@require_GET
def selfcheck(request: SignedInRequest) -> HttpResponse:
    """What is to be done first, then the rest by group."""
    items = run(CHECKS)
    calm = [item for item in items if item.verdict.state not in URGENT]
    groups = [(group, [item for item in calm if item.check.group == group]) for group in Group]
    context = {
        "at": timezone.now(),
        "counts": [(state, sum(item.verdict.state == state for item in items)) for state in State],
        "urgent": [item for item in items if item.verdict.state in URGENT],
        "red": sum(item.verdict.state == State.RED for item in items),
        "groups": [(group, listed) for group, listed in groups if listed],
    }
    return render(request, "selfcheck.html", context)
