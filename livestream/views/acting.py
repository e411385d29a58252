"""Acting for a host (代操作): beginning, ending, the host's own list of who did. `config/acting.py` is what happens between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.acting import begin_acting, stop_acting
from livestream.models import AuditEntry
from livestream.person_forms import ReasonForm
from livestream.rules.acting import LASTS
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.people import person_page, person_to_see
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

ACTING_FOR, ACTING_UNTIL = "acting_for", "acting_until"  # in the session: the host's id, and the end in epoch seconds
SHOWN = 20


@needs(Action.ACT_FOR)
@require_POST
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the host's own page, as the host; or the person's page again, with what is wrong."""
    host, now = person_to_see(request, pk), timezone.now()
    form = ReasonForm(request.POST)
    try:
        begin_acting(request.user, host, reason=form.data.get("reason", ""))
    except NotAllowed as refused:
        form.add_error(None if refused.code == "not_to_be_acted_for" else "reason", str(refused))
        return person_page(request, host, form, status=422)
    request.session[ACTING_FOR] = host.pk
    request.session[ACTING_UNTIL] = (now + LASTS).timestamp()
    return redirect("home")


@login_required
@require_POST
def end(request: SignedInRequest) -> HttpResponse:
    """Back to oneself, at the host's page; a second tap finds it ended."""
    host = request.user
    if request.helper is None:
        return redirect("home")
    end_acting(request, request.helper, host, why="asked")
    messages.success(request, _("代{name}操作结束了。").format(name=host.name))
    return redirect("livestream:person", host.pk)


def end_acting(request: SignedInRequest, helper: User, host: User, *, why: str) -> None:
    """The session is the helper's alone again, and the log says so."""
    stop_acting(helper, host, why=why)
    del request.session[ACTING_FOR], request.session[ACTING_UNTIL]
    request.user, request.helper = helper, None


@never_cache
@login_required
@require_GET
def helped(request: SignedInRequest) -> HttpResponse:
    """Who acted for me, when and why."""
    return render(request, "livestream/my_helped.html", {"entries": entries_of(request.user)[:SHOWN]})


def entries_of(host: User) -> QuerySet[AuditEntry]:
    """The beginnings, newest first."""
    begun = AuditEntry.objects.filter(deed=Deed.BEGAN_ACTING_FOR, acted_for=host)
    return begun.select_related("actor").order_by("-at", "-pk")
