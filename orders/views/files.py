"""Order files: upload, preview, import, result."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def file_list(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def upload(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def file_detail(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def start_import(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404


def rejected_rows(request: HttpRequest, **_ids: object) -> HttpResponse:
    raise Http404
