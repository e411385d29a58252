"""What is answered when something is not there, not allowed, broken or away: nothing of the inside, and a number to ask by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from structlog.contextvars import get_contextvars

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)
RETRY_AFTER_S = 5


def request_number() -> str:
    """The number of the present request; empty outside of one. Asks nobody, so an error page may always name it."""
    return str(get_contextvars().get("request_id", ""))


def in_templates(_request: HttpRequest) -> dict[str, Any]:
    return {"request_number": request_number}


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_api(request):
        return in_json("permission_denied", _("您的账号没有这个权限。"), 403)
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_api(request):
        return in_json("not_found", _("没有这个地址，或者它不归您看。"), 404)
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever broke (the database, a session) must not break this page too. Where even the
    page cannot be made (its styles were not collected, say), words must do: Django would keep the connection for ever."""
    if is_api(request):
        return in_json("broken", _("系统出了错，请稍后再试。"), 500)
    try:
        page: str = render_to_string("500.html", {"request_number": request_number()})
    except Exception:
        log.exception("error_page_broken")
        page = f"出错了，请稍后再试。Something went wrong; please try again in a moment. {request_number()}"
    return HttpResponse(page, status=500)


def away(request: HttpRequest) -> HttpResponse:
    """The database is away or busy: nothing of ours is broken, and in a moment it may be there again."""
    answer = broken(request)
    answer.status_code = 503
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/v")


def in_json(code: str, detail: str, status: int) -> JsonResponse:
    """In the shape of every refusal of the API (livestream/api/errors.py)."""
    return JsonResponse({"code": code, "detail": detail, "fields": {}, "request_id": request_number()}, status=status)
