"""The trainer's desk."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def desk(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404
