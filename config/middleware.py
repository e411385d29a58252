"""What every request passes through besides Django's own."""

from __future__ import annotations

from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import translation
from psycopg_pool import PoolTimeout
from structlog.contextvars import bound_contextvars

from config.errors import away
from livestream.actions.occasion import Occasion, new_request_id, on

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def occasion(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Numbers each request: the same number stands in the answer's X-Request-ID, in every line of the log, on error pages and
    in the audit log. Who is signed in is asked when something is written, not before."""

    def middleware(request: HttpRequest) -> HttpResponse:
        number = new_request_id()
        with bound_contextvars(request_id=number), on(partial(occasion_of, request, number)):
            response = get_response(request)
        response.headers["X-Request-ID"] = number
        return response

    return middleware


def occasion_of(request: HttpRequest, number: str) -> Occasion:
    actor, acted_for = people_of(request)
    return Occasion(actor, acted_for, address_of(request), number)


def people_of(request: HttpRequest) -> tuple[int | None, int | None]:
    """Who is really there, and for whom (代操作): `request.user` is then the host, `request.helper` who signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None, None
    helper = getattr(request, "helper", None)
    return (user.pk, None) if helper is None else (helper.pk, user.pk)


def address_of(request: HttpRequest) -> str | None:
    """The other end of the connection (behind a proxy: as the trusted proxy says it); None for a socket file."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None


API, RESOURCES = "/api/", "/api/v1/"


def tokens_without_cookies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever asks the API with a token is judged by it alone: cookies that come along are not read, so that they can neither
    help nor harm."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if asks_with_token(request):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def asks_with_token(request: HttpRequest) -> bool:
    return request.path.startswith(API) and request.META.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "


def chosen_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Chinese unless the person chose otherwise: a phone set to English must not turn a farmer's page English. Programs say in
    Accept-Language what they read; what pages ask of the API speaks as the pages do."""
    offered = {code for code, _name in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.path.startswith(RESOURCES) and not chosen:
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen if chosen in offered else settings.LANGUAGE_CODE):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    return middleware


class AwayDatabase:
    """A page whose database is away or busy is a 503 that says when to come again: nothing of ours is broken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return away(request) if isinstance(exception, OperationalError | InterfaceError | PoolTimeout) else None
