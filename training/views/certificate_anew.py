"""A certificate whose name was wrong: the right name, and a new certificate in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.certificate_anew import give_anew
from training.certificate_forms import CorrectForm, RevokeForm
from training.views.certificate import certificate_page, certificate_to

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def certificate_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leads to the new one; 422 and what was typed where it cannot be."""
    found = certificate_to(request, pk, Action.KEEP_SCHOOL)
    form = CorrectForm(request.POST)
    if form.is_valid():
        try:
            made = give_anew(found, form.cleaned_data["name"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("换发好了，新编号 {number}。请打印新的，收回旧的。").format(number=made.number))
            return redirect("training:certificate", made.pk)
    return certificate_page(request, found, RevokeForm(), form, status=422)
