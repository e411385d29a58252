"""提词: the host's script on the phone, one card an item, as big type. It works without a network once it was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.views.phone_tap import mine
from livestream.views.script import shown

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@login_required
@require_GET
def teleprompter(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Everything is on the one page: buttons are anchors, so it needs neither scripts nor a network."""
    session = get_object_or_404(mine(request.user).select_related("county"), pk=session_id)
    return render(request, "livestream/teleprompter.html", shown(session))
