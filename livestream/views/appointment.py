"""Posts that somebody holds besides the one of his account: a new one, and the end of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.appointment import appoint, end_appointment
from livestream.person_forms import PositionForm
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.people import person_to_see, say_refusal
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.KEEP_PEOPLE)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form, or the person's page once it is done; with status 422 and what was typed, when it was refused."""
    found = person_to_see(request, pk)
    if found == request.user:
        raise PermissionDenied(str(NotAllowed("not_your_own")))
    if request.method == "GET":
        form = PositionForm(by=request.user, initial={"from_on": timezone.localdate()})
        return render(request, "livestream/person_appoint.html", {"person": found, "form": form})
    form = PositionForm(request.POST, by=request.user)
    if form.is_valid():
        try:
            appoint(found, form.position, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say_refusal(form, refused)
        else:
            messages.success(request, _("任命好了。"))
            return redirect("livestream:person", pk)
    return render(request, "livestream/person_appoint.html", {"person": found, "form": form}, status=422)


@needs(Action.KEEP_PEOPLE)
@require_POST
def end(request: SignedInRequest, pk: int, appointment: int) -> HttpResponse:
    """Once is enough: a second tap finds it ended."""
    found = get_object_or_404(person_to_see(request, pk).appointments, pk=appointment)
    try:
        end_appointment(found, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    messages.success(request, _("这个任职结束了。"))
    return redirect("livestream:person", pk)
