"""Where browsers say what they kept a page from doing. Anybody may write here, so it is small, rare and believed little."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import structlog
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from prometheus_client import Counter

from config.policy import DIRECTIVES
from livestream.actions.blocked import count_blocked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

log = structlog.get_logger(__name__)
BYTES = 16_000
REPORTS_AT_ONCE = 20
A_MINUTE = 60  # reports that are written down, in each process
KINDS = {"application/csp-report", "application/reports+json", "application/json"}
KEYWORDS = {"inline", "eval", "wasm-eval", "self", "data", "blob", "trusted-types-policy", "trusted-types-sink"}
COUNTED = Counter("cunbo_csp_reports", "Reports of browsers about what a page was kept from doing", ["directive"])


class Blocked(NamedTuple):
    directive: str
    page: str
    blocked: str


class Pace:
    """So many a minute, over all threads of this process."""

    def __init__(self, a_minute: int) -> None:
        self.taken: deque[float] = deque(maxlen=a_minute)
        self.lock = Lock()

    def take(self, now: float) -> bool:
        with self.lock:
            is_free = len(self.taken) < (self.taken.maxlen or 0) or now - self.taken[0] > 60
            if is_free:
                self.taken.append(now)
            return is_free


pace = Pace(A_MINUTE)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """204 for what was written down; 429 when there is too much of it."""
    if (request.content_type or "").lower() not in KINDS:
        return HttpResponse(status=415)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > BYTES:
        return HttpResponse(status=413)
    try:
        told = [*blocked_in(msgspec.json.decode(request.body))]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return HttpResponse(status=400)
    for blocked in told[:REPORTS_AT_ONCE]:
        if not pace.take(time.monotonic()):
            return HttpResponse(status=429)
        COUNTED.labels(blocked.directive).inc()
        log.warning("csp_report", directive=blocked.directive, page=blocked.page, blocked=blocked.blocked)
        count_blocked(*blocked, at=timezone.now())
    return HttpResponse(status=204)


def blocked_in(document: Any) -> Iterator[Blocked]:
    """Both forms that browsers send: one old report, or a list of new ones."""
    if isinstance(document, dict):
        yield from _one(document.get("csp-report"), "document-uri", "effective-directive", "blocked-uri")
    for report in document if isinstance(document, list) else ():
        if isinstance(report, dict) and report.get("type") == "csp-violation":
            yield from _one(report.get("body"), "documentURL", "effectiveDirective", "blockedURL")


def _one(report: Any, page: str, directive: str, blocked: str) -> Iterator[Blocked]:
    if isinstance(report, dict):
        said = _text(report, directive) or _text(report, "violated-directive").split(" ")[0]
        yield Blocked(plain_directive(said), page_name(_text(report, page)), plain_source(_text(report, blocked)))


def _text(report: dict[str, Any], name: str) -> str:
    value = report.get(name)
    return value[:2000] if isinstance(value, str) else ""


def plain_directive(said: str) -> str:
    """script-src-elem and the like by the name of ours; what is no directive of ours is "other"."""
    known = [name for name in (said, said.removesuffix("-elem").removesuffix("-attr")) if name in DIRECTIVES]
    return known[0] if known else "other"


def page_name(address: str) -> str:
    """The name of the address: the address itself may hold a token."""
    try:
        return resolve(urlsplit(address).path).view_name[:80] or "other"
    except (Resolver404, ValueError):
        return "other"


def plain_source(said: str) -> str:
    """A keyword, the scheme of what is no site, or the site without path and port."""
    if said in KEYWORDS:
        return said
    try:
        parts = urlsplit(said)
        host = parts.hostname or ""
    except ValueError:
        return "other"
    if parts.scheme not in {"http", "https", "ws", "wss"}:
        return parts.scheme[:40] if parts.scheme.isascii() and parts.scheme else "other"
    return "".join(sign for sign in host if sign.isascii() and (sign.isalnum() or sign in ".-:"))[:80] or "other"
