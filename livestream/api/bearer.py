"""Who asks with a token: `Authorization: Bearer cunbo_…`, judged anew with each request."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import structlog
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from livestream.actions.api_token import note_use
from livestream.models import ApiToken
from livestream.rules.api_token import TokenState, prefix_of
from livestream.rules.token import digest_of

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request

    from livestream.models import User

log = structlog.get_logger(__name__)


class Bearer(BaseAuthentication):
    """The token's owner, who may here do no more than the token says. A token is taken from its header alone: never from an
    address or a cookie (config.middleware takes cookies from requests that bring one)."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        at = timezone.now()
        token = found(text.strip())
        state = token.state(at) if token else None
        if token is None or state != TokenState.VALID:
            # From outside all look alike; the log says why, without the token.
            log.info("api_token_refused", prefix=prefix_of(text.strip()), reason=state or "unknown")
            raise AuthenticationFailed(_("令牌不对、已到期或已撤销。"), "bad_token")
        note_use(token, address=request.META.get("REMOTE_ADDR"), at=at)
        token.owner.bounds = token.bounds
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="cunbo"'


def found(text: str) -> ApiToken | None:
    """The token of a text. It is looked up by its prefix, which is no secret; the rest is compared in constant time."""
    prefix = prefix_of(text)
    if prefix is None:
        return None
    token = ApiToken.objects.select_related("owner").filter(prefix=prefix).first()
    return token if token and hmac.compare_digest(bytes(token.digest), digest_of(text)) else None


def token_of(request: Request) -> ApiToken | None:
    """The token a request came with; None: somebody is signed in, or nobody."""
    return request.auth if isinstance(request.auth, ApiToken) else None


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "livestream.api.bearer.Bearer"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        said = "`Authorization: Bearer cunbo_<prefix>_<secret>`. Made at `/me/tokens/`; never send it in an address."
        return {"type": "http", "scheme": "bearer", "description": said}
