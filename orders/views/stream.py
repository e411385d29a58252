"""Answers that are made while they go out, as the server in use likes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from django.http import HttpRequest


def streamed(request: HttpRequest, pieces: Iterator[bytes], *, content_type: str) -> HttpResponse:
    """No piece may be empty."""

    async def awaited() -> AsyncIterator[bytes]:
        while piece := await sync_to_async(lambda: next(pieces, b""))():
            yield piece

    content = awaited() if isinstance(request, ASGIRequest) else pieces
    return cast("HttpResponse", StreamingHttpResponse(content, content_type=content_type))
