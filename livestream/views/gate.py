"""The door for letting a product without all its papers be listed in a session; `_gate_state.html` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from livestream.actions.gate import override_gate
from livestream.models import LiveSession, Product
from livestream.paper_forms import PassForm
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs, next_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@needs(Action.PASS_GOODS)
@require_POST
def override(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Back to the page that asked (`next`), with what came of it."""
    session = get_object_or_404(LiveSession.objects.reached_by(request.user, Action.PASS_GOODS), pk=session_id)
    form = PassForm(request.POST)
    if form.is_valid():
        product = get_object_or_404(Product.objects.filter(county=session.county_id), pk=form.cleaned_data["product"])
        try:
            override_gate(session, product, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("放行了：{title}。这一场都看得到是谁、为什么。").format(title=product.title))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect(next_of(request) or reverse("livestream:session", args=[session.pk]))
