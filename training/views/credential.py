"""Credentials for programs: Open Badges 3.0, the lists of the revoked, the keys. Public; pages of anybody may ask for them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from livestream.rules.errors import NotAllowed
from training.actions.credential import (
    credential_of,
    did_of_key,
    document_of_certificate,
    status_jwt,
    status_list,
    with_proof,
)
from training.models import Certificate, IssuerKey
from training.rules.certificate import plain_number
from training.rules.credential import LIST_SIZE
from training.views.certificate_check import is_too_often

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

P = ParamSpec("P")
T = TypeVar("T")
VC, VC_JWT = "application/vc", "application/vc+jwt"
LIST_SECONDS = 60  # how long a copy of a list is kept: a revocation is everywhere a minute later


def for_everybody(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Whoever asks, from whatever page (CORS): nothing here depends on a cookie. 429 for who asks without pause."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "OPTIONS"])
    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
            response.headers["Access-Control-Allow-Headers"] = "Accept, Cache-Control, Pragma"
            response.headers["Access-Control-Max-Age"] = "86400"
        elif is_too_often(request):
            response = HttpResponse(status=429, headers={"Retry-After": "60"})
        else:
            response = view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", opened)


def certificate_of(number: str) -> Certificate:
    """Raises Http404."""
    try:
        plain = plain_number(number)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Certificate.objects.select_related("enrolment", "rule"), number=plain)


@for_everybody
def credential(_request: HttpRequest, number: str) -> HttpResponse:
    """As JSON-LD with its proof in it."""
    try:
        document = document_of_certificate(certificate_of(number))
    except NotAllowed as refused:
        return JsonResponse({"detail": str(refused)}, status=503)
    return as_file(
        JsonResponse(document, content_type=VC, json_dumps_params={"ensure_ascii": False, "indent": 1}), f"{number}.json"
    )


@for_everybody
def credential_jwt(_request: HttpRequest, number: str) -> HttpResponse:
    """The same as a JWT."""
    try:
        token = credential_of(certificate_of(number))
    except NotAllowed as refused:
        return JsonResponse({"detail": str(refused)}, status=503)
    return as_file(HttpResponse(token, content_type=VC_JWT), f"{number}.jwt")


def as_file(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@for_everybody
def status(_request: HttpRequest, key: int, part: int) -> HttpResponse:
    """This part of the list as that key signs it, as JSON-LD."""
    signer = list_key(key, part)

    def made() -> dict[str, Any]:
        at = timezone.now()
        return with_proof(status_list(signer, part, at=at), signer, at=at)

    document = kept(f"status:{key}:{part}:{revoked_in(part)}", made)
    return for_a_while(JsonResponse(document, content_type=VC))


@for_everybody
def status_as_jwt(_request: HttpRequest, key: int, part: int) -> HttpResponse:
    signer = list_key(key, part)
    token = kept(f"status-jwt:{key}:{part}:{revoked_in(part)}", lambda: status_jwt(signer, part, at=timezone.now()))
    return for_a_while(HttpResponse(token, content_type=VC_JWT))


def list_key(key: int, part: int) -> IssuerKey:
    """Raises Http404 for a part that no certificate lies in yet."""
    last = Certificate.objects.order_by("-status_index").values_list("status_index", flat=True).first() or 0
    if not settings.PUBLIC_ADDRESS or part > last // LIST_SIZE:
        raise Http404
    return get_object_or_404(IssuerKey, pk=key)


def revoked_in(part: int) -> int:
    """How many of this part are revoked: nobody is ever put back, so the number tells one state from another."""
    inside = Certificate.objects.exclude(revoked_at=None)
    return inside.filter(status_index__gte=part * LIST_SIZE, status_index__lt=(part + 1) * LIST_SIZE).count()


def kept(name: str, make: Callable[[], T]) -> T:
    return cast("T", cache.get_or_set(name, make, LIST_SECONDS))


def for_a_while(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = f"public, max-age={LIST_SECONDS}"
    return response


@for_everybody
def issuer(request: HttpRequest) -> HttpResponse:
    """Who signs here, and with which keys: what somebody compares a credential's `issuer` with."""
    keys = keys_so_far()
    return JsonResponse(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
            "id": did_of_key(keys[0]),
            "type": ["Profile"],
            "name": "村播 Cunbo",
            "url": f"{settings.PUBLIC_ADDRESS or request.build_absolute_uri('/').rstrip('/')}/",
            "keys": [key.public for key in keys],
        },
        json_dumps_params={"ensure_ascii": False},
    )


@for_everybody
def jwks(_request: HttpRequest) -> HttpResponse:
    """The public keys, the newest first (RFC 7517)."""
    return JsonResponse({"keys": [key.public for key in keys_so_far()]}, content_type="application/jwk-set+json")


def keys_so_far() -> list[IssuerKey]:
    """The newest first. Raises Http404 before the first certificate was signed."""
    found = list(IssuerKey.objects.order_by("-pk"))
    if not found:
        raise Http404
    return found
