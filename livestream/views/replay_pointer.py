"""Where the recording of a session lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.actions.replay_pointer import keep_replay, recording_of
from livestream.incident_forms import ReplayForm
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.replay_pointer import least_until
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from livestream.views.viewers import seen_or_run

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

FIELDS = {"replay_link": "url", "replay_digest": "sha256", "replay_three_years": "until_on"}


@never_cache
@needs(Action.SEE_PLAN)
@require_http_methods(["GET", "POST"])
def replay_pointer(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The pointer, and the form for whoever runs the session."""
    session = seen_or_run(request, session_id)
    least = least_until(shanghai_day(session.ended_at)) if session.ended_at else None
    there = {"url": session.replay_url, "sha256": session.replay_sha256, "until_on": session.replay_until_on or least}
    form = ReplayForm(request.POST if request.method == "POST" else None, initial=there)
    if request.method == "POST" and form.is_valid():
        try:
            keep_replay(session, **form.cleaned_data)
        except NotAllowed as refused:
            form.add_error(FIELDS.get(refused.code), str(refused))
        else:
            messages.success(request, _("记下了。"))
            return redirect("livestream:replay_pointer", session.pk)
    context = {
        "session": session,
        "form": form,
        "least": least,
        "recording": recording_of(session, request.user),
        "may_run": session.lies_in(request.user.reach(Action.RUN_SESSION)),
    }
    return render(request, "livestream/replay_pointer.html", context, status=422 if form.errors else 200)
