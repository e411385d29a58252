"""The service worker of the school's phone pages: the roll call and the sign-in open without network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

if TYPE_CHECKING:
    from django.http import HttpRequest

SOURCE = Path(__file__).parent.parent / "static/training/js/worker.js"


@cache
def source() -> bytes:
    return SOURCE.read_bytes()


@never_cache
@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """From the root, because a worker reaches only what lies below its own address."""
    return HttpResponse(source(), content_type="text/javascript; charset=utf-8")
