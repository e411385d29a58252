"""Service workers of phone pages, from one source: what opens without network, and what is thrown away with an old release."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

SOURCE = Path(__file__).parent.parent / "static/livestream/js/worker.js"
SESSION = "[0-9a-f-]{36}"
MINE = {rf"^/my/(?:{SESSION}/(?:preflight/|script/)?)?$": ""}  # my sessions, one of them, its check, its cards


@cache
def worker_source(name: str, pages: tuple[tuple[str, str], ...]) -> bytes:
    """A worker that keeps pages whose path fits one of these patterns; beside each the path under which they are all kept, empty:
    each under its own. Pages name it with their release, so that another one takes its place and what it kept."""
    told = json.dumps({"name": name, "pages": pages})
    return f"const TOLD = {told};\n".encode() + SOURCE.read_bytes()


def worker_answer(name: str, pages: Mapping[str, str]) -> HttpResponse:
    return HttpResponse(worker_source(name, tuple(pages.items())), content_type="text/javascript; charset=utf-8")


@never_cache
@require_GET
def my_worker(_request: HttpRequest) -> HttpResponse:
    """From the root, because a worker reaches only what lies below its own address."""
    return worker_answer("my", MINE)
