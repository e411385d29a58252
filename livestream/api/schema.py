"""How the API describes itself: each operation by its name, what it may be asked, and every answer it may give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from livestream.api.door import READING, Door
from livestream.api.errors import ErrorSerializer
from livestream.api.once import IDEMPOTENCY_KEY
from livestream.api.paging import PageQuery

if TYPE_CHECKING:
    from rest_framework.views import APIView

WORDS = {
    400: ("A parameter or a field is unknown or wrong: `fields` says which", "invalid", {"page_size": ["…"]}),
    401: ("Nobody is signed in and no token came along, or the token is wrong, expired or revoked", "bad_token", {}),
    403: ("Not for this person or this token (`scope`), or no CSRF token beside a session cookie", "scope", {}),
    404: ("Not there, or not yours to see: the same answer", "not_found", {}),
    406: ("Only application/json is answered", "not_acceptable", {}),
    409: ("Not now: `code` says why", "off_air", {}),
    413: ("The body is over 64 KB", "too_large", {}),
    415: ("The body must be application/json", "unsupported_media_type", {}),
    422: ("This Idempotency-Key stands for another request", "other_request", {}),
    429: ("Slow down: over 600 requests in a minute", "throttled", {}),
    503: ("The database is away or busy", "busy", {}),
}  # fmt: skip
HEADERS = [
    OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, description="seconds", response=[429, 503]),
    OpenApiParameter("WWW-Authenticate", str, OpenApiParameter.HEADER, response=[401]),
]


def error(status: int, words: str = "", shape: type[ErrorSerializer] = ErrorSerializer) -> OpenApiResponse:
    usual, code, fields = WORDS[status]
    example = {"code": code, "detail": "…", "fields": fields, "request_id": "9b1c0f3e5d7a4c2c8f6e1a2b3c4d5e6f"}
    return OpenApiResponse(shape, words or usual, [OpenApiExample(code, example, status_codes=[str(status)])])


class Described(AutoSchema):
    """Views say what they answer when all is well and what their verbs refuse; the rest is the same everywhere."""

    def get_operation_id(self) -> str:
        said = str(super().get_operation_id())
        is_list = isinstance(self.view, Door) and issubclass(self.view.asked, PageQuery) and self.method in READING
        return f"{said.removesuffix('_retrieve')}_list" if is_list else said

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        said = str(super().get_description())
        scope = self._scope()
        return f"{said}\n\nScope of a token: `{scope.value}`." if scope else said

    def get_override_parameters(self) -> list[Any]:
        view: APIView = self.view
        asked = [view.asked] if isinstance(view, Door) and self.method in READING and view.asked().fields else []
        return [*super().get_override_parameters(), *asked, *HEADERS]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        """Those of the view, with every refusal that any address may answer with. A view may say a refusal in other words."""
        said: Any = self.get_response_serializers()
        own: dict[Any, Any] = said if isinstance(said, dict) else {200: said}
        media = {status[0]: [status[1]] for status in own if isinstance(status, tuple)}  # what is no JSON: (200, "image/jpeg")
        plain = {status[0] if isinstance(status, tuple) else status: answer for status, answer in own.items()}
        worded = {status: error(status, answer) if isinstance(answer, str) else answer for status, answer in plain.items()}
        answers = sorted((self._refusals() | worded).items())
        body: Any = self._get_response_for_code
        return {str(status): body(answer, str(status), media.get(status), direction) for status, answer in answers}

    def _refusals(self) -> dict[int, OpenApiResponse]:
        statuses = {400, 401, 403, 406, 429, 503}
        statuses |= {404} if "{" in self.path else set()
        statuses |= {413, 415} if self.method not in READING else set()
        statuses |= {409, 422} if IDEMPOTENCY_KEY in self.get_override_parameters() else set()
        return {status: error(status) for status in statuses}

    def _scope(self) -> Any:
        view: APIView = self.view
        if not isinstance(view, Door):
            return None
        return view.scope if self.method in READING else view.write_scope
