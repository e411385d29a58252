"""The host's phone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def my_sessions(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def my_session(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def my_session_event(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404
