"""The second factor: passing it after the password or at a door that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

if TYPE_CHECKING:
    from livestream.views.signed_in import SignedInRequest


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second(request: SignedInRequest) -> HttpResponse:
    return render(request, "livestream/second.html")
