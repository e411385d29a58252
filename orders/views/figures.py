"""A session's live figures as a small fragment."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def figures(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404
