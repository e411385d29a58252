"""What every answer tells the browser besides what Django and django-csp write: what no page may use, who may load it, who may
keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

from config.policy import FIXED

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

UNSAID = "private, no-store"  # a page that says nothing of caches is somebody's own


def fixed_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Outermost of ours, so that redirects, errors and static files carry them too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", UNSAID)
        return response

    return middleware


class Sentences(CookieStorage):
    """The sentence that the next page says, in a cookie whose name is bound to this host."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class SentencesAnyhow(FallbackStorage):
    """Long ones go into the session."""

    storage_classes = (Sentences, SessionStorage)
