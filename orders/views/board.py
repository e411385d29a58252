"""The big screens."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def county_board(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def session_board(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404
