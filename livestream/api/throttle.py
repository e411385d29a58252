"""A courtesy, not a guard: a program that asks without pause is told to slow down. The counting is not atomic, and each process
has its own; what must hold is held by the proxy (deploy/) and by the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.throttling import SimpleRateThrottle

from livestream.api.bearer import token_of

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Courtesy(SimpleRateThrottle):
    """Requests a minute of one token or one person."""

    rate = "600/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if not request.user.is_authenticated:
            return None
        token = token_of(request)
        return f"api:token:{token.pk}" if token else f"api:user:{request.user.pk}"


class StrangersCourtesy(SimpleRateThrottle):
    """Refused requests a minute of one network address, the connection's own: headers that a client may write say nothing
    (NUM_PROXIES is 0, because the server puts the address that a trusted proxy names in its place)."""

    rate = "120/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return None if request.user.is_authenticated else f"api:address:{self.get_ident(request)}"
