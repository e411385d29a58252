"""The county staff's desk."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def today(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def session(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def session_event(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404
