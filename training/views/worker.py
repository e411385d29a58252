"""The service worker of the school's phone pages: the roll call and the sign-in open without network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.views.worker import worker_answer

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# The roll call of a lesson, and the page behind the code of a screen, as its shell.
# What the public page of a session has at the same letter is none of the school's (`training/urls.py`).
PAGES = {
    r"^/school/lessons/[0-9a-f-]{36}/roll/$": "",
    r"^/s/(?!answer/|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/)[\w-]+/$": "/s/",
}


@never_cache
@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """From the root, because a worker reaches only what lies below its own address."""
    return worker_answer("school", PAGES)
