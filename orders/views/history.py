"""The door of a session's whole history: what is in it, what it is taken out for, then the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.actions.history import RECEIVER_AT_MOST, WORDS_AT_MOST, Purpose, history_of, take_history
from livestream.person_forms import Line
from livestream.rules.errors import NotAllowed
from livestream.rules.history import TITLES
from livestream.rules.rights import Action
from livestream.typed_fields import typed
from livestream.views.desk import session_reached
from livestream.views.signed_in import needs
from orders.actions.history import parts_of_orders

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.views.signed_in import SignedInRequest


class HistoryForm(forms.Form):
    """What it is for, and who gets it."""

    use_required_attribute = False
    words = Line(label=_("为什么要"), max_length=WORDS_AT_MOST, help_text=_("例如：买家投诉价格，给市场监管局看。"))
    receiver = Line(label=_("交给谁"), max_length=RECEIVER_AT_MOST, help_text=_("单位和姓名。"))


@never_cache
@needs(Action.EXPORT)
@require_http_methods(["GET", "POST"])
def history(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """POST: the ZIP, and the entry in the audit log that it was taken."""
    session = session_reached(request, session_id, Action.EXPORT)
    of_orders = parts_of_orders(session)
    form = HistoryForm(typed(request))
    if form.is_bound and form.is_valid():
        purpose = Purpose(**form.cleaned_data)
        try:
            taken = take_history(session, purpose, of_orders=of_orders, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            response = HttpResponse(taken.content, content_type="application/zip")
            response.headers["Content-Disposition"] = content_disposition_header(True, taken.name) or ""
            return response
    parts = history_of(session, of_orders=of_orders)
    context = {"session": session, "form": form, "parts": [(TITLES[name], len(part.rows)) for name, part in parts.items()]}
    return render(request, "orders/history.html", context, status=422 if form.errors else 200)
